package tgsim_test

import (
	"encoding/json"
	"image/png"
	"strconv"
	"strings"
	"testing"
	"time"

	"promobot/bot/telegram/tgsim"
)

// send sends a text to Anna with further parameters.
func (w *world) send(text string, pairs ...string) answer {
	w.t.Helper()
	return w.form("sendMessage", append([]string{"chat_id", "900000001", "text", text}, pairs...)...)
}

func TestSendRefuses(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	must(t)(w.Start(anna, ""))
	w.AddPerson(tgsim.Person{ID: 2})
	must(t)(w.Start(3, ""))
	must(t)(w.Block(3))
	must(t)(w.Start(4, ""))
	must(t)(w.Deactivate(4))
	button := func(fields string) string { return `{"inline_keyboard":[[{"text":"a",` + fields + `}]]}` }
	for _, tt := range []struct {
		name  string
		pairs []string // of sendMessage, beside a text to Anna
		code  int
		words string // "" is no refusal
	}{
		{"no chat", []string{"chat_id", ""}, 400, "Bad Request: chat_id is empty"},
		{"unknown chat", []string{"chat_id", "5"}, 400, "Bad Request: chat not found"},
		{"a name", []string{"chat_id", "@name"}, 400, "Bad Request: chat not found"},
		{"never started", []string{"chat_id", "2"}, 403, "Forbidden: bot can't initiate conversation with a user"},
		{"blocked", []string{"chat_id", "3"}, 403, "Forbidden: bot was blocked by the user"},
		{"deactivated", []string{"chat_id", "4"}, 403, "Forbidden: user is deactivated"},
		{"empty", []string{"text", ""}, 400, "Bad Request: message text is empty"},
		{"blank", []string{"text", " \n "}, 400, "Bad Request: message text is empty"},
		{"empty tags", []string{"text", "<b></b>", "parse_mode", "HTML"}, 400, "Bad Request: message text is empty"},
		{"the longest", []string{"text", strings.Repeat("я", 4096)}, 200, ""},
		{"one too many", []string{"text", strings.Repeat("я", 4097)}, 400, "Bad Request: message is too long"},
		{"the longest after parsing", []string{"text", "<b>" + strings.Repeat("я", 4096) + "</b>", "parse_mode", "HTML"}, 200, ""},
		{"far too long", []string{"text", strings.Repeat("я", 16385)}, 400, "Bad Request: text is too long"},
		{"no UTF-8", []string{"text", "\xff"}, 400, "Bad Request: strings must be encoded in UTF-8"},
		{"another markup", []string{"parse_mode", "Wiki"}, 400, "unsupported parse_mode"},
		{"reply to nothing", []string{"reply_parameters", `{"message_id":77}`}, 400, "Bad Request: message to be replied not found"},
		{"reply to nothing, allowed", []string{"reply_parameters", `{"message_id":77,"allow_sending_without_reply":true}`}, 200, ""},
		{"reply in old words", []string{"reply_to_message_id", "77"}, 400, "Bad Request: message to be replied not found"},
		{"no markup object", []string{"reply_markup", "[]"}, 400, "object expected as reply markup"},
		{"64 bytes of data", []string{"reply_markup", button(`"callback_data":"` + strings.Repeat("я", 32) + `"`)}, 200, ""},
		{"65 bytes of data", []string{"reply_markup", button(`"callback_data":"` + strings.Repeat("я", 32) + `x"`)}, 400, "Bad Request: BUTTON_DATA_INVALID"},
		{"no data", []string{"reply_markup", button(`"callback_data":""`)}, 400, "BUTTON_DATA_INVALID"},
		{"no action", []string{"reply_markup", button(`"request_contact":true`)}, 400, "Text buttons are unallowed in the inline keyboard"},
		{"two actions", []string{"reply_markup", button(`"callback_data":"x","url":"https://e.example"`)}, 400, "exactly one action"},
		{"no label", []string{"reply_markup", `{"inline_keyboard":[[{"text":"","callback_data":"x"}]]}`}, 400, "must be non-empty"},
		{"a huge keyboard", []string{"reply_markup", button(`"callback_data":"x"`) + strings.Repeat(" ", 10<<10)}, 400, "reply markup is too long"},
		{"keys", []string{"reply_markup", `{"keyboard":[["a",{"text":"b","request_contact":true}]],"resize_keyboard":true}`}, 200, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := w.send("да", tt.pairs...)
			if tt.words == "" {
				if !a.OK {
					t.Errorf("refused: %s", a.Description)
				}
				return
			}
			a.wantRefused(t, tt.code, tt.words)
		})
	}
}

