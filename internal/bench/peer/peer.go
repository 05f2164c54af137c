// Package peer lets decoders of others read pictures, to be counted beside ours:
// gozxing within the process, programs that are installed, and packages that run
// under Node.js.
//
// Everybody gets the same sheet. Decoding the picture's file is no part of their
// work, so whoever measures adds it to all of them.
package peer

import (
	"bufio"
	"errors"
	"fmt"
	"image"
	"os"

	"promobot/qr"
)

// Sheet is an upright picture in grey, and what is looked for on it.
type Sheet struct {
	Gray *image.Gray
	File string // the same as a PGM file, see WritePGM

	All    bool // every code, not only the first
	Accept func(text string) bool
}

func (s Sheet) accepts(c qr.Code) bool { return s.Accept == nil || s.Accept(c.Text) }

// WritePGM writes the picture as a file that all programs read and none needs
// time for.
func WritePGM(path string, gray *image.Gray) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(file)
	bounds := gray.Bounds()
	fmt.Fprintf(out, "P5\n%d %d\n255\n", bounds.Dx(), bounds.Dy())
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		row := gray.PixOffset(bounds.Min.X, y)
		_, _ = out.Write(gray.Pix[row : row+bounds.Dx()]) // Flush tells
	}
	return errors.Join(out.Flush(), file.Close())
}
