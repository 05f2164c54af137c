package tone

import "math"

// Believed turns judgements into natural log-likelihood ratios, positive for
// dark. What they are worth is learned from their own distribution: two bells
// of one width, at the same distance on both sides of 0.
func Believed(judged []float64) []float64 {
	middle, variance := bells(judged)
	out := make([]float64, len(judged))
	for i, v := range judged {
		out[i] = 2 * middle * v / variance
	}
	return out
}

// bells fits the two by expectation maximisation.
func bells(judged []float64) (middle, variance float64) {
	square := 0.0
	for _, v := range judged {
		middle += math.Abs(v)
		square += v * v
	}
	n := float64(max(1, len(judged)))
	middle, square = middle/n, square/n
	for range 12 {
		variance = max(square-middle*middle, 0.02*square, 1e-9)
		sum, steepness := 0.0, middle/variance
		for _, v := range judged {
			sum += math.Abs(v) * tanh(steepness*math.Abs(v))
		}
		before := middle
		if middle = sum / n; math.Abs(middle-before) < 1e-5*before {
			break
		}
	}
	return middle, max(square-middle*middle, 0.02*square, 1e-9)
}

// tanh is the hyperbolic tangent of v ≥ 0, by straight lines between places of
// a table: within 0.0001.
func tanh(v float64) float64 {
	v *= tanhSteps
	if !(v < tanhReach*tanhSteps) {
		return 1
	}
	i := int(v)
	return tanhs[i] + (tanhs[i+1]-tanhs[i])*(v-float64(i))
}

const tanhSteps, tanhReach = 32, 8

var tanhs = func() (table [tanhSteps*tanhReach + 1]float64) {
	for i := range table {
		table[i] = math.Tanh(float64(i) / tanhSteps)
	}
	return table
}()
