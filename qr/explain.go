package qr

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"

	"promobot/qr/internal/grid"
	"promobot/qr/internal/tone"
)

// Picture shows one stage of a scan.
type Picture struct {
	Stage string // "candidates", "grid-1", "modules-1", "grid-2" …
	Image image.Image
}

// Explain is Scan, or ScanAll, that also shows what it saw: where symbols were
// supposed, and for each symbol that was read and the likeliest that were not,
// where its modules were supposed and how dark each seemed. Of a PDF document
// the first page is explained.
func (s Scanner) Explain(ctx context.Context, picture []byte, all bool) (Result, []Picture, error) {
	var h *hunt
	s.watch = func(looked *hunt) {
		if h == nil {
			h = looked
		}
	}
	result, err := s.look(ctx, picture, all)
	if err != nil || h == nil {
		return result, nil, err
	}
	return result, h.pictures(), nil
}

const (
	explainedUnread = 2
	moduleSide      = 12 // pixels of a module in an explained symbol
)

var (
	guessInk = color.RGBA{R: 0xe0, G: 0x90, B: 0x10, A: 0xff}
	rightInk = color.RGBA{R: 0x20, G: 0xc0, B: 0x60, A: 0xff}
	wrongInk = color.RGBA{R: 0xf0, G: 0x30, B: 0x20, A: 0xff}
	dataInk  = color.RGBA{R: 0x30, G: 0x80, B: 0xf0, A: 0xff}
)

func (h *hunt) pictures() []Picture {
	list := []Picture{{"candidates", h.outlines()}}
	for i, s := range append(h.reads, h.best(explainedUnread)...) {
		if s.dark == nil {
			s.dark = tone.Tempered(tone.Believed(tone.Sample(s.plane, s.grid).Plain()), s.grid.Dimension)
		}
		list = append(list,
			Picture{fmt.Sprintf("grid-%d", i+1), s.gridPicture()},
			Picture{fmt.Sprintf("modules-%d", i+1), s.modulesPicture()})
	}
	return list
}

// outlines shows every symbol that was supposed in orange, each with its
// method and its worth, and what was read in green.
func (h *hunt) outlines() image.Image {
	sheet := NewSheet(h.picture.Image())
	for _, s := range h.sights {
		sheet.outlined(corners(s.plane, s.grid, false), guessInk, fmt.Sprintf("%s %.2f", s.stage, s.worth))
	}
	for _, c := range h.codes {
		sheet.outlined(c.Corners, rightInk, c.Stage)
	}
	return sheet
}

// gridPicture is the symbol laid flat, with the middle of each module: green
// where a known module has its colour, red where it has not, blue for data.
func (s sight) gridPicture() image.Image {
	const around = 4 // modules
	d := s.grid.Dimension
	side := (d + 2*around) * moduleSide
	sheet := Sheet{image.NewRGBA(image.Rect(0, 0, side, side))}
	for i := range side * side {
		x, y := float64(i%side)+0.5, float64(i/side)+0.5
		at := s.grid.Place(x/moduleSide-around, y/moduleSide-around)
		v := s.plane.At(at.X-0.5, at.Y-0.5)
		sheet.Set(i%side, i/side, color.Gray{Y: v})
	}
	inks := make([]color.RGBA, d*d)
	for i := range inks {
		inks[i] = dataInk
	}
	for _, m := range grid.Known(d) {
		inks[m.Y*d+m.X] = wrongInk
		if (s.dark[m.Y*d+m.X] > 0) == m.Dark {
			inks[m.Y*d+m.X] = rightInk
		}
	}
	for i, ink := range inks {
		x, y := (i%d+around)*moduleSide+moduleSide/2, (i/d+around)*moduleSide+moduleSide/2
		draw.Draw(sheet, image.Rect(x-1, y-1, x+2, y+2), image.NewUniform(ink), image.Point{}, draw.Src)
	}
	sheet.label(4, 14, guessInk, fmt.Sprintf("%s, known modules %.2f", s.stage, s.worth))
	return sheet
}

// modulesPicture shows what each module says: black and white where it is sure,
// towards orange where it says nothing.
func (s sight) modulesPicture() image.Image {
	d := s.grid.Dimension
	sheet := Sheet{image.NewRGBA(image.Rect(0, 0, d*moduleSide, d*moduleSide))}
	for i, l := range s.dark {
		sure := math.Abs(math.Tanh(l / 2))
		ground := 255.0
		if l > 0 {
			ground = 0
		}
		mix := func(doubt uint8) uint8 { return uint8(ground*sure + float64(doubt)*(1-sure)) }
		ink := color.RGBA{R: mix(guessInk.R), G: mix(guessInk.G), B: mix(guessInk.B), A: 0xff}
		x, y := i%d*moduleSide, i/d*moduleSide
		draw.Draw(sheet, image.Rect(x, y, x+moduleSide, y+moduleSide), image.NewUniform(ink), image.Point{}, draw.Src)
	}
	return sheet
}

func (s Sheet) outlined(quad [4]Point, ink color.Color, text string) {
	s.Outline(quad, ink)
	s.label(int(quad[0].X), int(quad[0].Y)-6, ink, text)
}

func (s Sheet) label(x, y int, ink color.Color, text string) {
	pen := font.Drawer{Dst: s, Src: image.NewUniform(ink), Face: basicfont.Face7x13, Dot: fixed.P(x, y)}
	pen.DrawString(text)
}
