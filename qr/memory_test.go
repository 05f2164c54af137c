package qr

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"promobot/qr/internal/worn"
)

// mostMemory is what a process may hold, in MiB, that scans one photo of 12
// megapixels: a server of 512 MiB has room for two at once and for the rest.
const mostMemory = 200

// memoryPicture names the file that the test is to scan as a process of its own.
const memoryPicture = "PROMOBOT_QR_MEMORY_PICTURE"

// TestMemory scans photos of 12 megapixels, each in a fresh process, and looks
// at the most that it ever held.
func TestMemory(t *testing.T) {
	if path := os.Getenv(memoryPicture); path != "" {
		reportMemory(t, path)
		return
	}
	switch _, err := os.Stat("/proc/self/status"); {
	case raceDetector:
		t.Skip("the race detector multiplies the memory")
	case err != nil:
		t.Skip("this system has no /proc that tells the memory of a process")
	}
	sheet := worn.Draw("combo", 2, 0)
	for _, tt := range []struct {
		name    string
		picture []byte
		want    string
	}{
		{"a worn code", onPhoto(t, decodedJPEG(t, sheet.Picture)), sheet.Text},
		{"a code that every pass tries in vain", onPhoto(t, halfTorn(madeCode(t, madeReceipt, 12))), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text, held := scanAlone(t, tt.picture)
			if t.Logf("%.1f MiB at most for a file of %.1f", held, float64(len(tt.picture))/(1<<20)); held > mostMemory {
				t.Errorf("%.1f MiB, want at most %d", held, mostMemory)
			}
			if text != tt.want {
				t.Errorf("read %q, want %q", text, tt.want)
			}
		})
	}
}

// onPhoto lays a picture into a photo in colours with grain and things in it.
func onPhoto(t *testing.T, code image.Image) []byte {
	t.Helper()
	photo := image.NewYCbCr(image.Rect(0, 0, 4000, 3000), image.YCbCrSubsampleRatio420)
	seed := uint32(1)
	for i := range photo.Y {
		seed = seed*1664525 + 1013904223
		x, y := float64(i%photo.YStride), float64(i/photo.YStride)
		photo.Y[i] = byte(140 + 50*math.Sin(x/37+y/91)*math.Sin(y/23) + float64(seed>>28))
	}
	for i := range photo.Cb {
		photo.Cb[i], photo.Cr[i] = byte(110+i%40), byte(120+i/photo.CStride%30)
	}
	b := code.Bounds()
	for y := range b.Dy() {
		for x := range b.Dx() {
			grey := color.GrayModel.Convert(code.At(b.Min.X+x, b.Min.Y+y)).(color.Gray)
			photo.Y[photo.YOffset(1500+x, 1000+y)] = grey.Y
		}
	}
	return asJPEG(t, photo)
}

func decodedJPEG(t *testing.T, file []byte) image.Image {
	t.Helper()
	img, err := jpeg.Decode(strings.NewReader(string(file)))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// scanAlone scans in a process that has done nothing else.
func scanAlone(t *testing.T, picture []byte) (text string, mebibytes float64) {
	t.Helper()
	path, answer := filepath.Join(t.TempDir(), "photo.jpg"), filepath.Join(t.TempDir(), "answer")
	if err := os.WriteFile(path, picture, 0o600); err != nil {
		t.Fatal(err)
	}
	alone := exec.Command(os.Args[0], "-test.run=^TestMemory$") // #nosec G204 -- this program
	alone.Env = append(os.Environ(), memoryPicture+"="+path, memoryPicture+"_ANSWER="+answer)
	if out, err := alone.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	told, err := os.ReadFile(answer)
	if err != nil {
		t.Fatal(err)
	}
	number, text, _ := strings.Cut(string(told), " ")
	if mebibytes, err = strconv.ParseFloat(number, 64); err != nil || mebibytes == 0 {
		t.Fatalf("the process answered %q", told)
	}
	return text, mebibytes
}

func reportMemory(t *testing.T, path string) {
	t.Helper()
	picture, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Scanner{Accept: IsReceipt, Budget: 5 * time.Minute}.Scan(context.Background(), picture)
	if err != nil {
		t.Fatal(err)
	}
	answer := fmt.Sprintf("%.1f %s", peakMemory(t), r.Text)
	if err := os.WriteFile(os.Getenv(memoryPicture+"_ANSWER"), []byte(answer), 0o600); err != nil {
		t.Fatal(err)
	}
}

// halfTorn is a code without its lower half: it goes through every pass.
func halfTorn(code *image.Gray) *image.Gray {
	torn := onSheet(code)
	for i := len(torn.Pix) / 2; i < len(torn.Pix); i++ {
		torn.Pix[i] = 225
	}
	return torn
}
