package stickers_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"promobot/stickers"
	"promobot/stickers/internal/press"
)

func TestChekchik(t *testing.T) {
	pack := chekchik(t)
	if err := pack.Validate(botName); err != nil {
		t.Error(err)
	}
	if len(pack.Stickers) != 8 {
		t.Errorf("%d stickers", len(pack.Stickers))
	}
	if _, ok := pack.Find(stickers.Hello); !ok {
		t.Error("nobody says hello")
	}
	for _, s := range pack.Stickers {
		if s.Alt("ru") == s.Alt("en") || s.Alt("de") != s.AltEn {
			t.Errorf("%s is described as %q and %q", s.ID, s.Alt("ru"), s.Alt("en"))
		}
		if _, err := fs.Stat(stickers.Pictures(), s.ID+".png"); err != nil {
			t.Error(err)
		}
	}
}

func TestValidate(t *testing.T) {
	picture := func(w, h int) []byte {
		var b bytes.Buffer
		if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	words := func(n int) []string { return slices.Repeat([]string{"я"}, n) }
	for _, tt := range []struct {
		name   string
		change func(*stickers.Pack, *stickers.Sticker)
		ok     bool
	}{
		{"as it is", func(*stickers.Pack, *stickers.Sticker) {}, true},
		{"a narrow picture", func(_ *stickers.Pack, s *stickers.Sticker) { s.PNG = picture(512, 10) }, true},
		{"a high picture", func(_ *stickers.Pack, s *stickers.Sticker) { s.PNG = picture(10, 512) }, true},
		{"one pixel short", func(_ *stickers.Pack, s *stickers.Sticker) { s.PNG = picture(511, 511) }, false},
		{"one pixel more", func(_ *stickers.Pack, s *stickers.Sticker) { s.PNG = picture(512, 513) }, false},
		{"just light enough", func(_ *stickers.Pack, s *stickers.Sticker) { s.PNG = heavy(s.PNG, 512<<10) }, true},
		{"a byte too heavy", func(_ *stickers.Pack, s *stickers.Sticker) { s.PNG = heavy(s.PNG, 512<<10+1) }, false},
		{"no picture", func(_ *stickers.Pack, s *stickers.Sticker) { s.PNG = nil }, false},
		{"a small picture of 99", func(_ *stickers.Pack, s *stickers.Sticker) { s.Thumb = picture(100, 99) }, false},
		{"20 emoji", func(_ *stickers.Pack, s *stickers.Sticker) { s.Emoji = slices.Repeat([]string{"🍀"}, 20) }, true},
		{"21 emoji", func(_ *stickers.Pack, s *stickers.Sticker) { s.Emoji = slices.Repeat([]string{"🍀"}, 21) }, false},
		{"no emoji", func(_ *stickers.Pack, s *stickers.Sticker) { s.Emoji = nil }, false},
		{"another's emoji", func(_ *stickers.Pack, s *stickers.Sticker) { s.Emoji = []string{"❤️"} }, false},
		{"no keywords", func(_ *stickers.Pack, s *stickers.Sticker) { s.Keywords = nil }, true},
		{"20 keywords", func(_ *stickers.Pack, s *stickers.Sticker) { s.Keywords = words(20) }, true},
		{"21 keywords", func(_ *stickers.Pack, s *stickers.Sticker) { s.Keywords = words(21) }, false},
		{"64 letters", func(_ *stickers.Pack, s *stickers.Sticker) { s.Keywords = []string{strings.Repeat("я", 63), "я"} }, true},
		{"65 letters", func(_ *stickers.Pack, s *stickers.Sticker) { s.Keywords = []string{strings.Repeat("я", 64), "я"} }, false},
		{"no description", func(_ *stickers.Pack, s *stickers.Sticker) { s.AltEn = "" }, false},
		{"an id that is none", func(_ *stickers.Pack, s *stickers.Sticker) { s.ID = "~oops" }, false},
		{"another's id", func(_ *stickers.Pack, s *stickers.Sticker) { s.ID = "hello" }, false},
		{"no title", func(p *stickers.Pack, _ *stickers.Sticker) { p.Title = "" }, false},
		{"a title of 64", func(p *stickers.Pack, _ *stickers.Sticker) { p.Title = strings.Repeat("ж", 64) }, true},
		{"a title of 65", func(p *stickers.Pack, _ *stickers.Sticker) { p.Title = strings.Repeat("ж", 65) }, false},
		{"a name of 64", func(p *stickers.Pack, _ *stickers.Sticker) { p.Name = strings.Repeat("c", 64-len("_by_"+botName)) }, true},
		{"a name of 65", func(p *stickers.Pack, _ *stickers.Sticker) { p.Name = strings.Repeat("c", 65-len("_by_"+botName)) }, false},
		{"a name with two dashes", func(p *stickers.Pack, _ *stickers.Sticker) { p.Name = "check_" }, false},
		{"a Russian name", func(p *stickers.Pack, _ *stickers.Sticker) { p.Name = "чекчик" }, false},
		{"a digit first", func(p *stickers.Pack, _ *stickers.Sticker) { p.Name = "4eks" }, false},
		{"nothing", func(p *stickers.Pack, _ *stickers.Sticker) { p.Stickers = nil }, false},
		{"50 stickers", func(p *stickers.Pack, s *stickers.Sticker) { p.Stickers = many(*s, 50) }, true},
		{"51 stickers", func(p *stickers.Pack, s *stickers.Sticker) { p.Stickers = many(*s, 51) }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			pack := chekchik(t)
			tt.change(&pack, &pack.Stickers[1])
			err := pack.Validate(botName)
			if (err == nil) != tt.ok || err != nil && !errors.Is(err, stickers.ErrPack) {
				t.Error(err)
			}
		})
	}
	if err := chekchik(t).Validate(""); !errors.Is(err, stickers.ErrPack) {
		t.Errorf("a bot without a name: %v", err)
	}
}

