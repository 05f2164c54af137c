package stickers_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"promobot/stickers"
)

const (
	botName = "promo_test_bot"
	owner   = 900000009
)

var errLost = errors.New("connection reset")

// server plays the messenger's side of one set.
type server struct {
	t       *testing.T
	title   string
	set     []placed // nil: there is no set
	exists  bool
	cover   []byte
	serial  int
	calls   []string // without the reads
	reads   int
	refuse  map[string]string // by method, in the messenger's words
	stopAt  int               // this call, counted from 1 without the reads, …
	stopped func() error      // … ends so; its effect comes before when after is set
	after   bool
}

type placed struct {
	File     string   `json:"file_id"`
	Unique   string   `json:"file_unique_id"`
	Emoji    string   `json:"emoji"`
	Picture  string   `json:"-"`
	All      []string `json:"-"`
	Keywords []string `json:"-"`
}

func (s *server) Call(_ context.Context, method string, params map[string]string, files map[string][]byte) (json.RawMessage, error) {
	if method == "getStickerSet" {
		s.reads++
		return s.show(params)
	}
	s.calls = append(s.calls, method)
	if words := s.refuse[method]; words != "" {
		return nil, errors.New("telegram " + method + ": " + words)
	}
	stop := len(s.calls) == s.stopAt
	if stop && !s.after {
		return nil, s.stopped()
	}
	if err := s.perform(method, params, files); err != nil {
		return nil, fmt.Errorf("telegram %s: 400 Bad Request: %w", method, err)
	}
	if stop {
		return nil, s.stopped()
	}
	return json.RawMessage("true"), nil
}

func (s *server) show(params map[string]string) (json.RawMessage, error) {
	if params["name"] != "chekchik_by_"+botName {
		s.t.Errorf("asked for set %q", params["name"])
	}
	if !s.exists {
		return nil, errors.New("telegram getStickerSet: 400 Bad Request: STICKERSET_INVALID")
	}
	return json.Marshal(map[string]any{"name": params["name"], "title": s.title, "sticker_type": "regular", "stickers": s.set})
}

func (s *server) perform(method string, params map[string]string, files map[string][]byte) error {
	switch method {
	case "createNewStickerSet":
		return s.create(params, files)
	case "addStickerToSet":
		if err := s.owned(params); err != nil {
			return err
		}
		s.set = append(s.set, s.take(params["sticker"], files))
	case "replaceStickerInSet":
		if err := s.owned(params); err != nil {
			return err
		}
		s.set[s.at(params["old_sticker"])] = s.take(params["sticker"], files)
	case "deleteStickerFromSet":
		i := s.at(params["sticker"])
		s.set = slices.Delete(s.set, i, i+1)
	case "setStickerPositionInSet":
		s.move(params)
	case "setStickerEmojiList":
		at := &s.set[s.at(params["sticker"])]
		at.All = s.words(params["emoji_list"])
		at.Emoji = at.All[0]
	case "setStickerKeywords":
		s.set[s.at(params["sticker"])].Keywords = s.words(params["keywords"])
	case "setStickerSetTitle":
		s.title = params["title"]
	case "setStickerSetThumbnail":
		s.cover = files[strings.TrimPrefix(params["thumbnail"], "attach://")]
	default:
		s.t.Errorf("unknown method %s", method)
	}
	return nil
}

func (s *server) create(params map[string]string, files map[string][]byte) error {
	if s.exists {
		return errors.New("sticker set name is already occupied")
	}
	var inputs []json.RawMessage
	if err := json.Unmarshal([]byte(params["stickers"]), &inputs); err != nil {
		return err
	}
	if err := s.owned(params); err != nil {
		return err
	}
	s.exists, s.title = true, params["title"]
	for _, in := range inputs {
		s.set = append(s.set, s.take(string(in), files))
	}
	return nil
}

func (s *server) owned(params map[string]string) error {
	if params["user_id"] != strconv.Itoa(owner) {
		return errors.New("USER_ID_INVALID")
	}
	return nil
}

func (s *server) take(input string, files map[string][]byte) placed {
	var in struct {
		Sticker  string   `json:"sticker"`
		Format   string   `json:"format"`
		Emoji    []string `json:"emoji_list"`
		Keywords []string `json:"keywords"`
	}
	if err := json.Unmarshal([]byte(input), &in); err != nil || in.Format != "static" {
		s.t.Errorf("sticker %s: %v", input, err)
	}
	picture := files[strings.TrimPrefix(in.Sticker, "attach://")]
	if len(picture) == 0 {
		s.t.Errorf("%s came without its file", in.Sticker)
	}
	s.serial++
	n := strconv.Itoa(s.serial)
	return placed{File: "file" + n, Unique: "unique" + n, Emoji: in.Emoji[0], Picture: string(picture), All: in.Emoji, Keywords: in.Keywords}
}

func (s *server) move(params map[string]string) {
	i := s.at(params["sticker"])
	moved := s.set[i]
	to, err := strconv.Atoi(params["position"])
	if err != nil {
		s.t.Error(err)
	}
	s.set = slices.Insert(slices.Delete(s.set, i, i+1), to, moved)
}

func (s *server) at(file string) int {
	i := slices.IndexFunc(s.set, func(p placed) bool { return p.File == file })
	if i < 0 {
		s.t.Fatalf("%q is not in the set", file)
	}
	return i
}

func (s *server) words(list string) []string {
	var words []string
	if err := json.Unmarshal([]byte(list), &words); err != nil {
		s.t.Error(err)
	}
	return words
}

// memory keeps in a map.
type memory map[string]string

func (m memory) Get(_ context.Context, key string) (string, error) { return m[key], nil }

func (m memory) Put(_ context.Context, key, value string) error {
	m[key] = value
	return nil
}

// shows fails the test if the set is not the pack to the last detail.
func (s *server) shows(pack stickers.Pack) {
	s.t.Helper()
	if s.title != pack.Title {
		s.t.Errorf("title %q, want %q", s.title, pack.Title)
	}
	if string(s.cover) != string(pack.Stickers[0].Thumb) {
		s.t.Error("the set's small picture is another")
	}
	got, want := []string{}, []string{}
	for _, p := range s.set {
		got = append(got, fmt.Sprint(p.Emoji, p.All, p.Keywords, len(p.Picture), strings.Contains(p.Picture, "other")))
	}
	for _, p := range pack.Stickers {
		want = append(want, fmt.Sprint(p.Emoji[0], p.Emoji, p.Keywords, len(p.PNG), strings.Contains(string(p.PNG), "other")))
	}
	if !slices.Equal(got, want) {
		s.t.Errorf("the set shows\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// slow shows the set as it was.
type slow struct {
	*server
	was []placed
}

func (s slow) Call(ctx context.Context, method string, params map[string]string, files map[string][]byte) (json.RawMessage, error) {
	if method != "getStickerSet" {
		return s.server.Call(ctx, method, params, files)
	}
	return json.Marshal(map[string]any{"title": s.title, "stickers": s.was})
}
