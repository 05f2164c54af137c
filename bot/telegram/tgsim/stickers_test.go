package tgsim_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"promobot/bot/telegram/tgsim"
)

const set = "promo_by_promo_test_bot"

// oneSticker describes a sticker that is uploaded in the part s.
const oneSticker = `{"sticker":"attach://s","format":"static","emoji_list":["🎉"],"keywords":["приз"]}`

func TestNewStickerSet(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	must(t)(w.Start(anna, ""))
	w.AddPerson(tgsim.Person{ID: 2})
	good := stickerArt(t, 512, 512)
	keywords, err := json.Marshal(make([]string, 21))
	if err != nil {
		t.Fatal(err)
	}
	sticker := func(field, value string) string {
		return fmt.Sprintf(`[{"sticker":"attach://s","format":"static","emoji_list":["🎉"],%q:%s}]`, field, value)
	}
	for _, tt := range []struct {
		name   string
		change map[string]string
		file   []byte
		words  string
	}{
		{"another bot's name", map[string]string{"name": "promo_by_other_bot"}, good, "invalid sticker set name is specified"},
		{"a name that begins with a digit", map[string]string{"name": "1_by_promo_test_bot"}, good, "invalid sticker set name is specified"},
		{"two underscores", map[string]string{"name": "a__by_promo_test_bot"}, good, "invalid sticker set name is specified"},
		{"65 letters", map[string]string{"name": strings.Repeat("a", 65-len("_by_promo_test_bot")) + "_by_promo_test_bot"}, good, "invalid sticker set name is specified"},
		{"no title", map[string]string{"title": ""}, good, "PACK_TITLE_INVALID"},
		{"a long title", map[string]string{"title": strings.Repeat("я", 65)}, good, "PACK_TITLE_INVALID"},
		{"unknown kind", map[string]string{"sticker_type": "huge"}, good, "unsupported sticker type"},
		{"nobody's", map[string]string{"user_id": "77"}, good, "user not found"},
		{"of somebody who never started", map[string]string{"user_id": "2"}, good, "PEER_ID_INVALID"},
		{"no stickers", map[string]string{"stickers": `[]`}, good, "STICKERS_EMPTY"},
		{"51 stickers", map[string]string{"stickers": "[" + strings.Repeat(oneSticker+",", 50) + oneSticker + "]"}, good, "STICKERS_EMPTY"},
		{"no emoji", map[string]string{"stickers": sticker("emoji_list", "[]")}, good, "invalid sticker emojis"},
		{"a letter for an emoji", map[string]string{"stickers": sticker("emoji_list", `["ж"]`)}, good, "invalid sticker emojis"},
		{"21 keywords", map[string]string{"stickers": sticker("keywords", string(keywords))}, good, "invalid sticker keywords"},
		{"65 letters of keywords", map[string]string{"stickers": sticker("keywords", `["`+strings.Repeat("я", 65)+`"]`)}, good, "invalid sticker keywords"},
		{"video", map[string]string{"stickers": sticker("format", `"video"`)}, good, "invalid sticker format"},
		{"511 px", nil, stickerArt(t, 511, 511), "STICKER_PNG_DIMENSIONS"},
		{"513 px", nil, stickerArt(t, 513, 512), "STICKER_PNG_DIMENSIONS"},
		{"a JPEG", nil, picture(t, 512, 512, asJPEG), "STICKER_FILE_INVALID"},
		{"no picture", nil, []byte("sticker"), "STICKER_FILE_INVALID"},
		{"more than 512 KB", nil, append(good, make([]byte, 512<<10)...), "STICKER_FILE_TOO_BIG"},
		{"as it should be", nil, good, ""},
		{"the same name again", map[string]string{"name": "Promo_by_promo_test_bot"}, good, "sticker set name is already occupied"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			pairs := map[string]string{"user_id": "900000001", "name": set, "title": "Промо", "stickers": "[" + oneSticker + "]"}
			for name, value := range tt.change {
				pairs[name] = value
			}
			a := w.upload("createNewStickerSet", pairs, map[string][]byte{"s": tt.file})
			if tt.words == "" {
				if !a.OK {
					t.Errorf("refused: %s", a.Description)
				}
				return
			}
			a.wantRefused(t, 400, tt.words)
		})
	}
}

// stickers returns the set as getStickerSet tells it.
func (w *world) stickers() (title string, stickers []tgsim.Sticker) {
	w.t.Helper()
	var s struct {
		Title    string
		Stickers []tgsim.Sticker
	}
	w.form("getStickerSet", "name", set).into(w.t, &s)
	return s.Title, s.Stickers
}

