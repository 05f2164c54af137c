// Command build makes the pictures of the stickers from their drawings, notes
// in pictures/drawn.txt from which drawings they are, and makes the sheet of
// all for the documents. It is run by go generate in the folder stickers.
package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strings"

	"promobot/stickers/internal/press"
)

const (
	sheet     = "../docs/stickers.png"
	sheetSide = 160 // of each sticker on the sheet
	columns   = 4
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	drawings, err := press.Drawings("art")
	var notes strings.Builder
	var all []image.Image
	for _, name := range drawings {
		m, sum, bad := build(name)
		if bad != nil {
			err = errors.Join(err, fmt.Errorf("%s: %w", name, bad))
			continue
		}
		all = append(all, m)
		fmt.Fprintf(&notes, "%x  %s\n", sum, name)
	}
	if err != nil {
		return err
	}
	note := os.WriteFile(filepath.Join("pictures", "drawn.txt"), []byte(notes.String()), 0o644) // #nosec G306 -- for everybody
	return errors.Join(note, press.Save(sheet, press.Sheet(all, columns, sheetSide)))
}

func build(name string) (m image.Image, sum [sha256.Size]byte, err error) {
	svg, err := press.Read("art", name)
	if err != nil {
		return nil, sum, err
	}
	if m, err = press.Print(svg); err != nil {
		return nil, sum, err
	}
	base := filepath.Join("pictures", strings.TrimSuffix(name, ".svg"))
	return m, sha256.Sum256(svg), errors.Join(press.Save(base+".png", m), press.Save(base+"_small.png", press.Scale(m, press.Thumb)))
}
