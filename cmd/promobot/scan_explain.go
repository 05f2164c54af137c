package main

import (
	"context"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"

	"promobot/qr"
)

var (
	chosenInk = color.RGBA{R: 0x10, G: 0xa0, B: 0x40, A: 0xff}
	otherInk  = color.RGBA{R: 0xe0, G: 0x60, B: 0x10, A: 0xff}
)

// markedSheet is an upright picture that codes are drawn on.
type markedSheet struct{ *image.RGBA }

// explainScan writes the upright picture with the outline and the stage of each
// code into the folder; of a PDF its first page. A path inside folders becomes
// one flat name.
func explainScan(ctx context.Context, folder, path string, picture []byte, r qr.Result) error {
	gray, err := qr.Upright(ctx, picture)
	if err != nil {
		return err
	}
	sheet := markedSheet{image.NewRGBA(gray.Bounds())}
	draw.Draw(sheet, sheet.Bounds(), gray, image.Point{}, draw.Src)
	for _, c := range r.Codes {
		if c.Page > 1 {
			continue
		}
		ink := otherInk
		if c.Text == r.Text {
			ink = chosenInk
		}
		sheet.outline(c, ink)
	}
	sheet.label(4, 14, otherInk, "hint: "+string(r.Hint))
	name := strings.NewReplacer("/", "_", "\\", "_").Replace(strings.TrimLeft(filepath.ToSlash(path), "./"))
	return sheet.write(filepath.Join(folder, name+".png"))
}

func (sheet markedSheet) write(path string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(png.Encode(file, sheet), file.Close())
}

// outline draws the four sides and names the stage at the top left corner,
// which also carries a dot.
func (sheet markedSheet) outline(c qr.Code, ink color.Color) {
	for i := range c.Corners {
		sheet.line(c.Corners[i], c.Corners[(i+1)%4], ink)
	}
	tl := c.Corners[0]
	draw.Draw(sheet, image.Rect(int(tl.X)-5, int(tl.Y)-5, int(tl.X)+6, int(tl.Y)+6), image.NewUniform(ink), image.Point{}, draw.Src)
	sheet.label(int(tl.X), int(tl.Y)-8, ink, c.Stage)
}

func (sheet markedSheet) line(a, b qr.Point, ink color.Color) {
	steps := math.Max(math.Abs(b.X-a.X), math.Abs(b.Y-a.Y)) + 1
	for i := 0.0; i <= steps; i++ {
		x, y := int(a.X+(b.X-a.X)*i/steps), int(a.Y+(b.Y-a.Y)*i/steps)
		draw.Draw(sheet, image.Rect(x-1, y-1, x+2, y+2), image.NewUniform(ink), image.Point{}, draw.Src)
	}
}

func (sheet markedSheet) label(x, y int, ink color.Color, text string) {
	pen := font.Drawer{Dst: sheet, Src: image.NewUniform(ink), Face: basicfont.Face7x13, Dot: fixed.P(x, y)}
	pen.DrawString(text)
}
