package fiscal

import (
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
	lengths  []int // of the units of the segment; of bytes, see way
	way      int   // the last step of a segment of bytes
}

// search goes through texts and segmentations together, unit by unit.
type search struct {
	*channel
	version int
	states  []state
	most    int       // plans
	waiting [][]int   // states before each unit, the best first
	tails   []float64 // of the text's ends; NaN: not asked for
	steps   []step
	now     ways // of the segment that is being searched
	next    ways
}

// ways are steps by the number of characters of the segment so far.
type ways [mostCharacters + 1][]int

const mostCharacters = 96 // the text has fewer

// Plans lists the likeliest ways in which the data of a symbol can be the code
// of a receipt, best first, at most most. Data are natural log-likelihood
// ratios, positive for 1, of its data bits in order; infinite ones are clipped.
func Plans(data []float64, version, most int) []Plan {
	s := &search{channel: newChannel(data), version: version, most: most, waiting: make([][]int, len(units)+1)}
	s.tails = make([]float64, len(data)+1)
	for i := range s.tails {
		s.tails[i] = math.NaN()
	}
	s.add(state{before: -1})
	for u := range units {
		for _, i := range s.near(s.waiting[u]) {
			s.extend(i)
		}
	}
	var plans []Plan
	for _, i := range s.waiting[len(units)] {
		plans = append(plans, s.plan(i))
	}
	return plans
}

// add keeps a state, if it may be one of the best before its unit.
func (s *search) add(one state) {
	keep := beam
	if one.unit == len(units) {
		keep = s.most
		one.gain += s.tail(one.at)
	}
	list := s.waiting[one.unit]
	full := len(list) >= keep
	if math.IsInf(one.gain, -1) || full && (keep == 0 || one.gain <= s.states[list[len(list)-1]].gain) {
		return
	}
	if !full {
		list = append(list, 0)
	}
	s.states = append(s.states, one)
	at := len(list) - 1
	for ; at > 0 && s.states[list[at-1]].gain < one.gain; at-- {
		list[at] = list[at-1]
	}
	list[at] = len(s.states) - 1
	s.waiting[one.unit] = list
}

// near keeps the states that may still win.
func (s *search) near(list []int) []int {
	for i, n := range list {
		if s.states[n].gain < s.states[list[0]].gain-hopeless {
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
		s.add(state{unit: start.unit + n, at: end, gain: gain, before: from, mode: m, lengths: c.lengths})
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
	s.steps = append(s.steps, step{gain: header, before: -1})
	now, next := &s.now, &s.next
	now.clear(0, mostCharacters)
	now[0] = append(now[0], len(s.steps)-1)
	least, most := 0, 0 // characters so far
	for v := start.unit; v < len(units); v++ {
		lengths := units[v].lengths()
		shortest, longest := lengths[0], lengths[len(lengths)-1]
		next.clear(least+shortest, most+longest)
		for count := least; count <= most; count++ {
			for _, way := range now[count] {
				s.step(start.gain-hopeless, next, way, v, first+8*count, count)
			}
		}
		least, most = least+shortest, most+longest
		s.close(from, v+1, first, width, next[least:most+1], least)
		now, next = next, now
	}
}

func (w *ways) clear(first, last int) {
	for i := first; i <= last; i++ {
		w[i] = w[i][:0]
	}
}

// step adds the ways over a unit that begins at a bit, after count characters.
func (s *search) step(least float64, next *ways, way, unit, at, count int) {
	for _, n := range units[unit].lengths() {
		gain := s.steps[way].gain + s.characters(units[unit], at, n)
		if gain < least || math.IsInf(gain, -1) {
			continue
		}
		s.steps = append(s.steps, step{gain, way, n})
		next[count+n] = rivalled(s.steps, next[count+n], len(s.steps)-1)
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
// The ways are those from least characters on.
func (s *search) close(from, v, first, width int, ways [][]int, least int) {
	start := s.states[from]
	for i, list := range ways {
		if len(list) == 0 {
			continue
		}
		counted := s.value(start.at+4, width, least+i)
		for _, way := range list {
			gain := s.steps[way].gain + counted
			if gain < start.gain-hopeless {
				continue
			}
			s.add(state{unit: v, at: first + 8*(least+i), gain: gain, before: from, mode: byteMode, way: way})
		}
	}
}

// lengths are those of the units of the segment that ends at a state.
func (s *search) lengths(end state) (lengths []int) {
	if end.mode != byteMode {
		return end.lengths
	}
	for way := end.way; s.steps[way].before >= 0; way = s.steps[way].before {
		lengths = append(lengths, s.steps[way].length)
	}
	slices.Reverse(lengths)
	return lengths
}

// tail is the gain of terminator and padding from the end of the text.
func (s *search) tail(at int) float64 {
	if !math.IsNaN(s.tails[at]) {
		return s.tails[at]
	}
	gain := 0.0
	for _, one := range tailCells(at, len(s.twice)) {
		gain += s.value(one.at, one.width, one.values[0])
	}
	s.tails[at] = gain
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
