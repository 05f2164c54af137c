package telegram_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"promobot/bot/outbox"
	"promobot/bot/telegram"
)

func TestNothingIsCalledBeforeItIsNeeded(t *testing.T) {
	s := newServer(t)
	channel := s.channel()
	telegram.New(s.client(), nil, telegram.Webhook{}, quiet)
	if len(s.requests) != 0 || channel == nil {
		t.Errorf("%d requests by the constructors, want none", len(s.requests))
	}
}

func TestParametersAreEncoded(t *testing.T) {
	s := newServer(t)
	_, err := s.client().Call(t.Context(), "sendThing", telegram.Params{
		"text": "a&b=ё", "chat_id": int64(4503599627370495), "limit": 7, "flag": false, "list": []string{"x"}, "object": map[string]int{"a": 1}})
	if err != nil {
		t.Fatal(err)
	}
	got := s.got("sendThing")[0]
	for name, want := range map[string]string{"text": "a&b=ё", "chat_id": "4503599627370495", "limit": "7", "flag": "false", "list": `["x"]`, "object": `{"a":1}`} {
		if text := got.Get(name); text != want {
			t.Errorf("%s is %q, want %q", name, text, want)
		}
	}
	if _, err := s.client().Call(t.Context(), "sendThing", telegram.Params{"bad": func() {}}); err == nil {
		t.Error("a parameter that is no JSON was sent")
	}
}

func TestFilesAreUploaded(t *testing.T) {
	s := newServer(t)
	file := telegram.File{Field: "s0", Name: "party.webp", Data: []byte("webp")}
	result, err := s.client().Call(t.Context(), "createNewStickerSet", telegram.Params{"name": "promo"}, file)
	if err != nil || string(result) != `{"message_id":501}` {
		t.Fatalf("%s, %v", result, err)
	}
	got := s.got("createNewStickerSet")[0]
	if got.Get("name") != "promo" || got.files["s0"] != "webp" {
		t.Errorf("%v %v, want the name and the file", got.Values, got.files)
	}
}

// TestRefusalsOfUploadsKeepTheirCode: the library forgets it.
func TestRefusalsOfUploadsKeepTheirCode(t *testing.T) {
	s := newServer(t)
	for code, answer := range map[int]http.HandlerFunc{403: refusal(403, "Forbidden: bot was blocked by the user"), 429: haste(7), 502: page(502)} {
		s.on("sendPhoto", answer)
		_, err := s.client().Call(t.Context(), "sendPhoto", telegram.Params{"chat_id": 1}, telegram.File{Field: "photo", Name: "a.jpg", Data: []byte("x")})
		var e *telegram.Error
		if !errors.As(err, &e) || e.Code != code || e.Method != "sendPhoto" || e.Foreign != (code == 502) {
			t.Errorf("%d: %#v", code, err)
			continue
		}
		if code == 429 && e.RetryAfter != 7*time.Second {
			t.Errorf("to wait %s, want 7s", e.RetryAfter)
		}
	}
}

// TestUnsentIsNoUnknown: before anything was written, nothing can have happened.
func TestUnsentIsNoUnknown(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := listener.Addr().String()
	listener.Close()
	for _, endpoint := range []string{"http://" + closed, "http://no-such-host.invalid", "https://" + closed} {
		_, err := telegram.NewClient(endpoint, canary).Call(t.Context(), "sendMessage", nil)
		if err == nil || errors.Is(err, outbox.ErrUnknown) {
			t.Errorf("%s: %v, want an error of no kind", endpoint, err)
		}
	}
}

func TestSentWithoutAnswerIsUnknown(t *testing.T) {
	half := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		fmt.Fprint(w, `{"ok":true,`)
	}
	for name, answer := range map[string]http.HandlerFunc{
		"reset": cut, "half an answer": half, "no answer in time": stuck,
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			s.on("sendMessage", answer)
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			_, err := s.client().Call(ctx, "sendMessage", telegram.Params{"chat_id": 1})
			if !errors.Is(err, outbox.ErrUnknown) {
				t.Errorf("%v, want that nobody knows", err)
			}
			if stopped := strings.HasPrefix(name, "no answer"); errors.Is(err, context.DeadlineExceeded) != stopped {
				t.Errorf("%v, want the deadline in it: %v", err, stopped)
			}
		})
	}
}

