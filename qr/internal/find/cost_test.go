package find

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"promobot/qr/internal/gray"
)

// TestCost reports the least processor time of the steps of a search, for the
// pictures in PICS, which are separated by spaces.
func TestCost(t *testing.T) {
	if os.Getenv("PICS") == "" {
		t.Skip("PICS names no pictures")
	}
	for _, path := range strings.Fields(os.Getenv("PICS")) {
		p := planeOf(t, path).Fit(1200)
		least := [3]time.Duration{time.Hour, time.Hour, time.Hour}
		for range 20 {
			for i, took := range steps(p) {
				least[i] = min(least[i], took)
			}
		}
		t.Logf("%-24s %dx%d: New %v, Promising %v, Candidates %v", filepath.Base(path), p.W, p.H, least[0], least[1], least[2])
	}
}

func steps(p *gray.Plane) (took [3]time.Duration) {
	began := cpu()
	s := New(p)
	took[0] = cpu() - began
	began = cpu()
	s.Promising(2)
	took[1] = cpu() - began
	began = cpu()
	s.Candidates(8)
	took[2] = cpu() - began
	return took
}
