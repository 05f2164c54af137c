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
		sum := 0.0
		for _, v := range judged {
			sum += v * math.Tanh(middle*v/variance)
		}
		middle = sum / n
	}
	return middle, max(square-middle*middle, 0.02*square, 1e-9)
}
