package telegram_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"promobot/bot"
	"promobot/bot/outbox"
	"promobot/bot/telegram"
)

// pack is a pack of stickers.
type pack struct{}

func (pack) FileID(_ context.Context, id string) (string, error) {
	switch id {
	case "party":
		return "CAAC-party", nil
	case "lost": // what asking the service may come to
		return "", fmt.Errorf("read the set: %w", outbox.ErrUnknown)
	}
	return "", fmt.Errorf("%w: no such sticker", outbox.ErrContent)
}

func (s *server) channel() *telegram.Channel { return telegram.NewChannel(s.client(), pack{}, quiet) }

func TestSendWritesWhatTheMessageSays(t *testing.T) {
	short := []bot.Button{{ID: "menu:balance", Label: "Баланс"}, {ID: "menu:prizes", Label: "Призы"}, {ID: "menu:help", Label: "Помощь"}}
	for _, tt := range []struct {
		name     string
		replaces string
		m        bot.Message
		method   string
		want     map[string]string // "" is absent
	}{
		{"a text", "", bot.Message{Text: "Привет"}, "sendMessage", map[string]string{
			"chat_id": `900000001`, "text": `Привет`, "link_preview_options": `{"is_disabled":true}`,
			"parse_mode": "", "entities": "", "reply_markup": "", "reply_parameters": "", "message_id": ""}},
		{"an answer", "", bot.Message{Text: "Привет", ReplyTo: "42"}, "sendMessage", map[string]string{
			"reply_parameters": `{"message_id":42,"allow_sending_without_reply":true}`}},
		{"an answer to something of another channel", "", bot.Message{Text: "Привет", ReplyTo: "wamid.X"}, "sendMessage",
			map[string]string{"reply_parameters": ""}},
		{"marks behind an emoji count in UTF-16", "", bot.Message{Text: "🎉 Код: AB-12 <b>", Marks: []bot.Mark{{Kind: bot.MarkCode, Text: "AB-12"}, {Kind: bot.MarkBold, Text: "Код"}}},
			"sendMessage", map[string]string{"text": `🎉 Код: AB-12 <b>`,
				"entities": `[{"type":"code","offset":8,"length":5},{"type":"bold","offset":3,"length":3}]`}},
		{"marks that are not in the text, empty, unknown or in one another", "", bot.Message{Text: "Код AB-12", Marks: []bot.Mark{
			{Kind: bot.MarkCode, Text: "AB-12"}, {Kind: bot.MarkBold, Text: "Код AB"}, {Kind: bot.MarkBold, Text: "нет"}, {Kind: bot.MarkBold}, {Kind: "blink", Text: "Код"}}},
			"sendMessage", map[string]string{"entities": `[{"type":"code","offset":4,"length":5}]`}},
		{"short labels share a row", "", bot.Message{Text: "Меню", Buttons: short}, "sendMessage", map[string]string{
			"reply_markup": `{"inline_keyboard":[[{"text":"Баланс","callback_data":"menu:balance"},{"text":"Призы","callback_data":"menu:prizes"}],[{"text":"Помощь","callback_data":"menu:help"}]]}`}},
		{"long labels stand alone", "", bot.Message{Text: "Меню", Buttons: []bot.Button{short[0], {ID: "x", Label: strings.Repeat("ы", 17)}, short[1]}}, "sendMessage", map[string]string{
			"reply_markup": `{"inline_keyboard":[[{"text":"Баланс","callback_data":"menu:balance"}],[{"text":"` + strings.Repeat("ы", 17) + `","callback_data":"x"}],[{"text":"Призы","callback_data":"menu:prizes"}]]}`}},
		{"buttons that the service would refuse", "", bot.Message{Text: "Меню", Buttons: []bot.Button{{ID: strings.Repeat("x", 65), Label: "Long"}, {Label: "Empty"}, {ID: "x"}, {ID: strings.Repeat("x", 64), Label: "64"}}},
			"sendMessage", map[string]string{"reply_markup": `{"inline_keyboard":[[{"text":"64","callback_data":"` + strings.Repeat("x", 64) + `"}]]}`}},
		{"a question for the phone", "", bot.Message{Text: "Телефон?", AskPhone: "📱 Поделиться"}, "sendMessage", map[string]string{
			"reply_markup": `{"keyboard":[[{"text":"📱 Поделиться","request_contact":true}]],"resize_keyboard":true,"one_time_keyboard":true}`}},
		{"a question for the phone beside buttons", "", bot.Message{Text: "Телефон?", AskPhone: "📱", Buttons: short[2:]}, "sendMessage", map[string]string{
			"reply_markup": `{"keyboard":[[{"text":"📱","request_contact":true}],[{"text":"Помощь"}]],"resize_keyboard":true,"one_time_keyboard":true}`}},
		{"a question for the phone cannot be an edit", "7", bot.Message{Text: "Телефон?", AskPhone: "📱"}, "sendMessage", map[string]string{"message_id": ""}},
		{"an edit", "7", bot.Message{Text: "Готово", Buttons: short[:1], ReplyTo: "42"}, "editMessageText", map[string]string{
			"chat_id": `900000001`, "message_id": `7`, "text": `Готово`, "link_preview_options": `{"is_disabled":true}`, "reply_parameters": "",
			"reply_markup": `{"inline_keyboard":[[{"text":"Баланс","callback_data":"menu:balance"}]]}`}},
		{"a sticker", "", bot.Message{Sticker: "party", ReplyTo: "42"}, "sendSticker", map[string]string{
			"sticker": "CAAC-party", "text": "", "reply_parameters": `{"message_id":42,"allow_sending_without_reply":true}`}},
		{"a sticker cannot be an edit", "7", bot.Message{Sticker: "party"}, "sendSticker", map[string]string{"message_id": ""}},
		{"a picture", "", bot.Message{Text: "Правый угол", Marked: 17, Picture: []byte("jpeg"), ReplyTo: "42", Buttons: short[:1], Marks: []bot.Mark{{Kind: bot.MarkBold, Text: "угол"}}},
			"sendPhoto", map[string]string{"chat_id": `900000001`, "caption": "Правый угол", "text": "", "photo": "",
				"caption_entities": `[{"type":"bold","offset":7,"length":4}]`,
				"reply_markup":     `{"inline_keyboard":[[{"text":"Баланс","callback_data":"menu:balance"}]]}`,
				"reply_parameters": `{"message_id":42,"allow_sending_without_reply":true}`}},
		{"a picture without words", "", bot.Message{Picture: []byte("jpeg")}, "sendPhoto", map[string]string{"caption": ""}},
		{"a picture with too many words", "", bot.Message{Text: strings.Repeat("ы", 1025), Picture: []byte("jpeg")}, "sendPhoto",
			map[string]string{"caption": strings.Repeat("ы", 1023) + "…"}},
		{"a picture cannot be an edit", "7", bot.Message{Text: "Чек", Picture: []byte("jpeg")}, "sendPhoto", map[string]string{"message_id": ""}},
		{"addresses of pictures and files are not sent", "", bot.Message{Text: "Чек", Image: "/chat/image", File: "/chat/file"}, "sendMessage", map[string]string{"text": "Чек"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newServer(t)
			id, err := s.channel().Send(t.Context(), "900000001", tt.replaces, tt.m)
			wantID := "501"
			if tt.method == "editMessageText" {
				wantID = tt.replaces
			}
			if err != nil || id != wantID {
				t.Fatalf("id %q, error %v, want %q", id, err, wantID)
			}
			got := s.got(tt.method)
			if len(got) != 1 {
				t.Fatalf("%d calls of %s, want 1", len(got), tt.method)
			}
			if got[0].files["photo"] != string(tt.m.Picture) {
				t.Errorf("uploaded %q, want %q", got[0].files, tt.m.Picture)
			}
			for name, want := range tt.want {
				if text := got[0].Get(name); strings.HasPrefix(want, "{") || strings.HasPrefix(want, "[") {
					same(t, name, text, want)
				} else if text != want {
					t.Errorf("%s is %q, want %q", name, text, want)
				}
			}
		})
	}
}

