package tone

import (
	"math"
	"sync"

	"promobot/qr/internal/grid"
)

const (
	window  = 2*reach + 1       // half modules across
	weights = window*window + 1 // one for each place, and a constant
	ridge   = 0.02              // of the number of examples; keeps weights small
	sure    = 0.4               // judgement beyond which a module may teach
	lessons = 3                 // rounds of learning from its own sure modules
)

// Equalised judges the modules of a blurred or smeared symbol. How blur
// spreads a module over its neighbours is learned from the modules whose
// colour is known, by a ridge regression from the grey around a module to its
// colour, and then again with the modules that came out surely. What something
// lies over teaches nothing. False where nothing can be learned.
func (f *Field) Equalised() ([]float64, bool) {
	d := f.Dimension
	known := grid.Known(d)
	lesson := make([]float64, d*d) // −1 light, 1 dark, 0 unknown
	said := make([]float64, d*d)
	s := schools.Get().(*school)
	defer schools.Put(s)
	s.begin(f)
	covered := Covered(Believed(f.Plain()), d)
	for range lessons {
		for _, m := range known {
			if !covered[m.Y*d+m.X] {
				lesson[m.Y*d+m.X] = sign(m.Dark)
			}
		}
		if !s.hear(lesson) {
			break // nothing new: it would say the same again
		}
		w, ok := s.learn()
		if !ok {
			return nil, false
		}
		for i := range said {
			said[i] = f.judge(w, i%d, i/d)
			if math.Abs(said[i]) > sure && !covered[i] {
				lesson[i] = math.Copysign(1, said[i])
			}
		}
	}
	return said, true
}

func sign(dark bool) float64 {
	if dark {
		return 1
	}
	return -1
}

// rule weighs the places around a module.
type rule [weights]float64

// around is what a module is judged by.
func (f *Field) around(x, y int, places *rule) {
	for row := range window {
		copy(places[row*window:(row+1)*window], f.values[(2*y+row)*f.side+2*x:])
	}
	places[weights-1] = 1
}

func (f *Field) judge(w *rule, x, y int) float64 {
	said := w[weights-1]
	for row := range window {
		from := f.values[(2*y+row)*f.side+2*x:]
		for i, v := range w[row*window : (row+1)*window] {
			said += v * from[i]
		}
	}
	return said
}

// school keeps what the examples of all lessons have in common: a module once
// sure stays an example, and only its colour may change.
type school struct {
	field  *Field
	heard  []float64 // the lesson as it was
	a      [weights]rule
	work   [weights]rule
	b      rule
	places [block]rule
	n      int // examples
}

// block is how many examples are summed at once: reading and writing the matrix
// is what costs.
const block = 4

var schools = sync.Pool{New: func() any { return new(school) }}

func (s *school) begin(f *Field) {
	s.field, s.n = f, 0
	s.heard = sized(s.heard, f.Dimension*f.Dimension)
	clear(s.heard)
	s.a = [weights]rule{}
	s.b = rule{}
}

// hear takes what is new in a lesson, false where nothing is.
func (s *school) hear(lesson []float64) bool {
	d, waiting, news := s.field.Dimension, 0, false
	for i, colour := range lesson {
		change := colour - s.heard[i]
		if change == 0 {
			continue
		}
		news = true
		places := &s.places[waiting]
		s.field.around(i%d, i/d, places)
		for r, v := range places {
			s.b[r] += v * change
		}
		if s.heard[i] == 0 {
			s.n++
			waiting++
		}
		if s.heard[i] = colour; waiting == block {
			s.take()
			waiting = 0
		}
	}
	if waiting > 0 {
		for i := waiting; i < block; i++ {
			s.places[i] = rule{}
		}
		s.take()
	}
	return news
}

// take adds the waiting examples to the lower half of the matrix.
func (s *school) take() {
	p, q, u, v := &s.places[0], &s.places[1], &s.places[2], &s.places[3]
	for r := range s.a {
		line := s.a[r][:r+1]
		pr, qr, ur, vr := p[r], q[r], u[r], v[r]
		for c := range line {
			line[c] += pr*p[c] + qr*q[c] + ur*u[c] + vr*v[c]
		}
	}
}

// learn fits a rule to the examples.
func (s *school) learn() (*rule, bool) {
	s.work = s.a
	for i := range s.work {
		s.work[i][i] += ridge * float64(s.n)
	}
	return solve(&s.work, s.b)
}

func dot(a, b []float64) float64 {
	var even, odd float64
	for len(a) >= 2 && len(b) >= 2 {
		even += a[0] * b[0]
		odd += a[1] * b[1]
		a, b = a[2:], b[2:]
	}
	if len(a) > 0 && len(b) > 0 {
		even += a[0] * b[0]
	}
	return even + odd
}

// solve is Cholesky's method for the symmetric matrix of which the lower half
// is given; the matrix is used up.
func solve(a *[weights]rule, b rule) (*rule, bool) {
	for i := range a {
		for j := 0; j <= i; j++ {
			sum := a[i][j] - dot(a[i][:j], a[j][:j])
			if i != j {
				a[i][j] = sum / a[j][j]
				continue
			}
			if sum <= 0 {
				return nil, false
			}
			a[i][i] = math.Sqrt(sum)
		}
	}
	for i := range b {
		for k := range i {
			b[i] -= a[i][k] * b[k]
		}
		b[i] /= a[i][i]
	}
	for i := len(b) - 1; i >= 0; i-- {
		for k := i + 1; k < len(b); k++ {
			b[i] -= a[k][i] * b[k]
		}
		b[i] /= a[i][i]
	}
	return &b, true
}
