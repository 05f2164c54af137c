package worn

import "math"

// A field is smooth chance over the plane, the same at the same place: a value
// from 0 to 1 with features about as large as 1.
type field uint64

func (d dice) field() field { return field(d.Uint64()) }

func (f field) corner(x, y int) float64 {
	h := uint64(f) + uint64(x)*0x9E3779B97F4A7C15 + uint64(y)*0xC2B2AE3D27D4EB4F // #nosec G115 -- a hash may wrap
	h = (h ^ h>>30) * 0xBF58476D1CE4E5B9
	h = (h ^ h>>27) * 0x94D049BB133111EB
	return float64((h^h>>31)>>11) / (1 << 53)
}

func (f field) at(x, y float64) float64 {
	fx, fy := math.Floor(x), math.Floor(y)
	i, j, u, v := int(fx), int(fy), ease(x-fx), ease(y-fy)
	top := mix(f.corner(i, j), f.corner(i+1, j), u)
	return mix(top, mix(f.corner(i, j+1), f.corner(i+1, j+1), u), v)
}

// clouds adds three octaves.
func (f field) clouds(x, y float64) float64 {
	return (4*f.at(x, y) + 2*(f+1).at(2.03*x, 2.03*y) + (f+2).at(4.1*x, 4.1*y)) / 7
}

// facets is made of flat triangles with sharp edges, as crumpled paper is.
// The lattice is bent, so that its edges do not run in rows.
func (f field) facets(x, y float64) float64 {
	x, y = x+1.2*(f+3).at(x/1.7, y/1.7), y+1.2*(f+4).at(x/1.7, y/1.7)
	fx, fy := math.Floor(x), math.Floor(y)
	i, j, u, v := int(fx), int(fy), x-fx, y-fy
	a, b, c, e := f.corner(i, j), f.corner(i+1, j), f.corner(i, j+1), f.corner(i+1, j+1)
	if (f+5).corner(i, j) < 0.5 { // the other diagonal
		u, a, b, c, e = 1-u, b, a, e, c
	}
	if u+v < 1 {
		return a + (b-a)*u + (c-a)*v
	}
	return e + (c-e)*(1-u) + (b-e)*(1-v)
}

func mix(a, b, t float64) float64 { return a + (b-a)*t }

func ease(t float64) float64 { return t * t * (3 - 2*t) }

// step rises smoothly from 0 at a to 1 at b; a may be the greater.
func step(a, b, x float64) float64 { return ease(clamp((x-a)/(b-a), 0, 1)) }

func clamp(x, lo, hi float64) float64 { return min(max(x, lo), hi) }
