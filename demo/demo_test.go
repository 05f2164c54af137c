package demo

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"promobot/campaigns"
	"promobot/fns"
	"promobot/fns/fnssim"
	"promobot/fns/soap"
	"promobot/internal/events"
	"promobot/internal/store"
	"promobot/internal/store/storetest"
	"promobot/internal/vault"
	"promobot/participants"
	"promobot/receipts"
)

// newSim is a simulator as the demo starts it, only that answers are ready at
// once.
func newSim(t *testing.T) *fnssim.Sim {
	t.Helper()
	sim := fnssim.New(fnssim.Options{Invent: true, StoreDepth: -1, ReadyMin: time.Nanosecond, ReadyMax: 2})
	t.Cleanup(sim.Close)
	return sim
}

// client asks the simulator over a socket.
func client(t *testing.T, sim *fnssim.Sim) *soap.Client {
	t.Helper()
	server := httptest.NewServer(sim)
	t.Cleanup(func() { sim.Close(); server.Close() })
	return soap.NewClient(soap.Config{BaseURL: server.URL, MasterToken: fnssim.DefaultMasterToken, SendsPerSecond: 1e6})
}

func ask(t *testing.T, c *soap.Client, q fns.QR) (fns.Answer, error) {
	t.Helper()
	id, err := c.Send(t.Context(), q)
	if err != nil {
		return fns.Answer{}, err
	}
	return c.Poll(t.Context(), id)
}

// fetch is the ticket that the simulator holds for a code.
func fetch(t *testing.T, sim *fnssim.Sim, q fns.QR) fns.Ticket {
	t.Helper()
	server := httptest.NewServer(sim)
	defer server.Close()
	c := soap.NewClient(soap.Config{BaseURL: server.URL, MasterToken: fnssim.DefaultMasterToken})
	answer, err := ask(t, c, q)
	if err != nil || answer.State != fns.Found {
		t.Fatalf("%s: %+v, %v", q, answer, err)
	}
	return answer.Ticket
}

// page serves the demo of a fresh database with the season applied.
func page(t *testing.T, db *store.DB, sim *fnssim.Sim) string {
	t.Helper()
	err := db.InTx(t.Context(), func(tx *store.Tx) error {
		_, _, err := new(campaigns.Book).Apply(t.Context(), tx, demoTerms(t))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	handler, err := New(ctx, Config{DB: db, Sim: sim})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(func() { stop(); server.Close() })
	return server.URL
}

func request(t *testing.T, method, url, body string, header ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(text)
}

func TestPagesAndTheirTypes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		url := page(t, db, newSim(t))
		for _, tt := range []struct {
			path, kind string
			status     int
		}{
			{"/demo", "text/html; charset=utf-8", 200},
			{"/demo/assets/demo.js", "text/javascript; charset=utf-8", 200},
			{"/demo/assets/road.css", "text/css; charset=utf-8", 200},
			{"/demo/assets/logo.svg", "image/svg+xml", 200},
			{"/demo/assets/none.js", "application/json; charset=utf-8", 404},
			{"/demo/assets/..%2fseason%2fcampaign.yaml", "application/json; charset=utf-8", 404},
			{"/demo/tray", "application/json; charset=utf-8", 200},
			{"/demo/tray/good.jpg", "image/jpeg", 200},
			{"/demo/tray/bomb.png", "image/png", 200},
			{"/demo/tray/none.jpg", "application/json; charset=utf-8", 404},
			{"/demo/trouble", "application/json; charset=utf-8", 200},
		} {
			answer, _ := request(t, "GET", url+tt.path, "")
			h := answer.Header
			if answer.StatusCode != tt.status || h.Get("Content-Type") != tt.kind {
				t.Errorf("%s: %d %s, want %d %s", tt.path, answer.StatusCode, h.Get("Content-Type"), tt.status, tt.kind)
			}
			if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" || h.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: %v", tt.path, h)
			}
			for _, part := range []string{"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "frame-src 'self'", "base-uri 'none'"} {
				if !strings.Contains(h.Get("Content-Security-Policy"), part) {
					t.Errorf("%s: the policy lacks %s", tt.path, part)
				}
			}
		}
	})
}

