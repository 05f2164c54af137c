package qr

import (
	"bytes"
	"encoding/binary"
)

// jpegHeader is what stands before the first scan of a JPEG.
type jpegHeader struct {
	baseline    bool // certainly not progressive
	orientation int  // 1…8 of EXIF; 1 when nothing is said
}

const (
	markerSOF0 = 0xc0 // baseline
	markerSOF1 = 0xc1 // extended sequential
	markerSOS  = 0xda
	markerAPP1 = 0xe1
)

// readJPEGHeader walks the segments strictly: a stray byte between them ends
// the walk, and the picture then counts as progressive.
func readJPEGHeader(b []byte) jpegHeader {
	h := jpegHeader{orientation: 1}
	for b = b[2:]; len(b) >= 4 && b[0] == 0xff; {
		marker, length := b[1], int(binary.BigEndian.Uint16(b[2:]))
		if length < 2 || len(b) < 2+length {
			return h
		}
		switch marker {
		case markerSOF0, markerSOF1:
			h.baseline = true
		case markerAPP1:
			if o := exifOrientation(b[4 : 2+length]); o != 0 {
				h.orientation = o
			}
		case markerSOS:
			return h
		}
		b = b[2+length:]
	}
	h.baseline = false
	return h
}

const tagOrientation = 0x0112

// exifOrientation reads the orientation of the main image out of an APP1
// segment (TIFF 6.0 within EXIF 2.3); 0 when it is absent or makes no sense.
func exifOrientation(segment []byte) int {
	tiff, found := bytes.CutPrefix(segment, []byte("Exif\x00\x00"))
	if !found || len(tiff) < 8 {
		return 0
	}
	var order binary.ByteOrder = binary.BigEndian
	if string(tiff[:2]) == "II" {
		order = binary.LittleEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 0
	}
	entries := tiff[at:]
	for n, e := int(order.Uint16(entries)), entries[2:]; n > 0 && len(e) >= 12; n, e = n-1, e[12:] {
		if order.Uint16(e) != tagOrientation {
			continue
		}
		if o := int(order.Uint16(e[8:])); o >= 1 && o <= 8 {
			return o
		}
		return 0
	}
	return 0
}
