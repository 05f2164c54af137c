package stickers

import (
	"bytes"
	"errors"
	"fmt"
	"image/png"
	"regexp"
	"strings"
	"unicode/utf8"
)

// ErrPack reports a pack that the messenger would not take.
var ErrPack = errors.New("stickers: the messenger takes no such pack")

// What the messenger takes (Bot API: createNewStickerSet, InputSticker).
const (
	Side          = 512       // pixels of the longer side; the other may be shorter
	ThumbSide     = 100       // pixels of both sides of a small picture
	MaxBytes      = 512 << 10 // of a picture
	MaxThumbBytes = 128 << 10
	MaxStickers   = 50 // at the creation of a set
	MaxEmoji      = 20
	MaxKeywords   = 20
	MaxKeyLetters = 64 // of all keywords of a sticker together
	MaxName       = 64 // letters of a set's name or title
)

var (
	setName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*[A-Za-z0-9]$`)
	id      = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
)

// Validate refuses with ErrPack what the messenger would not take from the bot
// of that user name, and ids or first emoji that are not each their own: by the
// emoji a set is recognised whose records are lost.
func (p Pack) Validate(bot string) error {
	name := p.SetName(bot)
	switch {
	case len(name) > MaxName || !setName.MatchString(name) || strings.Contains(name, "__"):
		return fmt.Errorf("%w: name %q", ErrPack, name)
	case p.Title == "" || utf8.RuneCountInString(p.Title) > MaxName:
		return fmt.Errorf("%w: title %q", ErrPack, p.Title)
	case len(p.Stickers) == 0 || len(p.Stickers) > MaxStickers:
		return fmt.Errorf("%w: %d stickers", ErrPack, len(p.Stickers))
	}
	taken := map[string]bool{}
	for _, s := range p.Stickers {
		if err := s.validate(); err != nil {
			return err
		}
		if face := bare(s.Emoji[0]); taken[s.ID] || taken[face] {
			return fmt.Errorf("%w: %s or its %s is there twice", ErrPack, s.ID, s.Emoji[0])
		}
		taken[s.ID], taken[bare(s.Emoji[0])] = true, true
	}
	return nil
}

func (s Sticker) validate() error {
	switch {
	case !id.MatchString(s.ID):
		return fmt.Errorf("%w: id %q", ErrPack, s.ID)
	case len(s.Emoji) == 0 || len(s.Emoji) > MaxEmoji:
		return fmt.Errorf("%w: %s has %d emoji", ErrPack, s.ID, len(s.Emoji))
	case len(s.Keywords) > MaxKeywords || utf8.RuneCountInString(strings.Join(s.Keywords, "")) > MaxKeyLetters:
		return fmt.Errorf("%w: %s has too many keywords", ErrPack, s.ID)
	case s.AltRu == "" || s.AltEn == "":
		return fmt.Errorf("%w: %s lacks its description", ErrPack, s.ID)
	}
	if w, h, err := measure(s.PNG, MaxBytes); err != nil || max(w, h) != Side {
		return fmt.Errorf("%w: %s is %d by %d pixels, %d bytes (%v)", ErrPack, s.ID, w, h, len(s.PNG), err)
	}
	if w, h, err := measure(s.Thumb, MaxThumbBytes); err != nil || w != ThumbSide || h != ThumbSide {
		return fmt.Errorf("%w: the small picture of %s is %d by %d pixels, %d bytes (%v)", ErrPack, s.ID, w, h, len(s.Thumb), err)
	}
	return nil
}

func measure(picture []byte, most int) (width, height int, err error) {
	if len(picture) > most {
		return 0, 0, fmt.Errorf("more than %d bytes", most)
	}
	c, err := png.DecodeConfig(bytes.NewReader(picture))
	return c.Width, c.Height, err
}

// bare is the emoji without the sign that asks for its coloured form, which
// the messenger adds and drops.
func bare(emoji string) string { return strings.ReplaceAll(emoji, "\ufe0f", "") }
