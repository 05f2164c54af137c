package grid

import (
	"math"
	"math/rand/v2"
	"testing"
)

// bending is what smooth makes least.
func bending(knots int, at, values, weights []float64, stiffness float64) (sum float64) {
	for i, v := range at {
		x, y := i%knots, i/knots
		sum += weights[i] * (v - values[i]) * (v - values[i])
		if x > 0 && x < knots-1 {
			d := at[i-1] - 2*v + at[i+1]
			sum += stiffness * d * d
		}
		if y > 0 && y < knots-1 {
			d := at[i-knots] - 2*v + at[i+knots]
			sum += stiffness * d * d
		}
		if x > 0 && y > 0 {
			d := at[i-knots-1] - at[i-knots] - at[i-1] + v
			sum += 2 * stiffness * d * d
		}
	}
	return sum
}

func TestSmoothBendsLeast(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for knots := 5; knots <= 12; knots++ {
		values, weights := make([]float64, knots*knots), make([]float64, knots*knots)
		for i := range values {
			values[i], weights[i] = r.NormFloat64(), r.Float64()*float64(r.IntN(2))
		}
		at := smooth(knots, values, weights, 0.7)
		least := bending(knots, at, values, weights, 0.7)
		for i := range at {
			const step = 1e-3
			for _, by := range [2]float64{step, -step} {
				at[i] += by
				if e := bending(knots, at, values, weights, 0.7); e < least-1e-9 {
					t.Fatalf("%d knots: knot %d moved by %v bends less by %v", knots, i, by, least-e)
				}
				at[i] -= by
			}
		}
	}
}

func TestSmoothKeepsAPlane(t *testing.T) {
	const knots = 9
	values, weights := make([]float64, knots*knots), make([]float64, knots*knots)
	plane := func(i int) float64 { return 1 + 0.3*float64(i%knots) - 0.2*float64(i/knots) }
	for i := range values {
		if i%3 == 0 || i%7 == 0 {
			values[i], weights[i] = plane(i), 1
		}
	}
	for i, v := range smooth(knots, values, weights, 5) {
		if math.Abs(v-plane(i)) > 1e-3 {
			t.Errorf("knot %d is %v, want %v", i, v, plane(i))
		}
	}
}
