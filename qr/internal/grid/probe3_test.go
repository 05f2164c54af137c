package grid

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

func TestP3(t *testing.T) {
	all := truths(t)
	for i := range all {
		tr := &all[i]
		tr.load(t)
		for seed := range uint64(5) {
			g := tr.guess(os.Getenv("ALIGNED") != "", rand.New(rand.NewPCG(seed, uint64(i))))
			e0 := tr.errors(g)
			k := len(e0) * 95 / 100
			o := g.start(tr.plane)
			eo := tr.errors(o)
			g = o
			x1, a1, s1 := g.laid(tr.plane, true)
			x2, a2, s2 := g.laid(tr.plane, false)
			y1, y2 := tr.errors(x1), tr.errors(x2)
			fmt.Printf("%s start %.2f other %.2f timing %.2f agree %.2f ease %.2f | none %.2f %.2f %.2f\n", filepath.Base(tr.path), e0[k], eo[k], y1[k], a1, s1, y2[k], a2, s2)
			if os.Getenv("MAP") != "" && seed == 0 {
				n := newNet(tr.N, 2)
				n.anchored(tr.plane, g, true)
				for _, a := range n.anchors {
					dx, dy := inv(g, a.x, a.y, tr.at(int(a.x), int(a.y)))
					fmt.Printf("anchor %.1f %.1f off %.2f %.2f   u %.1f %.1f worth %.2f\n", a.x, a.y, a.by.X-dx, a.by.Y-dy, dx, dy, a.worth)
				}
				n.grow(tr.plane, g)
				for y := 0; y < n.knots; y += 2 {
					line := ""
					for x := 0; x < n.knots; x += 2 {
						px, py := n.place(y*n.knots + x)
						dx, dy := inv(g, px, py, tr.at(int(px), int(py)))
						q := n.by[y*n.knots+x]
						line += fmt.Sprintf("%4.1f/%4.1f ", q.X-dx, q.Y-dy)
					}
					fmt.Println(line)
				}
			}
		}
	}
}
