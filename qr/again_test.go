package qr

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"strings"
	"testing"
	"time"
)

// covered is a code with modules painted over, the finders spared, on a sheet.
func covered(t testing.TB, text string, hides func(x, y int) bool) []byte {
	t.Helper()
	const px, quiet = 6, 4
	code := madeCode(t, text, px)
	side := code.Rect.Dx()/px - 2*quiet
	for y := range code.Rect.Dy() {
		for x := range code.Rect.Dx() {
			mx, my := x/px-quiet, y/px-quiet
			finder := mx < 8 && my < 8 || mx >= side-8 && my < 8 || mx < 8 && my >= side-8
			if mx >= 0 && my >= 0 && hides(mx, my) && !finder {
				code.SetGray(x, y, color.Gray{Y: 235})
			}
		}
	}
	return asPNG(t, onSheet(code))
}

// Two ways to hide so much of a code that it cannot be read; between them most
// of it is seen.
func hidesMiddle(_, y int) bool { return y >= 9 && y < 22 }
func showsCorner(x, y int) bool { return x >= 17 || y >= 17 }

var fiscalScanner = Scanner{Accept: receiptText.MatchString, Budget: time.Minute}

func TestTwoPhotosOfOneReceipt(t *testing.T) {
	t.Parallel()
	upper, lower := covered(t, madeReceipt, hidesMiddle), covered(t, madeReceipt, showsCorner)
	first, second := mustScan(t, fiscalScanner, upper), mustScan(t, fiscalScanner, lower)
	if first.Text != "" || second.Text != "" || first.Trace == nil || second.Trace == nil {
		t.Fatalf("alone: %q with %d bytes, %q with %d; want two traces", first.Text, len(first.Trace), second.Text, len(second.Trace))
	}
	if len(first.Trace) > MaxTrace {
		t.Errorf("a trace of %d bytes", len(first.Trace))
	}
	r, err := fiscalScanner.ScanAgain(context.Background(), lower, first.Trace)
	if err != nil || r.Text != madeReceipt || r.Stage != "merged" || r.Trace != nil {
		t.Errorf("%v: %q by %q, want the receipt by merging", err, r.Text, r.Stage)
	}
}

func TestMergingDoesNoHarm(t *testing.T) {
	t.Parallel()
	lower := covered(t, madeReceipt, showsCorner)
	other := mustScan(t, fiscalScanner, covered(t, strings.Replace(madeReceipt, "i=731", "i=942", 1), hidesMiddle))
	same := mustScan(t, fiscalScanner, lower)
	for name, traces := range map[string][]Trace{
		"another receipt":      {other.Trace},
		"the same photo again": {same.Trace},
		"no traces":            nil,
		"rubbish":              {{}, {9, 9}, {traceVersion}, {traceVersion, 200, 1}, {traceVersion, 0, 0}},
	} {
		r, err := fiscalScanner.ScanAgain(context.Background(), lower, traces...)
		if err != nil || r.Text != "" {
			t.Errorf("%s: %v, read %q", name, err, r.Text)
		}
	}
	whole := mustScan(t, fiscalScanner, asPNG(t, onSheet(madeCode(t, madeReceipt, 5))))
	if whole.Text != madeReceipt || whole.Trace != nil {
		t.Errorf("read %q with a trace of %d bytes, want none", whole.Text, len(whole.Trace))
	}
}

func TestFlawNamesTheCorner(t *testing.T) {
	t.Parallel()
	code := madeCode(t, madeReceipt, 8)
	side := code.Rect.Dx()
	for _, tt := range []struct {
		name      string
		left, top int
		want      Corner
	}{
		{"upper right", side / 3, 40, CornerTopRight},
		{"lower left", 40, side / 3, CornerBottomLeft},
		{"lower right", side / 3, side / 3, CornerBottomRight},
	} {
		t.Run(tt.name, func(t *testing.T) {
			blotted := image.NewGray(code.Rect)
			copy(blotted.Pix, code.Pix)
			for y := tt.top; y < tt.top+side*2/3-34; y++ {
				for x := tt.left; x < tt.left+side*2/3-34; x++ {
					blotted.SetGray(x, y, color.Gray{Y: 20})
				}
			}
			picture := asPNG(t, onSheet(blotted))
			r := mustScan(t, Scanner{Accept: func(string) bool { return false }, Budget: time.Minute}, picture)
			if r.Flaw.Corner != tt.want {
				t.Errorf("hint %s, corner %q, want %q", r.Hint, r.Flaw.Corner, tt.want)
			}
			marked, err := Marked(context.Background(), picture, r)
			if err != nil {
				t.Fatal(err)
			}
			checkMarked(t, marked, r.Flaw)
		})
	}
}

// checkMarked looks for red in the marked picture where the flaw begins.
func checkMarked(t *testing.T, marked []byte, f Flaw) {
	t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(marked))
	if err != nil {
		t.Fatal(err)
	}
	middle := Point{X: (f.Area[0].X + f.Area[1].X) / 2, Y: (f.Area[0].Y + f.Area[1].Y) / 2}
	red, green, blue, _ := img.At(int(middle.X), int(middle.Y)).RGBA()
	if red < green*3/2 || red < blue*3/2 {
		t.Errorf("no red at %v: %d %d %d", middle, red>>8, green>>8, blue>>8)
	}
}

func TestNothingToMark(t *testing.T) {
	t.Parallel()
	if marked, err := Marked(context.Background(), []byte("no picture"), Result{Hint: HintNoCode}); marked != nil || err != nil {
		t.Errorf("%d bytes, %v", len(marked), err)
	}
}

func TestExplainShowsEachStage(t *testing.T) {
	t.Parallel()
	for name, picture := range map[string][]byte{
		"read":   asPNG(t, onSheet(madeCode(t, madeReceipt, 5))),
		"unread": covered(t, madeReceipt, showsCorner),
	} {
		r, pictures, err := fiscalScanner.Explain(context.Background(), picture, false)
		if err != nil || (r.Text == "") != (name == "unread") {
			t.Fatalf("%s: %v, read %q", name, err, r.Text)
		}
		var stages []string
		for _, p := range pictures {
			stages = append(stages, p.Stage)
			if b := p.Image.Bounds(); b.Dx() < 100 || b.Dy() < 100 {
				t.Errorf("%s: %s of %v", name, p.Stage, b)
			}
		}
		if len(stages) < 3 || stages[0] != "candidates" || stages[1] != "grid-1" || stages[2] != "modules-1" {
			t.Errorf("%s: stages %v", name, stages)
		}
	}
}
