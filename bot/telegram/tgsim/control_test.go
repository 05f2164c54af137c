package tgsim_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"promobot/bot/telegram/tgsim"
)

// control asks a control address and reads the answer into value.
func (w *world) control(method, path, body string, value any) int {
	w.t.Helper()
	r, err := http.NewRequest(method, w.url+"/control/"+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(value); err != nil {
		w.t.Fatalf("%s %s: %d, %v", method, path, response.StatusCode, err)
	}
	return response.StatusCode
}

// Every act of a person is there at its address.
func TestControlActs(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	var anna tgsim.Person
	w.control("POST", "people", `{"first_name":"Анна","language_code":"ru"}`, &anna)
	if anna.ID != 900000001 || anna.Phone == "" {
		t.Fatalf("person %+v", anna)
	}
	jpeg := base64.StdEncoding.EncodeToString(picture(t, 20, 20, asJPEG))
	var sent tgsim.Message
	for _, act := range []struct{ name, body string }{
		{"start", `{"payload":"ref_1"}`},
		{"text", `{"text":"один"}`},
		{"reply", `{"text":"два","message_id":1}`},
		{"photo", `{"picture":"` + jpeg + `","caption":"чек"}`},
		{"album", `{"pictures":["` + jpeg + `","` + jpeg + `"]}`},
		{"document", `{"content":"JVBERg==","name":"a.pdf","mime":"application/pdf"}`},
		{"voice", `{"content":"b2dn","seconds":2}`},
		{"sticker", `{"emoji":"🐱"}`},
		{"location", `{"latitude":1.5,"longitude":2}`},
		{"phone", ``},
		{"contact", `{"contact":{"phone_number":"79990000009","first_name":"Олег"}}`},
		{"forward", `{"from":{"id":7,"first_name":"Олег"},"text":"привет"}`},
		{"raw", `{"fields":{"dice":{"emoji":"🎲","value":1}}}`},
		{"edit", `{"message_id":2,"text":"три"}`},
		{"forge", `{"message_id":1,"data":"x"}`},
		{"block", ``},
		{"unblock", ``},
		{"deactivate", ``},
	} {
		var done struct {
			tgsim.Done
			Error string
		}
		if code := w.control("POST", fmt.Sprintf("people/%d/%s", anna.ID, act.name), act.body, &done); code != 200 {
			t.Errorf("%s: %d %s", act.name, code, done.Error)
		}
		if len(done.Updates) == 0 && act.name != "deactivate" {
			t.Errorf("%s made no update", act.name)
		}
	}
	must(t)(w.Start(2, ""))
	w.form("sendMessage", "chat_id", "2", "text", "x", "reply_markup", `{"inline_keyboard":[[{"text":"a","callback_data":"b"}]]}`).into(t, &sent)
	var done tgsim.Done
	w.control("POST", "people/2/press", fmt.Sprintf(`{"message_id":%d,"data":"b"}`, sent.MessageID), &done)
	w.control("POST", "people/2/press", `{"label":"a"}`, &done)
	if n := len(w.Transcript(2, 0).Presses); n != 2 {
		t.Errorf("%d presses, want 2", n)
	}
}

func TestControlRefuses(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	for _, tt := range []struct{ method, path, body, words string }{
		{"POST", "people/1/dance", ``, "dance"},
		{"POST", "people/0/text", `{"text":"x"}`, "person 0"},
		{"POST", "people/1/text", `{"words":"x"}`, "unknown field"},
		{"POST", "people/1/contact", ``, "no contact"},
		{"POST", "people/1/photo", `{"picture":"eA=="}`, "no picture"},
		{"POST", "people", `[`, "unexpected EOF"},
		{"POST", "faults", `{"kind":"flood"}`, "no such fault"},
		{"POST", "faults", `{"kind":"html","method":"webhook"}`, "of a delivery"},
		{"POST", "updates/1/redeliver", ``, "update 1"},
		{"PUT", "rates", `{"enforce":1}`, "cannot unmarshal"},
		{"POST", "advance", `"1"`, "cannot unmarshal"},
		{"POST", "release", `{"order":1}`, "cannot unmarshal"},
	} {
		var refused struct{ Error string }
		if code := w.control(tt.method, tt.path, tt.body, &refused); code != 400 || !strings.Contains(refused.Error, tt.words) {
			t.Errorf("%s %s: %d %q, want 400 %q", tt.method, tt.path, code, refused.Error, tt.words)
		}
	}
}

// The skin of a demo follows a chat by its version.
func TestControlTranscript(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	must(t)(w.Start(anna, ""))
	w.send("да")
	var chat struct {
		Version  int64
		Messages []struct {
			ID      int `json:"message_id"`
			Text    string
			FromBot bool `json:"from_bot"`
			Version int64
			Deleted bool
		}
	}
	w.control("GET", "chats/900000001", "", &chat)
	if len(chat.Messages) != 2 || chat.Messages[0].FromBot || !chat.Messages[1].FromBot || chat.Messages[1].Text != "да" {
		t.Fatalf("chat %+v", chat)
	}
	before := chat.Version
	go func() {
		time.Sleep(50 * time.Millisecond)
		w.form("deleteMessage", "chat_id", "900000001", "message_id", "2")
	}()
	chat.Messages = nil
	w.control("GET", fmt.Sprintf("chats/900000001?after=%d&wait=20", before), "", &chat)
	if len(chat.Messages) != 1 || !chat.Messages[0].Deleted || chat.Version <= before {
		t.Errorf("after %d: %+v", before, chat)
	}
	started := time.Now()
	w.control("GET", fmt.Sprintf("chats/900000001?after=%d&wait=1", chat.Version), "", &chat)
	if waited := time.Since(started); waited < time.Second {
		t.Errorf("waited %s, want a second for nothing", waited)
	}
}

func TestControlOfUpdates(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	var state tgsim.State
	w.control("POST", "hold", "", &state)
	a := w.say(3)
	w.control("POST", "release", fmt.Sprintf(`{"order":[%d]}`, a+2), &state)
	w.wantPoll([]int64{a + 2, a, a + 1}, "offset", "1")
	w.control("POST", "hold", "", &state)
	b := w.say(2)
	w.control("GET", "state", "", &state)
	if state.Held != 2 || state.Pending != 3 || state.People != 1 || state.Bot.Username != "promo_test_bot" {
		t.Errorf("state %+v", state)
	}
	w.control("POST", "release", `{"reverse":true}`, &state)
	w.wantPoll([]int64{b + 1, b}, "offset", text(b))
	before := w.Now()
	w.control("POST", fmt.Sprintf("updates/%d/redeliver", a), "", &state)
	w.control("POST", "advance", `{"seconds":86400}`, &state)
	if state.Pending != 0 || !state.Now.Equal(before.Add(24*time.Hour)) {
		t.Errorf("a day later: %+v", state)
	}
}

func TestControlOfFaults(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	var faults []tgsim.Fault
	var rates tgsim.Rates
	w.control("POST", "faults", `{"kind":"refuse","code":429,"retry_after":5}`, &faults)
	if len(faults) != 1 || faults[0].Text != "Too Many Requests: retry after 5" || faults[0].Count != 1 {
		t.Errorf("ordered %+v", faults)
	}
	w.control("DELETE", "faults", "", &faults)
	w.control("PUT", "rates", `{"enforce":true}`, &rates)
	if len(faults) != 0 || !rates.Enforced {
		t.Errorf("faults %+v, rates %+v", faults, rates)
	}
	var log []tgsim.Request
	w.form("getMe")
	w.control("GET", "requests?after=0", "", &log)
	if len(log) != 1 || log[0].Method != "getMe" {
		t.Errorf("log %+v", log)
	}
	var found []tgsim.Violation
	w.control("GET", "violations", "", &found)
	if len(found) != 0 {
		t.Errorf("violations %+v without a checker", found)
	}
	must(t)(w.Start(anna, ""))
	w.form("setMyCommands", "commands", `[{"command":"help","description":"?"}]`)
	var menu []tgsim.Command
	w.control("GET", "commands?language=en", "", &menu)
	if len(menu) != 1 {
		t.Errorf("menu %+v", menu)
	}
}

// strictly finds fault with every request.
type strictly struct{}

func (strictly) Check(method string, params map[string]string, _ []string) []string {
	return []string{fmt.Sprintf("%s has %d", method, len(params))}
}

func TestViolations(t *testing.T) {
	w := newWorld(t, tgsim.Options{Strict: strictly{}})
	w.form("GetMe", "a", "null")
	if found := w.Violations(); len(found) != 1 || found[0] != (tgsim.Violation{Request: 1, Method: "GetMe", Text: "GetMe has 0"}) {
		t.Errorf("found %+v", found)
	}
}
