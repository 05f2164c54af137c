package grid

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"promobot/qr/internal/gray"
	"testing"
)

func inv(g Grid, x, y float64, want gray.Point) (float64, float64) {
	fx, fy := x, y
	for range 20 {
		at := g.View.Apply(gray.Point{X: fx, Y: fy})
		r := g.View.Apply(gray.Point{X: fx + .1, Y: fy})
		d := g.View.Apply(gray.Point{X: fx, Y: fy + .1})
		a, b, c, e := (r.X-at.X)*10, (d.X-at.X)*10, (r.Y-at.Y)*10, (d.Y-at.Y)*10
		det := a*e - b*c
		dx, dy := want.X-at.X, want.Y-at.Y
		fx += (e*dx - b*dy) / det
		fy += (a*dy - c*dx) / det
	}
	return fx - x, fy - y
}
func TestProbe(t *testing.T) {
	all := truths(t)
	for i := range all {
		tr := &all[i]
		tr.load(t)
		g := tr.guess(os.Getenv("ALIGNED") != "", rand.New(rand.NewPCG(7, uint64(i))))
		b, score := g.Bent(tr.plane)
		n := newNet(tr.N, 2)
		n.anchored(tr.plane, g, true)
		e := tr.errors(b)
		fmt.Printf("p95 %.2f flips %.1f%% true %.1f%%  ", e[len(e)*95/100], 100*tr.flips(placer(b)), 100*tr.flips(tr.at))
		fmt.Println(filepath.Base(tr.path), score, tr.pitch(), n.anchors)
		for _, a := range n.anchors {
			dx, dy := inv(g, a.x, a.y, tr.at(int(a.x), int(a.y)))
			if os.Getenv("MAP") != "" {
				fmt.Printf("anchor %.1f %.1f true %.2f %.2f\n", a.x, a.y, dx, dy)
			}
		}
		n.grow(tr.plane, g)
		for y := 0; y < n.knots; y++ {
			line := ""
			l2 := ""
			for x := 0; x < n.knots; x++ {
				px, py := n.place(y*n.knots + x)
				dx, dy := inv(g, px, py, tr.at(int(px), int(py)))
				bb := b.Bend.At(px, py)
				_ = bb
				q := n.by[y*n.knots+x]
				line += fmt.Sprintf("%4.1f/%4.1f ", q.X-dx, q.Y-dy)
				l2 += fmt.Sprintf("%4.1f,%4.1f ", dx, dy)
			}
			if os.Getenv("MAP") != "" {
				fmt.Println(line)
			}
			_ = l2
		}
	}
}
