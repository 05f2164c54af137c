package qr

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"testing"
	"time"
)

// claimedPNG is a PNG of which only the header is worth anything.
func claimedPNG(width, height uint32, depth, colour byte) []byte {
	b := []byte("\x89PNG\r\n\x1a\n")
	body := append([]byte("IHDR"), binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, width), height)...)
	body = append(body, depth, colour, 0, 0, 0)
	b = binary.BigEndian.AppendUint32(b, uint32(len(body)-4))
	return binary.BigEndian.AppendUint32(append(b, body...), crc32.ChecksumIEEE(body))
}

// claimedJPEG is a JPEG of one header segment.
func claimedJPEG(width, height uint16, sof byte) []byte {
	b := []byte{0xff, 0xd8, 0xff, sof, 0, 17, 8}
	b = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(b, height), width)
	b = append(b, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1)
	return append(b, 0xff, 0xda, 0, 12, 3, 1, 0, 2, 0x11, 3, 0x11, 0, 63, 0)
}

// claimedHEIC is a file of brand heic with the size properties of its images.
func claimedHEIC(sizes ...uint32) []byte {
	b := []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic")
	for i := 0; i < len(sizes); i += 2 {
		b = append(b, "\x00\x00\x00\x14ispe\x00\x00\x00\x00"...)
		b = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(b, sizes[i]), sizes[i+1])
	}
	return b
}

// claimedWebP is a lossless WebP header.
func claimedWebP(width, height uint32) []byte {
	bits := (width - 1) | (height-1)<<14
	payload := binary.LittleEndian.AppendUint32([]byte{0x2f}, bits)
	b := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(4+8+len(payload)+1))
	b = binary.LittleEndian.AppendUint32(append(b, "WEBPVP8L"...), uint32(len(payload)))
	return append(append(b, payload...), 0)
}

func TestGuard(t *testing.T) {
	const rgb8, rgba8 = 2, 6
	whole := asPNG(t, madeCode(t, "whole", 4))
	for _, tt := range []struct {
		name    string
		picture []byte
		want    error
	}{
		{"nothing", nil, ErrFormat},
		{"one byte", []byte{0xff}, ErrFormat},
		{"text", []byte("t=20260311T1405&s=1499.00"), ErrFormat},
		{"GIF", []byte("GIF89a\x01\x00\x01\x00"), ErrFormat},
		{"AVIF shares HEIC's box", []byte("\x00\x00\x00\x18ftypavif\x00\x00\x00\x00mif1avif"), ErrFormat},
		{"PDF", []byte("%PDF-1.7\n"), nil},
		{"PDF behind a prelude", append(bytes.Repeat([]byte{' '}, 500), "%PDF-1.4"...), nil},
		{"exactly the largest file, not a picture", make([]byte, MaxBytes), ErrFormat},
		{"one byte more", make([]byte, MaxBytes+1), ErrTooLarge},

		{"PNG of the greatest side", claimedPNG(12_000, 100, 8, rgb8), nil},
		{"PNG one pixel wider", claimedPNG(12_001, 100, 8, rgb8), ErrTooManyPixels},
		{"PNG one pixel higher", claimedPNG(100, 12_001, 8, rgb8), ErrTooManyPixels},
		{"PNG of exactly 256 MiB", claimedPNG(8192, 8192, 8, rgba8), nil},
		{"PNG of one column more", claimedPNG(8193, 8192, 8, rgba8), ErrTooManyPixels},
		{"PNG of 16 bits, exactly 256 MiB", claimedPNG(8192, 4096, 16, rgba8), nil},
		{"PNG of 16 bits, one column more", claimedPNG(8193, 4096, 16, rgba8), ErrTooManyPixels},
		{"PNG bomb of one kilobyte", claimedPNG(12_000, 12_000, 8, rgba8), ErrTooManyPixels},
		{"PNG of a claim that overflows", claimedPNG(1<<31-1, 1<<31-1, 8, rgba8), ErrBroken},
		{"PNG without width", claimedPNG(0, 10, 8, rgb8), ErrBroken},
		{"PNG signature alone", []byte("\x89PNG\r\n\x1a\n"), ErrBroken},

		{"baseline JPEG of 80 megapixels", claimedJPEG(10_000, 8_000, 0xc0), nil},
		{"baseline JPEG of 90 megapixels", claimedJPEG(10_000, 9_000, 0xc0), ErrTooManyPixels},
		{"progressive JPEG of 12 megapixels", claimedJPEG(4_000, 3_000, 0xc2), nil},
		{"progressive JPEG of 18 megapixels", claimedJPEG(4_900, 3_680, 0xc2), ErrTooManyPixels},
		{"JPEG whose sides are too long", claimedJPEG(12_001, 10, 0xc0), ErrTooManyPixels},
		{"JPEG marker alone", []byte{0xff, 0xd8, 0xff}, ErrBroken},
		{"stray bytes hide the kind of JPEG, so it counts as progressive",
			append([]byte{0xff, 0xd8, 0xff, 0xfe, 0, 2, 'x', 'x'}, claimedJPEG(10_000, 8_000, 0xc0)[2:]...), ErrTooManyPixels},

		{"HEIC of 12 megapixels", claimedHEIC(4032, 3024), nil},
		{"HEIC with one image too large", claimedHEIC(160, 120, 12_001, 10), ErrTooManyPixels},
		{"HEIC that names no size", claimedHEIC(), ErrBroken},
		{"WebP of 64 megapixels", claimedWebP(8192, 8192), nil},
		{"WebP of one column more", claimedWebP(8193, 8192), ErrTooManyPixels},

		{"a whole picture", whole, nil},
		{"a picture with a PDF behind it", append(bytes.Clone(whole), "%PDF-1.7"...), nil},
		{"a picture with an archive behind it", append(bytes.Clone(whole), "PK\x03\x04"...), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := check(tt.picture); !errors.Is(err, tt.want) {
				t.Errorf("%v, want %v", err, tt.want)
			}
		})
	}
}

