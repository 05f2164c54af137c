package fns

import (
	"slices"
	"strings"
)

// sortPool gives the numbers that no label names to the fields that have no
// value, by their shapes: sixteen digits are the drive number; what else has up
// to ten digits is first the document's number, then its sign.
func (s *sorter) sortPool() {
	if len(s.fn) == 0 {
		s.findDrive()
	}
	s.pool = joinThousands(s.pool)
	s.pool = slices.DeleteFunc(s.pool, func(b bare) bool { return b.length() > 10 })
	s.dropOperation()
	wanted := s.wanted()
	switch n := len(s.pool); {
	case n == 0:
	case n == len(wanted)+1 && len(s.total) == 0:
		s.takeSum()
		s.share(wanted)
	case n == len(wanted):
		s.share(wanted)
	case n == 1 && len(wanted) == 2:
		s.guess(s.pool[0])
	case len(wanted) > 0:
		s.unclear(wanted)
	}
}

// findDrive takes sixteen digits out of the pool, in one group or in several,
// or digits that nearly are sixteen.
func (s *sorter) findDrive() {
	var found [][2]int
	for i := range s.pool {
		if j := s.driveAt(i); j > 0 {
			found = append(found, [2]int{i, j})
		}
	}
	if len(found) == 0 {
		s.nearlyDrive()
		return
	}
	for _, at := range slices.Backward(found) {
		s.fn = append(s.fn, s.cut(at[0], at[1]))
	}
	slices.Reverse(s.fn)
	if real := slices.DeleteFunc(slices.Clone(s.fn), func(fn string) bool { return fn[0] == '0' }); len(real) > 0 {
		s.fn = real // a till's registration number has sixteen digits too, and begins with zeros
	}
}

// driveAt returns where the groups from i on end that make sixteen digits, or
// 0. Groups within such a number are of at least two digits.
func (s *sorter) driveAt(i int) int {
	if len(s.pool[i].digits) == 16 {
		return i + 1
	}
	n := 0
	for j := i; j < len(s.pool) && (j == i || s.pool[j].joined) && len(s.pool[j].digits) <= 8; j++ {
		if n += len(s.pool[j].digits); n == 16 {
			return j + 1
		}
	}
	return 0
}

// nearlyDrive takes a number that is too long for any other field.
func (s *sorter) nearlyDrive() {
	if s.known.FN != "" {
		return
	}
	for i, b := range s.pool {
		if n := len(b.digits); n >= 13 && n <= mostDrive {
			s.fn = append(s.fn, s.cut(i, i+1))
			return
		}
	}
	for i := range s.pool {
		digits, end := "", i
		for end < len(s.pool) && (end == i || s.pool[end].joined) && len(s.pool[end].digits) == 4 {
			digits, end = digits+s.pool[end].digits, end+1
		}
		if end-i == 3 && end < len(s.pool) && s.pool[end].joined && len(s.pool[end].digits) < 6 {
			s.fn = append(s.fn, s.cut(i, end+1))
			return
		}
	}
}

// cut takes groups out of the pool, joined. What stands before them is early.
func (s *sorter) cut(from, to int) (digits string) {
	for _, b := range s.pool[from:to] {
		digits += b.digits
	}
	for i := range s.pool[:from] {
		s.pool[i].early = true
	}
	s.pool = slices.Delete(s.pool, from, to)
	if from < len(s.pool) {
		s.pool[from].joined = false
	}
	return digits
}

// joinThousands joins 2 874 106 593.
func joinThousands(pool []bare) []bare {
	var joined []bare
	for i := 0; i < len(pool); i++ {
		b := pool[i]
		for len(b.digits) > 0 && len(pool[i].digits) <= 3 && i+1 < len(pool) && pool[i+1].joined &&
			len(pool[i+1].digits) == 3 && len(b.digits)+3 <= 10 {
			i++
			b.digits += pool[i].digits
		}
		joined = append(joined, b)
	}
	return joined
}

// dropOperation takes a last digit from 1 to 4 for the operation where all else
// was typed without labels before it.
func (s *sorter) dropOperation() {
	last := len(s.pool) - 1
	sums := min(len(s.total), 1)
	if s.op.Valid() || len(s.numbers) > 0 || !s.known.Empty() || last+sums != 3 {
		return
	}
	if digits := s.pool[last].digits; len(digits) == 1 && digits >= "1" && digits <= "4" {
		s.op, s.pool = Operation(digits[0]-'0'), s.pool[:last]
	}
}

// wanted are the fields of i and fp that no label has named. What the draft
// knows already is not asked for again.
func (s *sorter) wanted() []string {
	var fields []string
	for _, field := range []string{"i", "fp"} {
		known := field == "i" && s.known.FD > 0 || field == "fp" && s.known.FP > 0
		if _, given := s.numbers[field]; !given && !known {
			fields = append(fields, field)
		}
	}
	if len(fields) == 0 && !s.known.Empty() && len(s.numbers) == 0 && len(s.pool) == 2 {
		return []string{"i", "fp"} // both again
	}
	return fields
}

// takeSum takes the amount that was typed without kopecks: the only number
// before the drive number, else the first.
func (s *sorter) takeSum() {
	at := 0
	if early := slices.IndexFunc(s.pool, func(b bare) bool { return !b.early }); early == 1 {
		at = early - 1
	}
	digits := s.pool[at].digits
	s.pool = slices.Delete(s.pool, at, at+1)
	s.total = append(s.total, labelled[typedSum]{value: sumOf(digits, ""), text: digits})
}

// leastSign is how many digits a fiscal sign has if nothing names it; hardly one
// in forty thousand has fewer.
const leastSign = 6

// length is how many digits there are behind zeros.
func (b bare) length() int { return len(strings.TrimLeft(b.digits, "0")) }

// share gives the numbers to the fields in their order. A long number before a
// short one is the sign before the document's number: no drive holds a
// document of nine digits.
func (s *sorter) share(fields []string) {
	if len(fields) == 0 || len(s.pool) != len(fields) {
		return
	}
	if len(fields) == 2 && s.pool[0].length() >= 9 && s.pool[1].length() <= 7 {
		slices.Reverse(s.pool)
	}
	if last := len(fields) - 1; fields[last] == "fp" && len(s.pool[last].digits) < leastSign {
		s.unclear(fields)
		return
	}
	for i, field := range fields {
		s.given(field, s.pool[i].digits)
	}
}

// guess places a lone number by its length.
func (s *sorter) guess(b bare) {
	switch n := len(b.digits); {
	case n >= 8:
		s.given("fp", b.digits)
	case n <= 6:
		s.given("i", b.digits)
	default:
		s.unclear([]string{"i"})
	}
}

func (s *sorter) unclear(fields []string) {
	var said []string
	for _, b := range s.pool {
		said = append(said, b.digits)
	}
	s.slip(Slip{Field: fields[0], Problem: SlipUnclear, Said: strings.Join(said, ", ")})
}
