package assortment

import (
	"fmt"
	"math"
	"slices"
)

// size is the volume column of a product: a weight or volume (or a range), or
// a number of pieces, or a number of bags of a weight.
type size struct {
	text    string
	volume  string // "volume " and the text, and so on, for reasons
	number  string
	another string
	amount  measure // zero when the goods are counted
	count   float64 // zero when they are weighed
	each    float64 // grams of one of count, zero when unknown
	liquid  bool
}

// parseSize reads "0,5 л", "140-150 г", "12 шт", "25 пак.x2 г".
func parseSize(text string) (size, error) {
	f := observe(text)
	bad := refuse("volume", "%q is not an amount such as 0,5 л, 140-150 г, 12 шт or 25 пак.x2 г", text)
	s := size{text: text, volume: "volume " + text, number: "count " + text, another: "another count or weight than " + text}
	for _, t := range scan(text) {
		u := t.text
		s.liquid = s.liquid || u == "Л" || u == "МЛ" || u == "L" || u == "ML"
	}
	switch {
	case len(f.words) > 0 || len(f.measures)+len(f.chains) != 1:
		return s, bad
	case len(f.chains) == 1 && len(f.chains[0].counts) == 1 && f.chains[0].each.unit == gram:
		s.count, s.each = f.chains[0].counts[0], f.chains[0].each.low
	case len(f.chains) == 1:
		return s, bad
	case f.measures[0].unit == gram:
		s.amount = f.measures[0]
	case f.measures[0].unit == piece || f.measures[0].unit == bag:
		s.count = f.measures[0].low
	}
	if s.amount.low <= 0 && s.count <= 0 || math.IsInf(s.amount.high+s.count, 0) {
		return s, bad
	}
	return s, nil
}

// Outcomes of one comparison.
type outcome int

const (
	absent outcome = iota
	agrees
	contradicts
)

// finding is an outcome with its reason and, for sizes, the pack factor.
type finding struct {
	outcome  outcome
	text     string
	other    float64 // what stands in the name instead of or beside text; 0: nothing
	pack     int
	unitless bool // read from a number without a unit
}

// String says it for people.
func (f finding) String() string {
	switch {
	case f.other == 0:
		return f.text
	case f.outcome == contradicts:
		return fmt.Sprintf("%g instead of %s", f.other, f.text)
	}
	return fmt.Sprintf("%g beside %s", f.other, f.text)
}

// compare holds the amounts of a name against the size.
func (s *size) compare(f *facts, pieces float64) finding {
	if s.count > 0 {
		return s.counted(f)
	}
	return s.weighed(f, pieces)
}

// weighed compares weights and volumes. One that fits beside one that does not
// is a gift, a set or a gross weight: a person has to look.
func (s *size) weighed(f *facts, pieces float64) finding {
	yes := finding{outcome: agrees, text: s.volume, pack: max(f.pack, 1)}
	held, others := s.sift(f.measures)
	switch {
	case held && len(others) > 0:
		return finding{outcome: absent, text: s.volume, other: others[0]}
	case held:
		return yes
	}
	for _, c := range f.chains {
		if found, ok := s.chained(c, pieces); ok {
			return found
		}
		if c.each.unit == gram {
			others = append(others, c.each.low)
		}
	}
	if len(others) > 0 {
		return finding{outcome: contradicts, text: s.volume, other: others[0]}
	}
	return s.unitless(f, pieces, yes)
}

// sift tells whether a weight or volume is the product's, and lists the others.
func (s *size) sift(measures []measure) (held bool, others []float64) {
	for _, m := range measures {
		switch {
		case m.unit != gram:
		case s.holds(m):
			held = true
		default:
			others = append(others, m.low)
		}
	}
	return held, others
}

// chained compares a multiplication: one factor beside the weight is a pack;
// several describe a carton and what is sold is one piece of it.
func (s *size) chained(c chain, pieces float64) (finding, bool) {
	yes := finding{outcome: agrees, text: s.volume, pack: 1}
	total := c.each
	for _, n := range c.counts {
		total.low, total.high = total.low*n, total.high*n
	}
	switch {
	case c.each.unit != gram:
		return finding{}, false
	case s.holds(total):
		return yes, true
	case s.holds(c.each):
		if n := c.counts[0]; len(c.counts) == 1 && n >= 2 && n <= 100 && n != pieces {
			yes.pack = int(n)
		}
		return yes, true
	}
	return finding{}, false
}

