// Package stickers holds the bot's own stickers and publishes them as a pack
// in the messenger. It imports nothing of ours.
//
// The pictures are made from the drawings in art by go generate and are kept
// beside them; the numbers that the messenger asks for are checked by
// Pack.Validate.
package stickers

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"strings"
)

//go:generate go run ./internal/build

//go:embed pictures/*.png
var files embed.FS

// Sticker is one picture of a pack.
type Sticker struct {
	ID       string   // stays the same for ever: it stands in stored messages
	Emoji    []string // which it answers to; the first is its own in the pack
	Keywords []string // Russian and English
	AltRu    string   // what is to be seen, for who cannot see it
	AltEn    string
	PNG      []byte
	Thumb    []byte // the same picture, 100 by 100 pixels
}

// Alt says in the language, "ru" or else English, what is to be seen.
func (s Sticker) Alt(language string) string {
	if language == "ru" {
		return s.AltRu
	}
	return s.AltEn
}

// hash stands for the picture.
func (s Sticker) hash() string { return digest(s.PNG) }

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:16])
}

// Pack is what is published as one set, in this order.
type Pack struct {
	Name     string // the first part of the set's name
	Title    string
	Version  int // counts up with every change that people should hear of
	Stickers []Sticker
}

// Find returns the sticker with the id.
func (p Pack) Find(id string) (Sticker, bool) {
	for _, s := range p.Stickers {
		if s.ID == id {
			return s, true
		}
	}
	return Sticker{}, false
}

// SetName is the name of the set when the bot of that user name publishes it.
// The messenger wants the bot's name at its end.
func (p Pack) SetName(bot string) string {
	return p.Name + "_by_" + strings.TrimPrefix(bot, "@")
}

// Link is where people add the set to their own.
func (p Pack) Link(bot string) string { return "https://t.me/addstickers/" + p.SetName(bot) }

// Pictures returns the pictures as files named by the ids: ID.png, and
// ID_small.png.
func Pictures() fs.FS {
	sub, err := fs.Sub(files, "pictures")
	if err != nil {
		panic(err) // the folder's name is no path
	}
	return sub
}

// draw puts the pictures to a sticker.
func (s Sticker) draw() (Sticker, error) {
	var err error
	if s.PNG, err = files.ReadFile("pictures/" + s.ID + ".png"); err != nil {
		return s, fmt.Errorf("sticker %s: %w", s.ID, err)
	}
	if s.Thumb, err = files.ReadFile("pictures/" + s.ID + "_small.png"); err != nil {
		return s, fmt.Errorf("sticker %s: %w", s.ID, err)
	}
	return s, nil
}
