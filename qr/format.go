package qr

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// format is what a file is by its content; its name and declared type are not
// asked.
type format int

const (
	unknown format = iota
	jpegFormat
	pngFormat
	webpFormat
	heicFormat
	pdfFormat
)

// pdfPrelude is how much foreign content may stand before the header of a PDF
// (PDF 1.7, annex H, note 13).
const pdfPrelude = 1024

func formatOf(b []byte) format {
	switch {
	case bytes.HasPrefix(b, []byte("\xff\xd8\xff")):
		return jpegFormat
	case bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")):
		return pngFormat
	case len(b) >= 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP":
		return webpFormat
	case len(b) >= 12 && string(b[4:8]) == "ftyp" && heicBrand(b):
		return heicFormat
	case bytes.Contains(b[:min(len(b), pdfPrelude)], []byte("%PDF-")):
		return pdfFormat
	}
	return unknown
}

// heicBrand looks at the major brand and the compatible ones (ISO/IEC 14496-12).
// An AVIF file shares the generic brand mif1, so the brand of HEVC is required.
func heicBrand(b []byte) bool {
	end := min(int(binary.BigEndian.Uint32(b)), len(b), 256)
	for at := 8; at+4 <= end; at += 4 {
		switch string(b[at : at+4]) {
		case "heic", "heix", "heim", "heis":
			return true
		}
	}
	return false
}

var errNoSize = errors.New("no image size")

// heicSize reads the largest image that the file declares in its "ispe"
// properties (ISO/IEC 23008-12), without starting the decoder.
func heicSize(b []byte) (size, error) {
	var largest size
	property := []byte("\x00\x00\x00\x14ispe\x00\x00\x00\x00")
	for {
		at := bytes.Index(b, property)
		if at < 0 || len(b) < at+20 {
			break
		}
		b = b[at+len(property):]
		width, height := int(binary.BigEndian.Uint32(b)), int(binary.BigEndian.Uint32(b[4:]))
		largest.width, largest.height = max(largest.width, width), max(largest.height, height)
	}
	if largest.width == 0 {
		return size{}, errNoSize
	}
	largest.bytesPerPixel = 4
	return largest, nil
}
