// Command build makes the pictures of the stickers from their drawings, and
// notes in pictures/drawn.txt from which drawings they are. It is run by go
// generate in the folder stickers.
package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"promobot/stickers/internal/press"
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
	for _, name := range drawings {
		sum, bad := build(name)
		err = errors.Join(err, bad)
		fmt.Fprintf(&notes, "%x  %s\n", sum, name)
	}
	return errors.Join(err, os.WriteFile(filepath.Join("pictures", "drawn.txt"), []byte(notes.String()), 0o644))
}

func build(name string) (sum [sha256.Size]byte, err error) {
	svg, err := press.Read("art", name)
	if err != nil {
		return sum, fmt.Errorf("%s: %w", name, err)
	}
	full, small, err := press.Pictures(svg)
	if err != nil {
		return sum, fmt.Errorf("%s: %w", name, err)
	}
	base := filepath.Join("pictures", strings.TrimSuffix(name, ".svg"))
	return sha256.Sum256(svg), errors.Join(os.WriteFile(base+".png", full, 0o644), os.WriteFile(base+"_small.png", small, 0o644))
}