func TestTrayListsNineReceipts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		_, text := request(t, "GET", page(t, db, newSim(t))+"/demo/tray", "")
		var got struct{ Receipts []shown }
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			t.Fatal(err)
		}
		ids := ""
		for _, r := range got.Receipts {
			ids += r.ID + " "
			if r.Title == "" || r.TitleEN == "" || r.Note == "" || r.NoteEN == "" || r.Hidden != (r.ID == "bomb") {
				t.Errorf("%+v", r)
			}
		}
		if want := "good faded torn duplicate refund old small foreign bomb "; ids != want {
			t.Errorf("%s, want %s", ids, want)
		}
	})
}

func TestNoPageWithoutACampaign(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		if _, err := New(t.Context(), Config{DB: db}); !errors.Is(err, campaigns.ErrNone) {
			t.Errorf("%v, want %v", err, campaigns.ErrNone)
		}
	})
}

func TestTroubleIsRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		url := page(t, db, newSim(t)) + "/demo/trouble"
		for _, tt := range []struct {
			name, body string
			status     int
			header     []string
		}{
			{"none", `{"mode":"none"}`, 200, nil},
			{"with spaces", " { \"mode\" : \"down\" } ", 200, nil},
			{"of this origin", `{"mode":"none"}`, 200, []string{"Sec-Fetch-Site", "same-origin"}},
			{"of another origin", `{"mode":"down"}`, 403, []string{"Sec-Fetch-Site", "cross-site"}},
			{"an unknown mode", `{"mode":"flood"}`, 400, nil},
			{"no mode", `{}`, 400, nil},
			{"nothing", ``, 400, nil},
			{"not JSON", `mode=down`, 400, nil},
			{"an unknown key", `{"mode":"down","x":1}`, 400, nil},
			{"a key twice", `{"mode":"none","mode":"down"}`, 400, nil},
			{"another kind", `{"mode":null}`, 400, nil},
			{"a list", `{"mode":["down"]}`, 400, nil},
			{"something after", `{"mode":"down"}{}`, 400, nil},
			{"too long", `{"mode":"down"` + strings.Repeat(" ", 1<<10) + `}`, 400, nil},
		} {
			if answer, text := request(t, "PUT", url, tt.body, tt.header...); answer.StatusCode != tt.status {
				t.Errorf("%s: %d %s, want %d", tt.name, answer.StatusCode, text, tt.status)
			}
		}
		if _, text := request(t, "GET", url, ""); strings.TrimSpace(text) != `{"mode":"none"}` {
			t.Errorf("the switch stands at %s", text)
		}
	})
}

func TestNoSwitchesForAServiceThatIsNotOurs(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		url := page(t, db, nil) + "/demo/trouble"
		for _, method := range []string{"GET", "PUT"} {
			if answer, text := request(t, method, url, `{"mode":"down"}`); answer.StatusCode != 404 || !strings.Contains(text, "not simulated") {
				t.Errorf("%s: %d %s", method, answer.StatusCode, text)
			}
		}
	})
}

