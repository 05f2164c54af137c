package telegram_test

import (
	"fmt"
	"reflect"
	"testing"

	"promobot/bot"
	"promobot/bot/telegram"
)

const (
	anna    = `"from":{"id":900000001,"is_bot":false,"first_name":"Анна","language_code":"ru"}`
	private = `"chat":{"id":900000001,"type":"private"}`
	head    = `"message_id":41,` + anna + `,` + private + `,"date":1795300000`
)

// says is an update with a message of the person.
func says(content string) string {
	return `{"update_id":730001,"message":{` + head + `,` + content + `}}`
}

func odd(kind string) *bot.Update { return &bot.Update{Odd: kind, Ref: "41"} }

func TestDecode(t *testing.T) {
	photos := `[{"file_id":"big","width":960,"height":1280,"file_size":171044},{"file_id":"small","width":67,"height":90,"file_size":1402},{"file_id":"wide","width":1200,"height":100}]`
	for _, tt := range []struct {
		name, raw string
		want      *bot.Update // without what all have; nil: nothing
	}{
		{"a text", says(`"text":"Привет 🎉"`), &bot.Update{Text: "Привет 🎉", Ref: "41"}},
		{"a text with an at sign", says(`"text":"a@b /help@c"`), &bot.Update{Text: "a@b /help@c", Ref: "41"}},
		{"a start", says(`"text":"/start"`), &bot.Update{Text: "/start", Ref: "41"}},
		{"a start with a payload", says(`"text":"/start ref_8fK2-a"`), &bot.Update{Text: "/start ref_8fK2-a", Start: "ref_8fK2-a", Ref: "41"}},
		{"a start to the bot by its name", says(`"text":"/start@promo_bot ref"`), &bot.Update{Text: "/start ref", Ref: "41", Start: "ref"}},
		{"a command to the bot by its name", says(`"text":"/help@promo_bot"`), &bot.Update{Text: "/help", Ref: "41"}},
		{"the largest photo, whatever the order", says(`"caption":"чек","photo":` + photos),
			&bot.Update{File: &bot.File{ID: "big", Mime: "image/jpeg", Size: 171044, Photo: true}, Ref: "41"}},
		{"a document", says(`"document":{"file_id":"BQAC-1","file_name":"IMG.jpg","mime_type":"image/jpeg","file_size":4300211,"thumbnail":{"file_id":"AAM-1"}}`),
			&bot.Update{File: &bot.File{ID: "BQAC-1", Name: "IMG.jpg", Mime: "image/jpeg", Size: 4300211}, Ref: "41"}},
		{"a document of which little is known", says(`"document":{"file_id":"BQAC-1"}`), &bot.Update{File: &bot.File{ID: "BQAC-1"}, Ref: "41"}},
		{"the own contact", says(`"contact":{"phone_number":"79990000001","first_name":"Анна","user_id":900000001}`),
			&bot.Update{Contact: &bot.Contact{Phone: "79990000001", Own: true}, Ref: "41"}},
		{"somebody else's contact", says(`"contact":{"phone_number":"79990000002","first_name":"Б","user_id":900000002}`),
			&bot.Update{Contact: &bot.Contact{Phone: "79990000002"}, Ref: "41"}},
		{"a contact of nobody here", says(`"contact":{"phone_number":"79990000002","first_name":"Б"}`),
			&bot.Update{Contact: &bot.Contact{Phone: "79990000002"}, Ref: "41"}},
		{"the own contact that was forwarded", says(`"forward_origin":{"type":"user","date":1},"contact":{"phone_number":"79990000001","first_name":"Анна","user_id":900000001}`),
			&bot.Update{Contact: &bot.Contact{Phone: "79990000001"}, Forwarded: true, Ref: "41"}},
		{"forwarded, as of old", says(`"forward_date":1795200000,"text":"t=1"`), &bot.Update{Text: "t=1", Forwarded: true, Ref: "41"}},
		{"forwarded from somebody hidden", says(`"forward_sender_name":"Х","text":"t=1"`), &bot.Update{Text: "t=1", Forwarded: true, Ref: "41"}},
		{"not forwarded", says(`"forward_origin":null,"text":"t=1"`), &bot.Update{Text: "t=1", Ref: "41"}},
		{"a part of an album", says(`"media_group_id":"7","photo":[{"file_id":"a","width":1,"height":1}]`),
			&bot.Update{File: &bot.File{ID: "a", Mime: "image/jpeg", Photo: true}, Ref: "41"}},
		{"a sticker", says(`"sticker":{"file_id":"CAAC-1","emoji":"🎉"}`), odd("sticker")},
		{"a voice", says(`"voice":{"file_id":"v"}`), odd("voice")},
		{"a video", says(`"video":{"file_id":"v"},"caption":"x"`), odd("video")},
		{"a round video", says(`"video_note":{"file_id":"v"}`), odd("video")},
		{"an animation, which comes with a document", says(`"animation":{"file_id":"v"},"document":{"file_id":"v","mime_type":"video/mp4"}`), odd("video")},
		{"music", says(`"audio":{"file_id":"v"}`), odd("audio")},
		{"a place", says(`"location":{"latitude":1.5,"longitude":2.5}`), odd("location")},
		{"a venue, which comes with a place", says(`"venue":{"title":"x"},"location":{"latitude":1.5,"longitude":2.5}`), odd("location")},
		{"a poll", says(`"poll":{"id":"1"}`), odd("other")},
		{"a dice", says(`"dice":{"value":6,"emoji":"🎲"}`), odd("other")},
		{"data of a mini-app", says(`"web_app_data":{"data":"{}","button_text":"Играть"}`), odd("other")},
		{"something of next year", says(`"hologram":{"file_id":"h"}`), odd("other")},
		{"a pinned message", says(`"pinned_message":{"message_id":1}`), nil},
		{"a text of another type", says(`"text":7`), odd("other")},
		{"photos that are none", says(`"photo":"x"`), odd("other")},
		{"an edit", `{"update_id":730001,"edited_message":{` + head + `,"edit_date":1795300001,"text":"другое"}}`, odd("edited")},
		{"a step of a live place", `{"update_id":730001,"edited_message":{` + head + `,"edit_date":1,"location":{"latitude":1.5,"longitude":2.5}}}`, nil},
		{"a press", `{"update_id":730001,"callback_query":{"id":"38","from":{"id":900000001,"language_code":"ru"},"message":{"message_id":45,` + private + `,"date":1},"chat_instance":"-4","data":"menu:receipts"}}`,
			&bot.Update{Button: "menu:receipts"}},
		{"a press under a message that is too old", `{"update_id":730001,"callback_query":{"id":"38","from":{"id":900000001,"language_code":"ru"},"message":{"message_id":45,` + private + `,"date":0},"data":"m"}}`,
			&bot.Update{Button: "m"}},
		{"a press without its message", `{"update_id":730001,"callback_query":{"id":"38","from":{"id":900000001,"language_code":"ru"},"inline_message_id":"x","data":"m"}}`,
			&bot.Update{Button: "m"}},
		{"a press without data", `{"update_id":730001,"callback_query":{"id":"38","from":{"id":900000001,"language_code":"ru"},"game_short_name":"x"}}`, &bot.Update{Odd: "other"}},
		{"a press in a group", `{"update_id":730001,"callback_query":{"id":"38","from":{"id":900000001},"message":{"message_id":45,"chat":{"id":-5,"type":"group"},"date":1},"data":"m"}}`, nil},
		{"blocked", `{"update_id":730001,"my_chat_member":{` + private + `,` + anna + `,"date":1,"new_chat_member":{"user":{"id":7},"status":"kicked","until_date":0}}}`, &bot.Update{Gone: true}},
		{"come back", `{"update_id":730001,"my_chat_member":{` + private + `,` + anna + `,"date":1,"new_chat_member":{"user":{"id":7},"status":"member"}}}`, &bot.Update{Back: true}},
		{"put into a group", `{"update_id":730001,"my_chat_member":{"chat":{"id":-5,"type":"supergroup"},` + anna + `,"date":1,"new_chat_member":{"user":{"id":7},"status":"member"}}}`, nil},
		{"thrown out of a group", `{"update_id":730001,"my_chat_member":{"chat":{"id":-5,"type":"supergroup"},` + anna + `,"date":1,"new_chat_member":{"user":{"id":7},"status":"kicked"}}}`, nil},
		{"a message in a group", `{"update_id":730001,"message":{"message_id":41,` + anna + `,"chat":{"id":-5,"type":"group"},"date":1,"text":"/start@promo_bot"}}`, nil},
		{"another bot", `{"update_id":730001,"message":{"message_id":41,"from":{"id":900000001,"is_bot":true},` + private + `,"date":1,"text":"x"}}`, nil},
		{"a kind that was not asked for", `{"update_id":730001,"poll":{"id":"1"}}`, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, _, broken := telegram.Decode(tt.raw)
			if broken {
				t.Error("said to be broken")
			}
			if tt.want != nil {
				tt.want.Channel, tt.want.Address, tt.want.EventID = "telegram", "900000001", "730001"
			}
			if got != nil {
				got.Language = "" // has a test of its own
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got  %s\nwant %s", show(got), show(tt.want))
			}
		})
	}
}

