package find

import (
	"cmp"
	"math"
	"slices"

	"promobot/qr/internal/gray"
)

const (
	faintFinder = 0.4 // of about 1 for a perfect finder
	clearFinder = 0.6
	maxFinders  = 36
	fewFinders  = 16 // of faint ones, at first
)

// frame is a patch of lattice: a place and the steps from one module to the
// next, in pixels. Where a finder stands its turn is known but for quarters.
type frame struct{ middle, right, down gray.Point }

// at is a place in modules from the middle.
func (f frame) at(x, y float64) gray.Point {
	return gray.Point{
		X: f.middle.X + x*f.right.X + y*f.down.X,
		Y: f.middle.Y + x*f.right.Y + y*f.down.Y,
	}
}

// modules is the inverse of at.
func (f frame) modules(p gray.Point) (x, y float64) {
	px, py := p.X-f.middle.X, p.Y-f.middle.Y
	area := cross(f.right, f.down)
	return (px*f.down.Y - py*f.down.X) / area, (f.right.X*py - f.right.Y*px) / area
}

// quarter turns the frame a quarter clockwise.
func (f frame) quarter() frame {
	return frame{f.middle, f.down, gray.Point{X: -f.right.X, Y: -f.right.Y}}
}

// module is the side of a square as large as one module.
func (f frame) module() float64 { return math.Sqrt(math.Abs(cross(f.right, f.down))) }

func (f frame) scaled(by float64) frame {
	return frame{scaled(f.middle, by), scaled(f.right, by), scaled(f.down, by)}
}

func cross(a, b gray.Point) float64              { return a.X*b.Y - a.Y*b.X }
func scaled(a gray.Point, by float64) gray.Point { return gray.Point{X: a.X * by, Y: a.Y * by} }
func plus(a, b gray.Point) gray.Point            { return gray.Point{X: a.X + b.X, Y: a.Y + b.Y} }
func minus(a, b gray.Point) gray.Point           { return gray.Point{X: a.X - b.X, Y: a.Y - b.Y} }

// finder is a finder with its frame, in pixels of the picture.
type finder struct {
	frame
	score float32
	seen  spot // from which it was made
}

// finders sharpens the best spots to finders, best first. So many faint ones
// are enough: in any picture something looks a little like a finder.
func finders(all []spot, faint int) []finder {
	var rough []finder
	for _, s := range all {
		if f, score := s.squared(); score > faintFinder/2 {
			rough = append(rough, finder{f, score, s})
		}
	}
	bestFirst(rough)
	var kept []finder
	for _, f := range rough {
		if len(kept) == maxFinders || len(kept) >= faint && f.score < clearFinder {
			break
		}
		if f = f.settled(); f.score > faintFinder && !slices.ContainsFunc(kept, f.near) {
			kept = append(kept, f)
		}
	}
	bestFirst(kept)
	return kept
}

func bestFirst(list []finder) {
	slices.SortStableFunc(list, func(a, b finder) int { return cmp.Compare(b.score, a.score) })
}

// settled moves a finder exactly and leaves its relief for the picture.
func (f finder) settled() finder {
	f.frame, f.score = f.seen.settle(f.frame, f.seen.on.squares(f.frame, true))
	f.frame = f.scaled(f.seen.on.scale)
	return f
}

func (f finder) near(g finder) bool {
	return math.Hypot(f.middle.X-g.middle.X, f.middle.Y-g.middle.Y) < 3*max(f.module(), g.module())
}

// squared turns, stretches and shifts a finder's squares about the spot to where
// they agree best.
func (s spot) squared() (frame, float32) {
	best, score := s.turned(frame{middle: gray.Point{X: s.x, Y: s.y}})
	return s.shifted(best, score)
}

