package tone

import "math"

// Believed turns judgements into natural log-likelihood ratios, positive for
// dark. What they are worth is learned from their own distribution: two bells
// of one width, at the same distance on both sides of 0, and between them a
// third of modules that say nothing, since they lie under a glare, on a tear or
// outside of the paper.
func Believed(judged []float64) []float64 {
	m := fitted(judged)
	out := make([]float64, len(judged))
	for i, v := range judged {
		out[i] = m.ratio(v)
	}
	return out
}

// mixture is the three bells: at ±middle with a variance, and at 0.
type mixture struct {
	middle, variance float64
	dull             float64 // share of the bell at 0
	dullVariance     float64
}

const (
	bins      = 96  // that judgements are counted in by their size
	mostDull  = 0.7 // of all modules
	dullReach = 0.4 // deviation of the dull bell, of the middle of the others, at most
	rounds    = 16
)

// fitted fits the bells by expectation maximisation over counts.
func fitted(judged []float64) mixture {
	counts, width := counted(judged)
	m := begun(counts, width)
	for range rounds {
		m = m.better(counts, width)
	}
	return m
}

// counted counts judgements by their size; the last bin takes all beyond three
// times their mean.
func counted(judged []float64) (counts [bins]float64, width float64) {
	sum := 0.0
	for _, v := range judged {
		sum += math.Abs(v)
	}
	width = max(3*sum/float64(max(1, len(judged)))/bins, 1e-9)
	for _, v := range judged {
		counts[min(int(math.Abs(v)/width), bins-1)]++
	}
	return counts, width
}

// begun is a first guess: all modules say something.
func begun(counts [bins]float64, width float64) mixture {
	n, sum, squares := 0.0, 0.0, 0.0
	for i, c := range counts {
		v := (float64(i) + 0.5) * width
		n, sum, squares = n+c, sum+c*v, squares+c*v*v
	}
	n = max(n, 1)
	middle := sum / n
	m := mixture{middle: middle, variance: squares/n - middle*middle, dull: 0.05}
	return m.bounded()
}

func (m mixture) bounded() mixture {
	square := m.middle * m.middle
	m.variance = max(m.variance, 0.02*square, 1e-9)
	m.dull = min(max(m.dull, 0.001), mostDull)
	m.dullVariance = max(min(m.dullVariance, dullReach*dullReach*square), 0.01*square, 1e-9)
	return m
}

// better is one round. Sizes stand for both signs.
func (m mixture) better(counts [bins]float64, width float64) mixture {
	var told, sum, squares, dull, dullSquares, n float64
	for i, c := range counts {
		v := (float64(i) + 0.5) * width
		near, far, none := m.near(v), m.near(-v), m.none(v)
		all := max(near+far+none, 1e-300)
		side := c * (near + far) / all
		told += side
		sum += c * (near - far) / all * v
		squares += side * v * v
		dull += c * none / all
		dullSquares += c * none / all * v * v
		n += c
	}
	middle := sum / max(told, 1e-9)
	next := mixture{middle: middle, variance: squares/max(told, 1e-9) - middle*middle,
		dull: dull / max(n, 1), dullVariance: dullSquares / max(dull, 1e-9)}
	return next.bounded()
}

// near is the density of the dark bell, none that of the dull one.
func (m mixture) near(v float64) float64 {
	return (1 - m.dull) / 2 * bell(v-m.middle, m.variance)
}

func (m mixture) none(v float64) float64 { return m.dull * bell(v, m.dullVariance) }

func bell(v, variance float64) float64 {
	return math.Exp(-v*v/(2*variance)) / math.Sqrt(variance)
}

// ratio is the log-likelihood ratio of a judgement.
func (m mixture) ratio(v float64) float64 {
	const least = 1e-12
	half := m.none(v) / 2
	return math.Log((m.near(v) + half + least) / (m.near(-v) + half + least))
}
