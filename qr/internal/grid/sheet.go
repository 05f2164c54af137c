package grid

import (
	"math"
	"sync"

	"promobot/qr/internal/gray"
)

// perModule is how many samples of a sheet go on the side of a module: the
// least that tells borders from middles.
const perModule = 4

// sheet is a square of whole modules drawn upright from a plane.
type sheet struct {
	modules, side int // a side, and the same in samples
	corners       []gray.Point
	values        []float32
	dx, dy        []float32 // squared changes
	across, along []beat    // of each module
}

// beat is how brightness changes with the place within a module: the squares
// of the changes, turned by their place. Borders make them beat once a module.
type beat struct{ cos, sin float64 }

// sheets are used again: a picture takes dozens.
var sheets = sync.Pool{New: func() any { return new(sheet) }}

// newSheet returns a sheet of any content; done gives it back.
func newSheet(modules int) *sheet {
	s := sheets.Get().(*sheet)
	side, all := modules*perModule, modules*modules
	s.modules, s.side = modules, side
	s.corners = sized(s.corners, (modules+1)*(modules+1))
	s.values, s.dx, s.dy = sized(s.values, side*side), sized(s.dx, side*side), sized(s.dy, side*side)
	s.across, s.along = sized(s.across, all), sized(s.along, all)
	return s
}

func (s *sheet) done() { sheets.Put(s) }

func sized[T any](of []T, n int) []T {
	if cap(of) < n {
		return make([]T, n)
	}
	return of[:n]
}

// drawFrame samples the plane about a place, which becomes the middle.
func (s *sheet) drawFrame(p *gray.Plane, f frame) {
	half := float64(s.modules) / 2
	if within(p, f.place(-half, -half)) && within(p, f.place(half, -half)) && within(p, f.place(-half, half)) && within(p, f.place(half, half)) {
		s.drawRows(p, f)
		return
	}
	for y := range s.modules + 1 {
		for x := range s.modules + 1 {
			s.corners[y*(s.modules+1)+x] = f.place(float64(x)-half, float64(y)-half)
		}
	}
	s.draw(p)
}

// drawRows samples about a place where all lies inside, whole rows at once.
func (s *sheet) drawRows(p *gray.Plane, f frame) {
	const sample = 1.0 / perModule
	first := (sample - float64(s.modules)) / 2
	for y := range s.side {
		at := f.place(first, first+float64(y)*sample)
		drawLine(p, s.values[y*s.side:(y+1)*s.side], at.X-0.5, at.Y-0.5, f.rightX*sample, f.rightY*sample)
	}
}

// drawGrid samples all of a symbol and margin modules around it.
func (s *sheet) drawGrid(p *gray.Plane, g Grid, margin int) {
	for y := range s.modules + 1 {
		g.PlaceRow(s.corners[y*(s.modules+1):(y+1)*(s.modules+1)], -float64(margin), float64(y-margin), 1)
	}
	s.draw(p)
}

// draw samples between the corners of the modules.
func (s *sheet) draw(p *gray.Plane) {
	for y := range s.modules {
		for x := range s.modules {
			s.drawModule(p, x, y)
		}
	}
}

func (s *sheet) drawModule(p *gray.Plane, x, y int) {
	at := y*(s.modules+1) + x
	a, b, d, e := s.corners[at], s.corners[at+1], s.corners[at+s.modules+1], s.corners[at+s.modules+2]
	inside := within(p, a) && within(p, b) && within(p, d) && within(p, e)
	for j := range perModule {
		f := (float64(j) + 0.5) / perModule
		px, py := a.X+(d.X-a.X)*f-0.5, a.Y+(d.Y-a.Y)*f-0.5
		stepX, stepY := (b.X+(e.X-b.X)*f-0.5-px)/perModule, (b.Y+(e.Y-b.Y)*f-0.5-py)/perModule
		px, py = px+stepX/2, py+stepY/2
		line := s.values[(y*perModule+j)*s.side+x*perModule:][:perModule]
		if inside {
			drawLine(p, line, px, py, stepX, stepY)
			continue
		}
		for i := range line {
			line[i] = float32(grey(p, px, py))
			px, py = px+stepX, py+stepY
		}
	}
}

// within reports that a place and what is interpolated with it lie inside.
func within(p *gray.Plane, at gray.Point) bool {
	return at.X >= 1 && at.Y >= 1 && at.X < float64(p.W-1) && at.Y < float64(p.H-1)
}

// drawLine is gray.Plane.At along a line that lies inside, in whole numbers.
func drawLine(p *gray.Plane, line []float32, px, py, stepX, stepY float64) {
	const one = 1 << 16
	x, y, dx, dy := int(px*one), int(py*one), int(stepX*one), int(stepY*one)
	pix, w := p.Pix, p.W
	for i := range line {
		at := y>>16*w + x>>16
		upper, lower := pix[at:at+2], pix[at+w:at+w+2]
		fx, fy := x>>8&255, y>>8&255
		a := int(upper[0])<<8 + (int(upper[1])-int(upper[0]))*fx
		b := int(lower[0])<<8 + (int(lower[1])-int(lower[0]))*fx
		line[i] = float32((a<<8 + (b-a)*fy) >> 16)
		x, y = x+dx, y+dy
	}
}

