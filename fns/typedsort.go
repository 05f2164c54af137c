package fns

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"promobot/internal/money"
)

// sorter finds out which piece is which field.
type sorter struct {
	known Draft
	now   time.Time
	slips []Slip

	date    *piece
	clock   *piece
	total   []labelled[typedSum]
	fn      []string          // digits given for it by a label
	numbers map[string]string // digits given for i and fp by a label
	op      Operation
	pool    []bare
}

type labelled[T any] struct {
	value T
	text  string
	by    bool // a label named it
	exact bool // with kopecks or a currency
}

// bare is a number that no label names.
type bare struct {
	digits string
	joined bool // only a space parts it from the one before
	early  bool // it stands before the drive number
}

// sort goes through the pieces and gives labels their values.
func (s *sorter) sort(pieces []piece, field string) {
	s.numbers = map[string]string{}
	want := field
	for i := 0; i < len(pieces); i++ {
		switch p := pieces[i]; p.kind {
		case aLabel:
			want = p.field
		case aLine:
			if want == ignored {
				want = ""
			}
		case aDate, aClock:
			s.moment(&pieces[i])
			want = spent(want, "t", ignored)
		case aSum:
			if want != ignored {
				s.total = append(s.total, labelled[typedSum]{p.sum, p.text, want == "s", true})
			}
			want = spent(want, "s", ignored)
		case aNumber:
			i += s.number(pieces[i:], &want) - 1
		}
	}
	s.sortPool()
}

// spent is what a label still waits for after a piece that is one of the
// fields.
func spent(want string, fields ...string) string {
	if slices.Contains(fields, want) {
		return ""
	}
	return want
}

// moment keeps the first date and the first time.
func (s *sorter) moment(p *piece) {
	if p.kind == aDate && s.date == nil {
		s.date = p
	}
	if p.kind == aClock && s.clock == nil {
		s.clock = p
	}
}

// number gives digits to the label that waits, and returns how many pieces that
// took.
func (s *sorter) number(pieces []piece, want *string) int {
	first := pieces[0]
	if first.field == "n" {
		s.op = Operation(first.digits[0] - '0')
		return 1
	}
	label := *want
	digits, taken := first.digits, 1
	switch label {
	case "fn":
		digits, taken = joinDrive(pieces)
		s.fn = append(s.fn, digits)
	case "i", "fp":
		digits, taken = joinGroups(pieces, 10)
		s.given(label, digits)
	case "s":
		digits, taken = joinGroups(pieces, maxSumDigits)
		s.total = append(s.total, labelled[typedSum]{sumOf(digits, ""), digits, true, false})
	case "n":
		if len(digits) == 1 {
			s.op = Operation(digits[0] - '0')
		}
	case ignored:
	default:
		s.pool = append(s.pool, bare{digits: first.digits, joined: first.joined})
		return 1
	}
	*want = ""
	return taken
}

func (s *sorter) given(field, digits string) {
	if before, found := s.numbers[field]; found && strings.TrimLeft(before, "0") != strings.TrimLeft(digits, "0") {
		s.slip(Slip{Field: field, Problem: SlipTwice, Said: before + ", " + digits})
		return
	}
	s.numbers[field] = digits
}

// mostDrive is how many digits are still taken for a mistyped drive number.
const mostDrive = 19

// joinDrive joins groups to the sixteen digits of a drive number if they come
// out exactly; else it takes the first group alone if that is nearly long
// enough, or all of them.
func joinDrive(pieces []piece) (digits string, taken int) {
	for n, p := range pieces {
		if n > 0 && (p.kind != aNumber || p.field != "" || !p.joined || len(digits)+len(p.digits) > mostDrive) {
			break
		}
		if digits, taken = digits+p.digits, n+1; len(digits) == 16 {
			return digits, taken
		}
	}
	if first := pieces[0].digits; len(first) >= 12 {
		return first, 1
	}
	return digits, taken
}