func heavy(picture []byte, size int) []byte {
	return append(slices.Clone(picture), make([]byte, size-len(picture))...)
}

func many(s stickers.Sticker, n int) []stickers.Sticker {
	list := make([]stickers.Sticker, n)
	for i := range list {
		list[i] = s
		list[i].ID, list[i].Emoji = fmt.Sprintf("s%d", i), []string{string(rune('🌀' + i))}
	}
	return list
}

// The pictures are those of the drawings; if not, run go generate.
func TestPicturesAreOfTheDrawings(t *testing.T) {
	notes, err := os.ReadFile("pictures/drawn.txt")
	if err != nil {
		t.Fatal(err)
	}
	drawings, err := press.Drawings("art")
	if err != nil {
		t.Fatal(err)
	}
	want := ""
	for _, name := range drawings {
		svg, err := press.Read("art", name)
		if err != nil {
			t.Fatal(err)
		}
		want += fmt.Sprintf("%x  %s\n", sha256.Sum256(svg), name)
	}
	if string(notes) != want || len(drawings) != len(chekchik(t).Stickers) {
		t.Errorf("the pictures are of other drawings: run go generate ./stickers\n%s", want)
	}
}

// One is painted again, to see that the press is still the same.
func TestThePressIsTheSame(t *testing.T) {
	svg, err := press.Read("art", "prize.svg")
	if err != nil {
		t.Fatal(err)
	}
	painted, err := press.Print(svg)
	if err != nil {
		t.Fatal(err)
	}
	prize, _ := chekchik(t).Find("prize")
	kept, err := png.Decode(bytes.NewReader(prize.PNG))
	if err != nil {
		t.Fatal(err)
	}
	if d := furthest(painted, kept); d > 0x300 {
		t.Errorf("a pixel is %d of 65535 away: run go generate ./stickers", d)
	}
}

// furthest returns the greatest difference in any channel of every ninth pixel.
// Processors round a little differently.
func furthest(a, b image.Image) (most uint32) {
	r := a.Bounds()
	for y := r.Min.Y; y < r.Max.Y; y += 3 {
		for x := r.Min.X; x < r.Max.X; x += 3 {
			ar, ag, ab, aa := a.At(x, y).RGBA()
			br, bg, bb, ba := b.At(x, y).RGBA()
			most = max(most, away(ar, br), away(ag, bg), away(ab, bb), away(aa, ba))
		}
	}
	return most
}

func away(a, b uint32) uint32 { return max(a, b) - min(a, b) }
