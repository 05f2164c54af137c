package qr

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/webp"
)

// Refusals of pictures. Each is decided before a pixel is decoded, except
// ErrBroken, which also reports what the decoder trips over.
var (
	// ErrTooLarge reports a file of more than MaxBytes.
	ErrTooLarge = errors.New("qr: the file is larger than 10 MiB")
	// ErrTooManyPixels reports a picture that would need too much memory: more
	// than 12 000 pixels a side or an estimated 256 MiB once decoded.
	ErrTooManyPixels = errors.New("qr: the picture has too many pixels")
	// ErrFormat reports content that is neither JPEG, PNG, WebP, HEIC nor PDF.
	ErrFormat = errors.New("qr: not a picture of a known format")
	// ErrPDF reports a PDF document that does not open: it has a password, is
	// damaged, or takes more time or memory than a document may.
	ErrPDF = errors.New("qr: the PDF document does not open")
	// ErrBroken reports a damaged or truncated picture.
	ErrBroken = errors.New("qr: the picture is damaged")
)

const (
	// MaxBytes is the largest file that is looked at.
	MaxBytes = 10 << 20

	maxSide         = 12_000
	maxDecodedBytes = 256 << 20
)

// size is what the header of a picture claims, with the bytes that its decoder
// will hold for each pixel.
type size struct{ width, height, bytesPerPixel int }

// check refuses a picture by its first bytes and its header alone. A PDF says
// nothing about itself before it is opened.
func check(picture []byte) (format, error) {
	if len(picture) > MaxBytes {
		return unknown, fmt.Errorf("%w: %d bytes", ErrTooLarge, len(picture))
	}
	f := formatOf(picture)
	switch f {
	case unknown:
		return f, ErrFormat
	case pdfFormat:
		return f, nil
	}
	claimed, err := sizeOf(f, picture)
	if err != nil {
		return f, fmt.Errorf("%w: %v", ErrBroken, err)
	}
	return f, claimed.check()
}

func (s size) check() error {
	if s.width <= 0 || s.height <= 0 {
		return fmt.Errorf("%w: %d×%d pixels", ErrBroken, s.width, s.height)
	}
	if s.width > maxSide || s.height > maxSide || s.width*s.height*s.bytesPerPixel > maxDecodedBytes {
		return fmt.Errorf("%w: %d×%d", ErrTooManyPixels, s.width, s.height)
	}
	return nil
}

func sizeOf(f format, picture []byte) (size, error) {
	var config image.Config
	var err error
	bytesPerPixel := 4
	switch f {
	case jpegFormat:
		config, err = jpeg.DecodeConfig(bytes.NewReader(picture))
		bytesPerPixel = jpegBytesPerPixel(picture)
	case pngFormat:
		config, err = png.DecodeConfig(bytes.NewReader(picture))
		bytesPerPixel = pngBytesPerPixel(config.ColorModel)
	case webpFormat:
		config, err = webp.DecodeConfig(bytes.NewReader(picture))
	case heicFormat:
		return heicSize(picture)
	}
	return size{config.Width, config.Height, bytesPerPixel}, err
}

// jpegBytesPerPixel counts 15 for a progressive picture, whose coefficients
// are all kept until the last scan. A file that is not plainly baseline counts
// as progressive.
func jpegBytesPerPixel(picture []byte) int {
	if readJPEGHeader(picture).baseline {
		return 3
	}
	return 15
}

func pngBytesPerPixel(model color.Model) int {
	switch model {
	case color.RGBA64Model, color.NRGBA64Model, color.Gray16Model:
		return 8
	}
	return 4
}
