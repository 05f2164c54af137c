package press_test

import (
	"errors"
	"image"
	"image/color"
	"strings"
	"testing"

	"promobot/stickers/internal/press"
)

const (
	style = ".red { fill: #ff0000 }"
	parts = `<svg><defs><g id="dot"><circle class="red" cx="0" cy="0" r="9"/></g><g id="two"><use href="#dot"/><use href="#dot" transform="translate(30 0)"/></g></defs></svg>`
)

func draw(inside string) []byte {
	return []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512" width="512" height="512">` + inside + `</svg>`)
}

func assemble(t *testing.T, inside string) []byte {
	t.Helper()
	svg, err := press.Assemble(draw(inside), []byte(parts), []byte(style))
	if err != nil {
		t.Fatal(err)
	}
	return svg
}

func TestAssemble(t *testing.T) {
	svg := string(assemble(t, `<g id="own"><path d="M0 0"/></g><use href="parts.svg#two" transform="rotate(9)"/><use href="#own"/>`))
	for _, want := range []string{"<style>" + style + "</style>", `<g transform="rotate(9)"><g><circle`, `<g transform="translate(30 0)"><circle`} {
		if !strings.Contains(svg, want) {
			t.Errorf("%s lacks %s", svg, want)
		}
	}
	if n := strings.Count(svg, `<path d="M0 0"/>`); n != 2 {
		t.Errorf("the drawing's own part is there %d times", n)
	}
}

func TestAssembleRefuses(t *testing.T) {
	for _, tt := range []struct{ name, drawing, parts string }{
		{"an unknown part", `<use href="parts.svg#tail"/>`, parts},
		{"a part of itself", `<g id="a"><use href="#a"/></g><use href="#a"/>`, parts},
		{"a broken drawing", `<g>`, parts},
		{"broken parts", ``, `<svg><g>`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if svg, err := press.Assemble(draw(tt.drawing), []byte(tt.parts), []byte(style)); err == nil {
				t.Errorf("assembled %s", svg)
			}
		})
	}
}

// dots draws the shared dot at these places.
func dots(places ...string) string {
	text := ""
	for _, at := range places {
		text += `<g transform="translate(` + at + `)"><use href="parts.svg#dot"/></g>`
	}
	return text
}

func TestPrint(t *testing.T) {
	ring := `<circle cx="256" cy="350" r="90" fill="none" stroke="#000000" stroke-width="8"/>`
	m, err := press.Print(assemble(t, ring+dots("256 156", "23 40", "400 156", "480 156")))
	if err != nil {
		t.Fatal(err)
	}
	if m.Bounds() != image.Rect(0, 0, press.Side, press.Side) {
		t.Fatalf("the picture is %v", m.Bounds())
	}
	red, white, nothing := color.NRGBA{255, 0, 0, 255}, color.NRGBA{255, 255, 255, 255}, color.NRGBA{}
	for _, tt := range []struct {
		name string
		x, y int
		want color.NRGBA
	}{
		{"a dot", 256, 156, red},
		{"its border", 256, 140, white},
		{"beyond it", 256, 120, nothing},
		{"a dot whose border just fits", 23, 40, red},
		{"between two dots", 440, 156, nothing},
		{"the middle of a ring", 256, 350, white},
	} {
		if got := color.NRGBAModel.Convert(m.At(tt.x, tt.y)); got != tt.want {
			t.Errorf("%s is %v, want %v", tt.name, got, tt.want)
		}
	}
	if _, _, _, above := m.At(256, 133).RGBA(); above>>8 > 60 {
		t.Errorf("the shadow is above: %d", above>>8)
	}
	if _, _, _, below := m.At(256, 179).RGBA(); below>>8 < 20 {
		t.Errorf("no shadow below: %d", below>>8)
	}
}

func TestPrintRefuses(t *testing.T) {
	if _, err := press.Print(assemble(t, dots("19 256"))); !errors.Is(err, press.ErrEdge) {
		t.Errorf("a dot at the edge: %v", err)
	}
	if _, err := press.Print([]byte("no drawing")); !errors.Is(err, press.ErrEmpty) {
		t.Errorf("a text: %v", err)
	}
}

func TestSheet(t *testing.T) {
	dot := image.NewNRGBA(image.Rect(0, 0, 8, 8))
	dot.Set(4, 4, color.White)
	sheet := press.Sheet([]image.Image{dot, dot, dot}, 2, 8)
	if sheet.Bounds() != image.Rect(0, 0, 16, 16) {
		t.Errorf("the sheet is %v", sheet.Bounds())
	}
	for _, at := range []image.Point{{4, 4}, {12, 4}, {4, 12}} {
		if _, _, _, a := sheet.At(at.X, at.Y).RGBA(); a == 0 {
			t.Errorf("nothing at %v", at)
		}
	}
	if _, _, _, a := sheet.At(12, 12).RGBA(); a != 0 {
		t.Error("the empty place is not empty")
	}
}
