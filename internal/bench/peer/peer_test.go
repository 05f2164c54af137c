package peer_test

import (
	"context"
	"errors"
	"image"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"promobot/internal/bench/peer"
	"promobot/internal/npmtest"
	"promobot/qr"
)

const text = "t=20260311T1405&s=1499.00&fn=9999078900005678&i=731&fp=1029384756&n=1"

// reader is what all peers have in common.
type reader interface {
	Name() string
	Read(context.Context, peer.Sheet) ([]qr.Code, time.Duration, error)
}

// sheet shows a receipt's code, or two of them side by side.
func sheet(t *testing.T, codes int) peer.Sheet {
	t.Helper()
	const side = 300
	one, err := qrcode.NewQRCodeWriter().Encode(text, gozxing.BarcodeFormat_QR_CODE, side, side, nil)
	if err != nil {
		t.Fatal(err)
	}
	gray := image.NewGray(image.Rect(0, 0, codes*side, side))
	for i := range gray.Pix {
		if x, y := i%(codes*side)%side, i/(codes*side); !one.Get(x, y) {
			gray.Pix[i] = 255
		}
	}
	s := peer.Sheet{Gray: gray, File: filepath.Join(t.TempDir(), "sheet.pgm"), All: codes > 1}
	if err := peer.WritePGM(s.File, gray); err != nil {
		t.Fatal(err)
	}
	return s
}

// wantReading expects the text at a place within the sheet, or without a place.
func wantReading(t *testing.T, p reader, s peer.Sheet, least int) {
	t.Helper()
	codes, _, err := p.Read(t.Context(), s)
	if err != nil || len(codes) < least {
		t.Fatalf("%s read %v (%v), want %d", p.Name(), codes, err, least)
	}
	for _, c := range codes {
		at := image.Pt(int(c.Corners[0].X+c.Corners[2].X)/2, int(c.Corners[0].Y+c.Corners[2].Y)/2)
		if c.Text != text || !at.In(s.Gray.Bounds()) {
			t.Errorf("%s read %+v", p.Name(), c)
		}
	}
}

func TestGozxing(t *testing.T) {
	wantReading(t, peer.Gozxing{}, sheet(t, 1), 1)
	wantReading(t, peer.Gozxing{ManyPasses: true}, sheet(t, 1), 1)
}

// Light codes on dark paper are what the passes are for.
func TestGozxingReadsInverted(t *testing.T) {
	s := sheet(t, 1)
	for i := range s.Gray.Pix {
		s.Gray.Pix[i] = 255 - s.Gray.Pix[i]
	}
	if codes, _, err := (peer.Gozxing{}).Read(t.Context(), s); err != nil || len(codes) != 0 {
		t.Errorf("a single pass read %v (%v)", codes, err)
	}
	wantReading(t, peer.Gozxing{ManyPasses: true}, s, 1)
}

func TestPrograms(t *testing.T) {
	programs, missing := peer.Programs()
	for _, why := range missing {
		t.Log(why)
	}
	for _, p := range programs {
		t.Run(p.Name(), func(t *testing.T) {
			wantReading(t, p, sheet(t, 2), 1)
			blank := sheet(t, 1)
			if err := peer.WritePGM(blank.File, image.NewGray(image.Rect(0, 0, 100, 100))); err != nil {
				t.Fatal(err)
			}
			if codes, took, err := p.Read(t.Context(), blank); err != nil || len(codes) != 0 || took <= 0 {
				t.Errorf("on nothing it read %v in %s (%v)", codes, took, err)
			}
		})
	}
}

func TestNodePackages(t *testing.T) {
	folder := npmtest.Install(t, "node")
	for _, name := range peer.NodePackages {
		t.Run(name, func(t *testing.T) {
			n, err := peer.StartNode(t.Context(), folder, name)
			if err != nil {
				t.Fatal(err)
			}
			defer n.Close()
			wantReading(t, n, sheet(t, 1), 1)
			if name != "jsqr" { // it takes finders of two codes for those of one
				wantReading(t, n, sheet(t, 2), 1)
			}
			if _, took, err := n.Read(t.Context(), sheet(t, 1)); err != nil || took <= 0 {
				t.Errorf("took %s (%v)", took, err)
			}
		})
	}
	if _, err := peer.StartNode(t.Context(), folder, "nothing"); err == nil {
		t.Error("a package that nobody knows starts")
	}
}

// Without Node.js there is an error that says so, and nothing is fetched.
func TestInstallWithoutNode(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	cache := t.TempDir()
	_, err := peer.InstallNode(t.Context(), cache, func(string) { t.Error("something is installed") })
	left, listed := os.ReadDir(cache)
	if err == nil || len(left) != 0 || errors.Join(listed) != nil {
		t.Errorf("%v, and %d files", err, len(left))
	}
}