func TestSendRefusesWhatCannotBeSent(t *testing.T) {
	for _, tt := range []struct {
		name, address, replaces string
		m                       bot.Message
		want                    error
	}{
		{"no text", "900000001", "", bot.Message{}, outbox.ErrContent},
		{"blanks", "900000001", "7", bot.Message{Text: " \n\t"}, outbox.ErrContent},
		{"an address that is none", "webchat-17", "", bot.Message{Text: "x"}, outbox.ErrUnreachable},
		{"an edit of another channel's message", "900000001", "wamid.X", bot.Message{Text: "x"}, outbox.ErrGone},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newServer(t)
			if _, err := s.channel().Send(t.Context(), tt.address, tt.replaces, tt.m); !errors.Is(err, tt.want) {
				t.Errorf("error %v, want %v", err, tt.want)
			}
			if n := len(s.got("sendMessage")) + len(s.got("editMessageText")); n != 0 {
				t.Errorf("%d calls, want none", n)
			}
		})
	}
}

func TestStickers(t *testing.T) {
	t.Run("no pack", func(t *testing.T) {
		channel := telegram.NewChannel(newServer(t).client(), nil, quiet)
		if _, err := channel.Send(t.Context(), "1", "", bot.Message{Sticker: "party"}); !errors.Is(err, outbox.ErrContent) {
			t.Errorf("error %v, want that the message cannot be delivered", err)
		}
	})
	t.Run("not in the pack", func(t *testing.T) {
		if _, err := newServer(t).channel().Send(t.Context(), "1", "", bot.Message{Sticker: "nobody"}); !errors.Is(err, outbox.ErrContent) {
			t.Errorf("error %v, want that the message cannot be delivered", err)
		}
	})
	t.Run("its file is not known for now", func(t *testing.T) {
		s := newServer(t)
		_, err := s.channel().Send(t.Context(), "1", "", bot.Message{Sticker: "lost"})
		if err == nil || errors.Is(err, outbox.ErrUnknown) || len(s.got("sendSticker")) != 0 {
			t.Errorf("error %v, want one of no kind: nothing was sent", err)
		}
	})
	t.Run("a server without the method", func(t *testing.T) {
		s := newServer(t)
		s.on("sendSticker", http.NotFound)
		_, err := s.channel().Send(t.Context(), "1", "", bot.Message{Sticker: "party"})
		if !errors.Is(err, outbox.ErrContent) || errors.Is(err, outbox.ErrAccount) {
			t.Errorf("error %v, want that only this message cannot be delivered", err)
		}
	})
}

