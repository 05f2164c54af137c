package fiscal

import (
	"cmp"
	"math"
	"slices"
)

const (
	beam     = 10   // states kept before each unit
	rivals   = 2    // ways to the same place within a segment
	hopeless = 40.0 // bits behind the best that nothing makes good
)

// state is a text as far as a unit, with a segment that ends there.
type state struct {
	unit, at int
	gain     float64
	before   int // state it came from; −1 at the start
	mode     mode
	lengths  []int // of the units of the segment
}

// search goes through texts and segmentations together, unit by unit.
type search struct {
	*channel
	version int
	states  []state
	waiting [][]int // states before each unit
	steps   []step  // of the segment that is being searched
}

// Plans lists the likeliest ways in which the data of a symbol can be the code
// of a receipt, best first, at most most. Data are natural log-likelihood
// ratios, positive for 1, of its data bits in order; infinite ones are clipped.
func Plans(data []float64, version, most int) []Plan {
	s := &search{channel: newChannel(data), version: version, waiting: make([][]int, len(units)+1)}
	s.add(state{before: -1})
	for u := range units {
		for _, i := range s.best(s.waiting[u]) {
			s.extend(i)
		}
	}
	for _, i := range s.waiting[len(units)] {
		s.states[i].gain += s.tail(s.states[i].at)
	}
	ends := s.waiting[len(units)]
	s.sort(ends)
	var plans []Plan
	for _, i := range ends[:min(len(ends), most)] {
		if !math.IsInf(s.states[i].gain, -1) {
			plans = append(plans, s.plan(i))
		}
	}
	return plans
}

func (s *search) add(one state) {
	s.states = append(s.states, one)
	s.waiting[one.unit] = append(s.waiting[one.unit], len(s.states)-1)
}

func (s *search) sort(list []int) {
	slices.SortStableFunc(list, func(a, b int) int { return cmp.Compare(s.states[b].gain, s.states[a].gain) })
}

// best keeps the states that may still win.
func (s *search) best(list []int) []int {
	s.sort(list)
	for i, n := range list {
		if i == beam || s.states[n].gain < s.states[list[0]].gain-hopeless {
			return list[:i]
		}
	}
	return list
}

func (s *search) extend(from int) {
	s.extendBytes(from)
	u := s.states[from].unit
	if units[u].word == "" {
		s.extendPacked(from, numeric, 1)
	}
	for n := 1; u+n <= len(units) && units[u+n-1].fits(alphanumeric); n++ {
		s.extendPacked(from, alphanumeric, n)
	}
}

// extendPacked adds a segment of n units of every length.
func (s *search) extendPacked(from int, m mode, n int) {
	start := s.states[from]
	width := countBits(m, s.version)
	header := s.value(start.at, 4, int(m))
	if header < -hopeless {
		return
	}
	for _, c := range packings(m, start.unit, n) {
		end := start.at + 4 + width + c.bits
		if end > len(s.twice) {
			continue
		}
		gain := header + s.value(start.at+4, width, c.characters)
		if gain < -hopeless {
			continue
		}
		gain += start.gain + s.packed(c.telling, start.at+4+width)
		s.add(state{start.unit + n, end, gain, from, m, c.lengths})
	}
}

// step is a way to a unit within a segment of bytes.
type step struct {
	gain   float64
	before int // step
	length int
}

// extendBytes adds the segments of bytes that begin at a state, however many
// units they take. Ways of the same number of characters are rivals.
func (s *search) extendBytes(from int) {
	start := s.states[from]
	width := countBits(byteMode, s.version)
	header := start.gain + s.value(start.at, 4, int(byteMode))
	if header < start.gain-hopeless {
		return
	}
	first := start.at + 4 + width
	steps := append(s.steps[:0], step{gain: header, before: -1})
	defer func() { s.steps = steps }()
	now := map[int][]int{0: {0}}
	for v := start.unit; v < len(units); v++ {
		next := map[int][]int{}
		for count, ways := range now {
			for _, way := range ways {
				for _, n := range units[v].lengths() {
					gain := steps[way].gain + s.characters(units[v], first+8*count, n)
					if gain < start.gain-hopeless || math.IsInf(gain, -1) {
						continue
					}
					steps = append(steps, step{gain, way, n})
					next[count+n] = rivalled(steps, next[count+n], len(steps)-1)
				}
			}
		}
		s.close(from, v+1, first, width, steps, next)
		now = next
	}
}

// rivalled adds a way, the best first, and forgets the worst of too many.
func rivalled(steps []step, ways []int, way int) []int {
	ways = append(ways, way)
	for i := len(ways) - 1; i > 0 && steps[ways[i]].gain > steps[ways[i-1]].gain; i-- {
		ways[i], ways[i-1] = ways[i-1], ways[i]
	}
	return ways[:min(len(ways), rivals)]
}

// close ends the segment before unit v in every way that its count allows.
func (s *search) close(from, v, first, width int, steps []step, ways map[int][]int) {
	start := s.states[from]
	for count, list := range ways {
		counted := s.value(start.at+4, width, count)
		for _, way := range list {
			gain := steps[way].gain + counted
			if gain < start.gain-hopeless {
				continue
			}
			s.add(state{v, first + 8*count, gain, from, byteMode, lengthsOf(steps, way)})
		}
	}
}

func lengthsOf(steps []step, way int) (lengths []int) {
	for ; steps[way].before >= 0; way = steps[way].before {
		lengths = append(lengths, steps[way].length)
	}
	slices.Reverse(lengths)
	return lengths
}

// tail is the gain of terminator and padding from the end of the text.
func (s *search) tail(at int) float64 {
	gain := 0.0
	for _, one := range tailCells(at, len(s.twice)) {
		gain += s.value(one.at, one.width, one.values[0])
	}
	return gain
}

// tailCells are the terminator, the rest of its byte, and the padding bytes
// (ISO/IEC 18004, 7.4.9 and 7.4.10).
func tailCells(at, end int) (list []cell) {
	if width := min(4, end-at); width > 0 {
		list = append(list, cell{at, width, []int{0}})
		at += width
	}
	if rest := (8 - at%8) % 8; rest > 0 && at+rest <= end {
		list = append(list, cell{at, rest, []int{0}})
		at += rest
	}
	for pad := 0xec; at+8 <= end; at, pad = at+8, pad^0xec^0x11 {
		list = append(list, cell{at, 8, []int{pad}})
	}
	return list
}
