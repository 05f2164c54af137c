package fiscal

import "math"

// channel answers how well the bits of a symbol speak for values. Gains are in
// bits: log₂ of how much likelier the picture is with that value than with
// random bits.
type channel struct {
	// twice holds twice the probability that a bit is 0, and that it is 1.
	twice [][2]float64
	gains [][2]float64 // log₂ of them
	// runs sums the gains of digits in byte mode in steps of 8 bits.
	runs []float64
}

// stained is the share of modules that something lies over and that say the
// opposite with all certainty.
const stained = 0.03

// newChannel takes natural log-likelihood ratios, positive for 1.
func newChannel(llr []float64) *channel {
	c := &channel{twice: make([][2]float64, len(llr)), gains: make([][2]float64, len(llr))}
	for i, l := range llr {
		one := stained/2 + (1-stained)/(1+math.Exp(-l))
		c.twice[i] = [2]float64{2 * (1 - one), 2 * one}
		c.gains[i] = [2]float64{math.Log2(2 * (1 - one)), math.Log2(2 * one)}
	}
	c.runs = make([]float64, len(llr)+8)
	for i := 8; i <= len(llr); i++ {
		c.runs[i] = c.runs[i-8] + c.oneOf(i-8, any10)
	}
	return c
}

// value is the gain of a number in width bits; −Inf beyond the end.
func (c *channel) value(at, width, v int) float64 {
	if at+width > len(c.gains) {
		return math.Inf(-1)
	}
	sum := 0.0
	for i := range width {
		sum += c.gains[at+i][v>>(width-1-i)&1]
	}
	return sum
}

// oneOf is the gain of some character of the set in byte mode.
func (c *channel) oneOf(at int, set string) float64 {
	if at+8 > len(c.twice) {
		return math.Inf(-1)
	}
	sum := 0.0
	for i := range len(set) {
		sum += c.product(cell{at: at, width: 8}, int(set[i]))
	}
	return math.Log2(max(sum/float64(len(set)), 1e-12))
}

// mixed is the gain of some value of the cell, each as likely as the others.
func (c *channel) mixed(one cell) float64 {
	sum := 0.0
	for _, v := range one.values {
		sum += c.product(one, v)
	}
	return math.Log2(max(sum/float64(len(one.values)), 1e-12))
}

func (c *channel) product(one cell, v int) float64 {
	product := 1.0
	for i := range one.width {
		product *= c.twice[one.at+i][v>>(one.width-1-i)&1]
	}
	return product
}

// characters is the gain of the unit with n characters in byte mode.
func (c *channel) characters(u unit, at, n int) float64 {
	if at+8*n > len(c.twice) {
		return math.Inf(-1)
	}
	sum := 0.0
	if u.word != "" {
		for i := range len(u.word) {
			sum += c.value(at+8*i, 8, int(u.word[i]))
		}
		return sum
	}
	special := 0
	if !u.onlyLongest || n == u.most {
		special = min(len(u.first), n)
	}
	for i := range special {
		sum += c.oneOf(at+8*i, u.digits(i, n))
	}
	return sum + c.runs[at+8*n] - c.runs[at+8*special]
}

// packed is the gain of cells of a segment that begins at a bit.
func (c *channel) packed(list []cell, at int) float64 {
	sum := 0.0
	for _, one := range list {
		one.at += at
		sum += c.mixed(one)
	}
	return sum
}
