package webchat_test

import (
	"net/http"
	"testing"
	"testing/fstest"

	"promobot/bot/webchat"
)

func TestStickerPictures(t *testing.T) {
	pictures := fstest.MapFS{"hello.png": {Data: []byte("a picture")}, "drawn.txt": {Data: []byte("notes")}}
	for _, tt := range []struct {
		name, path string
		options    webchat.Options
		status     int
	}{
		{"a sticker", "hello.png", webchat.Options{Stickers: pictures}, http.StatusOK},
		{"one that is not there", "bye.png", webchat.Options{Stickers: pictures}, http.StatusNotFound},
		{"no picture", "drawn.txt", webchat.Options{Stickers: pictures}, http.StatusNotFound},
		{"above the folder", "..%2Fhello.png", webchat.Options{Stickers: pictures}, http.StatusNotFound},
		{"a door without stickers", "hello.png", webchat.Options{}, http.StatusNotFound},
	} {
		t.Run(tt.name, func(t *testing.T) {
			eachSite(t, tt.options, func(t *testing.T, s *site) {
				answer := request(t, http.MethodGet, s.url+"/chat/stickers/"+tt.path, "", nil, nil)
				_ = answer.Body.Close()
				if answer.StatusCode != tt.status {
					t.Errorf("status %d, want %d", answer.StatusCode, tt.status)
				}
				if kind := answer.Header.Get("Content-Type"); tt.status == http.StatusOK && kind != "image/png" {
					t.Errorf("Content-Type %q", kind)
				}
			})
		})
	}
}
