package press

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"

	"github.com/fyne-io/oksvg"
	"github.com/srwiley/rasterx"
	"golang.org/x/image/draw"
)

// Side and Thumb are the sides of a sticker and of its small picture, in
// pixels; the messenger asks for these.
const (
	Side  = 512
	Thumb = 100
)

// Everything is painted at twice the size, with room around, and made smaller
// at the end. The numbers below are pixels of that larger picture.
const (
	large  = 2 * Side
	room   = 64
	border = 22.0 // the white border around the drawing
	bridge = 9.0  // clefts in the border up to twice this wide are filled
	fall   = 10   // how far the shadow lies below
	soft   = 9    // how far the shadow's edge fades
)

var (
	// ErrEdge reports that the paper with its border does not fit on the sticker.
	ErrEdge = errors.New("press: the border leaves the picture")
	// ErrEmpty reports a drawing without a size, or without anything drawn.
	ErrEmpty = errors.New("press: nothing is drawn")
)

var (
	white  = color.NRGBA{255, 255, 255, 255}
	shadow = color.NRGBA{0x2e, 0x1a, 0x47, 0x52}
)

// Print paints an SVG that stands alone with its border and shadow, Side by
// Side pixels. The same drawing always gives the same picture. A drawing that
// comes too near to the edge for its border is refused with ErrEdge.
func Print(svg []byte) (image.Image, error) {
	art, err := paint(svg)
	if err != nil {
		return nil, err
	}
	paper, all := cut(art, border, bridge), art.Bounds()
	inside := all.Inset(room)
	if e := extent(paper); !e.In(inside) {
		return nil, fmt.Errorf("%w: it takes %v of %v", ErrEdge, e.Sub(inside.Min), inside.Sub(inside.Min))
	}
	sheet := image.NewRGBA(all)
	draw.DrawMask(sheet, all, image.NewUniform(shadow), image.Point{}, blur(paper, soft), image.Pt(0, -fall), draw.Over)
	draw.DrawMask(sheet, all, image.NewUniform(white), image.Point{}, paper, image.Point{}, draw.Over)
	draw.Draw(sheet, all, art, image.Point{}, draw.Over)
	return Scale(sheet.SubImage(inside), Side), nil
}

func paint(svg []byte) (*image.RGBA, error) {
	icon, err := oksvg.ReadIconStream(bytes.NewReader(svg), oksvg.StrictErrorMode)
	if err != nil {
		return nil, fmt.Errorf("paint: %w", err)
	}
	if icon.ViewBox.W <= 0 || len(icon.SVGPaths) == 0 {
		return nil, ErrEmpty
	}
	scale := large / icon.ViewBox.W
	icon.Transform = rasterx.Identity.Translate(room, room).Scale(scale, scale)
	for i := range icon.SVGPaths {
		icon.SVGPaths[i].LineWidth *= scale // the painter scales shapes, but no lines
	}
	side := large + 2*room
	art := image.NewRGBA(image.Rect(0, 0, side, side))
	icon.Draw(rasterx.NewDasher(side, side, rasterx.NewScannerGV(side, side, art, art.Bounds())), 1)
	return art, nil
}

// extent returns the smallest rectangle that holds all of the shape.
func extent(shape *image.Alpha) image.Rectangle {
	var r image.Rectangle
	for i, a := range shape.Pix {
		if a > 0 {
			x, y := i%shape.Stride, i/shape.Stride
			r = r.Union(image.Rect(x, y, x+1, y+1))
		}
	}
	return r
}

// Scale returns the picture as a square of the given side.
func Scale(m image.Image, side int) image.Image {
	small := image.NewNRGBA(image.Rect(0, 0, side, side))
	draw.CatmullRom.Scale(small, small.Bounds(), m, m.Bounds(), draw.Src, nil)
	return small
}

// Sheet shows the pictures in rows, each as a square of the given side.
func Sheet(pictures []image.Image, columns, side int) image.Image {
	rows := (len(pictures) + columns - 1) / columns
	sheet := image.NewNRGBA(image.Rect(0, 0, columns*side, rows*side))
	for i, m := range pictures {
		at := image.Pt(i%columns*side, i/columns*side)
		draw.Draw(sheet, image.Rectangle{at, at.Add(image.Pt(side, side))}, Scale(m, side), image.Point{}, draw.Src)
	}
	return sheet
}

// PNG writes the picture as small as PNG can.
func PNG(m image.Image) ([]byte, error) {
	var b bytes.Buffer
	err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, m)
	return b.Bytes(), err
}
