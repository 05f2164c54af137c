package pdf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"slices"
	"strings"
	"testing"
	"time"

	"promobot/qr/pdf/pdftest"
)

// square is black from 100 to 200 points.
const square = "0 g 100 100 100 100 re f"

func TestPageIsDrawn(t *testing.T) {
	shown := 0
	err := Pages(context.Background(), pdftest.Page(pdftest.A4, square), func(p image.Image) bool {
		shown++
		width, height := p.Bounds().Dx(), p.Bounds().Dy()
		if width != 1818 || height < 2570 || height > 2575 {
			t.Errorf("%d×%d pixels, want an A4 of 220 dpi", width, height)
		}
		dark, _, _, _ := p.At(150*width/595, height-150*height/842).RGBA()
		light, _, _, _ := p.At(300*width/595, height/2).RGBA()
		if dark != 0 || light != 0xffff {
			t.Errorf("square %x on %x, want black on white", dark, light)
		}
		return true
	})
	if err != nil || shown != 1 {
		t.Errorf("%d pages (%v), want one", shown, err)
	}
}

// many is a document of n pages.
func many(n int) []byte { return pdftest.Pages("0 0 72 72", slices.Repeat([]string{square}, n)...) }

func TestOnlyTheFirstPagesAreDrawn(t *testing.T) {
	for _, tt := range []struct{ pages, stopAfter, want int }{
		{1, 99, 1}, {5, 99, 5}, {5, 2, 2}, {MostPages, 99, MostPages}, {MostPages + 1, 99, MostPages},
	} {
		shown := 0
		err := Pages(context.Background(), many(tt.pages), func(image.Image) bool { shown++; return shown < tt.stopAfter })
		if err != nil || shown != tt.want {
			t.Errorf("%d of %d pages (%v), want %d", shown, tt.pages, err, tt.want)
		}
	}
}

func TestLongPageIsDrawnCoarser(t *testing.T) {
	for name, box := range map[string]string{"ten metres": "0 0 226 28346", "wide": "0 0 14400 100", "poster": "0 0 14400 14400"} {
		err := Pages(context.Background(), pdftest.Page(box, square), func(p image.Image) bool {
			width, height := p.Bounds().Dx(), p.Bounds().Dy()
			if width*height > mostPixels+mostSide || max(width, height) > mostSide+1 {
				t.Errorf("%s: %d×%d pixels", name, width, height)
			}
			return true
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// locked has a standard security handler with a password that nobody knows.
func locked() []byte {
	secret := "<" + strings.Repeat("5a", 32) + ">"
	id := "<00112233445566778899aabbccddeeff>"
	return pdftest.Document("/Encrypt 3 0 R /ID ["+id+id+"]",
		"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [] /Count 0 >>",
		"<< /Filter /Standard /V 1 /R 2 /O "+secret+" /U "+secret+" /P -4 >>")
}

// laughs draws a form that draws a form ten times, and so on, eleven deep.
func laughs() []byte {
	var forms []string
	for depth := range 11 {
		content := strings.Repeat("/X Do ", 10)
		if depth == 10 {
			content = square
		}
		forms = append(forms, pdftest.Stream(fmt.Sprintf("/Type /XObject /Subtype /Form /BBox [0 0 600 900] /Resources << /XObject << /X %d 0 R >> >>", 6+depth), content))
	}
	return pdftest.Page(pdftest.A4, "/X Do", forms...)
}

// inflated is an image of w×h pixels that is all zeros when it is unpacked.
func inflated(w, h int) []byte {
	row := make([]byte, w)
	return pdftest.Page(pdftest.A4, "595 0 0 842 0 0 cm /X Do", pdftest.Image(w, h, func(int) []byte { return row }))
}

func TestUnreadableDocuments(t *testing.T) {
	whole := pdftest.Page(pdftest.A4, square)
	for _, tt := range []struct {
		name     string
		document []byte
	}{
		{"header alone", []byte("%PDF-1.7\n")},
		{"garbage behind the header", append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte{0xfe, 0, 'x'}, 5000)...)},
		{"cut in the middle", whole[:len(whole)/4]},
		{"locked", locked()},
		{"no pages", pdftest.Document("", "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [] /Count 0 >>")},
		{"pages that are each other's parents", pdftest.Document("", "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [2 0 R] /Count 1 >>")},
	} {
		err := Pages(context.Background(), tt.document, func(image.Image) bool { t.Errorf("%s: a page is shown", tt.name); return true })
		if !errors.Is(err, ErrUnreadable) {
			t.Errorf("%s: %v, want %v", tt.name, err, ErrUnreadable)
		}
	}
}

// TestBombsEnd: whatever a document does, it ends in time, and the next one is
// drawn.
func TestBombsEnd(t *testing.T) {
	for name, document := range map[string][]byte{
		"a billion laughs": laughs(), "an image of 100 megapixels": inflated(10_000, 10_000),
		"a page without size": pdftest.Page("0 0 0 0", square), "an endless page": pdftest.Page("0 0 1e30 1e30", square),
	} {
		began := time.Now()
		err := renderer.pages(context.Background(), document, 2*time.Second, func(image.Image) bool { return true })
		if spent := time.Since(began); spent > 15*time.Second || err != nil && !errors.Is(err, ErrUnreadable) {
			t.Errorf("%s: %v after %s", name, err, spent)
		}
		t.Logf("%s, %d bytes: %v after %s", name, len(document), err, time.Since(began).Round(time.Millisecond))
		if err := Pages(context.Background(), pdftest.Page(pdftest.A4, square), func(image.Image) bool { return true }); err != nil {
			t.Errorf("after %s: %v", name, err)
		}
	}
}

func TestStoppingEndsTheDrawing(t *testing.T) {
	ctx, stop := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer stop()
	if err := Pages(ctx, laughs(), func(image.Image) bool { return true }); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v, want %v", err, context.DeadlineExceeded)
	}
}

func TestDocumentsAtOnce(t *testing.T) {
	answers := make(chan error, 6)
	for range cap(answers) {
		go func() {
			answers <- Pages(context.Background(), many(3), func(image.Image) bool { return true })
		}()
	}
	for range cap(answers) {
		if err := <-answers; err != nil {
			t.Error(err)
		}
	}
}
