// Package press makes the pictures of a sticker from its drawing: it puts the
// drawing together, paints it, cuts it out with a white border and lays a soft
// shadow below.
//
// A drawing is an SVG file. It takes what the drawings share from two files
// beside it: parts.svg by <use>, and style.css. Of SVG it may use what the
// painter knows: shapes and groups with transforms, one class each, both
// factors of a scale. A line is as wide as its class says, whatever the scale.
package press

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
)

// ErrPart reports that a drawing uses a part that is nowhere drawn.
var ErrPart = errors.New("press: no such part")

// deepest bounds parts within parts, so that a circle of them ends.
const deepest = 6

var (
	use  = regexp.MustCompile(`<use href="(?:parts\.svg)?#([^"]+)"([^>]*?)/>`)
	head = regexp.MustCompile(`<svg [^>]*>`)
)

// Assemble returns the drawing with the parts that it uses and the style in
// place, as one SVG that stands alone. A use of an unknown part is refused
// with ErrPart.
func Assemble(drawing, parts, style []byte) ([]byte, error) {
	known, err := groups(parts)
	if err != nil {
		return nil, fmt.Errorf("parts: %w", err)
	}
	own, err := groups(drawing)
	if err != nil {
		return nil, err
	}
	for id, part := range own {
		known[id] = part
	}
	for depth := 0; use.Match(drawing); depth++ {
		if depth == deepest {
			return nil, fmt.Errorf("%w: one is a part of itself", ErrPart)
		}
		if drawing, err = expand(drawing, known); err != nil {
			return nil, err
		}
	}
	styled := append([]byte("$0<style>"), style...)
	return head.ReplaceAll(drawing, append(styled, "</style>"...)), nil
}

func expand(drawing []byte, known map[string][]byte) ([]byte, error) {
	var missing error
	out := use.ReplaceAllFunc(drawing, func(tag []byte) []byte {
		m := use.FindSubmatch(tag)
		part, ok := known[string(m[1])]
		if !ok {
			missing = fmt.Errorf("%w: %s", ErrPart, m[1])
		}
		return bytes.Join([][]byte{[]byte("<g"), m[2], []byte(">"), part, []byte("</g>")}, nil)
	})
	return out, missing
}

// groups returns the text inside every <g> that has an id.
func groups(svg []byte) (map[string][]byte, error) {
	found := map[string][]byte{}
	d := xml.NewDecoder(bytes.NewReader(svg))
	type open struct {
		id   string
		from int64
	}
	var stack []open
	for {
		before := d.InputOffset()
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return found, nil
		}
		if err != nil {
			return nil, err
		}
		switch e := token.(type) {
		case xml.StartElement:
			stack = append(stack, open{groupID(e), d.InputOffset()})
		case xml.EndElement:
			last := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if last.id != "" {
				found[last.id] = svg[last.from:before]
			}
		}
	}
}

func groupID(e xml.StartElement) string {
	for _, a := range e.Attr {
		if e.Name.Local == "g" && a.Name.Local == "id" {
			return a.Value
		}
	}
	return ""
}
