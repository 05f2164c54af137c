package supply_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"promobot/prizes"
	"promobot/prizes/supply"
	"promobot/prizes/supply/supplysim"
)

func instant(t *testing.T, o supplysim.Options) (*supplysim.Instant, *supply.Instant) {
	t.Helper()
	o.Key = "key"
	sim := supplysim.NewInstant(o)
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	return sim, supply.NewInstant(supply.Config{BaseURL: server.URL, Token: "key", Timeout: time.Second})
}

func slow(t *testing.T, o supplysim.Options) (*supplysim.Slow, *supply.Slow) {
	t.Helper()
	o.Key, o.Secret = "key", "secret"
	sim := supplysim.NewSlow(o)
	server := httptest.NewServer(sim)
	t.Cleanup(func() { sim.Close(); server.Close() })
	return sim, supply.NewSlow(supply.Config{BaseURL: server.URL, Token: "key", Timeout: time.Second})
}

func TestInstantDeliversOnceForAnExternalID(t *testing.T) {
	sim, client := instant(t, supplysim.Options{Until: "2026-12-31"})
	first, err := client.Order(context.Background(), supply.Order{ExternalID: "a", SKU: "ozon"})
	if err != nil || first.State != supply.Completed || first.Code == "" {
		t.Fatalf("%+v, %v; want a code", first, err)
	}
	if end := first.ValidUntil; end == nil || end.Format(time.RFC3339) != "2026-12-31T20:59:59Z" {
		t.Errorf("valid until %v, want the last second of the day in Moscow", end)
	}
	again, err := client.Order(context.Background(), supply.Order{ExternalID: "a", SKU: "ozon", Again: true})
	if err != nil || again.Code != first.Code || again.Ref != first.Ref {
		t.Errorf("again: %+v, %v; want the same", again, err)
	}
	if n := sim.Delivered(); n != 1 {
		t.Errorf("%d codes left the supplier, want 1", n)
	}
}

// Whatever hides the outcome is trouble, and the same external id again tells
// it: one code, however the first call went.
func TestTroubleIsResolvedByAskingAgain(t *testing.T) {
	for _, fault := range []supplysim.Fault{supplysim.Broken, supplysim.Lost, supplysim.Hidden, supplysim.TooMany, supplysim.Garbled, supplysim.Redirect} {
		for _, kind := range []string{"instant", "slow"} {
			t.Run(kind+" "+string(fault), func(t *testing.T) {
				var client supply.Supplier
				var delivered func() int
				if kind == "instant" {
					sim, c := instant(t, supplysim.Options{})
					sim.Meet(fault)
					client, delivered = c, sim.Delivered
				} else {
					sim, c := slow(t, supplysim.Options{Ready: time.Millisecond})
					sim.Meet(fault)
					client, delivered = c, sim.Delivered
				}
				order := supply.Order{ExternalID: "a", SKU: "ozon"}
				_, err := client.Order(context.Background(), order)
				var trouble *supply.Trouble
				if !errors.As(err, &trouble) {
					t.Fatalf("%v, want trouble", err)
				}
				if fault == supplysim.TooMany && trouble.Again != time.Second {
					t.Errorf("again in %s, want the second of Retry-After", trouble.Again)
				}
				order.Again = true
				if got := until(t, client, order); got.State != supply.Completed {
					t.Errorf("%+v, want a code", got)
				}
				if n := delivered(); n != 1 {
					t.Errorf("%d codes left the supplier, want 1", n)
				}
			})
		}
	}
}

