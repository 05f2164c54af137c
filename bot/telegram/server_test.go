package telegram_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"promobot/bot/telegram"
)

// canary is a token whose parts must never be seen.
const (
	canary       = "700000001:CANARY-secret_part"
	canarySecret = "CANARY-secret_part"
	canaryPhone  = "+7 999 000-00-01"
)

// request is what the server got.
type request struct {
	method string
	url.Values
	files map[string]string
}

// server is a Bot API that answers as a test says, and success otherwise.
type server struct {
	*testing.T
	url string

	mu       sync.Mutex
	requests []request
	answer   map[string]http.HandlerFunc // by method, also "file"
}

func newServer(t *testing.T) *server {
	t.Helper()
	s := &server{T: t, answer: map[string]http.HandlerFunc{}}
	web := httptest.NewServer(s)
	s.url = web.URL
	t.Cleanup(web.Close)
	return s
}

func (s *server) client() *telegram.Client { return telegram.NewClient(s.url, canary) }

// on sets the answer of a method.
func (s *server) on(method string, answer http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer[method] = answer
}

// got lists the requests of a method.
func (s *server) got(method string) []request {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []request
	for _, r := range s.requests {
		if r.method == method {
			list = append(list, r)
		}
	}
	return list
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	method, isCall := strings.CutPrefix(r.URL.Path, "/bot"+canary+"/")
	if strings.HasPrefix(r.URL.Path, "/file/bot"+canary+"/") {
		method, isCall = "file", true
	}
	if !isCall {
		s.Errorf("a request to %s", r.URL.Path)
	}
	s.record(method, r)
	s.mu.Lock()
	answer := s.answer[method]
	s.mu.Unlock()
	if answer == nil {
		answer = result(`{"message_id":501}`)
	}
	answer(w, r)
}

func (s *server) record(method string, r *http.Request) {
	got := request{method: method, files: map[string]string{}}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		if err := r.ParseMultipartForm(1 << 20); err != nil {
			s.Errorf("%s: %v", method, err)
			return
		}
		for field, parts := range r.MultipartForm.File {
			file, err := parts[0].Open()
			if err != nil {
				s.Error(err)
				return
			}
			data, _ := io.ReadAll(file)
			got.files[field] = string(data)
		}
	} else if err := r.ParseForm(); err != nil {
		s.Errorf("%s: %v", method, err)
	}
	got.Values = r.Form
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, got)
}

// result answers with success.
func result(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"ok":true,"result":%s}`, text)
	}
}

// refusal answers as the service refuses.
func refusal(code int, description string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		fmt.Fprintf(w, `{"ok":false,"error_code":%d,"description":%q}`, code, description)
	}
}

// haste answers with 429.
func haste(seconds int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusTooManyRequests)
		fmt.Fprintf(w, `{"ok":false,"error_code":429,"description":"Too Many Requests: retry after %d","parameters":{"retry_after":%d}}`, seconds, seconds)
	}
}

// page answers as a proxy before the service does.
func page(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(status)
		fmt.Fprintf(w, "<html><body><h1>%d of a proxy</h1></body></html>", status)
	}
}

// cut breaks the connection off before an answer.
func cut(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// stuck gives no answer until the client goes.
func stuck(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// inTurn answers the first request with the first answer and so on; the last
// one stays.
func inTurn(answers ...http.HandlerFunc) http.HandlerFunc {
	var mu sync.Mutex
	n := 0
	return func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		answer := answers[min(n, len(answers)-1)]
		n++
		mu.Unlock()
		answer(w, r)
	}
}

// journal is a log that can be read while it is written.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

func (j *journal) log() *slog.Logger {
	return slog.New(slog.NewTextHandler(j, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

var quiet = slog.New(slog.DiscardHandler)

// same compares JSON texts by what they say.
func same(t *testing.T, what, got, want string) {
	t.Helper()
	var g, w any
	if err := json.Unmarshal([]byte(want), &w); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(got), &g); err != nil {
		t.Errorf("%s is %q, want %s", what, got, want)
		return
	}
	a, _ := json.Marshal(g)
	b, _ := json.Marshal(w)
	if !slices.Equal(a, b) {
		t.Errorf("%s is %s, want %s", what, a, b)
	}
}
