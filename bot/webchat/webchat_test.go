package webchat_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"promobot/bot"
	"promobot/bot/webchat"
	"promobot/campaigns"
	"promobot/internal/notify"
	"promobot/internal/store"
	"promobot/internal/store/storetest"
	"promobot/internal/vault"
	"promobot/participants"
	"promobot/prizes"
	"promobot/receipts"
	"promobot/rewards"
)

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

// site is a running server with the talk behind it.
type site struct {
	db     *store.DB
	bot    *bot.Bot
	people *participants.Service
	door   *webchat.Door
	url    string
	log    *bytes.Buffer
}

// noReceipts is a receipts' room that only numbers what it gets.
type noReceipts struct {
	mu sync.Mutex
	n  int64
}

// Marked is a picture that names its receipt.
func (r *noReceipts) Marked(_ context.Context, _ *gorm.DB, id int64) ([]byte, error) {
	return fmt.Appendf(nil, "picture %d", id), nil
}

// Explain knows of no receipt.
func (r *noReceipts) Explain(context.Context, *gorm.DB, int64, string, time.Time) (receipts.Explanation, bool, error) {
	return receipts.Explanation{}, false, nil
}

func (r *noReceipts) Submit(context.Context, *store.Tx, receipts.Submission) (receipts.Receipt, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.n++
	return receipts.Receipt{ID: r.n}, nil
}

func (r *noReceipts) List(context.Context, *gorm.DB, int64, int) ([]receipts.Receipt, error) {
	return nil, nil
}

func (r *noReceipts) Appeal(context.Context, *store.Tx, int64, int64) (receipts.Appeal, error) {
	return receipts.Appeal{}, receipts.ErrNone
}

func (r *noReceipts) Cooldown(context.Context, *gorm.DB, int64) (receipts.Cooldown, error) {
	return receipts.Cooldown{}, nil
}

func eachSite(t *testing.T, o webchat.Options, test func(t *testing.T, s *site)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) { test(t, newSite(t, db, o)) })
}

