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
		c.runs[i] = c.runs[i-8] + c.digit(i-8)
	}
	return c
}

// digit is oneOf for any digit, 0x30…0x39: the halves of a byte are
// independent, and of the lower one 0…7 are all with a first 0.
func (c *channel) digit(at int) float64 {
	t := c.twice[at : at+8]
	lower := 8*t[4][0] + 2*t[4][1]*t[5][0]*t[6][0]
	return math.Log2(max(c.threes(at)*lower/10, 1e-12))
}

// threes is how much likelier the upper half of a digit is than a coin's.
func (c *channel) threes(at int) float64 {
	t := c.twice[at : at+4]
	return t[0][0] * t[1][0] * t[2][1] * t[3][1]
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

// oneOf is the gain of some digit of the set in byte mode.
func (c *channel) oneOf(at int, set string) float64 {
	if at+8 > len(c.twice) {
		return math.Inf(-1)
	}
	if set == any10 {
		return c.digit(at)
	}
	sum := 0.0
	for i := range len(set) {
		sum += c.product(at+4, 4, int(set[i]-'0'))
	}
	return math.Log2(max(c.threes(at)*sum/float64(len(set)), 1e-12))
}

// mixed is the gain of some value of the cell, each as likely as the others.
func (c *channel) mixed(at int, one *cell) float64 {
	const many = 16
	sum := 0.0
	if len(one.values) < many {
		for _, v := range one.values {
			sum += c.product(at, one.width, v)
		}
	} else {
		// Both halves of many values are few.
		lower := one.width / 2
		var high, low [1 << mostHalf]float64
		c.products(&high, at, one.width-lower)
		c.products(&low, at+one.width-lower, lower)
		for _, v := range one.values {
			sum += high[v>>lower] * low[v&(1<<lower-1)]
		}
	}
	return math.Log2(max(sum/float64(len(one.values)), 1e-12))
}

// mostHalf is the width of half a cell of more than one value, at most.
const mostHalf = 6

// products is product for all values of the width.
func (c *channel) products(of *[1 << mostHalf]float64, at, width int) {
	of[0] = 1
	for i, t := range c.twice[at : at+width] {
		for v := 1<<i - 1; v >= 0; v-- {
			of[2*v], of[2*v+1] = of[v]*t[0], of[v]*t[1]
		}
	}
}

func (c *channel) product(at, width, v int) float64 {
	product := 1.0
	for i, t := range c.twice[at : at+width] {
		product *= t[v>>(width-1-i)&1]
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
	for i := range list {
		sum += c.mixed(at+list[i].at, &list[i])
	}
	return sum
}
