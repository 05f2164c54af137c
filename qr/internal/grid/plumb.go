package grid

import (
	"math"

	"promobot/qr/internal/gray"
)

// plumb fits a tilt to displacements around a place: each way a plane of three
// numbers, held flat by a little.
type plumb struct{ x, y plane3 }

// plane3 holds the sums of a weighted fit of a + b·dx + c·dy.
type plane3 struct{ w, wx, wy, wxx, wxy, wyy, v, vx, vy float64 }

// add takes a displacement at (dx, dy) from the place; near ones count more.
func (f *plumb) add(dx, dy float64, by, worth gray.Point) {
	near := nearness(dx) * nearness(dy)
	f.x.add(dx, dy, by.X, worth.X*near)
	f.y.add(dx, dy, by.Y, worth.Y*near)
}

// nearness is what whole modules away leave of a weight.
func nearness(modules float64) float64 {
	return nearnesses[min(int(math.Abs(modules)), len(nearnesses)-1)]
}

var nearnesses = func() (table [64]float64) {
	const spread = 3
	for i := range table {
		table[i] = math.Exp(-float64(i*i) / (2 * spread * spread))
	}
	return table
}()

func (f *plane3) add(dx, dy, v, w float64) {
	f.w += w
	f.wx += w * dx
	f.wy += w * dy
	f.wxx += w * dx * dx
	f.wxy += w * dx * dy
	f.wyy += w * dy * dy
	f.v += w * v
	f.vx += w * v * dx
	f.vy += w * v * dy
}

func (f *plumb) tilt() tilt {
	a, b, c := f.x.solve()
	d, e, h := f.y.solve()
	return tilt{gray.Point{X: a, Y: d}, gray.Point{X: b, Y: e}, gray.Point{X: c, Y: h}}
}

// solve centres the sums and holds the slopes by a ridge.
func (f *plane3) solve() (at, slopeX, slopeY float64) {
	if f.w <= 0 {
		return 0, 0, 0
	}
	mx, my, mv := f.wx/f.w, f.wy/f.w, f.v/f.w
	const ridge = 0.3 // square modules
	xx, xy, yy := f.wxx-f.w*mx*mx+ridge*f.w+1e-12, f.wxy-f.w*mx*my, f.wyy-f.w*my*my+ridge*f.w+1e-12
	vx, vy := f.vx-f.w*mv*mx, f.vy-f.w*mv*my
	det := xx*yy - xy*xy
	slopeX, slopeY = (vx*yy-vy*xy)/det, (vy*xx-vx*xy)/det
	return mv - slopeX*mx - slopeY*my, slopeX, slopeY
}
