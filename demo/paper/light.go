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
	curl := 0.10*math.Exp(-y/70) + 0.13*math.Exp(-(height-y)/80)
	across := 0.03 * math.Cos(x/tapeWidth*math.Pi*2)
	shade := 0.985 - curl + across
	for _, f := range s.folds {
		shade += f.shade(x, y)
	}
	if s.relief > 0 {
		shade += s.relief * (s.noise.facet(x/118, y/118) + 0.55*s.noise.facet(x/47+31, y/47))
	}
	return shade
}

// shade of a fold is light on one side, dark on the other, sharp at the crease.
func (f fold) shade(x, y float64) float64 {
	away := ((x-f.x)*f.dy - (y-f.y)*f.dx) / math.Hypot(f.dx, f.dy)
	return f.depth * 0.3 * math.Copysign(math.Exp(-math.Abs(away)/26), away)
}

// facet is the light on paper that was a ball: flat pieces that lean this way
// and that, with bright creases between them, about −0.1…0.1.
func (n *noise) facet(x, y float64) float64 {
	nearest, second := math.Inf(1), math.Inf(1)
	lean, other := 0.0, 0.0
	i, j := int(math.Floor(x)), int(math.Floor(y))
	for cy := j - 1; cy <= j+1; cy++ {
		for cx := i - 1; cx <= i+1; cx++ {
			dx, dy := x-float64(cx)-n.corner(cx, cy), y-float64(cy)-n.corner(cx+101, cy+57)
			tilt := (n.corner(cx+13, cy+77)-0.5)*0.13 + (dx*(n.corner(cx+5, cy)-0.5)+dy*(n.corner(cx, cy+9)-0.5))*0.12
			switch d := dx*dx + dy*dy; {
			case d < nearest:
				nearest, second, lean, other = d, nearest, tilt, lean
			case d < second:
				second, other = d, tilt
			}
		}
	}
	gap := (second - nearest) * 9 // 0 on the crease
	if gap > 1 {
		return lean
	}
	mixed := lean + (other-lean)*(0.5-0.5*gap)
	return mixed + 0.035*(1-gap)*(1-gap)
}
