package paper

import "math"

// fold is a crease across the paper: a point on it, its direction, its depth.
type fold struct{ x, y, dx, dy, depth float64 }

// light falls from the upper left and leaves the far corner a little darker.
func (s *scene) light(u, v float64) float64 {
	return 1.04 - 0.16*(0.4*u+0.6*v) - 0.1*math.Hypot(u-0.5, v-0.5)
}

// shade is how the light falls on the paper: a curl at both ends, and folds.
func (s *scene) shade(x, y float64) float64 {
	height := float64(s.tape.ink.Rect.Dy())
	curl := 0.10*fall(y/70) + 0.13*fall((height-y)/80)
	across := 0.03 * math.Cos(x/tapeWidth*math.Pi*2)
	shade := 0.985 - curl + across
	for _, f := range s.folds {
		shade += f.shade(x, y)
	}
	if s.relief > 0 {
		shade += s.relief * (s.large.at(x, y) + 0.55*s.small.at(x, y))
	}
	return shade
}

// shade of a fold is light on one side, dark on the other, sharp at the crease.
func (f fold) shade(x, y float64) float64 {
	away := ((x-f.x)*f.dy - (y-f.y)*f.dx) / math.Hypot(f.dx, f.dy)
	return f.depth * 0.3 * math.Copysign(fall(math.Abs(away)/26), away)
}

// fall is e to the power of −x, or nothing where no eye would see it.
func fall(x float64) float64 {
	if x > 8 {
		return 0
	}
	return math.Exp(-x)
}

// piece is one flat piece of crumpled paper: its middle, and how it leans.
type piece struct{ x, y, tilt, leanX, leanY float64 }

// facets is paper that was a ball: flat pieces about the given size, in dots,
// that lean this way and that, with bright creases between them.
type facets struct {
	noise *noise
	size  float64
	shift float64

	// The pieces around the cell (i, j) are kept for the next dot, which mostly
	// lies in the same cell.
	i, j   int
	pieces []piece
}

// around returns the pieces that may reach into the cell (i, j).
func (f *facets) around(i, j int) []piece {
	if f.pieces != nil && i == f.i && j == f.j {
		return f.pieces
	}
	f.i, f.j, f.pieces = i, j, f.pieces[:0]
	n := f.noise
	for cy := j - 1; cy <= j+1; cy++ {
		for cx := i - 1; cx <= i+1; cx++ {
			f.pieces = append(f.pieces, piece{
				x: float64(cx) + n.corner(cx, cy), y: float64(cy) + n.corner(cx+101, cy+57),
				tilt: (n.corner(cx+13, cy+77) - 0.5) * 0.13, leanX: (n.corner(cx+5, cy) - 0.5) * 0.12, leanY: (n.corner(cx, cy+9) - 0.5) * 0.12,
			})
		}
	}
	return f.pieces
}

// at is the light at a dot, about −0.1…0.1.
func (f *facets) at(x, y float64) float64 {
	x, y = x/f.size+f.shift, y/f.size
	nearest, second := math.Inf(1), math.Inf(1)
	lean, other := 0.0, 0.0
	for _, p := range f.around(int(math.Floor(x)), int(math.Floor(y))) {
		dx, dy := x-p.x, y-p.y
		tilt := p.tilt + dx*p.leanX + dy*p.leanY
		switch d := dx*dx + dy*dy; {
		case d < nearest:
			nearest, second, lean, other = d, nearest, tilt, lean
		case d < second:
			second, other = d, tilt
		}
	}
	gap := (second - nearest) * 9 // 0 on the crease
	if gap > 1 {
		return lean
	}
	mixed := lean + (other-lean)*(0.5-0.5*gap)
	return mixed + 0.035*(1-gap)*(1-gap)
}