func TestTheContextEndsACall(t *testing.T) {
	s := newServer(t)
	s.on("getUpdates", stuck)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if _, err := s.client().Call(ctx, "getUpdates", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want the end of the context", err)
	}
}

// TestRedirectsAreNotFollowed: the address holds the token.
func TestRedirectsAreNotFollowed(t *testing.T) {
	s, other := newServer(t), newServer(t)
	s.on("sendMessage", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.url+"/bot"+canary+"/sendMessage", http.StatusTemporaryRedirect)
	})
	_, err := s.client().Call(t.Context(), "sendMessage", nil)
	var e *telegram.Error
	if !errors.As(err, &e) || e.Code != 307 || len(other.requests) != 0 {
		t.Errorf("%v, %d requests to the other server", err, len(other.requests))
	}
}

// TestNothingTellsTheToken runs every kind of fault and looks at all that is
// written anywhere.
func TestNothingTellsTheToken(t *testing.T) {
	var j journal
	log.SetOutput(&j)
	defer log.SetOutput(os.Stderr)
	s := newServer(t)
	client := s.client()
	door, channel := telegram.New(client, refusing{}, telegram.Webhook{}, j.log()), telegram.NewChannel(client, pack{}, j.log())
	said := []error{}
	note := func(_ any, err error) { said = append(said, err) }
	loud := `Bad Request: token ` + canary + ` of ` + canarySecret + ` and ` + canaryPhone + ` can't parse entities`
	for _, answer := range []http.HandlerFunc{cut, page(502), page(404), refusal(400, loud), refusal(401, loud), haste(3), result(`"` + canaryPhone + `"`), redirected} {
		for _, method := range []string{"sendMessage", "editMessageText", "sendSticker", "getFile", "answerCallbackQuery", "deleteWebhook", "getMe", "getMyCommands"} {
			s.on(method, answer)
		}
		note(client.Call(t.Context(), "sendMessage", telegram.Params{"text": canaryPhone}))
		note(client.Call(t.Context(), "sendSticker", nil, telegram.File{Field: "sticker", Name: "a", Data: []byte("x")}))
		note(channel.Send(t.Context(), "900000001", "", marked))
		note(channel.Send(t.Context(), "900000001", "7", marked))
		note(channel.Fetch(t.Context(), "f", 10))
		telegram.Briefly(t, door, 3)
		s.on("getFile", result(`{"file_path":"photos/1.jpg"}`))
		s.on("file", answer)
		note(channel.Fetch(t.Context(), "f", 10))
	}
	for _, endpoint := range []string{"http://127.0.0.1:1", "http://[::1", "http://a b", "://", "http://no-such-host.invalid", "http://%zz"} {
		broken := telegram.NewClient(endpoint, canary)
		note(broken.Call(t.Context(), "getMe", nil))
		note(telegram.NewChannel(broken, nil, j.log()).Fetch(t.Context(), "f", 1))
	}
	fmt.Fprintf(&j, "%v %+v %#v %s %q", client, client, client, client, said)
	for _, err := range said {
		for e := err; e != nil; e = errors.Unwrap(e) {
			fmt.Fprintf(&j, "%v %+v", e, e)
		}
	}
	text := j.String()
	for _, secret := range []string{canary, canarySecret, canaryPhone, "9990000001", "999 000"} {
		if strings.Contains(text, secret) {
			t.Errorf("%q was written: %s", secret, around(text, secret))
		}
	}
	if !strings.Contains(text, "sendMessage") || !strings.Contains(text, "no updates") {
		t.Error("the faults were not written at all: the test sees nothing")
	}
}

func redirected(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Location", "http://127.0.0.1:1/bot"+canary+"/x")
	w.WriteHeader(http.StatusFound)
}

func around(text, part string) string {
	i := strings.Index(text, part)
	return text[max(0, i-100):min(len(text), i+100)]
}

// TestTheLibraryWritesNothing: its logger would write addresses.
func TestTheLibraryWritesNothing(t *testing.T) {
	var seen bytes.Buffer
	log.SetOutput(iotest.TruncateWriter(&seen, 1<<20))
	defer log.SetOutput(os.Stderr)
	s := newServer(t)
	s.on("sendMessage", refusal(400, "Bad Request"))
	_, _ = s.client().Call(t.Context(), "sendMessage", nil)
	if seen.Len() > 0 {
		t.Errorf("written: %s", seen.String())
	}
}