// A set grows, is mended and shrinks; a sticker that is sent tells its set.
func TestStickerSetLife(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	must(t)(w.Start(anna, ""))
	w.form("getStickerSet", "name", set).wantRefused(t, 400, "STICKERSET_INVALID")
	ok := func(a answer) {
		t.Helper()
		if !a.OK {
			t.Fatal(a.Description)
		}
	}
	upload := func(method string, height int, pairs map[string]string) answer {
		pairs["user_id"], pairs["name"] = "900000001", set
		return w.upload(method, pairs, map[string][]byte{"s": stickerArt(t, 512, height)})
	}
	ok(upload("createNewStickerSet", 100, map[string]string{"title": "Промо", "stickers": "[" + oneSticker + "]"}))
	ok(upload("addStickerToSet", 200, map[string]string{"sticker": oneSticker}))
	var kept struct {
		FileID string `json:"file_id"`
	}
	w.upload("uploadStickerFile", map[string]string{"user_id": "900000001", "sticker_format": "static"}, map[string][]byte{"sticker": stickerArt(t, 300, 512)}).into(t, &kept)
	ok(w.form("addStickerToSet", "user_id", "900000001", "name", set, "sticker", `{"sticker":"`+kept.FileID+`","format":"static","emoji_list":["😀"]}`))

	_, all := w.stickers()
	if len(all) != 3 || all[1].Height != 200 || all[2].Width != 300 || all[2].Emoji != "😀" || all[2].SetName != set {
		t.Fatalf("stickers %+v", all)
	}
	ok(upload("replaceStickerInSet", 250, map[string]string{"old_sticker": all[1].FileID, "sticker": oneSticker}))
	upload("replaceStickerInSet", 250, map[string]string{"old_sticker": all[1].FileID, "sticker": oneSticker}).wantRefused(t, 400, "STICKER_INVALID")
	ok(w.form("deleteStickerFromSet", "sticker", all[0].FileID))
	w.form("deleteStickerFromSet", "sticker", all[0].FileID).wantRefused(t, 400, "STICKER_INVALID")
	ok(w.form("setStickerSetTitle", "name", set, "title", "Новый"))
	w.form("setStickerSetTitle", "name", set, "title", "").wantRefused(t, 400, "PACK_TITLE_INVALID")
	ok(w.form("setStickerEmojiList", "sticker", all[2].FileID, "emoji_list", `["👍"]`))
	w.form("setStickerEmojiList", "sticker", all[2].FileID, "emoji_list", `[]`).wantRefused(t, 400, "invalid sticker emojis")
	ok(w.form("setStickerKeywords", "sticker", all[2].FileID, "keywords", `["да"]`))

	title, left := w.stickers()
	if title != "Новый" || len(left) != 2 || left[0].Height != 250 || left[1].Emoji != "👍" {
		t.Errorf("%s: %+v", title, left)
	}
	var sent tgsim.Message
	w.form("sendSticker", "chat_id", strconv.Itoa(anna), "sticker", left[1].FileID).into(t, &sent)
	if s := sent.Sticker; s == nil || s.SetName != set || s.Emoji != "👍" {
		t.Errorf("sent %+v", s)
	}
	must(t)(w.Sticker(anna, left[1].FileID, ""))
	must(t)(w.Sticker(anna, "", "🐱"))
	seen := w.Transcript(anna, 0).Messages
	if own, foreign := seen[2].Sticker, seen[3].Sticker; own.SetName != set || foreign.Emoji != "🐱" || foreign.SetName == set {
		t.Errorf("the person sent %+v and %+v", own, foreign)
	}
}

func TestStickerSetIsFull(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	must(t)(w.Start(anna, ""))
	art := map[string][]byte{"s": stickerArt(t, 512, 1)}
	many := "[" + strings.Repeat(oneSticker+",", 49) + oneSticker + "]"
	if a := w.upload("createNewStickerSet", map[string]string{"user_id": "900000001", "name": set, "title": "a", "stickers": many}, art); !a.OK {
		t.Fatal(a.Description)
	}
	add := func() answer {
		return w.upload("addStickerToSet", map[string]string{"user_id": "900000001", "name": set, "sticker": oneSticker}, art)
	}
	for range 70 {
		if a := add(); !a.OK {
			t.Fatal(a.Description)
		}
	}
	add().wantRefused(t, 400, "STICKERS_TOO_MUCH")
}