func TestBrokenPicturesAreRefused(t *testing.T) {
	whole := onSheet(madeCode(t, "whole", 4))
	for name, picture := range map[string][]byte{"png": asPNG(t, whole), "jpeg": asJPEG(t, whole)} {
		for _, share := range []int{10, 30, 50, 75, 95} {
			_, err := Scanner{}.Scan(context.Background(), picture[:len(picture)*share/100])
			if !errors.Is(err, ErrBroken) {
				t.Errorf("%s cut to %d %%: %v, want %v", name, share, err, ErrBroken)
			}
		}
	}
	for name, picture := range map[string][]byte{
		"header of a PNG": claimedPNG(2000, 2000, 8, 6), "header of a JPEG": claimedJPEG(800, 600, 0xc0),
		"header of a WebP": claimedWebP(300, 300),
	} {
		if _, err := (Scanner{}).Scan(context.Background(), picture); !errors.Is(err, ErrBroken) {
			t.Errorf("%s: %v, want %v", name, err, ErrBroken)
		}
	}
}

// Without the deadline of decode: how long the decoder takes is the machine's.
func TestHEICThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := decodeGray(context.Background(), heicFormat, claimedHEIC(640, 480)); !errors.Is(err, ErrBroken) {
		t.Errorf("%v, want %v", err, ErrBroken)
	}
}

func TestPanicOfADecoderIsAnError(t *testing.T) {
	var rows [][]byte
	_, err := guarded(func() (byte, error) { return rows[1][2], nil })
	if !errors.Is(err, ErrBroken) {
		t.Errorf("%v, want %v", err, ErrBroken)
	}
}

func TestWaitingForATurnEndsWithTheContext(t *testing.T) {
	for range maxPictures {
		if err := turns.take(context.Background()); err != nil {
			t.Fatal(err)
		}
		defer turns.give()
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	if _, err := (Scanner{}).Scan(ctx, asPNG(t, madeCode(t, "late", 4))); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v, want %v", err, context.DeadlineExceeded)
	}
}

func TestEveryRefusalGivesItsTurnBack(t *testing.T) {
	for range 3 * maxPictures {
		_, _ = Scanner{}.Scan(context.Background(), claimedPNG(64, 64, 8, 6))
		_, _ = Upright(context.Background(), claimedPNG(64, 64, 8, 6))
	}
	if len(turns) != 0 {
		t.Errorf("%d turns are still taken", len(turns))
	}
}
