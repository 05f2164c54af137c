package telegram_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"promobot/bot"
	"promobot/bot/telegram"
)

var (
	errDown = errors.New("database is down")
	marked  = bot.Message{Text: "Код AB", Marks: []bot.Mark{{Kind: bot.MarkCode, Text: "AB"}}}
)

// inbox keeps what it is given, after so many failures.
type inbox struct {
	mu      sync.Mutex
	fail    int
	refuse  string // an event that is no update
	batches [][]string
	events  []string
}

func (i *inbox) Accept(ctx context.Context, u bot.Update) error {
	return i.AcceptAll(ctx, []bot.Update{u})
}

func (i *inbox) AcceptAll(_ context.Context, list []bot.Update) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.fail > 0 {
		i.fail--
		return errDown
	}
	var batch []string
	for _, u := range list {
		if u.EventID == i.refuse {
			return fmt.Errorf("event %s: %w", u.EventID, bot.ErrUpdate)
		}
		batch = append(batch, u.EventID)
	}
	i.batches = append(i.batches, batch)
	for _, id := range batch {
		if !slices.Contains(i.events, id) {
			i.events = append(i.events, id)
		}
	}
	return nil
}

// refusing is an inbox whose database is down.
type refusing struct{}

func (refusing) Accept(context.Context, bot.Update) error      { return errDown }
func (refusing) AcceptAll(context.Context, []bot.Update) error { return errDown }

func (s *server) door(i telegram.Inbox, j *journal) *telegram.Door {
	return telegram.New(s.client(), i, telegram.Webhook{}, j.log())
}

func text(id int) string {
	return fmt.Sprintf(`{"update_id":%d,"message":{%s,"text":"x"}}`, id, head)
}

func pressed(id int) string {
	return fmt.Sprintf(`{"update_id":%d,"callback_query":{"id":"q%d","from":{"id":900000001},"data":"m"}}`, id, id)
}

func batch(updates ...string) http.HandlerFunc {
	return result("[" + strings.Join(updates, ",") + "]")
}

// offsets are the offsets of the polls.
func (s *server) offsets() []string {
	var list []string
	for _, r := range s.got("getUpdates") {
		list = append(list, r.Get("offset"))
	}
	return list
}

func TestPollConfirmsWhatIsStored(t *testing.T) {
	s, i, j := newServer(t), &inbox{}, &journal{}
	s.on("getUpdates", inTurn(batch(text(7), text(9), pressed(8)), batch(), batch(text(10)), page(502)))
	pauses := telegram.Briefly(t, s.door(i, j), 2)
	if !slices.Equal(pauses, []time.Duration{100 * time.Millisecond, time.Second}) {
		t.Errorf("pauses %v, want a moment after nothing came, and a second after a fault", pauses)
	}
	if got := s.offsets(); !slices.Equal(got, []string{"", "10", "10", "11"}) {
		t.Errorf("offsets %q", got)
	}
	if !slices.Equal(i.events, []string{"7", "9", "8", "10"}) || len(i.batches) != 2 {
		t.Errorf("stored %v in %d transactions", i.events, len(i.batches))
	}
	first := s.got("getUpdates")[0]
	if first.Get("timeout") != "50" || first.Get("allowed_updates") != `["message","edited_message","callback_query","my_chat_member"]` {
		t.Errorf("asked for %v", first.Values)
	}
	if got := s.got("answerCallbackQuery"); len(got) != 1 || got[0].Get("callback_query_id") != "q8" {
		t.Errorf("answered presses %v, want q8", got)
	}
	if n := len(s.got("deleteWebhook")); n != 1 {
		t.Errorf("%d calls of deleteWebhook, want 1", n)
	}
}

func TestPollConfirmsNothingThatIsNotStored(t *testing.T) {
	s, i, j := newServer(t), &inbox{fail: 3}, &journal{}
	s.on("getUpdates", inTurn(batch(pressed(7)), batch(pressed(7)), batch(pressed(7)), batch(pressed(7)), page(502)))
	pauses := telegram.Briefly(t, s.door(i, j), 4)
	if got := s.offsets(); !slices.Equal(got, []string{"", "", "", "", "8"}) {
		t.Errorf("offsets %q, want no confirmation before it is stored", got)
	}
	if !slices.Equal(pauses, []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, time.Second}) {
		t.Errorf("pauses %v, want them doubled, and begun anew after a success", pauses)
	}
	if n := len(s.got("answerCallbackQuery")); n != 1 {
		t.Errorf("%d answers to the press, want one, after it was stored", n)
	}
}

