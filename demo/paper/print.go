package paper

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"

	"github.com/skip2/go-qrcode"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/gomonobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// Measures of the tape, in dots.
const (
	tapeWidth  = 640
	margin     = 32
	lineHeight = 30
	textSize   = 24 // 14.4 dots a character: columns of them fill the tape
	largeSize  = 40
	codeModule = 6
	codeGap    = 26 // paper around the code
	head       = 46 // paper above the print
	tail       = 70 // and below it
)

// tape is the print on the paper: ink from 0 to 255, and where the code lies.
type tape struct {
	ink  *image.Gray
	code image.Rectangle
}

// printed sets a receipt in dots.
func printed(r Receipt) tape {
	text := lines(r)
	code := codeOf(r.Code)
	height := head + tail + code.Bounds().Dy() + 2*codeGap
	for _, l := range text {
		height += l.height()
	}
	t := tape{ink: image.NewGray(image.Rect(0, 0, tapeWidth, height))}
	pen := newPen(t.ink)
	y := head
	for _, l := range text {
		pen.print(l, y)
		y += l.height()
	}
	side := code.Bounds().Dx()
	t.code = image.Rect(0, 0, side, side).Add(image.Pt((tapeWidth-side)/2, y+codeGap))
	draw.Draw(t.ink, t.code, code, code.Bounds().Min, draw.Src)
	return t
}

// codeOf draws the code in dots, without its quiet zone, which is the paper.
func codeOf(text string) *image.Gray {
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		panic(fmt.Errorf("paper: code of %d bytes: %w", len(text), err))
	}
	code.DisableBorder = true
	modules := code.Bitmap()
	out := image.NewGray(image.Rect(0, 0, len(modules)*codeModule, len(modules)*codeModule))
	for y, row := range modules {
		for x, dark := range row {
			if dark {
				cell := image.Rect(x, y, x+1, y+1)
				cell.Min, cell.Max = cell.Min.Mul(codeModule), cell.Max.Mul(codeModule)
				draw.Draw(out, cell, image.NewUniform(color.White), image.Point{}, draw.Src)
			}
		}
	}
	return out
}

func (l line) height() int {
	if l.large {
		return lineHeight * 8 / 5
	}
	return lineHeight
}

// pen prints lines on the tape.
type pen struct {
	font.Drawer
	plain, bold, large font.Face
}

func newPen(tape *image.Gray) *pen {
	return &pen{
		Drawer: font.Drawer{Dst: tape, Src: image.NewUniform(color.White)},
		plain:  face(gomono.TTF, textSize), bold: face(gomonobold.TTF, textSize), large: face(gomonobold.TTF, largeSize),
	}
}

func face(ttf []byte, size float64) font.Face {
	parsed, err := opentype.Parse(ttf)
	if err != nil {
		panic(err) // the font is compiled in
	}
	f, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		panic(err)
	}
	return f
}

// print sets a line with its top at y.
func (p *pen) print(l line, y int) {
	if l.rule {
		for x := margin; x < tapeWidth-margin; x += 12 {
			dash := image.Rect(x, y+lineHeight/2, x+7, y+lineHeight/2+2)
			draw.Draw(p.Dst, dash, p.Src, image.Point{}, draw.Src)
		}
		return
	}
	p.Face = p.faceOf(l)
	x := fixed.I(margin)
	if l.middle {
		x = (fixed.I(tapeWidth) - p.MeasureString(l.text)) / 2
	}
	p.Dot = fixed.Point26_6{X: x, Y: fixed.I(y + l.height()*3/4)}
	p.DrawString(l.text)
	if l.right != "" {
		p.Dot.X = fixed.I(tapeWidth-margin) - p.MeasureString(l.right)
		p.DrawString(l.right)
	}
}

func (p *pen) faceOf(l line) font.Face {
	switch {
	case l.large:
		return p.large
	case l.bold:
		return p.bold
	}
	return p.plain
}
