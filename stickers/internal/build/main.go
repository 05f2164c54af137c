// Command build makes the pictures of the stickers from their drawings. It is
// run by go generate in the folder stickers.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"promobot/stickers/internal/press"
)

func main() {
	drawings, err := press.Drawings("art")
	for _, name := range drawings {
		err = errors.Join(err, build(name))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func build(name string) error {
	full, small, err := press.File("art", name)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	base := filepath.Join("pictures", strings.TrimSuffix(name, ".svg"))
	return errors.Join(os.WriteFile(base+".png", full, 0o644), os.WriteFile(base+"_small.png", small, 0o644))
}
