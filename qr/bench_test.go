package qr

import (
	"context"
	"image"
	"os"
	"regexp"
	"strconv"
	"testing"
	"time"
)

// twelveMegapixels is a phone's photo with a code that takes a small part of it.
func twelveMegapixels(b *testing.B) []byte {
	photo := image.NewGray(image.Rect(0, 0, 4000, 3000))
	for i := range photo.Pix {
		photo.Pix[i] = byte(150 + i%17 + i/4000%23)
	}
	code := madeCode(b, madeReceipt, 12)
	for y := range code.Rect.Dy() {
		copy(photo.Pix[photo.PixOffset(1700, 1200+y):], code.Pix[y*code.Stride:(y+1)*code.Stride])
	}
	return asJPEG(b, photo)
}

func BenchmarkScan(b *testing.B) {
	for _, bb := range []struct {
		name    string
		picture []byte
		want    string
	}{
		{"small", asPNG(b, onSheet(madeCode(b, madeReceipt, 4))), madeReceipt},
		{"photo12MP", twelveMegapixels(b), madeReceipt},
		{"nothing", asPNG(b, image.NewGray(image.Rect(0, 0, 1200, 900))), ""},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r, err := Scanner{Budget: time.Minute}.Scan(context.Background(), bb.picture)
				if err != nil || r.Text != bb.want {
					b.Fatalf("read %q, %v", r.Text, err)
				}
			}
			b.ReportMetric(peakMemory(b), "peak-MiB")
		})
	}
}

// peakMemory is the most the process ever held, in MiB; 0 where it is not told.
func peakMemory(b testing.TB) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	held := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status)
	if held == nil {
		return 0
	}
	kib, err := strconv.ParseFloat(string(held[1]), 64)
	if err != nil {
		b.Fatal(err)
	}
	return kib / 1024
}
