package qr

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"strings"
	"testing"
	"time"

	"promobot/qr/internal/gray"
)

// patient takes the clock of a loaded machine out of the tests.
var patient = Scanner{Budget: time.Minute}

func mustScan(t *testing.T, s Scanner, picture []byte) Result {
	t.Helper()
	r, err := s.Scan(context.Background(), picture)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAcceptChoosesAmongSeveralCodes(t *testing.T) {
	t.Parallel()
	link := "https://example.com/menu"
	sheet := onSheet(madeCode(t, link, 5), madeCode(t, madeReceipt, 4), madeCode(t, "WIFI:S:shop;;", 6))
	for _, tt := range []struct {
		name   string
		accept func(string) bool
		want   string
		hint   Hint
	}{
		{"the receipt among others", receiptText.MatchString, madeReceipt, HintNone},
		{"anything: the leftmost", nil, link, HintNone},
		{"the network", func(s string) bool { return strings.HasPrefix(s, "WIFI:") }, "WIFI:S:shop;;", HintNone},
		{"nothing of it", func(string) bool { return false }, "", HintOtherCode},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := mustScan(t, Scanner{Accept: tt.accept, Budget: time.Minute}, asPNG(t, sheet))
			if r.Text != tt.want || r.Hint != tt.hint {
				t.Errorf("read %q, hint %s; want %q, %s", r.Text, r.Hint, tt.want, tt.hint)
			}
		})
	}
}

func TestTwoReceiptsAreBothReportedInReadingOrder(t *testing.T) {
	t.Parallel()
	other := strings.Replace(madeReceipt, "i=731", "i=732", 1)
	sheet := onSheet(madeCode(t, other, 4), madeCode(t, madeReceipt, 4))
	r, err := Scanner{Accept: receiptText.MatchString, Budget: time.Minute}.ScanAll(context.Background(), asPNG(t, sheet))
	if err != nil || r.Text != other || len(r.Codes) != 2 || r.Codes[1].Text != madeReceipt {
		t.Errorf("%v, read %+v; want %q, then %q", err, r, other, madeReceipt)
	}
}

func TestAnyAngle(t *testing.T) {
	t.Parallel()
	sheet := onSheet(madeCode(t, madeReceipt, 5))
	for degrees := 0; degrees < 360; degrees += 15 {
		t.Run(fmt.Sprint(degrees), func(t *testing.T) {
			if r := mustScan(t, patient, asPNG(t, turnedBy(sheet, float64(degrees)))); r.Text != madeReceipt {
				t.Errorf("read %q, hint %s", r.Text, r.Hint)
			}
		})
	}
}

func TestKindsOfPictures(t *testing.T) {
	t.Parallel()
	plain := onSheet(madeCode(t, madeReceipt, 4))
	negative, faint, shaded := image.NewGray(plain.Rect), image.NewGray(plain.Rect), image.NewGray(plain.Rect)
	clear := image.NewNRGBA(plain.Rect)
	for i, v := range plain.Pix {
		negative.Pix[i] = 255 - v
		faint.Pix[i] = 180 + v/10
		shaded.Pix[i] = byte(int(v) * (40 + 215*(i%plain.Stride)/plain.Stride) / 255)
		clear.Pix[4*i+3] = 255 - v // black ink, and nothing behind it
	}
	small := &gray.Plane{Pix: plain.Pix, W: plain.Rect.Dx(), H: plain.Rect.Dy(), ToPicture: gray.Identity}
	small = small.Shrink(small.W/2, small.H/2)
	large := image.NewGray(image.Rect(0, 0, 4000, 3000))
	for i := range large.Pix {
		large.Pix[i] = 200
	}
	code := madeCode(t, madeReceipt, 4)
	for y := range code.Rect.Dy() {
		copy(large.Pix[large.PixOffset(2600, 1900+y):], code.Pix[y*code.Stride:(y+1)*code.Stride])
	}
	for name, img := range map[string]image.Image{
		"plain": plain, "white on black": negative, "pale": faint, "half in the dark": shaded, "transparent": clear,
		"two pixels a module":        &image.Gray{Pix: small.Pix, Stride: small.W, Rect: image.Rect(0, 0, small.W, small.H)},
		"small in twelve megapixels": large,
	} {
		t.Run(name, func(t *testing.T) {
			if r := mustScan(t, patient, asPNG(t, img)); r.Text != madeReceipt {
				t.Errorf("read %q, hint %s", r.Text, r.Hint)
			}
		})
	}
}

