package qr_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"promobot/qr"
	"promobot/qr/corpus"
)

// reading is what the scanner made of one picture.
type reading struct {
	codes   []qr.Code
	err     error
	outcome corpus.Outcome
}

// TestSharedPictures reads pictures of strangers. It holds what must never
// break: labelled receipts are read, and no receipt is read as another. The
// counts are in its log; PROMOBOT_QR_FULL=1 reads everything instead of a
// sample, and `promobot bench scan` sets other decoders beside it.
func TestSharedPictures(t *testing.T) {
	pictures, budget := shared(t), 8*time.Second
	if os.Getenv("PROMOBOT_QR_FULL") == "" {
		pictures, budget = sampled(pictures), 250*time.Millisecond
	}
	readings := make([]reading, len(pictures))
	began := qr.CPUNow()
	qr.OnAllCores(len(pictures), func(i int) { readings[i] = read(pictures[i], budget) })
	t.Logf("%d pictures, %d ms of processor time each", len(pictures), (qr.CPUNow()-began).Milliseconds()/int64(len(pictures)))
	logTable(t, pictures, readings)
	for i, p := range pictures {
		judge(t, p, readings[i])
	}
}

// shared are the labelled pictures beside the project. A machine without the
// folder has none; a folder without them is a mistake.
func shared(t *testing.T) []corpus.Picture {
	t.Helper()
	root := os.Getenv("PROMOBOT_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "shared")
	}
	if _, err := os.Stat(root); errors.Is(err, fs.ErrNotExist) {
		t.Skipf("no shared test pictures at %s (set PROMOBOT_SHARED)", root)
	}
	pictures, err := corpus.Load(filepath.Join(root, "data", "qr"))
	if err != nil {
		t.Fatalf("shared pictures: %v", err)
	}
	for _, name := range []string{corpus.Receipts, corpus.Synthetic, corpus.BoofCV} {
		if !slices.ContainsFunc(pictures, func(p corpus.Picture) bool { return p.Corpus == name && len(p.Texts) > 0 }) {
			t.Fatalf("shared pictures: none of %s has a label", name)
		}
	}
	return pictures
}

// sampled keeps the receipts, an eighth of the drawn ones and a fortieth of the
// rest.
func sampled(all []corpus.Picture) (few []corpus.Picture) {
	for i, p := range all {
		if p.Corpus == corpus.Receipts || p.Corpus == corpus.Synthetic && i%8 == 0 || i%40 == 0 {
			few = append(few, p)
		}
	}
	return few
}

// read scans as the product does: fiscal pictures with the grammar, the others
// for every code.
func read(p corpus.Picture, budget time.Duration) (r reading) {
	picture, err := os.ReadFile(p.File)
	if err != nil {
		return reading{err: err}
	}
	s := qr.Scanner{Budget: budget}
	if p.Fiscal {
		s.Accept = qr.IsReceipt
	}
	if mustBeRead(p) {
		s.Budget = time.Minute // whatever else the machine does
	}
	look := s.Scan
	if len(p.Texts) > 1 {
		look = s.ScanAll
	}
	result, err := look(context.Background(), picture)
	return reading{result.Codes, err, p.Judge(result.Codes, 0, qr.IsReceipt)}
}

func mustBeRead(p corpus.Picture) bool {
	return p.Corpus == corpus.Receipts && !p.Open
}

func judge(t *testing.T, p corpus.Picture, r reading) {
	t.Helper()
	if r.err != nil {
		t.Errorf("%s: %v", p.Path, r.err)
	}
	if mustBeRead(p) && r.outcome.Right == 0 {
		t.Errorf("%s: read %v, want %v", p.Path, r.codes, p.Texts)
	}
	for _, text := range r.outcome.Wrong {
		if p.Fiscal || qr.IsReceipt(text) {
			t.Errorf("%s: misread as %q, the label is %q", p.Path, text, p.Texts)
			continue
		}
		t.Logf("%s: not on the label: %.60q", p.Path, text)
	}
	if p.Open && p.Fiscal {
		t.Logf("%s: %v, whatever it says", p.Path, r.codes)
	}
}

// logTable shows the rates of each corpus and of its groups, and which stages
// read.
func logTable(t *testing.T, pictures []corpus.Picture, readings []reading) {
	t.Helper()
	outcomes := make([]corpus.Outcome, len(readings))
	stages := map[string]int{}
	for i, r := range readings {
		outcomes[i] = r.outcome
		for _, c := range r.codes {
			stages[c.Stage]++
		}
	}
	for _, set := range corpus.Sets(pictures) {
		all := set.Tally(pictures, outcomes)
		t.Logf("%-10s %5.1f %%, %d of %d, in %d pictures, %d wrong", set.Name, set.Rate(pictures, outcomes), all.Right, all.Of, len(all.CPU), all.Wrong)
		for _, g := range set.Groups {
			n := g.Tally(pictures, outcomes)
			t.Logf("  %-24s %d of %d", g.Name, n.Right, n.Of)
		}
	}
	t.Logf("codes by stage: %v", stages)
}