func newSite(t *testing.T, db *store.DB, o webchat.Options) *site {
	t.Helper()
	v, err := vault.OpenOrCreate(filepath.Join(t.TempDir(), "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	people, shop := participants.NewService(db, v), prizes.NewShop(db, v)
	s := &site{db: db, people: people, log: &bytes.Buffer{}}
	s.bot = bot.New(db, v, bot.Rooms{People: people, Receipts: &noReceipts{}, Desk: rewards.NewDesk(shop, people), Shop: shop, Book: &campaigns.Book{}}, quiet)
	clock := time.Date(2026, 6, 14, 12, 0, 0, 0, time.UTC)
	s.door = webchat.New(s.bot, func() time.Time { return clock }, slog.New(slog.NewTextHandler(s.log, nil)), o)
	server := httptest.NewServer(s.door)
	s.url = server.URL
	t.Cleanup(server.Close)
	t.Cleanup(s.door.Close) // runs first: streams end, then the server
	s.work(t)
	return s
}

// visitor is a browser with its token.
type visitor struct {
	*testing.T
	site  *site
	token string
}

func (s *site) visitor(t *testing.T) *visitor {
	t.Helper()
	answer := request(t, http.MethodPost, s.url+"/chat/session", "", nil, nil)
	var body struct{ Token string }
	decode(t, answer, http.StatusOK, &body)
	if len(body.Token) < 43 {
		t.Fatalf("a token of %d characters, want 256 bits", len(body.Token))
	}
	return &visitor{T: t, site: s, token: body.Token}
}

func request(t *testing.T, method, url, token string, header map[string]string, body io.Reader) *http.Response {
	t.Helper()
	r, err := http.NewRequest(method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for name, value := range header {
		r.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func decode(t *testing.T, answer *http.Response, status int, into any) {
	t.Helper()
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != status {
		t.Fatalf("status %d, want %d: %s", answer.StatusCode, status, text)
	}
	if cache := answer.Header.Get("Cache-Control"); cache != "no-store" {
		t.Errorf("Cache-Control %q, want no-store", cache)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

var asJSON = map[string]string{"Content-Type": "application/json"}

// post sends a body and returns the status and the error's words.
func (v *visitor) post(header map[string]string, body string) (int, string) {
	v.Helper()
	answer := request(v.T, http.MethodPost, v.site.url+"/chat/messages", v.token, header, strings.NewReader(body))
	var told struct{ Error string }
	decode(v.T, answer, answer.StatusCode, &told)
	return answer.StatusCode, told.Error
}

func (v *visitor) says(id, text string) {
	v.Helper()
	v.sends(map[string]string{"id": id, "text": text})
}

func (v *visitor) presses(id, button string) {
	v.Helper()
	v.sends(map[string]string{"id": id, "button": button})
}

func (v *visitor) sends(fields map[string]string) {
	v.Helper()
	body, err := json.Marshal(fields)
	if err != nil {
		v.Fatal(err)
	}
	if status, why := v.post(asJSON, string(body)); status != http.StatusAccepted {
		v.Fatalf("status %d (%s), want 202", status, why)
	}
}

// form is a multipart body with its parts in the given order: name, content…
func form(t *testing.T, parts ...string) (header map[string]string, body string) {
	t.Helper()
	var text bytes.Buffer
	w := multipart.NewWriter(&text)
	for i := 0; i < len(parts); i += 2 {
		create := w.CreateFormField
		if parts[i] == "photo" {
			create = func(name string) (io.Writer, error) { return w.CreateFormFile(name, "чек.jpg") }
		}
		part, err := create(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(part, parts[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return map[string]string{"Content-Type": w.FormDataContentType()}, text.String()
}

// event is what the stream carries.
type event struct {
	ID, Edits, Text string
	Image           string
	Buttons         []bot.Button
}

// listener reads a stream.
type listener struct {
	*testing.T
	lines  *bufio.Scanner
	answer *http.Response
}

func (v *visitor) listens(lastID string) *listener {
	v.Helper()
	header := map[string]string{}
	if lastID != "" {
		header["Last-Event-ID"] = lastID
	}
	answer := request(v.T, http.MethodGet, v.site.url+"/chat/events", v.token, header, nil)
	if answer.StatusCode != http.StatusOK || !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/event-stream") {
		v.Fatalf("stream: %d %s", answer.StatusCode, answer.Header.Get("Content-Type"))
	}
	timer := time.AfterFunc(20*time.Second, func() { _ = answer.Body.Close() })
	v.Cleanup(func() { timer.Stop(); _ = answer.Body.Close() })
	return &listener{T: v.T, lines: bufio.NewScanner(answer.Body), answer: answer}
}

// next waits for one event.
func (l *listener) next() event {
	l.Helper()
	id := ""
	for l.lines.Scan() {
		line := l.lines.Text()
		if after, ok := strings.CutPrefix(line, "id: "); ok {
			id = after
		}
		data, ok := strings.CutPrefix(line, "data: ")
		if !ok {
			continue
		}
		var e event
		if err := json.Unmarshal([]byte(data), &e); err != nil {
			l.Fatal(err)
		}
		if e.ID != id {
			l.Fatalf("event %s carries the id %s", id, e.ID)
		}
		return e
	}
	l.Fatalf("the stream ended: %v", l.lines.Err())
	return event{}
}

// wants waits for an event whose text begins so.
func (l *listener) wants(start string) event {
	l.Helper()
	e := l.next()
	if !strings.HasPrefix(e.Text, start) {
		l.Fatalf("heard %q, want %q…", e.Text, start)
	}
	return e
}

func TestTalkOverTheWire(t *testing.T) {
	eachSite(t, webchat.Options{}, func(t *testing.T, s *site) {
		v := s.visitor(t)
		stream := v.listens("")
		v.says("a", "привет")
		hello := stream.wants("Здравствуйте!")
		if len(hello.Buttons) != 3 || hello.Buttons[0].ID != "consent:data" {
			t.Errorf("buttons %+v", hello.Buttons)
		}
		v.presses("b", "consent:data")
		stream.wants("Спасибо!")
		v.presses("c", "news:no")
		phone := stream.wants("Напишите номер")
		v.says("d", "+7 999 000-00-01")
		v.says("e", "Анна")
		again := v.listens(phone.ID) // a second stream resumes where it is told
		for _, l := range []*listener{stream, again} {
			l.wants("Как вас зовут?")
			l.wants("Готово, Анна!")
		}
	})
}

func TestPhotoHasAStatusThatIsEdited(t *testing.T) {
	eachSite(t, webchat.Options{}, func(t *testing.T, s *site) {
		v := s.visitor(t)
		s.campaign(t)
		for i, u := range []map[string]string{{"text": "привет"}, {"button": "consent:data"}, {"button": "news:no"},
			{"text": "+79990000001"}, {"text": "Анна"}} {
			u["id"] = fmt.Sprint("step", i)
			v.sends(u)
		}
		stream := v.listens("")
		for range 5 {
			stream.next()
		}
		header, body := form(t, "id", "photo-1", "photo", "no picture at all")
		for range 2 { // the repeat changes nothing
			if status, why := v.post(header, body); status != http.StatusAccepted {
				t.Fatalf("%d %s", status, why)
			}
		}
		status := stream.wants("🔎")
		s.tell(t, v, "receipt:1", "scan.blurred")
		if edit := stream.wants("Фото смазано"); edit.Edits != status.ID {
			t.Errorf("edits %q, want %q", edit.Edits, status.ID)
		}
	})
}

// campaign applies terms, without which no receipt is taken.
func (s *site) campaign(t *testing.T) {
	t.Helper()
	ctx := context.Background()
	err := s.db.InTx(ctx, func(tx *store.Tx) error {
		_, _, err := (&campaigns.Book{}).Apply(ctx, tx, campaigns.Terms{Slug: "tea", Title: "Чай", Zone: "Europe/Moscow",
			Starts: time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC), Ends: time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// tell has a room tell the only participant something.
func (s *site) tell(t *testing.T, _ *visitor, subject, key string) {
	t.Helper()
	ctx := context.Background()
	err := s.db.InTx(ctx, func(tx *store.Tx) error {
		return notify.Tell(ctx, tx, notify.Notice{ParticipantID: 1, Subject: subject, Key: key})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestRepeatOfAnIDIsHarmless(t *testing.T) {
	eachSite(t, webchat.Options{}, func(t *testing.T, s *site) {
		v := s.visitor(t)
		var all sync.WaitGroup
		for range 5 {
			all.Go(func() { v.says("same", "привет") })
		}
		all.Wait()
		v.says("other", "что дальше?")
		stream := v.listens("")
		stream.wants("Здравствуйте!")
		stream.wants("Без согласия")
	})
}

func TestRefusalsOfMessages(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, db, webchat.Options{})
		v := s.visitor(t)
		multi := func(parts ...string) [2]string {
			header, body := form(t, parts...)
			return [2]string{header["Content-Type"], body}
		}
		text := func(s string) [2]string { return [2]string{"application/json", s} }
		for _, tt := range []struct {
			name   string
			body   [2]string
			status int
		}{
			{"4096 characters", text(`{"id":"a","text":"` + strings.Repeat("ж", 4096) + `"}`), 202},
			{"4097 characters", text(`{"id":"a","text":"` + strings.Repeat("ж", 4097) + `"}`), 413},
			{"more than 64 KiB", text(`{"id":"a","text":"` + strings.Repeat("ж", 40_000) + `"}`), 413},
			{"id of 100", text(`{"id":"` + strings.Repeat("ж", 100) + `","text":"x"}`), 202},
			{"id of 101", text(`{"id":"` + strings.Repeat("ж", 101) + `","text":"x"}`), 400},
			{"no id", text(`{"text":"x"}`), 400},
			{"empty id", text(`{"id":"","text":"x"}`), 400},
			{"id with a zero byte", text(`{"id":"a\u0000","text":"x"}`), 400},
			{"empty text", text(`{"id":"empty","text":""}`), 202},
			{"text with a zero byte", text(`{"id":"zero","text":"\u0000"}`), 202},
			{"text and button", text(`{"id":"a","text":"x","button":"y"}`), 400},
			{"neither", text(`{"id":"a"}`), 400},
			{"unknown field", text(`{"id":"a","text":"x","admin":"yes"}`), 400},
			{"field twice", text(`{"id":"a","id":"b","text":"x"}`), 400},
			{"number for a text", text(`{"id":7,"text":"x"}`), 400},
			{"nested", text(`{"id":"a","text":{"a":"b"}}`), 400},
			{"array", text(`[]`), 400},
			{"two objects", text(`{"id":"a","text":"x"}{}`), 400},
			{"cut", text(`{"id":"a","text":"x`), 400},
			{"nothing", text(``), 400},
			{"another type", [2]string{"text/plain", "x"}, 415},
			{"no type", [2]string{"", "x"}, 415},
			{"form without a boundary", [2]string{"multipart/form-data", "x"}, 415},
			{"photo", multi("id", "p", "photo", "x"), 202},
			{"photo before its id", multi("photo", "x", "id", "q"), 202},
			{"empty photo", multi("id", "p", "photo", ""), 400},
			{"no photo", multi("id", "p"), 400},
			{"photo without id", multi("photo", "x"), 400},
			{"two photos", multi("id", "p", "photo", "x", "photo", "y"), 400},
			{"unknown part", multi("id", "p", "photo", "x", "name", "y"), 400},
			{"photo of 10 MiB", multi("id", "large", "photo", strings.Repeat("x", 10<<20)), 202},
			{"photo of a byte more", multi("id", "larger", "photo", strings.Repeat("x", 10<<20+1)), 413},
			{"photo of 12 MiB", multi("id", "huge", "photo", strings.Repeat("x", 12<<20)), 413},
		} {
			status, why := v.post(map[string]string{"Content-Type": tt.body[0]}, tt.body[1])
			if status != tt.status {
				t.Errorf("%s: %d (%s), want %d", tt.name, status, why, tt.status)
			}
			if (why == "") != (status == http.StatusAccepted) {
				t.Errorf("%s: %d with the words %q", tt.name, status, why)
			}
		}
	})
}

func TestStrangersAreRefused(t *testing.T) {
	eachSite(t, webchat.Options{}, func(t *testing.T, s *site) {
		v := s.visitor(t)
		for _, token := range []string{"", "x", strings.ToLower(v.token), v.token + "x", strings.Repeat("A", 43)} {
			for _, to := range []struct{ method, path string }{{"POST", "/chat/messages"}, {"GET", "/chat/events"}} {
				answer := request(t, to.method, s.url+to.path, token, asJSON, strings.NewReader(`{"id":"a","text":"x"}`))
				var told struct{ Error string }
				decode(t, answer, http.StatusUnauthorized, &told)
			}
		}
		var n int64
		if err := s.db.Read(context.Background()).Table("updates").Count(&n).Error; err != nil || n != 0 {
			t.Errorf("%d updates stored (%v), want none", n, err)
		}
	})
}

func TestTokenIsNotKept(t *testing.T) {
	eachSite(t, webchat.Options{}, func(t *testing.T, s *site) {
		v := s.visitor(t)
		v.says("a", "секрет")
		var n int64
		err := s.db.Read(context.Background()).Table("addresses").Where("address = ?", v.token).Count(&n).Error
		if err != nil || n != 0 || strings.Contains(s.log.String(), v.token) {
			t.Errorf("the token stands in %d rows (%v) or in the log %q", n, err, s.log)
		}
	})
}

func TestRefusalsSpeakTheBrowsersLanguage(t *testing.T) {
	eachSite(t, webchat.Options{}, func(t *testing.T, s *site) {
		for header, want := range map[string]string{"": "Разговор", "ru-RU,ru;q=0.9": "Разговор", "en-GB": "This conversation",
			"de-DE,de;q=0.9,en;q=0.8": "This conversation", "!!!": "Разговор"} {
			answer := request(t, "GET", s.url+"/chat/events", "", map[string]string{"Accept-Language": header}, nil)
			var told struct{ Error string }
			if decode(t, answer, 401, &told); !strings.HasPrefix(told.Error, want) {
				t.Errorf("%q: %q, want %q…", header, told.Error, want)
			}
		}
	})
}

func TestSessionSpeaksTheBrowsersLanguage(t *testing.T) {
	eachSite(t, webchat.Options{}, func(t *testing.T, s *site) {
		answer := request(t, "POST", s.url+"/chat/session", "", map[string]string{"Accept-Language": "en"}, nil)
		var body struct{ Token string }
		decode(t, answer, 200, &body)
		v := &visitor{T: t, site: s, token: body.Token}
		v.says("a", "hello")
		v.listens("").wants("Hello!")
	})
}

func TestHasteIsRefused(t *testing.T) {
	eachSite(t, webchat.Options{MessagesPerMinute: 3}, func(t *testing.T, s *site) {
		v, other := s.visitor(t), s.visitor(t)
		for i := range 3 {
			v.says(fmt.Sprint(i), "x")
		}
		answer := request(t, "POST", s.url+"/chat/messages", v.token, asJSON, strings.NewReader(`{"id":"a","text":"x"}`))
		var told struct{ Error string }
		if decode(t, answer, http.StatusTooManyRequests, &told); answer.Header.Get("Retry-After") != "21" || told.Error == "" {
			t.Errorf("Retry-After %q, error %q, want 21 and words", answer.Header.Get("Retry-After"), told.Error)
		}
		other.says("a", "x") // others are not slowed
	})
}

func TestStreamsEndWithTheServer(t *testing.T) {
	eachSite(t, webchat.Options{Heartbeat: 10 * time.Millisecond}, func(t *testing.T, s *site) {
		stream := s.visitor(t).listens("")
		for !stream.lines.Scan() || stream.lines.Text() != ": here" { // alive
			if stream.lines.Err() != nil {
				t.Fatal(stream.lines.Err())
			}
		}
		s.door.Close()
		for stream.lines.Scan() {
		}
		if err := stream.lines.Err(); err != nil {
			t.Errorf("the stream broke: %v, want an end", err)
		}
	})
}

func TestTooManyTabsAreRefused(t *testing.T) {
	eachSite(t, webchat.Options{}, func(t *testing.T, s *site) {
		v := s.visitor(t)
		var first *listener
		for range 16 {
			first = v.listens("")
		}
		answer := request(t, "GET", s.url+"/chat/events", v.token, nil, nil)
		var told struct{ Error string }
		decode(t, answer, http.StatusTooManyRequests, &told)
		_ = first.answer.Body.Close() // a tab is closed
		for range 100 {
			answer := request(t, "GET", s.url+"/chat/events", v.token, nil, nil)
			_ = answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
		t.Error("the place of a closed tab stays taken")
	})
}

func TestFiftyAtOnce(t *testing.T) {
	eachSite(t, webchat.Options{}, func(t *testing.T, s *site) {
		var all sync.WaitGroup
		for i := range 50 {
			all.Go(func() {
				v := s.visitor(t)
				stream := v.listens("")
				v.says("a", fmt.Sprint("I am ", i))
				stream.wants("Здравствуйте!")
				v.presses("b", "consent:data")
				stream.wants("Спасибо!")
			})
		}
		all.Wait()
	})
}

func TestPageIsServedUnderItsPolicy(t *testing.T) {
	for _, tt := range []struct {
		framed    bool
		ancestors string
	}{{false, "frame-ancestors 'none'"}, {true, "frame-ancestors 'self'"}} {
		door := webchat.New(nil, time.Now, quiet, webchat.Options{Framed: tt.framed})
		for path, kind := range map[string]string{"/chat": "text/html; charset=utf-8", "/chat/assets/chat.css": "text/css; charset=utf-8",
			"/chat/assets/chat.js": "text/javascript; charset=utf-8", "/chat/assets/logo.svg": "image/svg+xml"} {
			w := httptest.NewRecorder()
			door.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
			h := w.Result().Header
			if w.Code != 200 || h.Get("Content-Type") != kind || w.Body.Len() == 0 {
				t.Errorf("%s: %d %s, %d bytes", path, w.Code, h.Get("Content-Type"), w.Body.Len())
			}
			want := "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; " +
				"form-action 'self'; base-uri 'none'; " + tt.ancestors
			if h.Get("Content-Security-Policy") != want || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" {
				t.Errorf("%s: headers %v", path, h)
			}
			again := httptest.NewRequest("GET", path, nil)
			again.Header.Set("If-None-Match", h.Get("ETag"))
			w = httptest.NewRecorder()
			if door.ServeHTTP(w, again); w.Code != http.StatusNotModified {
				t.Errorf("%s again: %d, want 304", path, w.Code)
			}
		}
	}
}

func TestSlashAtTheEndLeadsToThePage(t *testing.T) {
	w := httptest.NewRecorder()
	webchat.New(nil, time.Now, quiet, webchat.Options{}).ServeHTTP(w, httptest.NewRequest("GET", "/chat/", nil))
	if w.Code != http.StatusPermanentRedirect || w.Header().Get("Location") != "/chat" {
		t.Errorf("%d to %q", w.Code, w.Header().Get("Location"))
	}
}

func TestNothingElseIsServed(t *testing.T) {
	door := webchat.New(nil, time.Now, quiet, webchat.Options{})
	for _, path := range []string{"/chat/assets/chat.html", "/chat/assets/none.js", "/chat/assets/..%2fwebchat.go", "/chat/assets/", "/chat/x"} {
		w := httptest.NewRecorder()
		if door.ServeHTTP(w, httptest.NewRequest("GET", path, nil)); w.Code != 404 {
			t.Errorf("%s: %d, want 404", path, w.Code)
		}
	}
}

func TestForeignPagesAreRefused(t *testing.T) {
	door := webchat.New(nil, time.Now, quiet, webchat.Options{})
	r := httptest.NewRequest("POST", "/chat/session", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	w := httptest.NewRecorder()
	if door.ServeHTTP(w, r); w.Code != 403 || !strings.Contains(w.Body.String(), "чужой страницы") {
		t.Errorf("%d %s, want 403 with words", w.Code, w.Body)
	}
}
