package grid

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
)

func TestTrack(t *testing.T) {
	all := truths(t)
	for i := range all {
		tr := &all[i]
		tr.load(t)
		g := tr.guess(false, rand.New(rand.NewPCG(7, uint64(i))))
		for _, col := range []bool{false, true} {
			s := drawStrip(tr.plane, g, col)
			by := s.follow(tr.N)
			line := ""
			bad := 0
			for k := range by {
				x, y := k, 6
				if col {
					x, y = 6, k
				}
				dx, dy := inv(g, float64(x)+.5, float64(y)+.5, tr.at(x, y))
				if col {
					dx, dy = dy, dx
				}
				line += fmt.Sprintf("%.1f/%.1f ", by[k].X-dx, by[k].Y-dy)
				if r := by[k].X - dx; r > 0.5 || r < -0.5 {
					bad++
				}
				if r := by[k].Y - dy; r > 0.5 || r < -0.5 {
					bad++
				}
			}
			if bad > 0 {
				fmt.Println(filepath.Base(tr.path), col, bad, line)
			}
		}
	}
}
