package telegram_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"promobot/bot/outbox"
	"promobot/bot/telegram"
)

func content(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		fmt.Fprint(w, text)
	}
}

// streamed sends without saying how much it will be.
func streamed(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush()
		content(text)(w, r)
	}
}

func shortened(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "5")
	fmt.Fprint(w, "half")
}

func TestFetch(t *testing.T) {
	const at = `{"file_id":"f","file_unique_id":"u","file_size":4,"file_path":"photos/file 1.jpg"}`
	wrong := refusal(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
	again := errors.New("to be tried again")
	for _, tt := range []struct {
		name      string
		get, file http.HandlerFunc
		want      string
		err       error // nil, one of the sentinels, or again
	}{
		{"a file", result(at), content("1234"), "1234", nil},
		{"an empty file", result(at), content(""), "", nil},
		{"at the limit", result(at), content("12345"), "12345", nil},
		{"over the limit, as said by getFile", result(`{"file_path":"a","file_size":6}`), content("1"), "", telegram.ErrTooBig},
		{"over the limit, as said by the download", result(at), content("123456"), "", telegram.ErrTooBig},
		{"over the limit, said by nobody", result(`{"file_path":"a"}`), streamed("123456"), "", telegram.ErrTooBig},
		{"too big for the service", refusal(400, "Bad Request: file is too big"), content(""), "", telegram.ErrTooBig},
		{"wrong", wrong, content(""), "", telegram.ErrFileGone},
		{"wrong for a moment", inTurn(wrong, result(at)), content("1234"), "1234", nil},
		{"no path", result(`{"file_id":"f"}`), content(""), "", telegram.ErrFileGone},
		{"a link that is over", result(at), inTurn(http.NotFound, content("1234")), "1234", nil},
		{"a link that leads nowhere", result(at), http.NotFound, "", telegram.ErrFileGone},
		{"token", refusal(401, "Unauthorized"), content(""), "", outbox.ErrAccount},
		{"500 of the service", refusal(500, "Internal Server Error"), content(""), "", again},
		{"502", page(502), content(""), "", again},
		{"a page", page(200), content(""), "", again},
		{"cut", cut, content(""), "", again},
		{"502 instead of the file", result(at), page(502), "", again},
		{"a page instead of the file", result(at), page(200), "", again},
		{"half of the file", result(at), shortened, "", again},
		{"the download cut", result(at), cut, "", again},
		{"the download refused", result(at), page(403), "", outbox.ErrAccount},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newServer(t)
			s.on("getFile", tt.get)
			s.on("file", tt.file)
			data, err := s.channel().Fetch(t.Context(), "f", 5)
			if string(data) != tt.want {
				t.Errorf("read %q, want %q", data, tt.want)
			}
			switch {
			case errors.Is(tt.err, again):
				for _, kind := range []error{outbox.ErrUnknown, outbox.ErrContent, outbox.ErrAccount, outbox.ErrUnreachable} {
					if err == nil || errors.Is(err, kind) {
						t.Errorf("error %v, want one of no kind", err)
					}
				}
			case !errors.Is(err, tt.err):
				t.Errorf("error %v, want %v", err, tt.err)
			case tt.err == telegram.ErrTooBig || tt.err == telegram.ErrFileGone:
				if !errors.Is(err, outbox.ErrContent) {
					t.Errorf("error %v is not for good", err)
				}
			}
		})
	}
}

func TestFetchWaitsAsTold(t *testing.T) {
	s := newServer(t)
	var later outbox.Later
	s.on("getFile", haste(23))
	if _, err := s.channel().Fetch(t.Context(), "f", 5); !errors.As(err, &later) || later.After != 23*time.Second {
		t.Errorf("%v, want 23 seconds", err)
	}
	s.on("getFile", result(`{"file_path":"a"}`))
	s.on("file", func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Retry-After", "7"); page(429)(w, r) })
	if _, err := s.channel().Fetch(t.Context(), "f", 5); !errors.As(err, &later) || later.After != 7*time.Second {
		t.Errorf("%v, want 7 seconds", err)
	}
}

// TestFilesComeFromTheConfiguredServer: the library asks the public one.
func TestFilesComeFromTheConfiguredServer(t *testing.T) {
	s := newServer(t)
	s.on("getFile", result(`{"file_path":"../../photos/./a?b#c%2F/1.jpg"}`))
	var path string
	s.on("file", func(w http.ResponseWriter, r *http.Request) {
		path = r.URL.EscapedPath() + "?" + r.URL.RawQuery
		content("x")(w, r)
	})
	if _, err := s.channel().Fetch(t.Context(), "f", 5); err != nil {
		t.Fatal(err)
	}
	if want := "/photos/a%3Fb%23c%252F/1.jpg?"; !strings.HasSuffix(path, want) || !strings.HasPrefix(path, "/file/bot") {
		t.Errorf("asked for %s, want …%s", path, want)
	}
}