// joinGroups joins the groups of a number that was typed with spaces in it:
// such groups are short.
func joinGroups(pieces []piece, most int) (digits string, taken int) {
	for n, p := range pieces {
		if n > 0 && (p.kind != aNumber || p.field != "" || !p.joined || len(p.digits) > 4 || len(pieces[n-1].digits) > 4 || len(digits)+len(p.digits) > most) {
			break
		}
		digits, taken = digits+p.digits, n+1
	}
	return digits, taken
}

func (s *sorter) slip(slip Slip) {
	if slip.Digits == 0 {
		slip.Digits = countDigits(slip.Said)
	}
	if !slices.ContainsFunc(s.slips, func(before Slip) bool { return before.Field == slip.Field }) {
		s.slips = append(s.slips, slip)
	}
}

func countDigits(text string) int {
	n := 0
	for _, r := range text {
		if isDigit(r) {
			n++
		}
	}
	return n
}

// draft judges what was found, field by field, and adds it to what is known.
func (s *sorter) draft() Draft {
	d := s.known
	if s.op.Valid() {
		d.Operation = s.op
	}
	s.readMoment(&d)
	s.readTotal(&d)
	s.readDrive(&d)
	s.readNumber(&d.FD, "i")
	s.readNumber(&d.FP, "fp")
	slices.SortStableFunc(s.slips, func(a, b Slip) int {
		return slices.Index(TypedFields[:], a.Field) - slices.Index(TypedFields[:], b.Field)
	})
	for _, slip := range s.slips {
		if !slip.Doubt() && slip.Problem != SlipNoTime {
			d = d.Without(slip.Field)
		}
	}
	return d
}

func (s *sorter) readDrive(d *Draft) {
	if len(s.fn) == 0 {
		return
	}
	for _, other := range s.fn[1:] {
		if other != s.fn[0] {
			s.slip(Slip{Field: "fn", Problem: SlipTwice, Said: s.fn[0] + ", " + other})
			return
		}
	}
	if len(s.fn[0]) != 16 {
		s.slip(Slip{Field: "fn", Problem: SlipDigits, Said: s.fn[0]})
		return
	}
	d.FN = s.fn[0]
}

func (s *sorter) readNumber(to *int64, field string) {
	digits, found := s.numbers[field]
	if !found {
		return
	}
	short := strings.TrimLeft(digits, "0")
	if len(short) > 10 {
		s.slip(Slip{Field: field, Problem: SlipDigits, Said: digits})
		return
	}
	n, err := strconv.ParseInt(short, 10, 64)
	if err != nil || n < 1 || n > MaxNumber {
		s.slip(Slip{Field: field, Problem: SlipRange, Said: digits})
		return
	}
	*to = n
}

// readTotal prefers an amount that a label names to one that does not, and one
// with kopecks to one without. A bare 1240 may be 12.40 as well.
func (s *sorter) readTotal(d *Draft) {
	best := slices.MaxFunc(append(s.total, labelled[typedSum]{}), func(a, b labelled[typedSum]) int { return a.rank() - b.rank() })
	if best.text == "" {
		return
	}
	for _, other := range s.total {
		if other.rank() == best.rank() && other.value.total != best.value.total {
			s.slip(Slip{Field: "s", Problem: SlipTwice, Said: best.text + ", " + other.text,
				Choices: []string{best.value.total.String(), other.value.total.String()}})
			return
		}
	}
	if !best.value.valid {
		s.slip(Slip{Field: "s", Problem: SlipSum, Said: best.text})
		return
	}
	d.Total = best.value.total
	if !best.exact {
		s.slip(Slip{Field: "s", Problem: SlipNoKopecks, Said: best.text,
			Choices: []string{d.Total.String(), money.Kopecks(d.Total / 100).String()}})
	}
}

func (l labelled[T]) rank() int {
	rank := 0
	if l.by {
		rank += 2
	}
	if l.exact {
		rank++
	}
	return rank
}
