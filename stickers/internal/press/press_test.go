package press_test

import (
	"errors"
	"image"
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

func TestPrint(t *testing.T) {
	m, err := press.Print(assemble(t, `<g transform="translate(256 256)"><use href="parts.svg#dot"/></g>`))
	if err != nil {
		t.Fatal(err)
	}
	if m.Bounds() != image.Rect(0, 0, press.Side, press.Side) {
		t.Fatalf("the picture is %v", m.Bounds())
	}
	for _, tt := range []struct {
		name       string
		x, y       int
		r, g, b, a uint32
	}{
		{"the dot", 256, 256, 255, 0, 0, 255},
		{"its border", 256, 240, 255, 255, 255, 255},
		{"beyond it", 256, 220, 0, 0, 0, 0},
	} {
		r, g, b, a := m.At(tt.x, tt.y).RGBA()
		if r>>8 != tt.r || g>>8 != tt.g || b>>8 != tt.b || a>>8 != tt.a {
			t.Errorf("%s: %d %d %d %d", tt.name, r>>8, g>>8, b>>8, a>>8)
		}
	}
	if _, _, _, above := m.At(256, 233).RGBA(); above>>8 > 60 {
		t.Errorf("the shadow is above: %d", above>>8)
	}
	if _, _, _, below := m.At(256, 279).RGBA(); below>>8 < 20 {
		t.Errorf("no shadow below: %d", below>>8)
	}
}

// A ring is filled with paper, two dots far apart are not bridged.
func TestPrintFillsHoles(t *testing.T) {
	m, err := press.Print(assemble(t, `<circle cx="256" cy="256" r="120" fill="none" stroke="#000000" stroke-width="8"/>`))
	if err != nil {
		t.Fatal(err)
	}
	if r, _, _, a := m.At(256, 256).RGBA(); r>>8 != 255 || a>>8 != 255 {
		t.Error("the ring is empty")
	}
	m, err = press.Print(assemble(t, `<g transform="translate(200 256)"><use href="parts.svg#dot"/></g><g transform="translate(300 256)"><use href="parts.svg#dot"/></g>`))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, _, a := m.At(250, 256).RGBA(); a != 0 {
		t.Error("there is paper between the dots")
	}
}

func TestPrintRefuses(t *testing.T) {
	if _, err := press.Print(assemble(t, `<g transform="translate(19 256)"><use href="parts.svg#dot"/></g>`)); !errors.Is(err, press.ErrEdge) {
		t.Errorf("a dot at the edge: %v", err)
	}
	if _, err := press.Print(assemble(t, `<g transform="translate(23 256)"><use href="parts.svg#dot"/></g>`)); err != nil {
		t.Errorf("a dot just within: %v", err)
	}
	if _, err := press.Print([]byte("no drawing")); !errors.Is(err, press.ErrEmpty) {
		t.Errorf("a text: %v", err)
	}
}
