package tgsim

import (
	"bytes"
	"encoding/binary"
	"image"
)

// A phone writes how it was held beside the picture (Exif 2.32, tag 0x0112);
// the messenger's apps turn the picture before they send it, because nothing
// beside it arrives.
const (
	orientationTag = 0x0112
	ifdEntry       = 12 // bytes
)

// orientation returns 1 to 8 as Exif counts, 1 (upright) if nothing is said.
func orientation(content []byte) int {
	at := 2 // after the start of image
	for at+4 <= len(content) && content[at] == 0xFF {
		size := int(binary.BigEndian.Uint16(content[at+2:]))
		end := at + 2 + size
		if size < 2 || end > len(content) || content[at+1] == 0xDA { // the picture itself begins
			break
		}
		if tiff, is := bytes.CutPrefix(content[at+4:end], []byte("Exif\x00\x00")); is && content[at+1] == 0xE1 {
			return tiffOrientation(tiff)
		}
		at = end
	}
	return 1
}

func tiffOrientation(tiff []byte) int {
	var order binary.ByteOrder = binary.LittleEndian
	if bytes.HasPrefix(tiff, []byte("MM")) {
		order = binary.BigEndian
	}
	if len(tiff) < 8 {
		return 1
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 1
	}
	entries := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(entries) < ifdEntry {
			return 1
		}
		if order.Uint16(entries) == orientationTag {
			if o := int(order.Uint16(entries[8:])); o >= 1 && o <= 8 {
				return o
			}
			return 1
		}
		entries = entries[ifdEntry:]
	}
	return 1
}

// upright turns a picture that was taken with the orientation.
func upright(m *image.RGBA, orientation int) *image.RGBA {
	if orientation <= 1 {
		return m
	}
	w, h := m.Bounds().Dx(), m.Bounds().Dy()
	size := image.Pt(w, h)
	if orientation >= 5 {
		size = image.Pt(h, w)
	}
	turned := image.NewRGBA(image.Rectangle{Max: size})
	for y := range h {
		for x := range w {
			at := turn(x, y, w-1, h-1, orientation)
			turned.SetRGBA(at.X, at.Y, m.RGBAAt(x, y))
		}
	}
	return turned
}

// turn returns where a pixel goes; right and bottom are the last ones.
func turn(x, y, right, bottom, orientation int) image.Point {
	switch orientation {
	case 2:
		return image.Pt(right-x, y)
	case 3:
		return image.Pt(right-x, bottom-y)
	case 4:
		return image.Pt(x, bottom-y)
	case 5:
		return image.Pt(y, x)
	case 6:
		return image.Pt(bottom-y, x)
	case 7:
		return image.Pt(bottom-y, right-x)
	}
	return image.Pt(y, right-x)
}
