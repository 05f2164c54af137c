package qr

import (
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
		asPNG(t, worn.Empty(3)),
		asPNG(t, worn.Empty(6)), // goes through every pass and leaves a trace
	}
	for _, sheet := range wornSheets(2) {
		if sheet.Family == "lowres" || sheet.Family == "combo" { // small ones
			pictures = append(pictures, sheet.Picture)
		}
	}
	alone := make([]Result, len(pictures))
	for i, picture := range pictures {
		alone[i] = mustScan(t, Scanner{Accept: IsReceipt, Budget: patient.Budget}, picture)
	}
	var crew sync.WaitGroup
	for worker := range 4 {
		crew.Go(func() {
			for i := range 3 {
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
