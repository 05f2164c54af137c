package tgsim_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"promobot/bot/telegram/tgsim"
)

// order orders faults.
func (w *world) order(faults ...tgsim.Fault) {
	w.t.Helper()
	for _, f := range faults {
		if err := w.AddFault(f); err != nil {
			w.t.Fatal(err)
		}
	}
}

// raw sends a text and returns what came back, whatever it is.
func (w *world) raw(text string) (status int, kind string, body []byte, err error) {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // a broken connection that was used before is tried again
	response, err := client.PostForm(w.url+"/bot"+tgsim.DefaultToken+"/sendMessage", url.Values{"chat_id": {"900000001"}, "text": {text}})
	if err != nil {
		return 0, "", nil, err
	}
	defer response.Body.Close()
	body, err = io.ReadAll(response.Body)
	return response.StatusCode, response.Header.Get("Content-Type"), body, err
}

// said returns how many messages the bot got into Anna's chat.
func (w *world) said() int {
	n := 0
	for _, m := range w.Transcript(anna, 0).Messages {
		if m.FromBot {
			n++
		}
	}
	return n
}

func TestFaults(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault tgsim.Fault
		code  int // 0: the connection broke
		words string
		said  int
	}{
		{"blocked", tgsim.Fault{Kind: tgsim.Refuse, Code: 403, Text: "Forbidden: bot was blocked by the user"}, 403, "bot was blocked", 0},
		{"a 400 of any text", tgsim.Fault{Kind: tgsim.Refuse, Text: "Bad Request: MOON_INVALID"}, 400, "MOON_INVALID", 0},
		{"500", tgsim.Fault{Kind: tgsim.Refuse, Code: 500}, 500, "Internal Server Error", 0},
		{"500 after it was taken", tgsim.Fault{Kind: tgsim.Refuse, Code: 500, Accepted: true}, 500, "Internal Server Error", 1},
		{"a proxy's page", tgsim.Fault{Kind: tgsim.HTML}, 502, "<title>502 Bad Gateway</title>", 0},
		{"a proxy's page after it was taken", tgsim.Fault{Kind: tgsim.HTML, Code: 504, Accepted: true}, 504, "504 Gateway Timeout", 1},
		{"reset before it was taken", tgsim.Fault{Kind: tgsim.Reset}, 0, "", 0},
		{"cut after it was taken", tgsim.Fault{Kind: tgsim.Cut}, 0, "", 1},
		{"a huge answer", tgsim.Fault{Kind: tgsim.Huge, Bytes: 1 << 20}, 200, strings.Repeat("x", 1<<20), 1},
		{"slow", tgsim.Fault{Kind: tgsim.Slow, DelayMS: 50}, 200, `"ok":true`, 1},
		{"for another chat", tgsim.Fault{Kind: tgsim.HTML, Chat: 5}, 200, `"ok":true`, 1},
		{"for another method", tgsim.Fault{Kind: tgsim.HTML, Method: "sendPhoto"}, 200, `"ok":true`, 1},
		{"for this method", tgsim.Fault{Kind: tgsim.HTML, Method: "SENDmessage", Chat: anna}, 502, "", 0},
		{"for the next one", tgsim.Fault{Kind: tgsim.HTML, Skip: 1}, 200, `"ok":true`, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, tgsim.Options{})
			must(t)(w.Start(anna, ""))
			w.order(tt.fault)
			status, kind, body, err := w.raw("x")
			if status != tt.code || (err != nil) != (tt.code == 0) || !strings.Contains(string(body), tt.words) {
				t.Errorf("got %d %s %.200s, %v; want %d %.50q", status, kind, body, err, tt.code, tt.words)
			}
			if page := tt.code == 502 || tt.code == 504; page != (kind == "text/html") {
				t.Errorf("answered as %q", kind)
			}
			if n := w.said(); n != tt.said {
				t.Errorf("%d messages arrived, want %d", n, tt.said)
			}
			if status, _, _, _ := w.raw("y"); (status == 200) != (tt.fault.Skip == 0) {
				t.Errorf("the next one: %d", status)
			}
		})
	}
}