// The product's own client sees, over a socket, what the switch says.
func TestTroubleReachesTheClient(t *testing.T) {
	sim, doors := newSim(t), http.NewServeMux()
	newTrouble(sim).open(doors)
	server := httptest.NewServer(doors)
	t.Cleanup(server.Close)
	url, c := server.URL+"/demo/trouble", client(t, sim)
	turn := func(mode string) {
		t.Helper()
		if answer, text := request(t, "PUT", url, `{"mode":"`+mode+`"}`); answer.StatusCode != 200 {
			t.Fatalf("%s: %d %s", mode, answer.StatusCode, text)
		}
	}
	mint := func() fns.QR {
		t.Helper()
		q, err := sim.Mint(fnssim.Order{})
		if err != nil {
			t.Fatal(err)
		}
		return q
	}
	if _, err := ask(t, c, mint()); err != nil {
		t.Fatal(err) // with a token in hand, a trouble is over as soon as it is over
	}
	turn("down")
	var temporary *fns.TemporaryError
	if _, err := ask(t, c, mint()); !errors.As(err, &temporary) {
		t.Errorf("down: %v, want a temporary error", err)
	}
	turn("not_yet")
	late := mint()
	if answer, err := ask(t, c, late); err != nil || answer.State != fns.NotYet {
		t.Errorf("not yet: %+v, %v", answer, err)
	}
	turn("none")
	if answer, err := ask(t, c, late); err != nil || answer.State != fns.Found {
		t.Errorf("back again: %+v, %v", answer, err)
	}
	turn("slow")
	began := time.Now()
	if answer, err := ask(t, c, mint()); err != nil || answer.State != fns.Found || time.Since(began) < 6*time.Second {
		t.Errorf("slow: %+v, %v after %s", answer.State, err, time.Since(began))
	}
}

// listen reads the road until n stops have come.
func listen(t *testing.T, url, lastID string, n int, meanwhile func()) (list []stop, anew bool) {
	t.Helper()
	ctx, stopListening := context.WithTimeout(t.Context(), 20*time.Second)
	defer stopListening()
	r, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Last-Event-ID", lastID)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if kind := answer.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Fatalf("the road is %s", kind)
	}
	meanwhile()
	lines := bufio.NewScanner(answer.Body)
	for len(list) < n && lines.Scan() {
		if data, found := strings.CutPrefix(lines.Text(), "data: {\"id\""); found {
			var s stop
			if err := json.Unmarshal([]byte(`{"id"`+data), &s); err != nil {
				t.Fatal(err)
			}
			list = append(list, s)
		}
		anew = anew || lines.Text() == "event: anew"
	}
	if len(list) < n {
		t.Fatalf("%d stops of %d, then %v", len(list), n, lines.Err())
	}
	return list, anew
}

// meet makes a participant.
func meet(t *testing.T, db *store.DB) int64 {
	t.Helper()
	v, err := vault.OpenOrCreate(filepath.Join(t.TempDir(), "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	var met participants.Address
	err = db.InTx(t.Context(), func(tx *store.Tx) error {
		met, err = participants.NewService(db, v).Meet(t.Context(), tx, "webchat", "a", "")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return met.ParticipantID
}

func TestRoadIsToldLiveAndResumed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		url, someone := page(t, db, newSim(t))+"/demo/road", meet(t, db)
		record := func(kind events.Kind, d map[string]any) {
			t.Helper()
			err := db.InTx(t.Context(), func(tx *store.Tx) error {
				return events.Record(t.Context(), tx, events.Event{Kind: kind, ParticipantID: someone, Subject: "receipt:17", Data: d})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		record(receipts.EventSubmitted, map[string]any{"way": "photo"})
		all, anew := listen(t, url+"?after=0", "", 4, func() {
			record(receipts.EventRead, map[string]any{"sum": 124000, "at": noon})
			record(receipts.EventAsked, nil)
		})
		if anew || all[3].Station != stationFNS || all[3].State != stateRunning || all[2].Text != "Чек от 14\u00a0марта\u00a02026, 1\u00a0240\u00a0₽" {
			t.Errorf("%+v", all)
		}
		rest, anew := listen(t, url, fmt.Sprint(all[1].ID), 2, func() {})
		if anew || rest[0].ID != all[2].ID || rest[0].Text != all[2].Text {
			t.Errorf("resumed with %+v, want %+v", rest, all[2:])
		}
		if list, anew := listen(t, url+"?after=99999", "", 4, func() {}); !anew || list[0].ID != all[0].ID {
			t.Errorf("after another database: anew %t, %+v", anew, list)
		}
	})
}
