package tgsim

import (
	"slices"
	"strings"
)

var (
	errNoSet     = bad("STICKERSET_INVALID")
	errNoSticker = bad("STICKER_INVALID")
)

// set returns the set that the call names.
func (s *Sim) set(c *call) (*stickerSet, error) {
	if set := s.sets[strings.ToLower(c.text("name"))]; set != nil {
		return set, nil
	}
	return nil, errNoSet
}

// inSet returns where a sticker stands: its set, and its place in it.
func (s *Sim) inSet(fileID string) (*stickerSet, int, error) {
	for _, set := range s.sets {
		if at := slices.IndexFunc(set.stickers, func(k *setSticker) bool { return k.file.id == fileID }); at >= 0 {
			return set, at, nil
		}
	}
	return nil, 0, errNoSticker
}

func (s *Sim) addStickerToSet(c *call) (any, error) {
	set, err := s.set(c)
	if err != nil {
		return nil, err
	}
	if err := s.owner(c); err != nil {
		return nil, err
	}
	if len(set.stickers) >= maxSet {
		return nil, bad("STICKERS_TOO_MUCH")
	}
	sticker, err := s.described(c, set)
	if err != nil {
		return nil, err
	}
	set.stickers = append(set.stickers, sticker)
	return true, nil
}

// described reads the parameter sticker of a call.
func (s *Sim) described(c *call, set *stickerSet) (*setSticker, error) {
	var in inputSticker
	named, err := c.object("sticker", "sticker", &in)
	if err != nil {
		return nil, err
	}
	if !named {
		return nil, bad("there is no sticker in the request")
	}
	return s.newSticker(c, in, set)
}

func (s *Sim) replaceStickerInSet(c *call) (any, error) {
	set, err := s.set(c)
	if err != nil {
		return nil, err
	}
	old, at, err := s.inSet(c.text("old_sticker"))
	if err != nil || old != set {
		return nil, errNoSticker
	}
	sticker, err := s.described(c, set)
	if err != nil {
		return nil, err
	}
	set.stickers[at] = sticker
	return true, nil
}

func (s *Sim) deleteStickerFromSet(c *call) (any, error) {
	set, at, err := s.inSet(c.text("sticker"))
	if err != nil {
		return nil, err
	}
	set.stickers = slices.Delete(set.stickers, at, at+1)
	return true, nil
}

func (s *Sim) getStickerSet(c *call) (any, error) {
	set, err := s.set(c)
	if err != nil {
		return nil, err
	}
	stickers := []*Sticker{}
	for _, k := range set.stickers {
		stickers = append(stickers, set.sticker(k))
	}
	return map[string]any{"name": set.name, "title": set.title, "sticker_type": set.kind, "stickers": stickers}, nil
}

func (s *stickerSet) sticker(k *setSticker) *Sticker {
	sent := k.file.sticker()
	sent.Type, sent.Emoji, sent.SetName = s.kind, k.emoji[0], s.name
	return sent
}

func (f *file) sticker() *Sticker {
	return &Sticker{
		FileID: f.id, FileUniqueID: f.unique, Type: "regular", Width: f.width, Height: f.height, FileSize: len(f.content),
	}
}

func (s *Sim) setStickerSetTitle(c *call) (any, error) {
	set, err := s.set(c)
	if err != nil {
		return nil, err
	}
	if err := checkTitle(c.text("title")); err != nil {
		return nil, err
	}
	set.title = c.text("title")
	return true, nil
}

func (s *Sim) setStickerEmojiList(c *call) (any, error) {
	var emoji []string
	if _, err := c.object("emoji_list", "emoji list", &emoji); err != nil {
		return nil, err
	}
	if err := checkEmoji(emoji); err != nil {
		return nil, err
	}
	set, at, err := s.inSet(c.text("sticker"))
	if err != nil {
		return nil, err
	}
	set.stickers[at].emoji = emoji
	return true, nil
}

func (s *Sim) setStickerKeywords(c *call) (any, error) {
	var keywords []string
	if _, err := c.object("keywords", "keywords", &keywords); err != nil {
		return nil, err
	}
	if err := checkKeywords(keywords); err != nil {
		return nil, err
	}
	set, at, err := s.inSet(c.text("sticker"))
	if err != nil {
		return nil, err
	}
	set.stickers[at].keywords = keywords
	return true, nil
}

// sendSticker sends one of a set by its file id, or an uploaded picture.
func (s *Sim) sendSticker(c *call) (any, error) {
	up, known, err := s.given(c, "sticker", c.text("sticker"), "Sticker")
	if err != nil {
		return nil, err
	}
	if known != nil {
		return s.post(c, Message{Sticker: s.stickerOf(known)})
	}
	width, height, err := measure(up.content)
	if err != nil {
		return nil, bad("wrong file type") // the service makes a document of it, which no caller wants
	}
	f := s.store("Sticker", "", "", "image/webp", up.content)
	f.width, f.height = width, height
	return s.post(c, Message{Sticker: f.sticker()})
}

// stickerOf returns a kept sticker with what its set says about it.
func (s *Sim) stickerOf(f *file) *Sticker {
	if set, at, err := s.inSet(f.id); err == nil {
		return set.sticker(set.stickers[at])
	}
	return f.sticker()
}
