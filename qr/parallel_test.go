package qr

import (
	"image"
	"slices"
	"sync"
	"testing"

	"promobot/qr/internal/worn"
)

// TestScansInParallel holds that scans that run at once, with what they share,
// are the same as one after another.
func TestScansInParallel(t *testing.T) {
	pictures := [][]byte{
		asPNG(t, onSheet(madeCode(t, madeReceipt, 4), madeCode(t, "https://example.com/menu", 5))),
		asPNG(t, turnedBy(onSheet(madeCode(t, madeReceipt, 5)), 31)),
		asPNG(t, halfTorn(madeCode(t, madeReceipt, 6))),
		asPNG(t, worn.Empty(3)),
		worn.Draw("lowres", 2, 1).Picture,
		worn.Draw("combo", 3, 1).Picture,
	}
	alone := make([]Result, len(pictures))
	for i, picture := range pictures {
		alone[i] = mustScan(t, Scanner{Accept: IsReceipt, Budget: patient.Budget}, picture)
	}
	var crew sync.WaitGroup
	for worker := range 4 {
		crew.Go(func() {
			for i := range pictures {
				i = (i + worker) % len(pictures) // all different at once
				r, err := Scanner{Accept: IsReceipt, Budget: patient.Budget}.Scan(t.Context(), pictures[i])
				if err != nil || !sameResult(r, alone[i]) {
					t.Errorf("picture %d beside others: %v, read %q by %q, hint %s; alone %q by %q, hint %s",
						i, err, r.Text, r.Stage, r.Hint, alone[i].Text, alone[i].Stage, alone[i].Hint)
				}
			}
		})
	}
	crew.Wait()
}

func sameResult(a, b Result) bool {
	return a.Text == b.Text && a.Stage == b.Stage && a.Hint == b.Hint && a.Look == b.Look &&
		slices.Equal(a.Trace, b.Trace) && slices.Equal(a.Codes, b.Codes)
}

// halfTorn is a code without its lower half: it goes through every pass.
func halfTorn(code *image.Gray) *image.Gray {
	torn := onSheet(code)
	for i := len(torn.Pix) / 2; i < len(torn.Pix); i++ {
		torn.Pix[i] = 225
	}
	return torn
}