// withOrientation puts an EXIF segment behind the first marker of a JPEG.
func withOrientation(picture []byte, order binary.AppendByteOrder, orientation uint16) []byte {
	tiff := []byte("MM\x00\x2a")
	if order.String() == "LittleEndian" {
		tiff = []byte("II\x2a\x00")
	}
	tiff = order.AppendUint32(tiff, 8)
	tiff = order.AppendUint16(tiff, 1)
	tiff = order.AppendUint16(order.AppendUint16(tiff, tagOrientation), 3)
	tiff = order.AppendUint16(order.AppendUint32(tiff, 1), orientation)
	tiff = append(tiff, 0, 0, 0, 0, 0, 0)
	segment := append([]byte("Exif\x00\x00"), tiff...)
	head := binary.BigEndian.AppendUint16([]byte{0xff, 0xd8, 0xff, 0xe1}, uint16(len(segment)+2))
	return append(append(head, segment...), picture[2:]...)
}

// TestOrientation holds that corners are those of the picture as it is seen:
// the file is stored so that turning it by its orientation gives one picture.
func TestOrientation(t *testing.T) {
	t.Parallel()
	sheet := onSheet(madeCode(t, madeReceipt, 4), image.NewGray(image.Rect(0, 0, 90, 10)))
	upright := &gray.Plane{Pix: sheet.Pix, W: sheet.Rect.Dx(), H: sheet.Rect.Dy(), ToPicture: gray.Identity}
	want := mustScan(t, patient, asJPEG(t, sheet)).Codes[0].Corners
	undo := [...]int{1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}
	for orientation := 1; orientation <= 8; orientation++ {
		stored := upright.Upright(undo[orientation])
		img := &image.Gray{Pix: stored.Pix, Stride: stored.W, Rect: image.Rect(0, 0, stored.W, stored.H)}
		for _, order := range []binary.AppendByteOrder{binary.BigEndian, binary.LittleEndian} {
			picture := withOrientation(asJPEG(t, img), order, uint16(orientation))
			r := mustScan(t, patient, picture)
			if r.Text != madeReceipt {
				t.Fatalf("%s %d: read %q", order, orientation, r.Text)
			}
			for i, corner := range r.Codes[0].Corners {
				if !near(corner, want[i], 2) {
					t.Errorf("%s %d: corner %d at %v, want %v", order, orientation, i, corner, want[i])
				}
			}
		}
	}
	if o := readJPEGHeader(withOrientation(asJPEG(t, sheet), binary.BigEndian, 9)).orientation; o != 1 {
		t.Errorf("orientation 9 is taken for %d, want 1", o)
	}
}

func TestCornersAreThoseOfTheSymbol(t *testing.T) {
	const px, quiet = 6, 4
	code := madeCode(t, madeReceipt, px)
	side := float64(code.Rect.Dx() - 2*quiet*px)
	at := float64(40 + quiet*px)
	got := mustScan(t, patient, asPNG(t, onSheet(code))).Codes[0].Corners
	want := [4]Point{{X: at, Y: at}, {X: at + side, Y: at}, {X: at + side, Y: at + side}, {X: at, Y: at + side}}
	for i := range want {
		if !near(got[i], want[i], px) {
			t.Errorf("corner %d at %v, want %v", i, got[i], want[i])
		}
	}
}