func TestPausesAfterFaults(t *testing.T) {
	for _, tt := range []struct {
		name   string
		answer http.HandlerFunc
		want   time.Duration
	}{
		{"as told", haste(137), 137 * time.Second},
		{"another poller", refusal(409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"), 5 * time.Second},
		{"a page", page(502), time.Second},
		{"no list", result(`{}`), time.Second},
		{"unauthorized", refusal(401, "Unauthorized"), time.Second},
		{"numbers that go nowhere", batch(`{}`), time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, j := newServer(t), &journal{}
			s.on("getUpdates", inTurn(tt.answer, tt.answer, tt.answer, batch(text(1)), page(502)))
			pauses := telegram.Briefly(t, s.door(&inbox{}, j), 2)
			if pauses[0] != tt.want {
				t.Errorf("pauses %v, want %s first", pauses, tt.want)
			}
			if !strings.Contains(j.String(), "no updates") {
				t.Error("nothing in the log")
			}
		})
	}
}

func TestALaterWebhookIsTakenAway(t *testing.T) {
	s, j := newServer(t), &journal{}
	s.on("getUpdates", inTurn(refusal(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"), batch(text(1)), page(502)))
	telegram.Briefly(t, s.door(&inbox{}, j), 2)
	if n := len(s.got("deleteWebhook")); n != 2 {
		t.Errorf("%d calls of deleteWebhook, want 2", n)
	}
	if s.got("deleteWebhook")[0].Get("drop_pending_updates") != "false" {
		t.Error("waiting updates may be dropped")
	}
}

func TestPoisonDoesNotStopTheQueue(t *testing.T) {
	s, i, j := newServer(t), &inbox{refuse: "8"}, &journal{}
	s.on("getUpdates", inTurn(batch(text(7), text(8), `{"update_id":9,"message":"+79990000001"}`, `7`, text(10)), page(502)))
	telegram.Briefly(t, s.door(i, j), 1)
	if !slices.Equal(i.events, []string{"7", "10"}) || s.offsets()[1] != "11" {
		t.Errorf("stored %v, offsets %v", i.events, s.offsets())
	}
	if text := j.String(); !strings.Contains(text, "updates=2") || !strings.Contains(text, "update=8") || strings.Contains(text, "7999") {
		t.Errorf("the log does not count what was skipped, or tells what was in it: %s", text)
	}
}

func TestNumbersThatGoBack(t *testing.T) {
	s, i, j := newServer(t), &inbox{}, &journal{}
	s.on("getUpdates", inTurn(batch(text(900)), batch(text(17)), batch(text(18)), page(502)))
	pauses := telegram.Briefly(t, s.door(i, j), 2)
	if !slices.Equal(i.events, []string{"900", "17", "18"}) || !slices.Equal(s.offsets(), []string{"", "901", "18", "19"}) || len(pauses) != 2 {
		t.Errorf("stored %v, offsets %v, pauses %v", i.events, s.offsets(), pauses)
	}
}

func TestServersWithoutWebhooksArePolled(t *testing.T) {
	s, i, j := newServer(t), &inbox{}, &journal{}
	s.on("deleteWebhook", http.NotFound)
	s.on("getUpdates", inTurn(batch(text(7)), page(502)))
	telegram.Briefly(t, s.door(i, j), 1)
	if len(i.events) != 1 {
		t.Errorf("stored %v, want one", i.events)
	}
}

func TestManyPressesAreAllAnswered(t *testing.T) {
	s, j := newServer(t), &journal{}
	var updates []string
	for id := 1; id <= 100; id++ {
		updates = append(updates, pressed(id))
	}
	s.on("getUpdates", inTurn(batch(updates...), page(502)))
	s.on("answerCallbackQuery", inTurn(refusal(400, "Bad Request: query is too old and response timeout expired or query ID is invalid"), page(502), cut, result("true")))
	telegram.Briefly(t, s.door(&inbox{}, j), 1)
	seen := map[string]bool{}
	for _, r := range s.got("answerCallbackQuery") {
		seen[r.Get("callback_query_id")] = true
	}
	if len(seen) != 100 {
		t.Errorf("%d presses answered, want 100", len(seen))
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	for _, hook := range []telegram.Webhook{{}, {URL: "https://bot.example/telegram/webhook", Secret: "s3cret"}} {
		s, j := newServer(t), &journal{}
		polled := make(chan struct{}, 100)
		s.on("getMe", result(`{"id":7,"username":"promo_test_bot"}`))
		s.on("getUpdates", func(_ http.ResponseWriter, r *http.Request) { polled <- struct{}{}; <-r.Context().Done() })
		s.on("setWebhook", func(w http.ResponseWriter, r *http.Request) { polled <- struct{}{}; result("true")(w, r) })
		ctx, cancel := context.WithCancel(t.Context())
		door := telegram.New(s.client(), &inbox{}, hook, j.log())
		ended := make(chan error)
		go func() { ended <- door.Run(ctx) }()
		<-polled
		for !strings.Contains(j.String(), "https://t.me/promo_test_bot") {
			time.Sleep(time.Millisecond)
		}
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(5 * time.Second):
			t.Fatal("does not end")
		}
	}
}

func TestTheServiceIsToldOfTheWebhook(t *testing.T) {
	s, j := newServer(t), &journal{}
	s.on("setWebhook", inTurn(page(502), haste(9), func(w http.ResponseWriter, r *http.Request) { result("true")(w, r) }))
	door := telegram.New(s.client(), &inbox{}, telegram.Webhook{URL: "https://bot.example/telegram/webhook", Secret: "s3cret_-A"}, j.log())
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(200*time.Millisecond, cancel)
	pauses := telegram.Installed(ctx, door)
	if !slices.Equal(pauses, []time.Duration{time.Second, 9 * time.Second}) {
		t.Errorf("pauses %v", pauses)
	}
	got := s.got("setWebhook")
	if len(got) != 3 {
		t.Fatalf("%d calls, want 3", len(got))
	}
	for name, want := range map[string]string{"url": "https://bot.example/telegram/webhook", "secret_token": "s3cret_-A", "max_connections": "40",
		"allowed_updates": `["message","edited_message","callback_query","my_chat_member"]`, "drop_pending_updates": ""} {
		if got[2].Get(name) != want {
			t.Errorf("%s is %q, want %q", name, got[2].Get(name), want)
		}
	}
	if strings.Contains(j.String(), "s3cret") {
		t.Error("the secret is in the log")
	}
}

func TestWebhook(t *testing.T) {
	const secret = "s3cret_-A"
	i := &inbox{refuse: "666"}
	s, j := newServer(t), &journal{}
	door := telegram.New(s.client(), i, telegram.Webhook{URL: "https://bot.example", Secret: secret}, j.log())
	for _, tt := range []struct {
		name, method, secret, kind, body string
		fail                             int
		want                             int
		stored                           int
	}{
		{"an update", "POST", secret, "application/json", text(1), 0, 200, 1},
		{"the same again", "POST", secret, "application/json", text(1), 0, 200, 0},
		{"with a charset", "POST", secret, "application/json; charset=utf-8", text(2), 0, 200, 1},
		{"no secret", "POST", "", "application/json", text(3), 0, 401, 0},
		{"a wrong secret", "POST", "s3cret_-B", "application/json", text(3), 0, 401, 0},
		{"a beginning of the secret", "POST", "s3cret", "application/json", text(3), 0, 401, 0},
		{"a wrong secret before a wrong body", "POST", "x", "text/plain", "{", 0, 401, 0},
		{"another method", "GET", secret, "application/json", text(3), 0, 405, 0},
		{"another type", "POST", secret, "text/plain", text(3), 0, 415, 0},
		{"no type", "POST", secret, "", text(3), 0, 415, 0},
		{"no JSON", "POST", secret, "application/json", "{", 0, 400, 0},
		{"nothing", "POST", secret, "application/json", "", 0, 400, 0},
		{"too large", "POST", secret, "application/json", strings.Repeat(" ", 1<<20) + text(3), 0, 413, 0},
		{"at the limit", "POST", secret, "application/json", strings.Repeat(" ", 1<<20-len(text(3))) + text(3), 0, 200, 1},
		{"the database is down", "POST", secret, "application/json", text(4), 1, 503, 0},
		{"nothing for us must not come again", "POST", secret, "application/json", `{"update_id":5,"poll":{}}`, 0, 200, 0},
		{"what cannot be read must not come again", "POST", secret, "application/json", `[]`, 0, 200, 0},
		{"what the talk refuses must not come again", "POST", secret, "application/json", text(666), 0, 200, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := len(i.events)
			i.fail = tt.fail
			r := httptest.NewRequest(tt.method, "/telegram/webhook", strings.NewReader(tt.body))
			r.Header.Set("Content-Type", tt.kind)
			if tt.secret != "" {
				r.Header.Set("X-Telegram-Bot-Api-Secret-Token", tt.secret)
			}
			w := httptest.NewRecorder()
			door.Webhook().ServeHTTP(w, r)
			if w.Code != tt.want || w.Body.Len() != 0 || len(i.events)-before != tt.stored {
				t.Errorf("status %d, %d bytes, %d stored; want %d, 0, %d", w.Code, w.Body.Len(), len(i.events)-before, tt.want, tt.stored)
			}
		})
	}
	if strings.Contains(j.String(), secret) {
		t.Error("the secret is in the log")
	}
}

func TestAWebhookWithoutASecretIsClosed(t *testing.T) {
	door := telegram.New(newServer(t).client(), &inbox{}, telegram.Webhook{}, quiet)
	r := httptest.NewRequest("POST", "/telegram/webhook", strings.NewReader(text(1)))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	door.Webhook().ServeHTTP(w, r)
	if w.Code != http.StatusUnauthorized {
		t.Errorf("status %d, want 401", w.Code)
	}
}

func TestAPressAtTheWebhookIsAnswered(t *testing.T) {
	s := newServer(t)
	answered := make(chan struct{})
	s.on("answerCallbackQuery", func(w http.ResponseWriter, r *http.Request) { close(answered); result("true")(w, r) })
	door := telegram.New(s.client(), &inbox{}, telegram.Webhook{Secret: "s"}, quiet)
	web := httptest.NewServer(door.Webhook())
	defer web.Close()
	r, err := http.NewRequest("POST", web.URL, strings.NewReader(pressed(1)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Telegram-Bot-Api-Secret-Token", "s")
	answer, err := http.DefaultClient.Do(r)
	if err != nil || answer.StatusCode != 200 {
		t.Fatalf("%v %v", answer, err)
	}
	answer.Body.Close()
	select {
	case <-answered:
	case <-time.After(5 * time.Second):
		t.Error("the press was not answered")
	}
}

func TestIntroduction(t *testing.T) {
	menu := func(language string) string {
		var list []string
		for _, c := range bot.Commands(language) {
			list = append(list, fmt.Sprintf(`{"command":%q,"description":%q}`, c.Name, c.Description))
		}
		return "[" + strings.Join(list, ",") + "]"
	}
	t.Run("a new bot", func(t *testing.T) {
		s := newServer(t)
		s.on("getMe", result(`{"id":7,"username":"promo_test_bot"}`))
		s.on("getMyCommands", result(`[]`))
		j := &journal{}
		telegram.Introduce(t, s.door(&inbox{}, j), 1)
		var tags []string
		for _, r := range s.got("setMyCommands") {
			tags = append(tags, r.Get("language_code"))
			language := r.Get("language_code")
			if language == "" {
				language = "ru"
			}
			same(t, "commands of "+language, r.Get("commands"), menu(language))
		}
		if !slices.Equal(tags, []string{"", "ru", "en"}) || !strings.Contains(j.String(), "https://t.me/promo_test_bot") {
			t.Errorf("menus for %q, log %s", tags, j)
		}
	})
	t.Run("only what differs", func(t *testing.T) {
		s := newServer(t)
		s.on("getMyCommands", func(w http.ResponseWriter, r *http.Request) {
			_ = r.ParseForm()
			if r.Form.Get("language_code") == "en" {
				result(`[{"command":"menu","description":"old"}]`)(w, r)
				return
			}
			result(menu("ru"))(w, r)
		})
		telegram.Introduce(t, s.door(&inbox{}, &journal{}), 1)
		if got := s.got("setMyCommands"); len(got) != 1 || got[0].Get("language_code") != "en" {
			t.Errorf("%d menus set, want the English one", len(got))
		}
	})
	t.Run("faults", func(t *testing.T) {
		s, j := newServer(t), &journal{}
		s.on("getMe", inTurn(cut, haste(11), result(`7`), result(`{"username":"promo_test_bot"}`)))
		s.on("getMyCommands", result(`[]`))
		pauses := telegram.Introduce(t, s.door(&inbox{}, j), 9)
		if !slices.Equal(pauses, []time.Duration{time.Second, 11 * time.Second, 4 * time.Second}) || len(s.got("setMyCommands")) != 3 {
			t.Errorf("pauses %v, %d menus", pauses, len(s.got("setMyCommands")))
		}
	})
	t.Run("a server without commands", func(t *testing.T) {
		s, j := newServer(t), &journal{}
		s.on("getMyCommands", http.NotFound)
		s.on("setMyCommands", http.NotFound)
		if pauses := telegram.Introduce(t, s.door(&inbox{}, j), 3); len(pauses) != 0 || !strings.Contains(j.String(), "no such method") {
			t.Errorf("pauses %v, log %s", pauses, j)
		}
	})
}
