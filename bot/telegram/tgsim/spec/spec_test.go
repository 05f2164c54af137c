package spec_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"promobot/bot/telegram/tgsim/spec"
)

// shared returns the published description; the test is skipped where the
// shared material is absent.
func shared(t *testing.T) *spec.Spec {
	t.Helper()
	s, err := spec.LoadShared("../../../..")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("no shared test material, set PROMOBOT_SHARED: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestCheck(t *testing.T) {
	s := shared(t)
	for _, tt := range []struct {
		name, method string
		params       map[string]string
		files        []string
		want         string // in the first line; "" nothing wrong
	}{
		{"a message", "SENDMESSAGE", map[string]string{"chat_id": "9", "text": "да", "entities": "null"}, nil, ""},
		{"to a name", "sendMessage", map[string]string{"chat_id": "@name", "text": "да"}, nil, ""},
		{"unknown method", "sendMesage", nil, nil, "unknown method sendMesage"},
		{"nothing required", "getMe", nil, nil, ""},
		{"required and absent", "sendMessage", map[string]string{"chat_id": "9"}, nil, "text: required"},
		{"required and null", "sendMessage", map[string]string{"chat_id": "9", "text": "null"}, nil, "text: required"},
		{"a retired name", "sendMessage", map[string]string{"chat_id": "9", "text": "да", "reply_to_message_id": "3"}, nil, "reply_to_message_id: unknown parameter"},
		{"no whole number", "getUpdates", map[string]string{"limit": "ten"}, nil, `limit: "ten" is no whole number`},
		{"a fraction for a whole number", "getUpdates", map[string]string{"limit": "1.5"}, nil, "no whole number"},
		{"a truth value in other words", "sendMessage", map[string]string{"chat_id": "9", "text": "да", "protect_content": "1"}, nil, "neither true nor false"},
		{"buttons", "sendMessage", map[string]string{"chat_id": "9", "text": "да", "reply_markup": `{"inline_keyboard":[[{"text":"a","callback_data":"b"}]]}`}, nil, ""},
		{"a reply keyboard", "sendMessage", map[string]string{"chat_id": "9", "text": "да", "reply_markup": `{"keyboard":[[{"text":"a","request_contact":true}]]}`}, nil, ""},
		{"buttons in no rows", "sendMessage", map[string]string{"chat_id": "9", "text": "да", "reply_markup": `{"inline_keyboard":[{"text":"a"}]}`}, nil, "reply_markup.inline_keyboard[0]: want a list"},
		{"a button without text", "sendMessage", map[string]string{"chat_id": "9", "text": "да", "reply_markup": `{"inline_keyboard":[[{"callback_data":"b"}]]}`}, nil, "inline_keyboard[0][0].text: required"},
		{"an unknown field", "sendMessage", map[string]string{"chat_id": "9", "text": "да", "reply_parameters": `{"message_id":1,"allow":true}`}, nil, "reply_parameters.allow: unknown field"},
		{"a number as text", "sendMessage", map[string]string{"chat_id": "9", "text": "да", "reply_parameters": `{"message_id":"1"}`}, nil, "message_id: want Integer"},
		{"broken JSON", "sendMessage", map[string]string{"chat_id": "9", "text": "да", "entities": `[{`}, nil, "is no JSON"},
		{"two JSON texts", "sendMessage", map[string]string{"chat_id": "9", "text": "да", "entities": `[] []`}, nil, "is no JSON"},
		{"an absent field that is null", "sendMessage", map[string]string{"chat_id": "9", "text": "да", "entities": `[{"type":"bold","offset":0,"length":1,"url":null}]`}, nil, ""},
		{"an upload", "sendPhoto", map[string]string{"chat_id": "9"}, []string{"photo"}, ""},
		{"an id for an upload", "sendPhoto", map[string]string{"chat_id": "9", "photo": "AgAC"}, nil, ""},
		{"attached", "sendPhoto", map[string]string{"chat_id": "9", "photo": "attach://p"}, []string{"p"}, ""},
		{"attached and absent", "sendPhoto", map[string]string{"chat_id": "9", "photo": "attach://p"}, nil, "attach://p has no part"},
		{"a file for nothing", "sendMessage", map[string]string{"chat_id": "9", "text": "да"}, []string{"p"}, "p: a file that nothing refers to"},
		{"an album", "sendMediaGroup", map[string]string{"chat_id": "9", "media": `[{"type":"photo","media":"attach://a"},{"type":"photo","media":"attach://b"}]`}, []string{"a", "b"}, ""},
		{"an album with a part too few", "sendMediaGroup", map[string]string{"chat_id": "9", "media": `[{"type":"photo","media":"attach://a"},{"type":"photo","media":"attach://b"}]`}, []string{"a"}, "attach://b has no part"},
		{"an album of what there is not", "sendMediaGroup", map[string]string{"chat_id": "9", "media": `[{"type":"smell","media":"x"}]`}, nil, "must be"},
		{"stickers", "createNewStickerSet", map[string]string{"user_id": "9", "name": "a", "title": "b", "stickers": `[{"sticker":"attach://s","format":"static","emoji_list":["🎉"]}]`}, []string{"s"}, ""},
		{"the old form of stickers", "createNewStickerSet", map[string]string{"user_id": "9", "name": "a", "title": "b", "png_sticker": "x", "emojis": "🎉"}, nil, "stickers: required"},
		{"a scope", "setMyCommands", map[string]string{"commands": `[{"command":"a","description":"b"}]`, "scope": `{"type":"all_private_chats"}`}, nil, ""},
		{"an unknown scope", "setMyCommands", map[string]string{"commands": `[]`, "scope": `{"type":"moon"}`}, nil, "scope.type: moon, must be"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			wrong := strings.Join(s.Check(tt.method, tt.params, tt.files), "\n")
			if tt.want == "" && wrong != "" || !strings.Contains(wrong, tt.want) {
				t.Errorf("found %q, want %q", wrong, tt.want)
			}
		})
	}
}

func TestLoadRefuses(t *testing.T) {
	broken := filepath.Join(t.TempDir(), "spec.json")
	for _, text := range []string{"", "[]", `{"methods":{}}`, `{"methods":{"getMe":{}},"types":{}}`} {
		if err := os.WriteFile(broken, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := spec.Load(broken); !errors.Is(err, spec.ErrDescription) {
			t.Errorf("%q: %v, want ErrDescription", text, err)
		}
	}
	t.Setenv("PROMOBOT_SHARED", t.TempDir())
	if _, err := spec.LoadShared("."); !errors.Is(err, spec.ErrDescription) {
		t.Errorf("a folder without the description: %v, want ErrDescription", err)
	}
	t.Setenv("PROMOBOT_SHARED", filepath.Join(t.TempDir(), "none"))
	if _, err := spec.LoadShared("."); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no folder: %v, want fs.ErrNotExist", err)
	}
}