func TestFaultCounts(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	must(t)(w.Start(anna, ""))
	w.order(tgsim.Fault{Kind: tgsim.Refuse, Count: 2}, tgsim.Fault{Kind: tgsim.Slow, Count: -1, DelayMS: 1})
	for i, want := range []bool{false, false, true, true} {
		if a := w.send("x"); a.OK != want {
			t.Errorf("request %d: %t, want %t", i, a.OK, want)
		}
	}
	faults := w.Faults()
	if faults[0].Met != 2 || faults[1].Met != 4 {
		t.Errorf("happened %d and %d times, want 2 and 4", faults[0].Met, faults[1].Met)
	}
	w.ClearFaults()
	if n := len(w.Faults()); n != 0 {
		t.Errorf("%d faults after all were cleared", n)
	}
	if err := w.AddFault(tgsim.Fault{Kind: "flood"}); !errors.Is(err, tgsim.ErrFault) {
		t.Errorf("an unknown kind: %v, want ErrFault", err)
	}
}

func TestFileFaults(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	must(t)(w.Document(anna, bytes.Repeat([]byte("x"), 1000), "a", "", ""))
	var f struct {
		Path string `json:"file_path"`
	}
	w.form("getFile", "file_id", w.Transcript(anna, 0).Messages[0].Document.FileID).into(t, &f)
	w.order(tgsim.Fault{Kind: tgsim.Cut, Method: "file"}, tgsim.Fault{Kind: tgsim.HTML, Method: "file", Skip: 1})
	get := func() (int, int, error) {
		response, err := http.Get(w.url + "/file/bot" + tgsim.DefaultToken + "/" + f.Path)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		return response.StatusCode, len(body), err
	}
	if _, n, err := get(); err == nil || n >= 1000 {
		t.Errorf("%d bytes, %v; want a file that breaks off", n, err)
	}
	if code, _, _ := get(); code != 502 {
		t.Errorf("%d, want 502", code)
	}
	if code, n, err := get(); code != 200 || n != 1000 || err != nil {
		t.Errorf("%d, %d bytes, %v; want the file", code, n, err)
	}
}

// A 429 holds until the time that it told; who comes sooner is counted.
func TestRetryAfter(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	must(t)(w.Start(anna, ""))
	must(t)(w.Start(2, ""))
	w.order(tgsim.Fault{Kind: tgsim.Refuse, Code: 429, RetryAfter: 7, Chat: anna})
	a := w.send("x")
	a.wantRefused(t, 429, "Too Many Requests: retry after 7")
	if a.Parameters.RetryAfter != 7 {
		t.Errorf("parameters %+v", a.Parameters)
	}
	w.Advance(6500 * time.Millisecond)
	w.send("x").wantRefused(t, 429, "retry after 1")
	if a := w.form("sendMessage", "chat_id", "2", "text", "x"); !a.OK {
		t.Errorf("another chat: %s", a.Description)
	}
	w.Advance(500 * time.Millisecond)
	if a := w.send("x"); !a.OK {
		t.Errorf("at the time that was told: %s", a.Description)
	}
	if seen := w.Rates(); seen.Early != 1 {
		t.Errorf("%+v, want one early request", seen)
	}
	w.order(tgsim.Fault{Kind: tgsim.Refuse, Code: 429, RetryAfter: 3, Account: true})
	w.send("x").wantRefused(t, 429, "retry after 3")
	w.form("sendMessage", "chat_id", "2", "text", "x").wantRefused(t, 429, "retry after 3")
	if a := w.form("getMe"); !a.OK {
		t.Errorf("what names no chat: %s", a.Description)
	}
}

func TestRates(t *testing.T) {
	w := newWorld(t, tgsim.Options{Rates: true})
	must(t)(w.Start(anna, ""))
	for i := range 3 {
		if a := w.send("x"); !a.OK {
			t.Fatalf("message %d of the burst: %s", i, a.Description)
		}
	}
	w.send("x").wantRefused(t, 429, "retry after 1")
	w.Advance(time.Second)
	if a := w.send("x"); !a.OK {
		t.Errorf("a second later: %s", a.Description)
	}
	for id := int64(1); id <= 40; id++ {
		must(t)(w.Start(id, ""))
	}
	w.Advance(time.Minute)
	refused := 0
	for id := 1; id <= 40; id++ {
		if a := w.form("sendMessage", "chat_id", strconv.Itoa(id), "text", "x"); !a.OK {
			refused++
		}
	}
	seen := w.Rates()
	if refused != 10 || seen.OverBot != 1 || seen.Early != 9 || seen.OverChat != 1 {
		t.Errorf("%d of 40 chats refused, %+v; want the 10 over 30, one of them over the limit and nine too early", refused, seen)
	}
	w.SetRates(false)
	w.Advance(time.Minute)
	for range 5 {
		if a := w.send("x"); !a.OK {
			t.Errorf("not enforced: %s", a.Description)
		}
	}
	if seen := w.Rates(); seen.OverChat != 3 {
		t.Errorf("%+v, want the two over the burst counted", seen)
	}
}
