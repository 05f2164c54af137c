package soft

import "math"

// turning looks for free bits whose turning makes the pivots agree better with
// what was seen. Pivots are numbered; a set of them is a bit string.
type turning struct {
	*ordered
	free    []bool
	columns [][]uint64 // pivots that change with each free bit
	wrong   []uint64   // pivots that disagree with what was seen
	costs   [][256]float64
}

func (o *ordered) newTurning() *turning {
	width := (len(o.pivots) + 63) / 64
	t := &turning{ordered: o, free: make([]bool, len(o.free)), wrong: make([]uint64, width)}
	for i, at := range o.free {
		t.free[i] = o.trust[o.open[at]] > 0
	}
	t.columns = o.columns(width)
	prices := make([]float64, 64*width)
	start := o.codeword(t.free)
	for i, at := range o.pivots {
		seen := o.trust[o.open[at]]
		if start[o.open[at]] != (seen > 0) {
			t.wrong[i/64] |= 1 << (i % 64)
		}
		prices[i] = math.Abs(seen)
	}
	t.costs = make([][256]float64, 8*width)
	for i := range t.costs {
		weigh(&t.costs[i], prices[8*i:8*i+8])
	}
	return t
}

// columns are the pivots that change with each free bit: the equations turned
// about their diagonal, 64 by 64.
func (o *ordered) columns(width int) [][]uint64 {
	words := (len(o.open) + 63) / 64
	store := make([]uint64, 64*words*width)
	var square [64]uint64
	for r := range width {
		rows := o.rows[64*r : min(64*r+64, len(o.rows))]
		for w := range words {
			clear(square[:])
			for i := range rows {
				square[i] = rows[i].of[w]
			}
			flip(&square)
			for c, v := range square {
				store[(64*w+c)*width+r] = v
			}
		}
	}
	columns := make([][]uint64, len(o.free))
	for i, at := range o.free {
		columns[i] = store[at*width : (at+1)*width]
	}
	return columns
}

// flip exchanges rows and columns: halves first, then the halves of these
// (H. Warren, Hacker's Delight, 7.3).
func flip(square *[64]uint64) {
	mask := uint64(1)<<32 - 1
	for half := 32; half > 0; half /= 2 {
		for i := 0; i < 64; i = (i + half + 1) &^ half {
			t := (square[i]>>half ^ square[i+half]) & mask
			square[i] ^= t << half
			square[i+half] ^= t
		}
		mask ^= mask << (half / 2)
	}
}

// weigh sums the prices of all sets of eight pivots.
func weigh(sums *[256]float64, prices []float64) {
	for k, price := range prices {
		for v := range 1 << k {
			sums[v|1<<k] = sums[v] + price
		}
	}
}

// cost is that of the wrong pivots with two columns turned, either of which may
// be nil, and sum; it may stop where that reaches enough.
func (t *turning) cost(a, b []uint64, sum, enough float64) float64 {
	for w, v := range t.wrong {
		if a != nil {
			v ^= a[w]
		}
		if b != nil {
			v ^= b[w]
		}
		if v == 0 {
			continue
		}
		of := (*[8][256]float64)(t.costs[8*w:])
		sum += of[0][v&255] + of[1][v>>8&255] + of[2][v>>16&255] + of[3][v>>24&255] +
			of[4][v>>32&255] + of[5][v>>40&255] + of[6][v>>48&255] + of[7][v>>56]
		if sum >= enough {
			break
		}
	}
	return sum
}

func (t *turning) all() float64 { return t.cost(nil, nil, 0, math.Inf(1)) }

func (t *turning) price(free int) float64 { return math.Abs(t.trust[t.open[t.ordered.free[free]]]) }

// search turns the best one or two of the least sure free bits, again and
// again as long as that helps.
func (t *turning) search() []bool {
	best := t.all()
	for range 4 {
		a, b, cost := t.bestTurn()
		if cost >= best {
			break
		}
		best = cost
		t.turn(a)
		t.turn(b)
		best = t.all()
	}
	return t.free
}

func (t *turning) turn(i int) {
	if i < 0 {
		return
	}
	t.free[i] = !t.free[i]
	for w, v := range t.columns[i] {
		t.wrong[w] ^= v
	}
}

// bestTurn returns the free bits, −1 for none, whose turning leaves the least
// cost, with the price of the turned bits in it. Prices ascend.
func (t *turning) bestTurn() (a, b int, least float64) {
	a, b, least = -1, -1, math.Inf(1)
	for i := range min(len(t.columns), turnedAlone) {
		price := t.price(i)
		if price >= least {
			break
		}
		if c := t.cost(t.columns[i], nil, price, least); c < least {
			a, b, least = i, -1, c
		}
	}
	for i := range min(len(t.columns), turnedInPairs) {
		for j := range i {
			price := t.price(i) + t.price(j)
			if price >= least {
				break
			}
			if c := t.cost(t.columns[i], t.columns[j], price, least); c < least {
				a, b, least = i, j, c
			}
		}
	}
	return a, b, least
}