// until asks until the order has ended.
func until(t *testing.T, client supply.Supplier, o supply.Order) supply.Answer {
	t.Helper()
	for range 200 {
		a, err := client.Order(context.Background(), o)
		if err != nil {
			t.Fatal(err)
		}
		if a.State != supply.Accepted {
			return a
		}
		o.Again = true
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("the order never ended")
	return supply.Answer{}
}

func TestFailuresAreFinal(t *testing.T) {
	sim, client := instant(t, supplysim.Options{Stock: map[string]int64{"ozon": 0}})
	a, err := client.Order(context.Background(), supply.Order{ExternalID: "a", SKU: "ozon"})
	if err != nil || a.State != supply.Failed || a.Reason != prizes.ReasonNoStock {
		t.Errorf("%+v, %v; want out of stock", a, err)
	}
	sim.Meet(supplysim.Refuse)
	if a, err := client.Order(context.Background(), supply.Order{ExternalID: "b", SKU: "tea"}); err != nil || a.State != supply.Failed || a.Reason != supply.ReasonRefused {
		t.Errorf("%+v, %v; want a refusal", a, err)
	}
	slowSim, slowClient := slow(t, supplysim.Options{Stock: map[string]int64{"ozon": 0}, Ready: time.Millisecond})
	if a := until(t, slowClient, supply.Order{ExternalID: "a", SKU: "ozon"}); a.State != supply.Failed || a.Reason != prizes.ReasonNoStock {
		t.Errorf("%+v; want out of stock", a)
	}
	slowSim.Meet(supplysim.Refuse)
	if a := until(t, slowClient, supply.Order{ExternalID: "b", SKU: "tea"}); a.State != supply.Failed || a.Reason != supply.ReasonRefused {
		t.Errorf("%+v; want a refusal", a)
	}
}

func TestWrongKeyIsTroubleAndSaysNoSecret(t *testing.T) {
	sim := supplysim.NewInstant(supplysim.Options{Key: "right"})
	server := httptest.NewServer(sim)
	defer server.Close()
	config := supply.Config{BaseURL: server.URL, Token: "wrong-token"}
	_, err := supply.NewInstant(config).Order(context.Background(), supply.Order{ExternalID: "a", SKU: "ozon"})
	var trouble *supply.Trouble
	if !errors.As(err, &trouble) || strings.Contains(err.Error(), "wrong-token") || strings.Contains(fmt.Sprintf("%+v", config), "wrong-token") {
		t.Errorf("%v, want trouble without the token", err)
	}
	if sim.Calls() != 0 {
		t.Error("an order with a wrong key was looked at")
	}
}

// No answer that is about another order, or has no code that can be shown, is
// taken for a code.
func TestOddAnswersAreTrouble(t *testing.T) {
	for name, body := range map[string]string{
		"another order": `{"order":{"id":"1","external_id":"b","status":"completed","code":"CODE-1"}}`,
		"no code":       `{"order":{"id":"1","external_id":"a","status":"completed"}}`,
		"a line break":  `{"order":{"id":"1","external_id":"a","status":"completed","code":"CODE\n1"}}`,
		"a long code":   `{"order":{"id":"1","external_id":"a","status":"completed","code":"` + strings.Repeat("X", 129) + `"}}`,
		"no date":       `{"order":{"id":"1","external_id":"a","status":"completed","code":"CODE-1","valid_until":"soon"}}`,
		"no state":      `{"order":{"id":"1","external_id":"a","status":"perhaps","code":"CODE-1"}}`,
		"no JSON":       `<html>`,
		"endless":       `"` + strings.Repeat("x", 70<<10) + `"`,
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }))
			defer server.Close()
			a, err := supply.NewInstant(supply.Config{BaseURL: server.URL}).Order(context.Background(), supply.Order{ExternalID: "a", SKU: "ozon"})
			var trouble *supply.Trouble
			if !errors.As(err, &trouble) {
				t.Errorf("%+v, %v; want trouble", a, err)
			}
			if strings.Contains(fmt.Sprint(err), "CODE") {
				t.Errorf("the error shows a code: %v", err)
			}
		})
	}
}

// What a supplier says beside the code is kept only if it can be: one line break
// or zero byte must not keep an order from its end.
func TestOddWordsAreNotKept(t *testing.T) {
	for body, want := range map[string]supply.Answer{
		`{"order":{"id":"7\u0000","external_id":"a","status":"completed","code":"CODE-1"}}`:                          {ExternalID: "a", State: supply.Completed, Code: "CODE-1"},
		`{"order":{"id":"` + strings.Repeat("7", 101) + `","external_id":"a","status":"completed","code":"CODE-1"}}`: {ExternalID: "a", State: supply.Completed, Code: "CODE-1"},
		`{"error":{"code":"no\u0000stock"}}`: {ExternalID: "a", State: supply.Failed, Reason: supply.ReasonRefused},
	} {
		status := http.StatusOK
		if want.State == supply.Failed {
			status = http.StatusConflict
		}
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status); _, _ = io.WriteString(w, body) }))
		a, err := supply.NewInstant(supply.Config{BaseURL: server.URL}).Order(context.Background(), supply.Order{ExternalID: "a", SKU: "ozon"})
		if server.Close(); err != nil || a != want {
			t.Errorf("%s: %+v, %v; want %+v", body, a, err, want)
		}
	}
}

