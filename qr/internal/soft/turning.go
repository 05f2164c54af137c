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
	t := &turning{ordered: o, free: make([]bool, len(o.free)), columns: make([][]uint64, len(o.free)), wrong: make([]uint64, width)}
	place := make([]int, len(o.open))
	for i, at := range o.free {
		place[at] = i
		t.free[i] = o.trust[o.open[at]] > 0
		t.columns[i] = make([]uint64, width)
	}
	t.costs = make([][256]float64, 8*width)
	start := o.codeword(t.free)
	for i, at := range o.pivots {
		for j, f := range o.free {
			if o.rows[i].of[f/64]>>(f%64)&1 == 1 {
				t.columns[j][i/64] |= 1 << (i % 64)
			}
		}
		seen := o.trust[o.open[at]]
		if start[o.open[at]] != (seen > 0) {
			t.wrong[i/64] |= 1 << (i % 64)
		}
		t.weigh(i, math.Abs(seen))
	}
	return t
}

// weigh adds the cost of a wrong pivot to the table of its byte.
func (t *turning) weigh(pivot int, cost float64) {
	table := &t.costs[pivot/8]
	for v := range table {
		if v>>(pivot%8)&1 == 1 {
			table[v] += cost
		}
	}
}

// cost is that of the wrong pivots with up to two columns turned.
func (t *turning) cost(columns ...[]uint64) float64 {
	sum := 0.0
	for w, v := range t.wrong {
		for _, c := range columns {
			v ^= c[w]
		}
		for b := 0; v != 0; b, v = b+1, v>>8 {
			sum += t.costs[8*w+b][v&255]
		}
	}
	return sum
}

func (t *turning) price(free int) float64 { return math.Abs(t.trust[t.open[t.ordered.free[free]]]) }

// search turns the best one or two of the least sure free bits, again and
// again as long as that helps.
func (t *turning) search() []bool {
	best := t.cost()
	for range 4 {
		a, b, cost := t.bestTurn()
		if cost >= best {
			break
		}
		best = cost
		t.turn(a)
		t.turn(b)
		best = t.cost()
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
// cost, with the price of the turned bits in it.
func (t *turning) bestTurn() (a, b int, least float64) {
	a, b, least = -1, -1, math.Inf(1)
	for i := range min(len(t.columns), turnedAlone) {
		if c := t.price(i) + t.cost(t.columns[i]); c < least {
			a, b, least = i, -1, c
		}
	}
	pairs := min(len(t.columns), turnedInPairs)
	for i := range pairs {
		for j := range i {
			if c := t.price(i) + t.price(j) + t.cost(t.columns[i], t.columns[j]); c < least {
				a, b, least = i, j, c
			}
		}
	}
	return a, b, least
}
