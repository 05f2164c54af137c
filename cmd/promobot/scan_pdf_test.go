package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"promobot/qr"
	"promobot/qr/pdf/pdftest"
)

// TestScanReadsDocuments: a folder's PDFs are read beside its pictures, on
// whatever page the code is, and what does not open is said.
func TestScanReadsDocuments(t *testing.T) {
	folder := t.TempDir()
	for name, content := range map[string][]byte{
		"a.pdf": pdftest.Pages(pdftest.A4, "", pdftest.Code(scannedReceipt, 60, 100, 100)),
		"b.PDF": pdftest.Picture(scannedReceipt, 80),
		"c.pdf": []byte("%PDF-1.7\nnothing"),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	marked := t.TempDir()
	r := runScan(t, "", "--explain", marked, folder)
	if r.status != exitFindings || len(r.lines) != 3 {
		t.Fatalf("status %d, %d lines: %s", r.status, len(r.lines), r.errs)
	}
	for i, want := range []struct {
		name, text string
		hint       qr.Hint
	}{{"a.pdf", scannedReceipt, qr.HintNone}, {"b.PDF", scannedReceipt, qr.HintNone}, {"c.pdf", "", qr.HintDamaged}} {
		line, text := r.lines[i], ""
		if line.Text != nil {
			text = *line.Text
		}
		if !strings.HasSuffix(line.File, want.name) || text != want.text || line.Hint != want.hint {
			t.Errorf("%+v with %q, want %+v", line, text, want)
		}
	}
	if !strings.Contains(r.errs, "does not open") {
		t.Errorf("%q, want what is wrong with the third", r.errs)
	}
	if files, err := filepath.Glob(filepath.Join(marked, "*.candidates.png")); err != nil || len(files) != 2 {
		t.Errorf("%v explained (%v), want two", files, err)
	}
}