// TestRefusals holds the table of errors: what the outbox is told of each.
func TestRefusals(t *testing.T) {
	kinds := []error{outbox.ErrUnreachable, outbox.ErrContent, outbox.ErrUnknown, outbox.ErrAccount, outbox.ErrGone}
	for _, tt := range []struct {
		name   string
		answer http.HandlerFunc
		want   error // nil: an error of no kind, to be tried again
	}{
		{"chat not found", refusal(400, "Bad Request: chat not found"), outbox.ErrUnreachable},
		{"large letters", refusal(400, "BAD REQUEST: CHAT NOT FOUND"), outbox.ErrUnreachable},
		{"empty", refusal(400, "Bad Request: message text is empty"), outbox.ErrContent},
		{"long", refusal(400, "Bad Request: message is too long"), outbox.ErrContent},
		{"markup", refusal(400, "Bad Request: reply markup is too long"), outbox.ErrContent},
		{"data", refusal(400, "Bad Request: BUTTON_DATA_INVALID"), outbox.ErrContent},
		{"an unknown 400", refusal(400, "Bad Request: SOMETHING_NEW"), outbox.ErrContent},
		{"edit gone", refusal(400, "Bad Request: message to edit not found"), outbox.ErrGone},
		{"edit impossible", refusal(400, "Bad Request: message can't be edited"), outbox.ErrGone},
		{"401", refusal(401, "Unauthorized"), outbox.ErrAccount},
		{"blocked", refusal(403, "Forbidden: bot was blocked by the user"), outbox.ErrUnreachable},
		{"deactivated", refusal(403, "Forbidden: user is deactivated"), outbox.ErrUnreachable},
		{"never started", refusal(403, "Forbidden: bot can't initiate conversation with a user"), outbox.ErrUnreachable},
		{"a lowered 403", refusal(400, "Bad Request: USER_IS_BLOCKED"), outbox.ErrUnreachable},
		{"404", refusal(404, "Not Found"), outbox.ErrAccount},
		{"409", refusal(409, "Conflict: terminated by setWebhook request"), outbox.ErrAccount},
		{"413", refusal(413, "Request Entity Too Large"), outbox.ErrContent},
		{"413 of a proxy", page(413), outbox.ErrContent},
		{"421", refusal(421, "Misdirected Request: unallowed token specified"), outbox.ErrAccount},
		{"the service's own 500", refusal(500, "Internal Server Error: restart"), nil},
		{"500 of a proxy", page(500), outbox.ErrUnknown},
		{"502", page(502), outbox.ErrUnknown},
		{"503", refusal(503, "Service Unavailable"), outbox.ErrUnknown},
		{"504", page(504), outbox.ErrUnknown},
		{"a page with 200", page(200), outbox.ErrUnknown},
		{"403 of a proxy says nothing about the receiver", page(403), outbox.ErrAccount},
		{"a redirect", page(302), outbox.ErrAccount},
		{"JSON of somebody else", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"error":"no"}`)) }, outbox.ErrUnknown},
		{"a connection cut", cut, outbox.ErrUnknown},
	} {
		for _, replaces := range []string{"", "7"} {
			t.Run(tt.name+"/"+replaces, func(t *testing.T) {
				s := newServer(t)
				s.on("sendMessage", tt.answer)
				s.on("editMessageText", tt.answer)
				_, err := s.channel().Send(t.Context(), "900000001", replaces, bot.Message{Text: "x"})
				if err == nil {
					t.Fatal("no error")
				}
				for _, kind := range kinds {
					if errors.Is(err, kind) != (kind == tt.want) {
						t.Errorf("error %v, want the kind %v", err, tt.want)
					}
				}
			})
		}
	}
}

func TestRetryAfterIsKeptExactly(t *testing.T) {
	header := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "17")
		page(429)(w, r)
	}
	for _, tt := range []struct {
		name   string
		answer http.HandlerFunc
		want   time.Duration
	}{
		{"a second", haste(1), time.Second},
		{"five minutes", haste(300), 5 * time.Minute},
		{"a proxy", header, 17 * time.Second},
		{"nothing said", page(429), time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newServer(t)
			s.on("sendMessage", tt.answer)
			_, err := s.channel().Send(t.Context(), "900000001", "", bot.Message{Text: "x"})
			var later outbox.Later
			if !errors.As(err, &later) || later.After != tt.want || later.Account {
				t.Errorf("error %v, want to wait %s for this chat", err, tt.want)
			}
		})
	}
}

func TestAnEditThatChangesNothingIsDone(t *testing.T) {
	s := newServer(t)
	s.on("editMessageText", refusal(400, "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message"))
	if id, err := s.channel().Send(t.Context(), "900000001", "7", bot.Message{Text: "x"}); id != "7" || err != nil {
		t.Errorf("id %q, error %v, want 7", id, err)
	}
}

func TestMarksThatAreRefusedAreLeftOut(t *testing.T) {
	s := newServer(t)
	s.on("sendMessage", inTurn(refusal(400, "Bad Request: can't parse entities: …"), result(`{"message_id":8}`)))
	m := bot.Message{Text: "Код AB", Marks: []bot.Mark{{Kind: bot.MarkCode, Text: "AB"}}}
	if id, err := s.channel().Send(t.Context(), "900000001", "", m); id != "8" || err != nil {
		t.Errorf("id %q, error %v, want 8", id, err)
	}
	got := s.got("sendMessage")
	if len(got) != 2 || got[0].Get("entities") == "" || got[1].Has("entities") || got[1].Get("text") != "Код AB" {
		t.Errorf("%d calls, want one with marks and one without", len(got))
	}
	s.on("sendMessage", refusal(400, "Bad Request: can't parse entities: …"))
	if _, err := s.channel().Send(t.Context(), "900000001", "", m); !errors.Is(err, outbox.ErrContent) || len(s.got("sendMessage")) != 4 {
		t.Errorf("error %v after %d calls, want one repeat and the end", err, len(s.got("sendMessage"))-2)
	}
}

func TestTheButtonForThePhoneGoes(t *testing.T) {
	s := newServer(t)
	channel := s.channel()
	say := func(address string, m bot.Message) string {
		t.Helper()
		if _, err := channel.Send(t.Context(), address, "", m); err != nil {
			t.Fatal(err)
		}
		got := s.got("sendMessage")
		return got[len(got)-1].Get("reply_markup")
	}
	const removal = `{"remove_keyboard":true}`
	if markup := say("1", bot.Message{Text: "Привет"}); markup != "" {
		t.Errorf("before the question: %s", markup)
	}
	say("1", bot.Message{Text: "Телефон?", AskPhone: "📱"})
	if markup := say("2", bot.Message{Text: "Привет"}); markup != "" {
		t.Errorf("in another chat: %s", markup)
	}
	if markup := say("1", bot.Message{Text: "Меню", Buttons: []bot.Button{{ID: "a", Label: "A"}}}); !strings.Contains(markup, "inline_keyboard") {
		t.Errorf("with buttons: %s", markup)
	}
	if markup := say("1", bot.Message{Text: "Имя?"}); markup != removal {
		t.Errorf("the first message that can take it away: %s", markup)
	}
	if markup := say("1", bot.Message{Text: "Имя?"}); markup != "" {
		t.Errorf("once it is gone: %s", markup)
	}
}

func TestLongTextsAreCut(t *testing.T) {
	family := "👨‍👩‍👧‍👦"
	for _, tt := range []struct {
		name, text, want string
	}{
		{"at the limit", strings.Repeat("я", 4096), strings.Repeat("я", 4096)},
		{"over it", strings.Repeat("я", 4097), strings.Repeat("я", 4095) + "…"},
		{"pairs at the limit", strings.Repeat("🎉", 2048), strings.Repeat("🎉", 2048)},
		{"pairs over it", strings.Repeat("🎉", 2049), strings.Repeat("🎉", 2047) + "…"},
		{"a line", strings.Repeat("я", 4000) + "\n" + strings.Repeat("ю", 200), strings.Repeat("я", 4000) + "…"},
		{"a word", strings.Repeat("я", 4090) + " " + strings.Repeat("ю", 200), strings.Repeat("я", 4090) + "…"},
		{"a family stays together", strings.Repeat("я", 4090) + family, strings.Repeat("я", 4090) + "…"},
		{"space around", "  x \n", "x"},
		{"broken bytes", "a\xffb", "a\uFFFDb"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newServer(t)
			if _, err := s.channel().Send(t.Context(), "1", "", bot.Message{Text: tt.text}); err != nil {
				t.Fatal(err)
			}
			if got := s.got("sendMessage")[0].Get("text"); got != tt.want {
				t.Errorf("%d characters, want %d: …%q", len([]rune(got)), len([]rune(tt.want)), got[max(0, len(got)-40):])
			}
		})
	}
}