// holds allows one part in a hundred, for 0,449 written as 0,45, and the
// rounding of small weights to whole grams.
func (s *size) holds(m measure) bool {
	if m.low >= s.amount.low*0.99 && m.high <= s.amount.high*1.01 {
		return true
	}
	fractional := s.amount.low != math.Trunc(s.amount.low)
	return s.amount.low < 50 && fractional && !m.decimals && math.Abs(m.low-s.amount.low) <= 0.5
}

// unitless compares numbers without a unit: 0,5 may be litres or kilograms, 400
// grams or millilitres. One digit alone says too little, and another whole
// number may be anything.
func (s *size) unitless(f *facts, pieces float64, yes finding) finding {
	no := finding{outcome: absent, text: "no volume"}
	for _, m := range f.bare {
		big := measure{low: m.low * 1000, high: m.high * 1000, decimals: m.decimals}
		switch {
		case m.decimals && s.holds(big), m.low >= 10 && s.holds(m):
			yes.unitless = true
			return yes
		case m.decimals && m.low < 5 && s.amount.low >= 100:
			no = finding{outcome: contradicts, text: s.volume, other: m.low}
		}
	}
	if no.outcome == absent && pieces > 1 {
		return piecesFinding(f, pieces, s.text)
	}
	return no
}

func piecesFinding(f *facts, pieces float64, text string) finding {
	for _, m := range f.measures {
		if m.unit == piece && m.low == pieces {
			return finding{outcome: agrees, text: fmt.Sprintf("%g pieces, volume %s", pieces, text), pack: 1}
		}
	}
	return finding{outcome: absent, text: "no volume"}
}

// counted compares goods sold by number: rolls, eggs, tea bags.
func (s *size) counted(f *facts) finding {
	yes := finding{outcome: agrees, text: s.number, pack: 1}
	var other float64
	for _, c := range f.chains {
		if s.multiplied(c) {
			return yes
		}
		if len(c.counts) > 0 && (s.each > 0 || c.each.unit != gram) {
			other = c.counts[0]
		}
	}
	for _, m := range f.measures {
		switch {
		case (m.unit == piece || m.unit == bag) && m.low == s.count && other == 0:
			if s.each > 0 && !s.weightFits(f) {
				return finding{outcome: contradicts, text: s.another}
			}
			return yes
		case m.unit == bag, m.unit == piece && m.low > 1:
			other = m.low
		}
	}
	boxed := slices.ContainsFunc(f.bare, func(m measure) bool { return m.low == 1 }) // 1/30
	for _, m := range f.bare {
		if other == 0 && (boxed || !m.last || !f.cut) && m.low == s.count && m.low >= 4 && s.each == 0 {
			yes.unitless = true
			return yes
		}
	}
	return s.miscounted(f, other)
}

// multiplied reports 25х2г, or 25х2 without a unit.
func (s *size) multiplied(c chain) bool {
	switch {
	case s.each > 0 && !slices.Contains(c.counts, s.count), c.each.unit == gram && !slices.Contains(c.counts, s.count):
		return false
	case s.each == 0 && c.each.unit == gram:
		return true
	case s.each == 0:
		all := 1.0
		for _, n := range c.counts {
			all *= n
		}
		return all == s.count
	case c.each.unit == gram:
		return c.each.low == s.each
	}
	return len(c.counts) == 2 && slices.Contains(c.counts, s.each)
}

func (s *size) miscounted(f *facts, other float64) finding {
	if other == 0 && s.weightFits(f) {
		return finding{outcome: absent, text: "no count"}
	}
	return finding{outcome: contradicts, text: s.another}
}

// weightFits reports that every weight of the name is that of one of the
// pieces or of all together.
func (s *size) weightFits(f *facts) bool {
	for _, m := range f.measures {
		if m.unit == gram && s.each > 0 && m.low != s.each && math.Abs(m.low-s.each*s.count) > 0.5 {
			return false
		}
	}
	return true
}
