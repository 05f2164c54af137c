package grid

import (
	"math"

	"promobot/qr/internal/gray"
)

// A timing pattern is followed from finder to finder: its modules alternate, so
// that none can be skipped however the paper is drawn out or pushed together.
const (
	alongReach  = 4 * perModule // how far a module may lie off along the line, in quarters of a module
	asideReach  = 2 * perModule // and off it
	alongStates = 2*alongReach + 1
	asideStates = 2*asideReach + 1
	trackStates = alongStates * asideStates
)

// timingAnchors are the modules between the finders whose colours show.
func timingAnchors(p *gray.Plane, g Grid, column bool) (anchors []anchor) {
	s := drawStrip(p, g, column)
	by := s.follow(g.Dimension)
	for k := 7; k < g.Dimension-7; k++ {
		const reach, plain, worth = 2, 0.5, 0.5
		shown := 0.0
		for i := k - reach; i <= k+reach; i++ {
			shown += s.shown(g.Dimension, i, by[i]) / (2*reach + 1)
		}
		if shown < plain {
			continue
		}
		a := anchor{x: float64(k) + 0.5, y: 6.5, by: by[k], worth: worth}
		if column {
			a.x, a.y, a.by.X, a.by.Y = a.y, a.x, a.by.Y, a.by.X
		}
		anchors = append(anchors, a)
	}
	return anchors
}

// shown is how well a module agrees with its colour where it is said to lie.
func (s *strip) shown(dimension, k int, by gray.Point) float64 {
	u, v := int(math.Round(by.X*perModule)), int(math.Round(by.Y*perModule))
	return timing(dimension, k) * float64(s.values[v+asideReach][k*perModule+u+alongReach])
}

// strip is the line of a timing pattern and what lies around it, in quarters
// of a module: dark −1, light 1.
type strip struct {
	side   int
	values [asideStates][]float32
}

// drawStrip samples along row 6 of a flat grid, or along column 6.
func drawStrip(p *gray.Plane, g Grid, column bool) strip {
	s := strip{side: g.Dimension*perModule + 2*alongReach}
	store := make([]float32, s.side*len(s.values))
	for j := range s.values {
		s.values[j], store = store[:s.side], store[s.side:]
		across := 6.5 + float64(j-asideReach)/perModule
		for i := range s.values[j] {
			x, y := float64(i-alongReach)/perModule+0.5, across
			if column {
				x, y = y, x
			}
			at := g.View.Apply(gray.Point{X: x, Y: y})
			s.values[j][i] = float32(grey(p, at.X-0.5, at.Y-0.5))
		}
	}
	s.even()
	return s
}

// even takes the light of the surroundings out.
func (s *strip) even() {
	const reach = 6 * perModule
	sums, squares := make([]float64, s.side+1), make([]float64, s.side+1)
	for i := range s.side {
		sums[i+1], squares[i+1] = sums[i], squares[i]
		for j := range s.values {
			v := float64(s.values[j][i])
			sums[i+1] += v
			squares[i+1] += v * v
		}
	}
	for i := range s.side {
		left, right := max(0, i-reach), min(s.side, i+reach+1)
		n := float64((right - left) * asideStates)
		mean := (sums[right] - sums[left]) / n
		spread := math.Sqrt(max((squares[right]-squares[left])/n-mean*mean, 9))
		for j := range s.values {
			s.values[j][i] = min(max((s.values[j][i]-float32(mean))*float32(1/spread), -1.2), 1.2)
		}
	}
}

// timing is the colour of the modules of row 6: −1 dark.
func timing(dimension, i int) float64 {
	switch {
	case i < 7 || i >= dimension-7:
		return -1
	case i == 7 || i == dimension-8:
		return 1
	}
	return float64(2*(i%2) - 1)
}

// states holds a number for every displacement of a module.
type states [trackStates]float32

// follow finds the displacement of every module of a line that agrees best with
// its colours and changes least from module to module.
func (s *strip) follow(dimension int) []gray.Point {
	var score states
	from := make([][trackStates]int16, dimension)
	for k := range dimension {
		for i := range from[k] {
			from[k][i] = int16(i) // #nosec G115 -- a few states
		}
		if k > 0 {
			score.spread(&from[k])
		}
		s.judge(&score, dimension, k)
	}
	best := 0
	for i, v := range score {
		if v > score[best] {
			best = i
		}
	}
	by := make([]gray.Point, dimension)
	for k := dimension - 1; k >= 0; k-- {
		by[k] = gray.Point{
			X: float64(best%alongStates-alongReach) / perModule,
			Y: float64(best/alongStates-asideReach) / perModule,
		}
		best = int(from[k][best])
	}
	return by
}

// spread lets every state come from any other, for a price that grows with the
// way between them: first all ways off the line, then all along it.
func (s *states) spread(from *[trackStates]int16) {
	for j := 1; j < asideStates; j++ {
		s.cross(from, j-1, j)
	}
	for j := asideStates - 2; j >= 0; j-- {
		s.cross(from, j+1, j)
	}
	for j := range asideStates {
		slide((*[alongStates]float32)(s[j*alongStates:]), (*[alongStates]int16)(from[j*alongStates:]))
	}
}

const dear = 0.25 // a quarter of a module, in modules that agree

func (s *states) cross(from *[trackStates]int16, source, target int) {
	a, b := (*[alongStates]float32)(s[source*alongStates:]), (*[alongStates]float32)(s[target*alongStates:])
	fromA, fromB := (*[alongStates]int16)(from[source*alongStates:]), (*[alongStates]int16)(from[target*alongStates:])
	for i, v := range a {
		if v -= dear; v > b[i] {
			b[i], fromB[i] = v, fromA[i]
		}
	}
}

func slide(s *[alongStates]float32, from *[alongStates]int16) {
	for i := 1; i < alongStates; i++ {
		if v := s[i-1] - dear; v > s[i] {
			s[i], from[i] = v, from[i-1]
		}
	}
	for i := alongStates - 2; i >= 0; i-- {
		if v := s[i+1] - dear; v > s[i] {
			s[i], from[i] = v, from[i+1]
		}
	}
}

// judge adds how well a module agrees with its colour. Within the finders a
// displacement costs: the guess came from them.
func (s *strip) judge(score *states, dimension, k int) {
	colour, held := float32(timing(dimension, k)), float32(0)
	if k < 7 || k >= dimension-7 {
		held = 0.3 / (perModule * perModule)
	}
	for j := range asideStates {
		line := score[j*alongStates : (j+1)*alongStates]
		if held == 0 {
			for u, v := range s.values[j][k*perModule:][:alongStates] {
				line[u] += colour * v
			}
			continue
		}
		for u, v := range s.values[j][k*perModule:][:alongStates] {
			dx, dy := u-alongReach, j-asideReach
			line[u] += colour*v - held*float32(dx*dx+dy*dy)
		}
	}
}
