package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"promobot/demo/paper"
	"promobot/qr"
)

const scannedReceipt = "t=20260311T1405&s=1499.00&fn=9999078900005678&i=731&fp=1029384756&n=1"

// scanFolder holds a receipt, a link, a bomb, and a text that is no picture.
func scanFolder(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	for name, content := range map[string][]byte{
		"receipt.JPG":   paper.JPEG(paper.Photo(paper.Receipt{Shop: "РОМАШКА", Code: scannedReceipt}, 1)),
		"sub/link.png":  paper.PNG(paper.Photo(paper.Receipt{Shop: "МЕНЮ", Code: "https://example.com/menu"}, 2)),
		"sub/bomb.png":  paper.Bomb(),
		"sub/notes.txt": []byte("no picture"),
	} {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

type scanRunResult struct {
	lines  []scanLine
	raw    string
	errs   string
	status int
}

func runScan(t *testing.T, stdin string, args ...string) scanRunResult {
	t.Helper()
	cmd := newScanCommand()
	var out, errs bytes.Buffer
	cmd.SetIn(strings.NewReader(stdin))
	cmd.SetOut(&out)
	cmd.SetErr(&errs)
	cmd.SetArgs(append([]string{"--budget", "30s"}, args...))
	r := scanRunResult{}
	var outcome exitError
	if err := cmd.ExecuteContext(context.Background()); errors.As(err, &outcome) {
		r.status = outcome.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	r.raw, r.errs = out.String(), errs.String()
	for _, text := range strings.Split(strings.TrimSpace(r.raw), "\n") {
		if text == "" {
			continue
		}
		var line scanLine
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatalf("line %q: %v", text, err)
		}
		r.lines = append(r.lines, line)
	}
	return r
}

func TestScanWalksAFolder(t *testing.T) {
	folder := scanFolder(t)
	r := runScan(t, "", folder)
	if r.status != 1 || len(r.lines) != 3 {
		t.Fatalf("status %d, %d lines, want 1 and 3: %s", r.status, len(r.lines), r.raw)
	}
	receipt, bomb, link := r.lines[0], r.lines[1], r.lines[2]
	if receipt.File != folder+"/receipt.JPG" || receipt.Text == nil || *receipt.Text != scannedReceipt || receipt.Hint != qr.HintNone {
		t.Errorf("receipt: %+v", receipt)
	}
	if len(receipt.Codes) != 1 || receipt.Codes[0].Corners[1][0] <= receipt.Codes[0].Corners[0][0] || receipt.Ms <= 0 {
		t.Errorf("receipt: %+v, want one upright code and a time", receipt)
	}
	if bomb.File != folder+"/sub/bomb.png" || bomb.Text != nil || !strings.Contains(r.errs, "bomb.png: qr: the picture has too many pixels") {
		t.Errorf("bomb: %+v, said %q", bomb, r.errs)
	}
	if link.Text != nil || link.Hint != qr.HintOtherCode || len(link.Codes) != 0 {
		t.Errorf("link: %+v, want no text and the hint other_code", link)
	}
}

// Pictures as phones and messengers make them, drawn by us and converted.
func TestScanReadsEveryFormat(t *testing.T) {
	r := runScan(t, "", filepath.Join("testdata", "scan"))
	if r.status != 0 || len(r.lines) != 2 {
		t.Fatalf("status %d, %d lines: %s%s", r.status, len(r.lines), r.raw, r.errs)
	}
	for i, name := range []string{"receipt.heic", "receipt.webp"} {
		line := r.lines[i]
		if filepath.Base(line.File) != name || line.Text == nil || *line.Text != scannedReceipt || line.Hint != qr.HintNone {
			t.Errorf("%s: %+v", name, line)
		}
	}
}

// A long list says how far it is, on standard error alone.
func TestScanOfALongListShowsProgress(t *testing.T) {
	var out, errs bytes.Buffer
	at := time.Now()
	s := &scanRun{budget: time.Second, out: json.NewEncoder(&out), errs: &errs, progress: newProgress(&errs, "scan", 0)}
	s.progress.now = func() time.Time { at = at.Add(time.Second); return at }
	for range 25 {
		if err := s.file(t.Context(), filepath.Join("testdata", "none.jpg")); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.Count(errs.String(), "scan: "); got != 2 || strings.Count(out.String(), "\n") != 25 {
		t.Errorf("%d lines of progress, want two: %s", got, errs.String())
	}
}

func TestScanLinesCarryTheContractsNames(t *testing.T) {
	folder := scanFolder(t)
	raw := runScan(t, "", filepath.Join(folder, "sub", "bomb.png")).raw
	var line map[string]any
	if err := json.Unmarshal([]byte(raw), &line); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"file", "text", "stage", "confidence", "ms", "cpu_ms", "codes", "hint"} {
		if _, there := line[name]; !there {
			t.Errorf("no %q in %s", name, raw)
		}
	}
	if line["text"] != nil || line["codes"] == nil {
		t.Errorf("text %v and codes %v, want null and an empty list", line["text"], line["codes"])
	}
}

func TestScanAnyTakesOtherCodes(t *testing.T) {
	link := filepath.Join(scanFolder(t), "sub", "link.png")
	r := runScan(t, "", "--any", "--all", link)
	if r.status != 0 || len(r.lines) != 1 || r.lines[0].Text == nil || *r.lines[0].Text != "https://example.com/menu" || len(r.lines[0].Codes) != 1 {
		t.Errorf("status %d: %s", r.status, r.raw)
	}
}

func TestScanReadsAListAndExplains(t *testing.T) {
	folder, marked := scanFolder(t), filepath.Join(t.TempDir(), "marked")
	r := runScan(t, folder+"/receipt.JPG\r\n\n", "--explain", marked, "-")
	if r.status != 0 || len(r.lines) != 1 {
		t.Fatalf("status %d: %s%s", r.status, r.raw, r.errs)
	}
	for _, stage := range []string{"candidates", "grid-1", "modules-1"} {
		pictures, err := filepath.Glob(filepath.Join(marked, "*receipt.JPG."+stage+".png"))
		if err != nil || len(pictures) != 1 {
			t.Errorf("%v, %v: want one picture of %s", pictures, err, stage)
		}
	}
}

func TestScanStatus(t *testing.T) {
	folder := scanFolder(t)
	for _, tt := range []struct {
		name string
		args []string
		want int
	}{
		{"nothing named", nil, 2},
		{"unknown flag", []string{"--frobnicate", folder}, 2},
		{"no budget", []string{"--budget", "0s", folder}, 2},
		{"a budget that is no time", []string{"--budget", "soon", folder}, 2},
		{"a file that is not there", []string{filepath.Join(folder, "none.jpg")}, 1},
		{"a text", []string{filepath.Join(folder, "sub", "notes.txt")}, 1},
		{"a receipt", []string{filepath.Join(folder, "receipt.JPG")}, 0},
		{"a receipt and a bomb", []string{filepath.Join(folder, "receipt.JPG"), filepath.Join(folder, "sub", "bomb.png")}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if r := runScan(t, "", tt.args...); r.status != tt.want {
				t.Errorf("status %d, want %d: %s%s", r.status, tt.want, r.raw, r.errs)
			}
		})
	}
}
