package webchat

import (
	"testing"

	"promobot/bot"
)

func TestAStickerIsShownAsItsPicture(t *testing.T) {
	e := eventOf(bot.Outgoing{ID: 7, Message: bot.Message{Sticker: "hello"}})
	if e.Image == nil || *e.Image != "/chat/stickers/hello.png" || e.Text != "" {
		t.Errorf("%+v", e)
	}
	if e := eventOf(bot.Outgoing{ID: 8, Message: bot.Message{Text: "hello"}}); e.Image != nil {
		t.Errorf("a text has the picture %q", *e.Image)
	}
}