func (s spot) turned(about frame) (best frame, score float32) {
	score = -1
	for turn := 0.0; turn < math.Pi/2; turn += math.Pi / 14 {
		for _, size := range []float64{0.9, 1, 1.1} {
			sin, cos := math.Sincos(turn)
			m := s.module * size
			f := frame{about.middle, s.seen.apply(m*cos, m*sin), s.seen.apply(-m*sin, m*cos)}
			if v := s.on.squares(f, false); v > score {
				best, score = f, v
			}
		}
	}
	return best, score
}

// shifted looks a little around: beside a torn edge rings are best off the
// middle.
func (s spot) shifted(from frame, score float32) (frame, float32) {
	best := from
	for y := -1.2; y < 1.5; y += 0.6 {
		for x := -1.2; x < 1.5; x += 0.6 {
			f := frame{from.at(x, y), from.right, from.down}
			if v := s.on.squares(f, false); v > score {
				best, score = f, v
			}
		}
	}
	return best, score
}

// settle moves the frame's six numbers by ever smaller steps.
func (s spot) settle(f frame, score float32) (frame, float32) {
	for step := 0.12 * s.module; step > 0.02*s.module; step /= 2 {
		for improved, round := true, 0; improved && round < 3; round++ {
			improved = false
			for i := range 6 {
				for _, by := range []float64{step, -step} {
					moved := f
					switch i {
					case 0:
						moved.middle.X += 3 * by
					case 1:
						moved.middle.Y += 3 * by
					case 2:
						moved.right.X += by
					case 3:
						moved.right.Y += by
					case 4:
						moved.down.X += by
					case 5:
						moved.down.Y += by
					}
					if v := s.on.squares(moved, true); v > score && moved.plausible(s.module) {
						f, score, improved = moved, v, true
					}
				}
			}
		}
	}
	return f, score
}

// plausible bounds how oblique and how far from the expected size a finder may
// be seen.
func (f frame) plausible(module float64) bool {
	right, down := math.Hypot(f.right.X, f.right.Y), math.Hypot(f.down.X, f.down.Y)
	sine := cross(f.right, f.down) / (right * down)
	return sine > 0.5 && max(right, down) < 2.5*min(right, down) &&
		f.module() > 0.7*module && f.module() < 1.4*module
}

// template is a finder with the light around it, which is the first to be
// touched by other print and weighs half.
var template = func() (weights [81]int) {
	for i := range weights {
		x, y := i%9-4, i/9-4
		switch max(x, -x, y, -y) {
		case 2:
			weights[i] = 2
		case 4:
			weights[i] = 1
		default:
			weights[i] = -2
		}
	}
	return weights
}()

// squares is the correlation with a finder, 1 for a perfect one of any
// contrast: by the nearest pixels, or between them.
func (r *relief) squares(f frame, between bool) float32 {
	one, back := float32(unit), 0.0
	if between {
		one, back = unit*finer, half
	}
	fixed := func(v float64) int { return int(v * parts) }
	corner := f.at(-4, -4)
	rowX, rowY := fixed(corner.X+rim)-int(back), fixed(corner.Y+rim)-int(back)
	rightX, rightY, downX, downY := fixed(f.right.X), fixed(f.right.Y), fixed(f.down.X), fixed(f.down.Y)
	product, sum, squares := 0, 0, 0
	for row := 0; row < 81; row += 9 {
		x, y := rowX, rowY
		for _, weight := range template[row : row+9] {
			var v int
			if between {
				v = r.lerp(x, y)
			} else {
				v = r.pixel(x, y)
			}
			if weight&1 == 1 {
				product += v
				sum += v
				squares += v * v
			} else {
				product += weight * v
				sum += 2 * v
				squares += 4 * v * v
			}
			x, y = x+rightX, y+rightY
		}
		rowX, rowY = rowX+downX, rowY+downY
	}
	const n, spread, even = 81, 49 + 32*0.5, 1.0 / 3
	total := float32(sum) / 2
	return float32(product) / 2 / root(spread*(float32(squares)/4-total*total/n+n*even*even*one*one))
}