// turn is the turn of each sample within a module; its length is of no matter.
var turn = [perModule]beat{{1, 1}, {-1, 1}, {-1, -1}, {1, -1}}

// listen takes the beats of all modules. What changes more slowly than from
// module to module is taken out of the changes first: in a blurred picture it
// would drown the beat.
func (s *sheet) listen() {
	s.differ()
	clear(s.across)
	clear(s.along)
	for y := perModule; y < s.side-perModule; y++ {
		t := turn[y%perModule]
		row := y / perModule * s.modules
		across, along := s.across[row:row+s.modules], s.along[row:row+s.modules]
		line, up, down := y*s.side, (y-perModule/2)*s.side, (y+perModule/2)*s.side
		for m := 1; m < s.modules-1; m++ {
			x := m * perModule
			dx := s.dx[line+x-2 : line+x+6]
			a0, a1 := 2*dx[2]-dx[0]-dx[4], 2*dx[3]-dx[1]-dx[5]
			a2, a3 := 2*dx[4]-dx[2]-dx[6], 2*dx[5]-dx[3]-dx[7]
			across[m].cos += float64(a0 - a1 - a2 + a3)
			across[m].sin += float64(a0 + a1 - a2 - a3)
			dy, u, d := s.dy[line+x:line+x+4], s.dy[up+x:up+x+4], s.dy[down+x:down+x+4]
			b := float64(2*(dy[0]+dy[1]+dy[2]+dy[3]) - u[0] - u[1] - u[2] - u[3] - d[0] - d[1] - d[2] - d[3])
			along[m].cos += b * t.cos
			along[m].sin += b * t.sin
		}
	}
}

// differ takes the squares of the changes.
func (s *sheet) differ() {
	for y := 1; y < s.side-1; y++ {
		line := s.values[y*s.side : (y+1)*s.side]
		up, down := s.values[(y-1)*s.side:y*s.side], s.values[(y+1)*s.side:(y+2)*s.side]
		dx, dy := s.dx[y*s.side:(y+1)*s.side], s.dy[y*s.side:(y+1)*s.side]
		for x := 1; x < len(line)-1; x++ {
			across, along := line[x+1]-line[x-1], down[x]-up[x]
			dx[x], dy[x] = across*across, along*along
		}
	}
}

// ease is the share of the beats that keep time with the lines, −1…1.
func (s *sheet) ease() float64 {
	var in, all float64
	for i, b := range s.across {
		a := s.along[i]
		in += b.cos + a.cos
		all += math.Hypot(b.cos, b.sin) + math.Hypot(a.cos, a.sin)
	}
	return in / max(all, 1)
}

// lean is how far the borders of modules lie off their lines about a place, in
// modules, −½…½, with the weight of each: 1 at best, 0 when there is no rhythm.
type lean struct {
	by   gray.Point
	x, y float64
}

// lean measures about the middle of a module. bell weighs modules by their
// distance along a side.
func (s *sheet) lean(x, y int, bell []float64) lean {
	byX, worthX := s.phase(s.across, x, y, bell)
	byY, worthY := s.phase(s.along, x, y, bell)
	return lean{gray.Point{X: byX, Y: byY}, worthX, worthY}
}

// phase is that of the common beat about a module. How far the single beats
// stray from it says what it is worth.
func (s *sheet) phase(beats []beat, x, y int, bell []float64) (by, worth float64) {
	reach := len(bell) - 1
	var sum beat
	var cc, cs, ss float64
	for j := max(0, y-reach); j <= min(s.modules-1, y+reach); j++ {
		for i := max(0, x-reach); i <= min(s.modules-1, x+reach); i++ {
			w := bell[max(i-x, x-i)] * bell[max(j-y, y-j)]
			c, q := beats[j*s.modules+i].cos*w, beats[j*s.modules+i].sin*w
			sum.cos, sum.sin = sum.cos+c, sum.sin+q
			cc, cs, ss = cc+c*c, cs+c*q, ss+q*q
		}
	}
	power := sum.cos*sum.cos + sum.sin*sum.sin
	const clear = 3 // times what beats without a common phase sum to
	if power <= clear*(cc+ss) {
		return 0, 0
	}
	astray := (ss*sum.cos*sum.cos - 2*cs*sum.cos*sum.sin + cc*sum.sin*sum.sin) / power
	const best = 0.03 // modules; nothing is known better
	variance := astray / power / (4 * math.Pi * math.Pi)
	return math.Atan2(sum.sin, sum.cos) / (2 * math.Pi), best * best / (best*best + variance)
}

// bellOf is a Gaussian at whole modules, as far as it matters.
func bellOf(spread float64) []float64 {
	bell := make([]float64, int(2*spread)+1)
	for i := range bell {
		bell[i] = math.Exp(-float64(i*i) / (2 * spread * spread))
	}
	return bell
}
