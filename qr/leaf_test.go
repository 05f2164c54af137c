package qr

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"promobot/qr/pdf/pdftest"
)

const millimetre = 72 / 25.4

func accepted(text string) bool { return strings.HasPrefix(text, "t=") }

// TestCodesOfDocuments: printed and scanned codes of all sizes, on whatever
// page.
func TestCodesOfDocuments(t *testing.T) {
	code := func(mm float64) string { return pdftest.Code(madeReceipt, mm*millimetre, 100, 100) }
	link := pdftest.Code("https://example.org/menu", 90, 300, 600)
	for _, tt := range []struct {
		name     string
		document []byte
		page     int
	}{
		{"a large code", pdftest.Pages(pdftest.A4, code(50)), 1},
		{"a code of 18 mm on a large sheet", pdftest.Pages(pdftest.A4, code(18)), 1},
		{"a code of 12 mm", pdftest.Pages(pdftest.A4, code(12)), 1},
		{"a code as a picture", pdftest.Picture(madeReceipt, 25*millimetre), 1},
		{"a receipt of one metre", pdftest.Pages("0 0 227 2835", code(30)), 1},
		{"on the fifth page", pdftest.Pages(pdftest.A4, "", "", "", "", code(30)), 5},
		{"behind another code", pdftest.Pages(pdftest.A4, link+code(30)), 1},
		{"behind a page with another code", pdftest.Pages(pdftest.A4, link, code(30)), 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := Scanner{Accept: accepted, Budget: time.Minute}.Scan(context.Background(), tt.document)
			if err != nil || r.Text != madeReceipt || r.Hint != HintNone {
				t.Fatalf("%q, hint %s (%v), want the receipt", r.Text, r.Hint, err)
			}
			last := r.Codes[len(r.Codes)-1]
			if last.Page != tt.page && r.Codes[0].Page != tt.page {
				t.Errorf("codes %+v, want one on page %d", r.Codes, tt.page)
			}
		})
	}
}

func TestFirstAcceptedCodeOfADocumentCounts(t *testing.T) {
	other := strings.Replace(madeReceipt, "i=731", "i=732", 1)
	document := pdftest.Pages(pdftest.A4, "", pdftest.Code(madeReceipt, 80, 100, 100), pdftest.Code(other, 80, 100, 100))
	r, err := Scanner{Accept: accepted}.Scan(context.Background(), document)
	if err != nil || r.Text != madeReceipt || len(r.Codes) != 1 {
		t.Errorf("%q of %d codes (%v), want the first page's and no more", r.Text, len(r.Codes), err)
	}
	r, err = Scanner{Accept: accepted}.ScanAll(context.Background(), document)
	if err != nil || r.Text != madeReceipt || len(r.Codes) != 2 || r.Codes[1].Text != other || r.Codes[1].Page != 3 {
		t.Errorf("%+v (%v), want both", r, err)
	}
}

func TestDocumentsWithoutAReceipt(t *testing.T) {
	link := pdftest.Code("https://example.org/menu", 90, 300, 600)
	for name, tt := range map[string]struct {
		document []byte
		hint     Hint
		err      error
	}{
		"nothing on it":      {pdftest.Pages(pdftest.A4, "", ""), HintNoCode, nil},
		"another code":       {pdftest.Pages(pdftest.A4, "", link, ""), HintOtherCode, nil},
		"garbage":            {append([]byte("%PDF-1.4\n"), bytes.Repeat([]byte("x"), 999)...), "", ErrPDF},
		"one byte too large": {append([]byte("%PDF-1.4\n"), make([]byte, MaxBytes-8)...), "", ErrTooLarge},
	} {
		r, err := Scanner{Accept: accepted, Budget: time.Minute}.Scan(context.Background(), tt.document)
		if !errors.Is(err, tt.err) || r.Text != "" || r.Hint != tt.hint {
			t.Errorf("%s: %q, hint %q (%v), want %q and %v", name, r.Text, r.Hint, err, tt.hint, tt.err)
		}
	}
	if len(turns) != 0 {
		t.Errorf("%d turns are still taken", len(turns))
	}
}

func TestUprightDocumentIsItsFirstPage(t *testing.T) {
	gray, err := Upright(context.Background(), pdftest.Pages("0 0 72 144", "0 g 0 0 72 72 re f", ""))
	if err != nil || gray.Rect.Dx() != 220 || gray.Rect.Dy() != 440 {
		t.Fatalf("%v (%v), want 220×440", gray.Rect, err)
	}
	if top, bottom := gray.GrayAt(100, 100).Y, gray.GrayAt(100, 400).Y; top != 255 || bottom != 0 {
		t.Errorf("top %d, bottom %d, want white over black", top, bottom)
	}
	if _, err := Upright(context.Background(), []byte("%PDF-1.4\n")); !errors.Is(err, ErrPDF) {
		t.Errorf("%v, want %v", err, ErrPDF)
	}
}
