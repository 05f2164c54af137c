package tone

import (
	"math"

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
// colour, and then again with the modules that came out surely. False where
// nothing can be learned.
func (f *Field) Equalised() ([]float64, bool) {
	d := f.Dimension
	known := grid.Known(d)
	lesson := make([]float64, d*d) // −1 light, 1 dark, 0 unknown
	said := make([]float64, d*d)
	for range lessons {
		for _, m := range known {
			lesson[m.Y*d+m.X] = sign(m.Dark)
		}
		w, ok := f.learn(lesson)
		if !ok {
			return nil, false
		}
		for i := range said {
			said[i] = f.judge(w, i%d, i/d)
			if math.Abs(said[i]) > sure {
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

// learn fits a rule to the modules whose lesson is not 0.
func (f *Field) learn(lesson []float64) (*rule, bool) {
	var a [weights]rule
	var b, places rule
	examples := 0.0
	for i, colour := range lesson {
		if colour == 0 {
			continue
		}
		examples++
		f.around(i%f.Dimension, i/f.Dimension, &places)
		for r, v := range places {
			b[r] += v * colour
			line := a[r][:r+1]
			for c := range line {
				line[c] += v * places[c]
			}
		}
	}
	for i := range a {
		a[i][i] += ridge * examples
	}
	return solve(&a, b)
}

// solve is Cholesky's method for the symmetric matrix of which the lower half
// is given; the matrix is used up.
func solve(a *[weights]rule, b rule) (*rule, bool) {
	for i := range a {
		for j := 0; j <= i; j++ {
			sum := a[i][j]
			for k := range j {
				sum -= a[i][k] * a[j][k]
			}
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