func TestHints(t *testing.T) {
	t.Parallel()
	code := madeCode(t, madeReceipt, 8)
	side := code.Rect.Dx()
	cut := image.NewGray(image.Rect(0, 0, side/2, side))
	blotted, soft := image.NewGray(code.Rect), image.NewGray(code.Rect)
	copy(blotted.Pix, code.Pix)
	for y := range side {
		copy(cut.Pix[y*cut.Stride:(y+1)*cut.Stride], code.Pix[y*code.Stride:])
		for x := range side {
			if x > 12*8 && y > 12*8 && x < 37*8 && y < 37*8 {
				blotted.SetGray(x, y, color.Gray{Y: 20})
			}
		}
	}
	blurred := &gray.Plane{Pix: code.Pix, W: side, H: side, ToPicture: gray.Identity}
	soft.Pix = blurred.Blur(14).Pix
	for _, tt := range []struct {
		name string
		img  image.Image
		want Hint
	}{
		{"an empty table", image.NewGray(image.Rect(0, 0, 300, 300)), HintNoCode},
		{"one pixel", image.NewGray(image.Rect(0, 0, 1, 1)), HintNoCode},
		{"the right half is outside", cut, HintCut},
		{"ink over half of it", onSheet(blotted), HintDamaged},
		{"far out of focus", soft, HintBlurred},
		{"read", code, HintNone},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if r := mustScan(t, patient, asPNG(t, tt.img)); r.Hint != tt.want {
				t.Errorf("hint %s (read %q), want %s", r.Hint, r.Text, tt.want)
			}
		})
	}
}

// TestBudgetEndsTheSearch takes the shortest of a few times, which is the one
// that other work on the machine has held up least.
func TestBudgetEndsTheSearch(t *testing.T) {
	noise := image.NewGray(image.Rect(0, 0, 500, 360))
	seed := uint32(1)
	for i := range noise.Pix {
		seed = seed*1664525 + 1013904223
		noise.Pix[i] = byte(seed >> 24)
	}
	picture := asPNG(t, noise)
	fastest := func(s Scanner, times int) time.Duration {
		least := time.Hour
		for range times {
			began := time.Now()
			if r := mustScan(t, s, picture); r.Text != "" {
				t.Errorf("read %q in noise", r.Text)
			}
			least = min(least, time.Since(began))
		}
		return least
	}
	short, whole := fastest(Scanner{Budget: time.Millisecond}, 3), fastest(patient, 1)
	if t.Logf("%v with a budget of a millisecond, %v without", short, whole); short > whole/2 {
		t.Errorf("%v with a budget of a millisecond, %v without", short, whole)
	}
}

func TestCancelledScanIsAnError(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := (Scanner{}).Scan(ctx, asPNG(t, madeCode(t, "x", 4))); err == nil {
		t.Error("no error from a cancelled scan")
	}
}

func FuzzScan(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte("\x89PNG\r\n\x1a\n"))
	f.Add(claimedPNG(30, 30, 8, 6))
	f.Add(claimedJPEG(64, 64, 0xc2))
	f.Add(claimedWebP(16, 16))
	f.Add(asPNG(f, madeCode(f, "a", 2)))
	f.Add(withOrientation(asJPEG(f, madeCode(f, "b", 2)), binary.LittleEndian, 6))
	f.Fuzz(func(t *testing.T, picture []byte) {
		if formatOf(picture) == heicFormat || len(picture) > 1<<16 {
			return // the HEIC decoder runs in its own sandbox, slowly
		}
		if s, err := sizeOf(formatOf(picture), bytes.Clone(picture)); err == nil && s.width*s.height > 1<<18 {
			return
		}
		r, err := Scanner{Budget: 50 * time.Millisecond}.Scan(context.Background(), picture)
		if err != nil && r.Text != "" {
			t.Errorf("text %q beside the error %v", r.Text, err)
		}
	})
}

// FuzzPixels hands any pixels to the search, past the decoders.
func FuzzPixels(f *testing.F) {
	code := madeCode(f, "1", 2)
	f.Add(byte(code.Stride), code.Pix)
	f.Add(byte(1), []byte{0})
	f.Add(byte(60), bytes.Repeat([]byte{0, 255}, 1800))
	f.Fuzz(func(t *testing.T, width byte, pixels []byte) {
		w := int(width)
		if w == 0 || len(pixels) < w || len(pixels) > 1<<15 {
			return
		}
		p := &gray.Plane{Pix: pixels[:len(pixels)/w*w], W: w, H: len(pixels) / w, ToPicture: gray.Identity}
		h := hunt{accept: func(string) bool { return true }, picture: p}
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		defer cancel()
		h.run(ctx)
		for _, c := range h.result().Codes {
			if c.Text == "" || c.Confidence < 0 || c.Confidence > 1 {
				t.Errorf("code %+v", c)
			}
		}
	})
}