func show(u *bot.Update) string {
	if u == nil {
		return "nothing"
	}
	return fmt.Sprintf("%+v file %+v contact %+v", *u, u.File, u.Contact)
}

func TestDecodeBroken(t *testing.T) {
	for _, raw := range []string{``, `null`, `7`, `[]`, `{}`, `{"message":{}}`, `{"update_id":"x"}`, `{"update_id":0,"message":{` + head + `}}`,
		`{"update_id":1,"message":7}`, `{"update_id":1,"callback_query":{"id":7}}`, `{"update_id":1,"my_chat_member":[]}`, `{"update_id":1,"edited_message":"x"}`} {
		if update, _, broken := telegram.Decode(raw); update != nil || !broken {
			t.Errorf("%s: %s, broken %v", raw, show(update), broken)
		}
	}
}

func TestPressesAreNamed(t *testing.T) {
	_, press, _ := telegram.Decode(`{"update_id":1,"callback_query":{"id":"38","from":{"id":900000001},"data":"m"}}`)
	if press != "38" {
		t.Errorf("press %q, want 38", press)
	}
}

func TestTheLanguageComesWithTheSender(t *testing.T) {
	for name, raw := range map[string]string{
		"a message": says(`"text":"x"`),
		"a press":   `{"update_id":1,"callback_query":{"id":"38","from":{"id":900000001,"language_code":"ru"},"data":"m"}}`,
	} {
		if u, _, _ := telegram.Decode(raw); u == nil || u.Language != "ru" {
			t.Errorf("%s: %s, want ru", name, show(u))
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, raw := range []string{says(`"text":"x"`), says(`"photo":[]`), says(`"contact":{}`), `{"update_id":1,"edited_message":{"chat":{"id":-1}}}`,
		`{"update_id":1,"callback_query":{"id":"38","from":{"id":900000001},"data":"m"}}`} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		u, _, broken := telegram.Decode(raw)
		if u != nil && (broken || u.Channel != "telegram" || u.Address == "" || u.Address == "0" || u.EventID == "") {
			t.Errorf("%q is %s", raw, show(u))
		}
	})
}