// The reply keyboard stays until it is removed; buttons stand at their message.
func TestKeyboards(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	w.AddPerson(tgsim.Person{ID: anna, Phone: "+79990000001"})
	must(t)(w.Start(anna, ""))
	var asked tgsim.Message
	w.send("Поделитесь", "reply_markup", `{"keyboard":[[{"text":"📱","request_contact":true}]]}`).into(t, &asked)
	keys := w.Transcript(anna, 0).Keyboard
	if keys == nil || !keys.Rows[0][0].RequestContact || keys.MessageID != asked.MessageID {
		t.Errorf("keyboard %+v", keys)
	}
	must(t)(w.ShareContact(anna))
	shared := w.Transcript(anna, 0).Messages[2]
	if c := shared.Contact; c.PhoneNumber != "+79990000001" || c.UserID != anna || shared.ReplyToMessage.MessageID != asked.MessageID {
		t.Errorf("shared %+v in answer to %+v", c, shared.ReplyToMessage)
	}
	w.send("Спасибо", "reply_markup", `{"remove_keyboard":true}`)
	if keys := w.Transcript(anna, 0).Keyboard; keys != nil {
		t.Errorf("keyboard %+v after it was removed", keys)
	}
	w.form("editMessageText", "chat_id", "900000001", "message_id", strconv.Itoa(asked.MessageID), "text", "x").
		wantRefused(t, 400, "message can't be edited")
}

func TestEdits(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	own := must(t)(w.Start(anna, "")).Messages[0]
	var m, photo tgsim.Message
	w.send("один", "reply_markup", `{"inline_keyboard":[[{"text":"a","callback_data":"b"}]]}`).into(t, &m)
	w.upload("sendPhoto", map[string]string{"chat_id": "900000001"}, map[string][]byte{"photo": picture(t, 20, 20, png.Encode)}).into(t, &photo)
	edit := func(method string, id int, pairs ...string) answer {
		return w.form(method, append([]string{"chat_id", "900000001", "message_id", strconv.Itoa(id)}, pairs...)...)
	}
	keys := `{"inline_keyboard":[[{"text":"a","callback_data":"b"}]]}`
	edit("editMessageText", m.MessageID, "text", "один", "reply_markup", keys).wantRefused(t, 400, "message is not modified: specified new message content and reply markup are exactly the same")
	edit("editMessageText", 99, "text", "x").wantRefused(t, 400, "message to edit not found")
	edit("editMessageText", own, "text", "x").wantRefused(t, 400, "message can't be edited")
	edit("editMessageText", photo.MessageID, "text", "x").wantRefused(t, 400, "there is no text in the message to edit")
	edit("editMessageCaption", m.MessageID, "caption", "x").wantRefused(t, 400, "there is no caption in the message to edit")
	edit("editMessageCaption", photo.MessageID, "caption", strings.Repeat("я", 1025)).wantRefused(t, 400, "message caption is too long")
	edit("editMessageReplyMarkup", m.MessageID, "reply_markup", `{"keyboard":[["a"]]}`).wantRefused(t, 400, "inline keyboard expected")

	w.Advance(time.Minute)
	before := w.Transcript(anna, 0).Version
	var edited tgsim.Message
	edit("editMessageText", m.MessageID, "text", "два").into(t, &edited)
	if edited.Text != "два" || edited.ReplyMarkup != nil || edited.EditDate != m.Date+60 {
		t.Errorf("edited %+v", edited)
	}
	edit("editMessageReplyMarkup", m.MessageID, "reply_markup", keys).into(t, &edited)
	edit("editMessageCaption", photo.MessageID, "caption", "чек").into(t, &edited)
	if changed := w.Transcript(anna, before).Messages; len(changed) != 2 || changed[0].Text != "два" || changed[1].Caption != "чек" {
		t.Errorf("changed %+v", changed)
	}

	if a := edit("deleteMessage", m.MessageID); !a.OK {
		t.Errorf("refused: %s", a.Description)
	}
	edit("deleteMessage", m.MessageID).wantRefused(t, 400, "message to delete not found")
	edit("editMessageText", m.MessageID, "text", "x").wantRefused(t, 400, "message to edit not found")
	if gone := w.Transcript(anna, 0).Messages[1]; !gone.Deleted || gone.Text != "" {
		t.Errorf("the chat still shows %+v", gone)
	}
	w.Advance(48 * time.Hour)
	edit("deleteMessage", photo.MessageID).wantRefused(t, 400, "message can't be deleted")
}

