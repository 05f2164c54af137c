package tgsim_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"promobot/bot/telegram/tgsim"
	"promobot/bot/telegram/tgsim/spec"
)

// The proof that the simulator speaks the Bot API: three bots on clients that
// nobody here wrote do the same, and one person meets each of them in turn.
//
//	at start    setMyCommands start
//	/start      answers "Hello <b>NAME</b>" in HTML with a button Go, data "go"
//	go          answers the press with "ok" and edits the message to "Gone"
//	a photo     downloads it, uploads it with the caption "WxH", and twice more
//	            as an album
//	a document  downloads it, sends it back by its id with its name as caption,
//	            makes a sticker set of it, and sends the set's first sticker
//	anything    answers it with the same text, then deletes the person's message

const (
	peerToken = "700000001:TEST-TOKEN-that-is-no-token-at-all0" // telego wants 35 characters
	peerSet   = "mirror_by_promo_test_bot"
)

// peerSim starts a simulator that judges every request of a peer.
func peerSim(t *testing.T) *world {
	t.Helper()
	o := tgsim.Options{Token: peerToken, Clock: time.Now}
	description, err := spec.LoadShared("../../..")
	switch {
	case err == nil:
		o.Strict = description
	case !errors.Is(err, fs.ErrNotExist):
		t.Fatal(err)
	}
	return newWorld(t, o)
}

// meet plays the person.
func meet(t *testing.T, w *world) {
	w.AddPerson(tgsim.Person{ID: anna, FirstName: "Анна", LanguageCode: "ru"})
	meetGreeting(t, w)
	meetPhotos(t, w)
	meetStickers(t, w)
	meetEcho(t, w)
	for _, v := range w.Violations() {
		t.Errorf("request %d, %s: %s", v.Request, v.Method, v.Text)
	}
	for _, r := range w.Requests(0) {
		if r.Code != 200 && r.Code != 0 {
			t.Errorf("request %d, %s %v: %d %s", r.N, r.Method, r.Params, r.Code, r.Description)
		}
	}
	if menu := w.Commands("ru"); len(menu) != 1 || menu[0].Command != "start" {
		t.Errorf("menu %+v, want start", menu)
	}
}

// awaitSeen waits for the newest message of the bot that is what is wanted.
func awaitSeen(t *testing.T, w *world, what string, is func(tgsim.Seen) bool) tgsim.Seen {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	for version := int64(0); ctx.Err() == nil; {
		chat := w.Watch(ctx, anna, version)
		version = chat.Version
		for i := len(chat.Messages) - 1; i >= 0; i-- {
			if m := chat.Messages[i]; m.FromBot && is(m) {
				return m
			}
		}
	}
	t.Fatalf("no %s; the bot said %+v", what, w.Transcript(anna, 0).Messages)
	return tgsim.Seen{}
}

func meetGreeting(t *testing.T, w *world) {
	t.Helper()
	must(t)(w.Start(anna, ""))
	hello := awaitSeen(t, w, "greeting", func(m tgsim.Seen) bool { return m.Text == "Hello Анна" })
	if len(hello.Entities) != 1 || hello.Entities[0] != (tgsim.Entity{Type: "bold", Offset: 6, Length: 4}) {
		t.Errorf("entities %+v, want the name in bold", hello.Entities)
	}
	must(t)(w.PressLabel(anna, "Go"))
	gone := awaitSeen(t, w, "edit", func(m tgsim.Seen) bool { return m.Text == "Gone" })
	if gone.MessageID != hello.MessageID || gone.EditDate == 0 || gone.ReplyMarkup != nil {
		t.Errorf("edited %+v, want message %d without its button", gone.Message, hello.MessageID)
	}
	eventually(t, "the press to be answered", func() bool {
		press := w.Transcript(anna, 0).Presses[0]
		return press.Answered && press.Text == "ok"
	})
}

// eventually waits for something to come true.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for range 500 {
		if is() {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("waited in vain for %s", what)
}

func meetPhotos(t *testing.T, w *world) {
	t.Helper()
	must(t)(w.Photo(anna, picture(t, 900, 600, asJPEG), ""))
	awaitSeen(t, w, "photo", func(m tgsim.Seen) bool { return m.Caption == "900x600" && len(m.Photo) > 0 })
	second := awaitSeen(t, w, "album", func(m tgsim.Seen) bool { return m.MediaGroupID != "" && len(m.Photo) > 0 })
	n := 0
	for _, m := range w.Transcript(anna, 0).Messages {
		if m.MediaGroupID == second.MediaGroupID {
			n++
		}
	}
	if n != 2 {
		t.Errorf("album of %d, want 2", n)
	}
}

func meetStickers(t *testing.T, w *world) {
	t.Helper()
	art := stickerArt(t, 512, 400)
	must(t)(w.Document(anna, art, "art.png", "image/png", ""))
	back := awaitSeen(t, w, "document", func(m tgsim.Seen) bool { return m.Caption == "art.png" && m.Document != nil })
	if content, _ := w.File(back.Document.FileID); !bytes.Equal(content, art) {
		t.Errorf("the document has %d bytes, want the %d that were sent", len(content), len(art))
	}
	sticker := awaitSeen(t, w, "sticker", func(m tgsim.Seen) bool { return m.Sticker != nil }).Sticker
	if sticker.SetName != peerSet || sticker.Emoji != "🎉" || sticker.Width != 512 || sticker.Height != 400 {
		t.Errorf("sticker %+v", sticker)
	}
}

func meetEcho(t *testing.T, w *world) {
	t.Helper()
	text := "эхо " + strings.Repeat("🎉", 40)
	said := must(t)(w.Say(anna, text)).Messages[0]
	awaitSeen(t, w, "echo", func(m tgsim.Seen) bool { return m.Text == text })
	eventually(t, "the message to be deleted", func() bool {
		return slices.ContainsFunc(w.Transcript(anna, 0).Messages, func(m tgsim.Seen) bool { return m.MessageID == said && m.Deleted })
	})
}

// stickerArt draws a picture of the size as PNG.
func stickerArt(t *testing.T, width, height int) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