func TestSlownessIsTrouble(t *testing.T) {
	sim := supplysim.NewInstant(supplysim.Options{Delay: 300 * time.Millisecond})
	server := httptest.NewServer(sim)
	defer server.Close()
	_, err := supply.NewInstant(supply.Config{BaseURL: server.URL, Timeout: 50 * time.Millisecond}).Order(context.Background(), supply.Order{ExternalID: "a", SKU: "ozon"})
	var trouble *supply.Trouble
	if !errors.As(err, &trouble) {
		t.Errorf("%v, want trouble", err)
	}
}

// ear keeps what a webhook has heard.
type ear struct {
	sync.Mutex
	heard []supply.Answer
	says  error
}

func (e *ear) hear(_ context.Context, _ string, a supply.Answer) error {
	e.Lock()
	defer e.Unlock()
	e.heard = append(e.heard, a)
	return e.says
}

func (e *ear) answers() []supply.Answer {
	e.Lock()
	defer e.Unlock()
	return append([]supply.Answer{}, e.heard...)
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// What the simulator brings goes through the door as it is: forged events are
// turned away, all others arrive, repetitions too.
func TestEventsComeThroughTheDoor(t *testing.T) {
	e := &ear{}
	door := httptest.NewServer(&supply.Webhook{Supplier: "slow", Secret: "secret", Hear: e.hear, Log: quiet()})
	defer door.Close()
	sim, client := slow(t, supplysim.Options{Ready: time.Millisecond, Webhook: door.URL})
	sim.Bring(supplysim.Forged)
	if _, err := client.Order(context.Background(), supply.Order{ExternalID: "a", SKU: "ozon"}); err != nil {
		t.Fatal(err)
	}
	waitFor(t, func() bool { return len(sim.Answers()) >= 2 })
	if got := sim.Answers(); got[0] != http.StatusUnauthorized || got[1] != http.StatusOK {
		t.Errorf("the forged and the true event were answered %v", got)
	}
	heard := e.answers()
	if len(heard) != 1 || heard[0].State != supply.Completed || heard[0].ExternalID != "a" || heard[0].Code.Reveal() == "FORGED-CODE" {
		t.Errorf("heard %+v, want the true event alone", heard)
	}
	sim.Bring(supplysim.Twice)
	if _, err := client.Order(context.Background(), supply.Order{ExternalID: "b", SKU: "ozon"}); err != nil {
		t.Fatal(err)
	}
	waitFor(t, func() bool { return len(e.answers()) == 3 })
}

func waitFor(t *testing.T, what func() bool) {
	t.Helper()
	for range 400 {
		if what() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("waited in vain")
}

func TestWebhook(t *testing.T) {
	const event = `{"event":"order.failed","externalId":"a","orderId":"7","reason":"out_of_stock"}`
	for _, tt := range []struct {
		name, body, signature string
		says                  error
		want                  int
	}{
		{"signed", event, supply.Sign("secret", []byte(event)), nil, 200},
		{"unsigned", event, "", nil, 401},
		{"with another secret", event, supply.Sign("other", []byte(event)), nil, 401},
		{"of another body", event, supply.Sign("secret", []byte(event+" ")), nil, 401},
		{"without its prefix", event, strings.TrimPrefix(supply.Sign("secret", []byte(event)), "sha256="), nil, 401},
		{"unknown order", event, supply.Sign("secret", []byte(event)), prizes.ErrNoOrder, 200},
		{"a second code", event, supply.Sign("secret", []byte(event)), prizes.ErrOtherCode, 409},
		{"not taken in", event, supply.Sign("secret", []byte(event)), errors.New("disk full"), 500},
		{"no event", `{"event":"ping"}`, supply.Sign("secret", []byte(`{"event":"ping"}`)), nil, 200},
		{"too long", strings.Repeat("x", 70<<10), "", nil, 413},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := &ear{says: tt.says}
			r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(tt.body))
			r.Header.Set(supply.SignatureHeader, tt.signature)
			w := httptest.NewRecorder()
			(&supply.Webhook{Supplier: "slow", Secret: "secret", Hear: e.hear, Log: quiet()}).ServeHTTP(w, r)
			if w.Code != tt.want {
				t.Errorf("status %d, want %d", w.Code, tt.want)
			}
			if tt.want == 401 && len(e.heard) > 0 {
				t.Error("an event without a right signature was heard")
			}
		})
	}
	open := &supply.Webhook{Supplier: "slow", Hear: (&ear{}).hear, Log: quiet()}
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(event))
	r.Header.Set(supply.SignatureHeader, supply.Sign("", []byte(event)))
	w := httptest.NewRecorder()
	if open.ServeHTTP(w, r); w.Code != 401 {
		t.Errorf("without a secret: %d, want 401", w.Code)
	}
}

