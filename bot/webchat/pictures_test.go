package webchat_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"promobot/bot/webchat"
	"promobot/internal/notify"
	"promobot/internal/store"
)

// TestMarkedPictureIsShown: an event carries the address of its picture, which
// nobody but the session that got the event can open.
func TestMarkedPictureIsShown(t *testing.T) {
	eachSite(t, webchat.Options{}, func(t *testing.T, s *site) {
		v, stranger := s.visitor(t), s.visitor(t)
		stream := v.listens("")
		v.says("a", "привет")
		hello := stream.wants("Здравствуйте!")
		if hello.Image != "" {
			t.Errorf("a text has the picture %q", hello.Image)
		}
		s.isTold(t, "scan.glare", map[string]any{"receipt": 17, "corner": "bottom_left", "marked": true})
		stream.wants("Блик закрыл левый нижний угол кода.")
		e := stream.wants("Отметил на вашем фото: левый нижний угол кода.")
		if want := "/chat/pictures/" + e.ID + ".jpg"; e.Image != want || e.Edits != "" {
			t.Fatalf("event %+v, want the picture %s", e, want)
		}
		for _, tt := range []struct {
			name, token, path string
			status            int
		}{
			{"the session's own", v.token, e.Image, http.StatusOK},
			{"another session's", stranger.token, e.Image, http.StatusNotFound},
			{"without a session", "", e.Image, http.StatusUnauthorized},
			{"with a token that nobody has", strings.Repeat("x", 43), e.Image, http.StatusUnauthorized},
			{"a message without a picture", v.token, "/chat/pictures/" + hello.ID + ".jpg", http.StatusNotFound},
			{"no message", v.token, "/chat/pictures/x.jpg", http.StatusNotFound},
			{"no picture", v.token, "/chat/pictures/" + e.ID, http.StatusNotFound},
		} {
			answer := request(t, http.MethodGet, s.url+tt.path, tt.token, nil, nil)
			text, _ := io.ReadAll(answer.Body)
			_ = answer.Body.Close()
			if answer.StatusCode != tt.status {
				t.Errorf("%s: status %d, want %d", tt.name, answer.StatusCode, tt.status)
			}
			right := string(text) == "picture 17" && answer.Header.Get("Content-Type") == "image/jpeg" && answer.Header.Get("Cache-Control") == "no-store"
			if tt.status == http.StatusOK && !right {
				t.Errorf("%s: %q, %v", tt.name, text, answer.Header)
			}
		}
	})
}

// isTold has a room tell the first visitor something about a receipt.
func (s *site) isTold(t *testing.T, key string, args map[string]any) {
	t.Helper()
	ctx := context.Background()
	err := s.db.InTx(ctx, func(tx *store.Tx) error {
		return notify.Tell(ctx, tx, notify.Notice{ParticipantID: 1, Subject: "receipt:17", Key: key, Args: args})
	})
	if err != nil {
		t.Fatal(err)
	}
}
