package qr

import (
	"bytes"
	"context"
	"image/jpeg"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"promobot/qr/internal/gray"
	"promobot/qr/internal/grid"
	"promobot/qr/internal/soft"
	"promobot/qr/internal/tone"
	"promobot/qr/internal/worn"
)

// wornReads is how many of the sixteen families must be read at each severity,
// well below what is read: fewer means that a stage is broken.
var wornReads = [...]int{1: 14, 2: 12, 3: 8}

// TestWornReceipts scans drawn receipts of every damage. PROMOBOT_QR_WORN=10
// draws ten of each. It runs beside no other test, so that the processor time
// in its log is its own.
func TestWornReceipts(t *testing.T) {
	mildest := 1
	if raceDetector {
		mildest = 2 // drawing takes seconds
	}
	for severity := mildest; severity <= 3; severity++ {
		sheets := wornSheets(severity)
		began := CPUNow()
		results := scanWorn(t, sheets)
		cpu := CPUNow() - began
		read := judgeWorn(t, sheets, results)
		t.Logf("severity %d: %d of %d read, %d ms of processor time a picture", severity, read, len(sheets), cpu.Milliseconds()/int64(len(sheets)))
		if least := wornReads[severity] * len(sheets) / 16; read < least {
			t.Errorf("severity %d: %d of %d read, want at least %d", severity, read, len(sheets), least)
		}
	}
}

// drawnWorn keeps what was drawn, which takes longer than reading it.
var drawnWorn [4]struct {
	sync.Once
	sheets []worn.Sheet
}

// wornSheets draws a picture of each family, or as many as PROMOBOT_QR_WORN
// says. The race detector makes drawing ten times slower: then, unless asked
// for, there are only families that are drawn fast.
func wornSheets(severity int) []worn.Sheet {
	families, seeds := worn.Families(), 1
	more, err := strconv.Atoi(os.Getenv("PROMOBOT_QR_WORN"))
	switch {
	case err == nil:
		seeds = more
	case raceDetector:
		families = []string{"lowres", "combo"}
	}
	drawn := &drawnWorn[severity]
	drawn.Do(func() {
		drawn.sheets = make([]worn.Sheet, len(families)*seeds)
		OnAllCores(len(drawn.sheets), func(i int) {
			drawn.sheets[i] = worn.Draw(families[i/seeds], severity, uint64(i%seeds)) // #nosec G115 -- small
		})
	})
	return drawn.sheets
}

func scanWorn(t *testing.T, sheets []worn.Sheet) []Result {
	t.Helper()
	results := make([]Result, len(sheets))
	OnAllCores(len(sheets), func(i int) {
		r, err := Scanner{Accept: IsReceipt, Budget: time.Minute}.Scan(context.Background(), sheets[i].Picture)
		if err != nil {
			t.Errorf("%s: %v", sheets[i].Family, err)
		}
		results[i] = r
	})
	return results
}

// judgeWorn counts what was read and logs how, family by family.
func judgeWorn(t *testing.T, sheets []worn.Sheet, results []Result) (read int) {
	t.Helper()
	table := map[string][]string{}
	for i, s := range sheets {
		outcome := results[i].Stage
		switch results[i].Text {
		case s.Text:
			read++
		case "":
			outcome = "(" + string(results[i].Hint) + ")"
		default:
			t.Errorf("%s, severity %d: read %q, want %q", s.Family, s.Severity, results[i].Text, s.Text)
		}
		table[s.Family] = append(table[s.Family], outcome)
	}
	for _, family := range worn.Families() {
		if len(table[family]) > 0 {
			t.Logf("  %-10s %s", family, strings.Join(table[family], ", "))
		}
	}
	return read
}

// TestTrueGrid reads worn receipts whose modules are where they truly are.
// When it holds and TestWornReceipts does not, the places are found badly; when
// both do not, the modules are judged or decoded badly.
func TestTrueGrid(t *testing.T) {
	sheets := wornSheets(3)
	read := 0
	for _, s := range sheets {
		text := readAtTruth(t, s)
		if text == s.Text {
			read++
			continue
		}
		if t.Logf("%s: read %q", s.Family, text); text != "" {
			t.Errorf("%s: misread as %q, want %q", s.Family, text, s.Text)
		}
	}
	if t.Logf("%d of %d read", read, len(sheets)); read < len(sheets)*13/16 {
		t.Errorf("%d of %d read, want nearly all", read, len(sheets))
	}
}

// readAtTruth reads as the last stage does, plainly and then equalised.
func readAtTruth(t *testing.T, s worn.Sheet) string {
	t.Helper()
	field := tone.Sample(wornPlane(t, s), trueGrid(s))
	equalised, _ := field.Equalised()
	for _, judged := range [][]float64{field.Plain(), equalised} {
		if judged == nil {
			continue
		}
		dark := tone.Tempered(tone.Believed(judged), s.Dimension)
		if r, ok := soft.Read(soft.Symbol{Dimension: s.Dimension, Dark: dark}, soft.Thorough); ok {
			return r.Text
		}
	}
	return ""
}

func wornPlane(t testing.TB, s worn.Sheet) *gray.Plane {
	t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(s.Picture))
	if err != nil {
		t.Fatal(err)
	}
	return gray.From(img)
}

// trueGrid puts the middle of every module where it was drawn: a flat grid
// through those in the corners, bent by a knot at each module.
func trueGrid(s worn.Sheet) grid.Grid {
	n := s.Dimension
	near, far := 0.5, float64(n)-0.5
	flat := [4]Point{{X: near, Y: near}, {X: far, Y: near}, {X: far, Y: far}, {X: near, Y: far}}
	at := func(x, y int) Point { return Point(s.Centers[y][x]) }
	seen := [4]Point{at(0, 0), at(n-1, 0), at(n-1, n-1), at(0, n-1)}
	back := grid.QuadToQuad(seen, flat)
	bend := &grid.Bend{Knots: n, Step: 1, By: make([]Point, n*n)}
	for i := range bend.By {
		x, y := i%n, i/n
		p := back.Apply(at(x, y))
		bend.By[i] = Point{X: p.X - float64(x) - 0.5, Y: p.Y - float64(y) - 0.5}
	}
	return grid.Grid{Dimension: n, View: grid.QuadToQuad(flat, seen), Bend: bend}
}