func TestMedia(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	must(t)(w.Start(anna, ""))
	to := map[string]string{"chat_id": "900000001"}
	var sent tgsim.Message
	w.upload("sendPhoto", to, map[string][]byte{"photo": picture(t, 100, 50, png.Encode)}).into(t, &sent)
	if len(sent.Photo) != 2 || sent.Photo[1].Width != 100 || sent.Photo[0].Width != 90 {
		t.Errorf("sizes %+v, want 90 and 100", sent.Photo)
	}
	photoID := sent.Photo[1].FileID
	w.form("sendPhoto", "chat_id", "900000001", "photo", photoID).into(t, &sent)
	w.form("sendDocument", "chat_id", "900000001", "document", photoID).wantRefused(t, 400, "can't use file of type Photo as Document")
	w.form("sendPhoto", "chat_id", "900000001", "photo", "none").wantRefused(t, 400, "wrong file identifier")
	w.form("sendPhoto", "chat_id", "900000001", "photo", "https://e.example/a.jpg").wantRefused(t, 400, "failed to get HTTP URL content")
	w.form("sendPhoto", "chat_id", "900000001", "photo", "https://").wantRefused(t, 400, "wrong HTTP URL specified")
	w.form("sendPhoto", "chat_id", "900000001").wantRefused(t, 400, "there is no photo in the request")
	w.upload("sendPhoto", to, map[string][]byte{"photo": []byte("no picture")}).wantRefused(t, 400, "IMAGE_PROCESS_FAILED")
	w.upload("sendPhoto", to, map[string][]byte{"photo": nil}).wantRefused(t, 400, "file must be non-empty")
	w.upload("sendPhoto", to, map[string][]byte{"photo": make([]byte, 10<<20+1)}).wantRefused(t, 400, "is too big for a photo")
	w.upload("sendPhoto", to, map[string][]byte{"photo": stickerArt(t, 210, 10)}).wantRefused(t, 400, "PHOTO_INVALID_DIMENSIONS")
	w.upload("sendPhoto", to, map[string][]byte{"photo": stickerArt(t, 9500, 501)}).wantRefused(t, 400, "PHOTO_INVALID_DIMENSIONS")

	pictures := map[string][]byte{"a": picture(t, 20, 20, png.Encode), "b": picture(t, 30, 20, png.Encode)}
	media := `[{"type":"photo","media":"attach://a","caption":"<i>два</i>","parse_mode":"HTML"},{"type":"photo","media":"attach://b"}]`
	var album []tgsim.Message
	w.upload("sendMediaGroup", map[string]string{"chat_id": "900000001", "media": media}, pictures).into(t, &album)
	if len(album) != 2 || album[0].MediaGroupID == "" || album[0].MediaGroupID != album[1].MediaGroupID || album[0].CaptionEnts[0].Type != "italic" {
		t.Errorf("album %+v", album)
	}
	for media, words := range map[string]string{
		`[{"type":"photo","media":"attach://a"}]`:                                          "must include 2-10 items",
		`[{"type":"photo","media":"attach://a"},{"type":"photo","media":"attach://c"}]`:    "wrong file identifier",
		`[{"type":"photo","media":"attach://a"},{"type":"document","media":"attach://b"}]`: "can't be mixed",
		`[`: "can't parse media",
	} {
		w.upload("sendMediaGroup", map[string]string{"chat_id": "900000001", "media": media}, pictures).wantRefused(t, 400, words)
	}

	var copied map[string]int
	w.form("copyMessage", "chat_id", "900000001", "from_chat_id", "900000001", "message_id", strconv.Itoa(sent.MessageID)).into(t, &copied)
	if last, err := w.Last(anna); err != nil || copied["message_id"] != last.MessageID || len(copied) != 1 || last.Photo == nil {
		t.Errorf("copied %v, the chat shows %+v, %v", copied, last, err)
	}
	w.form("copyMessage", "chat_id", "900000001", "from_chat_id", "900000001", "message_id", "99").wantRefused(t, 400, "message to copy not found")
}

func TestTyping(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	must(t)(w.Start(anna, ""))
	w.form("sendChatAction", "chat_id", "900000001", "action", "dancing").wantRefused(t, 400, "wrong parameter action in request")
	w.form("sendChatAction", "chat_id", "900000001", "action", "typing")
	if action := w.Transcript(anna, 0).Action; action != "typing" {
		t.Errorf("action %q", action)
	}
	w.Advance(5 * time.Second)
	if action := w.Transcript(anna, 0).Action; action != "" {
		t.Errorf("action %q after five seconds", action)
	}
}

func TestCommandMenus(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	set := func(command, language string) {
		t.Helper()
		if a := w.form("setMyCommands", "commands", `[{"command":"`+command+`","description":"d"}]`, "language_code", language); !a.OK {
			t.Fatal(a.Description)
		}
	}
	set("common", "")
	set("russian", "ru")
	var menu []tgsim.Command
	w.form("getMyCommands", "language_code", "ru", "scope", `{"type": "default"}`).into(t, &menu)
	if len(menu) != 1 || menu[0].Command != "russian" || w.Commands("de")[0].Command != "common" {
		t.Errorf("menu %+v, for others %+v", menu, w.Commands("de"))
	}
	w.form("deleteMyCommands", "language_code", "ru")
	if menu := w.Commands("ru"); menu[0].Command != "common" {
		t.Errorf("menu %+v after the russian one was deleted", menu)
	}
	many, err := json.Marshal(make([]tgsim.Command, 101))
	if err != nil {
		t.Fatal(err)
	}
	for commands, words := range map[string]string{
		string(many): "BOT_COMMANDS_TOO_MUCH",
		`[{"command":"Start","description":"d"}]`:                            "BOT_COMMAND_INVALID",
		`[{"command":"` + strings.Repeat("a", 33) + `","description":"d"}]`:  "BOT_COMMAND_INVALID",
		`[{"command":"a","description":""}]`:                                 "BOT_COMMAND_DESCRIPTION_INVALID",
		`[{"command":"a","description":"` + strings.Repeat("я", 257) + `"}]`: "BOT_COMMAND_DESCRIPTION_INVALID",
		`{"command":"a"}`: "can't parse bot commands",
	} {
		w.form("setMyCommands", "commands", commands).wantRefused(t, 400, words)
	}
}
