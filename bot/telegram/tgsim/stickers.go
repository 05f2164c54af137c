package tgsim

import (
	"bytes"
	"image"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// The limits of sticker sets.
const (
	stickerSide    = 512
	maxSticker     = 512 << 10 // bytes of a static one
	maxNew         = 50        // stickers at the creation of a set
	maxSet         = 120
	maxSetName     = 64
	maxSetTitle    = 64
	maxEmoji       = 20
	maxKeywords    = 20
	maxKeywordText = 64 // characters of all keywords of a sticker
)

var (
	setNameForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)
	setTypes    = []string{"regular", "mask", "custom_emoji"}
)

// stickerSet is a set of the bot.
type stickerSet struct {
	name, title, kind string
	stickers          []*setSticker
}

type setSticker struct {
	file     *file
	emoji    []string
	keywords []string
}

// inputSticker is a sticker as a call describes it.
type inputSticker struct {
	Sticker  string   `json:"sticker"`
	Format   string   `json:"format"`
	Emoji    []string `json:"emoji_list"`
	Keywords []string `json:"keywords"`
}

func (s *Sim) uploadStickerFile(c *call) (any, error) {
	if err := s.owner(c); err != nil {
		return nil, err
	}
	f, err := s.stickerFile(c, "sticker", c.text("sticker"), c.text("sticker_format"), "upload")
	if err != nil {
		return nil, err
	}
	return map[string]any{"file_id": f.id, "file_unique_id": f.unique, "file_size": len(f.content)}, nil
}

// owner checks who a set is to belong to: somebody who has started the bot.
func (s *Sim) owner(c *call) error {
	p := s.people[c.number("user_id", 0)]
	switch {
	case c.text("user_id") == "":
		return bad("user_id is empty")
	case p == nil:
		return bad("user not found")
	case !p.started:
		return bad("PEER_ID_INVALID")
	}
	return nil
}

// stickerFile keeps the picture of a sticker for one set; name is the part
// that an upload has.
func (s *Sim) stickerFile(c *call, name, value, format, set string) (*file, error) {
	if format != "static" {
		return nil, bad("invalid sticker format specified") // others are not simulated
	}
	up, known, err := s.given(c, name, value, "Sticker")
	if err != nil {
		return nil, err
	}
	if known != nil {
		up = &upload{content: known.content}
	}
	content := up.content
	width, height, err := checkSticker(content)
	if err != nil {
		return nil, err
	}
	f := s.store("Sticker", set, "", "image/webp", content)
	f.width, f.height = width, height
	return f, nil
}

func checkSticker(content []byte) (width, height int, err error) {
	config, kind, err := image.DecodeConfig(bytes.NewReader(content))
	width, height = config.Width, config.Height
	switch {
	case err != nil || kind != "png" && kind != "webp":
		return 0, 0, bad("STICKER_FILE_INVALID")
	case len(content) > maxSticker:
		return 0, 0, bad("STICKER_FILE_TOO_BIG")
	case max(width, height) != stickerSide && kind == "webp":
		return 0, 0, bad("STICKER_DIMENSIONS_INVALID")
	case max(width, height) != stickerSide:
		return 0, 0, bad("STICKER_PNG_DIMENSIONS")
	}
	return width, height, nil
}

func (s *Sim) createNewStickerSet(c *call) (any, error) {
	set := &stickerSet{name: c.text("name"), title: c.text("title"), kind: "regular"}
	if kind := c.text("sticker_type"); kind != "" {
		set.kind = kind
	}
	var inputs []inputSticker
	if _, err := c.object("stickers", "stickers", &inputs); err != nil {
		return nil, err
	}
	if err := s.checkSet(c, set, len(inputs)); err != nil {
		return nil, err
	}
	for _, in := range inputs {
		sticker, err := s.newSticker(c, in, set)
		if err != nil {
			return nil, err
		}
		set.stickers = append(set.stickers, sticker)
	}
	s.sets[strings.ToLower(set.name)] = set
	return true, nil
}

func (s *Sim) checkSet(c *call, set *stickerSet, n int) error {
	name := strings.ToLower(set.name)
	switch {
	case len(name) < 1 || len(name) > maxSetName, !setNameForm.MatchString(name), strings.Contains(name, "__"),
		!strings.HasSuffix(name, "_by_"+strings.ToLower(s.me.Username)):
		return bad("invalid sticker set name is specified")
	case s.sets[name] != nil:
		return bad("sticker set name is already occupied")
	case !slices.Contains(setTypes, set.kind):
		return bad("unsupported sticker type specified")
	case n < 1 || n > maxNew:
		return bad("STICKERS_EMPTY")
	}
	if err := checkTitle(set.title); err != nil {
		return err
	}
	return s.owner(c)
}

func checkTitle(title string) error {
	if n := utf8.RuneCountInString(title); n < 1 || n > maxSetTitle {
		return bad("PACK_TITLE_INVALID")
	}
	return nil
}

func (s *Sim) newSticker(c *call, in inputSticker, set *stickerSet) (*setSticker, error) {
	if err := checkEmoji(in.Emoji); err != nil {
		return nil, err
	}
	if err := checkKeywords(in.Keywords); err != nil {
		return nil, err
	}
	f, err := s.stickerFile(c, in.Sticker, in.Sticker, in.Format, set.name)
	if err != nil {
		return nil, err
	}
	return &setSticker{f, in.Emoji, in.Keywords}, nil
}

// checkEmoji takes for an emoji what begins with no letter, digit or sign.
func checkEmoji(emoji []string) error {
	if len(emoji) < 1 || len(emoji) > maxEmoji {
		return bad("invalid sticker emojis")
	}
	for _, e := range emoji {
		first, _ := utf8.DecodeRuneInString(e)
		if first < 0xA9 || first >= 0x400 && first < 0x2000 || utf8.RuneCountInString(e) > 10 {
			return bad("invalid sticker emojis")
		}
	}
	return nil
}

func checkKeywords(keywords []string) error {
	if len(keywords) > maxKeywords || utf8.RuneCountInString(strings.Join(keywords, "")) > maxKeywordText {
		return bad("invalid sticker keywords specified")
	}
	return nil
}
