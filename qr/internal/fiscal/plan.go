package fiscal

import "math"

// Plan is one way to fill the data bits of a symbol with the code of a
// receipt: its segments and the lengths of its fields, the digits still open.
type Plan struct {
	// Gain is by how many bits the picture speaks for the plan against random
	// bits, with what is open taken as it may be.
	Gain  float64
	cells []cell
}

func (s *search) plan(end int) Plan {
	p := Plan{Gain: s.states[end].gain, cells: tailCells(s.states[end].at, len(s.twice))}
	for i := end; s.states[i].before >= 0; i = s.states[i].before {
		last := s.states[i]
		p.cells = append(s.segment(s.states[last.before], last), p.cells...)
	}
	return p
}

func (s *search) segment(start, end state) []cell {
	var sets []string
	for i, n := range s.lengths(end) {
		sets = append(sets, units[start.unit+i].sets(n)...)
	}
	width := countBits(end.mode, s.version)
	list := []cell{{start.at, 4, []int{int(end.mode)}}, {start.at + 4, width, []int{len(sets)}}}
	return append(list, cells(end.mode, start.at+4+width, sets)...)
}

// Known lists the data bits that the plan fixes: 0 or 1, and −1 where open.
func (p Plan) Known(bits int) []int8 {
	known := make([]int8, bits)
	for i := range known {
		known[i] = -1
	}
	for _, one := range p.cells {
		all, some := -1, 0
		for _, v := range one.values {
			all, some = all&v, some|v
		}
		for i := range one.width {
			switch bit := one.width - 1 - i; {
			case all>>bit&1 == 1:
				known[one.at+i] = 1
			case some>>bit&1 == 0:
				known[one.at+i] = 0
			}
		}
	}
	return known
}

// Refine turns log-likelihood ratios of single bits into those that also heed
// which values their digits may have. The result is a new slice.
func (p Plan) Refine(llr []float64) []float64 {
	out := make([]float64, len(llr))
	copy(out, llr)
	for _, one := range p.cells {
		if len(one.values) > 1 {
			one.refine(llr, out)
		}
	}
	return out
}

// refine sums how likely the values are by both of their halves, and then by
// bits.
func (one cell) refine(llr, out []float64) {
	var high, low, highs, lows [1 << mostHalf]float64
	lower := one.width / 2
	upper := one.width - lower
	weights(&high, llr[one.at:one.at+upper])
	weights(&low, llr[one.at+upper:one.at+one.width])
	for _, v := range one.values {
		h, l := v>>lower, v&(1<<lower-1)
		likely := high[h] * low[l]
		highs[h] += likely
		lows[l] += likely
	}
	spread(out[one.at:one.at+upper], &highs)
	spread(out[one.at+upper:one.at+one.width], &lows)
}

// weights is how likely all values of a few bits are, up to a factor.
func weights(of *[1 << mostHalf]float64, llr []float64) {
	of[0] = 1
	for i, l := range llr {
		one := 1 / (1 + math.Exp(-min(max(l, -most), most)))
		for v := 1<<i - 1; v >= 0; v-- {
			of[2*v], of[2*v+1] = of[v]*(1-one), of[v]*one
		}
	}
}

// spread turns how likely values are into the ratios of their bits.
func spread(out []float64, likely *[1 << mostHalf]float64) {
	for i := range out {
		var sums [2]float64
		for v, p := range likely[:1<<len(out)] {
			sums[v>>(len(out)-1-i)&1] += p
		}
		out[i] = min(max(math.Log(sums[1]/sums[0]), -most), most)
	}
}

// most bounds a log-likelihood ratio.
const most = 30

// Open is how many bits of choice the plan leaves within a range of bits.
// Cells that lie partly inside count by their share.
func (p Plan) Open(inside func(bit int) bool) float64 {
	open := 0.0
	for _, one := range p.cells {
		if len(one.values) == 1 {
			continue
		}
		n := 0
		for i := range one.width {
			if inside(one.at + i) {
				n++
			}
		}
		open += math.Log2(float64(len(one.values))) * float64(n) / float64(one.width)
	}
	return open
}

// Holds reports whether the bits, true for 1, are values that the plan allows.
func (p Plan) Holds(bits []bool) bool {
	for _, one := range p.cells {
		v := 0
		for i := range one.width {
			v <<= 1
			if bits[one.at+i] {
				v |= 1
			}
		}
		if !one.allows(v) {
			return false
		}
	}
	return true
}

func (one cell) allows(v int) bool {
	for _, allowed := range one.values {
		if v == allowed {
			return true
		}
	}
	return false
}