func TestParseFile(t *testing.T) {
	const one = "suppliers:\n- {name: alpha, kind: instant, url: https://alpha.example, token: {env: ALPHA_TOKEN}}\n"
	for _, tt := range []struct {
		name, file string
		ok         bool
	}{
		{"instant", one, true},
		{"slow", "suppliers:\n- {name: beta, kind: slow, url: 'https://beta.example/api', token: {file: t}, webhook_secret: {env: S}, patience: 2h}\n", true},
		{"on this machine", strings.Replace(one, "https://alpha.example", "http://127.0.0.1:9000", 1), true},
		{"in the clear", strings.Replace(one, "https:", "http:", 1), false},
		{"twice", one + "- {name: alpha, kind: instant, url: https://a.example, token: {env: T}}\n", false},
		{"unknown kind", strings.Replace(one, "instant", "fast", 1), false},
		{"token in the file", strings.Replace(one, "{env: ALPHA_TOKEN}", "secret", 1), false},
		{"token in two places", strings.Replace(one, "{env: ALPHA_TOKEN}", "{env: A, file: b}", 1), false},
		{"no place of the token", strings.Replace(one, "{env: ALPHA_TOKEN}", "{}", 1), false},
		{"slow without its secret", strings.Replace(one, "instant", "slow", 1), false},
		{"a password in the address", strings.Replace(one, "alpha.example", "me:pw@alpha.example", 1), false},
		{"unknown key", strings.Replace(one, "kind", "sort", 1), false},
		{"capital name", strings.Replace(one, "alpha,", "Alpha,", 1), false},
	} {
		list, err := supply.ParseFile(strings.NewReader(tt.file))
		if (err == nil) != tt.ok || err != nil && !errors.Is(err, supply.ErrFile) {
			t.Errorf("%s: %v, %v", tt.name, list, err)
		}
		if tt.ok && list[0].Patience == 0 {
			t.Errorf("%s: no patience", tt.name)
		}
	}
}

// A simulator that runs as a process is steered over its socket.
func TestSimulatorIsControlled(t *testing.T) {
	sim := supplysim.NewSlow(supplysim.Options{Ready: time.Millisecond})
	server := httptest.NewServer(supplysim.Controlled(sim))
	defer server.Close()
	defer sim.Close()
	steer := func(body string) int {
		r, err := http.NewRequest(http.MethodPut, server.URL+"/control", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		return answer.StatusCode
	}
	if got := steer(`{"meet":["refuse"],"bring":["never"],"stock":{"tea":0}}`); got != http.StatusNoContent {
		t.Errorf("status %d", got)
	}
	if got := steer("no JSON"); got != http.StatusBadRequest {
		t.Errorf("status %d for what is no control", got)
	}
	client := supply.NewSlow(supply.Config{BaseURL: server.URL})
	if a := until(t, client, supply.Order{ExternalID: "a", SKU: "mug"}); a.Reason != supply.ReasonRefused {
		t.Errorf("%+v, want a refusal", a)
	}
	if a := until(t, client, supply.Order{ExternalID: "b", SKU: "tea"}); a.Reason != prizes.ReasonNoStock {
		t.Errorf("%+v, want no stock", a)
	}
	answer, err := http.Get(server.URL + "/control")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || !strings.Contains(string(text), `"orders":2,"delivered":0`) {
		t.Errorf("%s, %v", text, err)
	}
}
