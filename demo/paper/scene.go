package paper

import (
	"image"
	"math"
	"math/rand/v2"
)

// Measures of a photo, in pixels; the tape lies on it dot for pixel.
const (
	border = 96 // table around the paper
)

// scene is a receipt on a table, before the photo is taken.
type scene struct {
	tape   tape
	random *rand.Rand
	noise  noise

	ink    float64 // 0…1, how black the print still is
	angle  float64 // radians, clockwise
	relief float64 // how deep the folds of crumpling are, 0…1
	folds  []fold
	large  facets // of crumpling
	small  facets
	lost   func(x, y float64) float64 // dots beyond a tear, negative before it; nil: all paper is there
}

func newScene(t tape, seed uint64) *scene {
	random := rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15))
	s := &scene{tape: t, random: random, noise: newNoise(random), ink: 1}
	s.large, s.small = facets{noise: &s.noise, size: 118}, facets{noise: &s.noise, size: 47, shift: 31}
	s.angle = (random.Float64() - 0.5) * 0.035
	height := float64(t.ink.Rect.Dy())
	s.folds = []fold{{x: 0, y: height * (0.45 + 0.15*random.Float64()), dx: 1, dy: 0.01 * (random.Float64() - 0.5), depth: 0.25}}
	return s
}

// shoot takes the photo.
func (s *scene) shoot() *image.RGBA {
	w, h := float64(tapeWidth), float64(s.tape.ink.Rect.Dy())
	sin, cos := math.Sincos(s.angle)
	width := int(w*math.Abs(cos)+h*math.Abs(sin)) + 2*border
	height := int(w*math.Abs(sin)+h*math.Abs(cos)) + 2*border
	photo := image.NewRGBA(image.Rect(0, 0, width, height))
	pixels := photo.Pix
	for py := range height {
		for px := range width {
			dx, dy := float64(px)-float64(width)/2, float64(py)-float64(height)/2
			c := s.colour(dx*cos+dy*sin+w/2, dy*cos-dx*sin+h/2, float64(px), float64(py))
			c = c.times(s.light(float64(px)/float64(width), float64(py)/float64(height)))
			grain := (s.random.Float64() + s.random.Float64() - 1) * 7
			pixels[0], pixels[1], pixels[2], pixels[3] = c.byte(0, grain), c.byte(1, grain), c.byte(2, grain), 255
			pixels = pixels[4:]
		}
	}
	return photo
}

// colour is that of the point (x, y) of the tape, which may lie beside it, and
// of the table under it at (px, py).
func (s *scene) colour(x, y, px, py float64) rgb {
	x += s.bend(y)
	covered := s.coverage(x, y)
	if covered == 1 {
		return s.paper(x, y)
	}
	table := s.table(px, py).times(1 - 0.45*s.shadow(x-9, y-12))
	if covered == 0 {
		return table
	}
	return table.blend(s.paper(x, y), covered)
}

// bend is the slight wave of a strip that was rolled up.
func (s *scene) bend(y float64) float64 {
	return 3.5 * math.Sin(y/260+s.noise.phase)
}

// paper is the tape itself: warm white, shaded by its folds, with the print on it.
func (s *scene) paper(x, y float64) rgb {
	base := rgb{247, 246, 241}.times(s.shade(x, y))
	fibre := 1 - 0.02*s.noise.at(x/2.1, y/2.1)
	ink := s.inkAt(x, y) * s.ink * (0.94 - 0.12*s.noise.at(x/90, y/3))
	if s.lost != nil {
		// A tear splits the coated top, which carries the print, from the rest.
		ink *= min(max(-s.lost(x, y)/5, 0), 1)
		base = base.times(1 + 0.06*min(max(1+s.lost(x, y)/6, 0), 1))
	}
	return base.times(fibre).blend(rgb{38, 38, 46}, ink)
}

// inkAt is the print at a point, between the dots, 0…1.
func (s *scene) inkAt(x, y float64) float64 {
	x, y = x-0.5, y-0.5
	left, top := math.Floor(x), math.Floor(y)
	fx, fy := x-left, y-top
	i, j := int(left), int(top)
	ink := s.tape.ink
	if !image.Rect(i, j, i+2, j+2).In(ink.Rect) {
		return 0 // the print keeps away from the edges
	}
	upper := ink.Pix[ink.PixOffset(i, j):][:2]
	lower := ink.Pix[ink.PixOffset(i, j+1):][:2]
	dots := (float64(upper[0])*(1-fx)+float64(upper[1])*fx)*(1-fy) + (float64(lower[0])*(1-fx)+float64(lower[1])*fx)*fy
	return dots / 255
}

// coverage is how much of the point is paper: 1 inside, 0 outside. The ends are
// cut by the teeth of the till, the sides by a clean knife.
func (s *scene) coverage(x, y float64) float64 {
	tooth := math.Abs(x/11-math.Floor(x/11)-0.5) * 9
	return min(max(s.inside(x, y, tooth), 0), 1)
}

// inside is the distance to the nearest edge, negative outside. The ends are
// drawn in by the given dots.
func (s *scene) inside(x, y, ends float64) float64 {
	height := float64(s.tape.ink.Rect.Dy())
	inside := min(x, tapeWidth-x, y-ends, height-y-ends)
	if s.lost != nil {
		inside = min(inside, -s.lost(x, y))
	}
	return inside
}

// shadow is that of the paper on the table, soft.
func (s *scene) shadow(x, y float64) float64 {
	const soft = 26
	return min(max((s.inside(x, y, 0)+soft)/(2*soft), 0), 1)
}
