package fiscal

import (
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// part is a segment of a written text.
type part struct {
	mode mode
	text string
}

// written is the data bits of segments, ended and padded up to a size.
func written(t testing.TB, version, size int, parts ...part) (bits []bool) {
	t.Helper()
	put := func(v, width int) {
		for i := width - 1; i >= 0; i-- {
			bits = append(bits, v>>i&1 == 1)
		}
	}
	for _, p := range parts {
		put(int(p.mode), 4)
		put(len(p.text), countBits(p.mode, version))
		sets := make([]string, len(p.text))
		for i := range sets {
			sets[i] = p.text[i : i+1]
		}
		for _, c := range cells(p.mode, 0, sets) {
			put(c.values[0], c.width)
		}
	}
	if len(bits) > size {
		t.Fatalf("%d bits do not fit into %d", len(bits), size)
	}
	put(0, min(4, size-len(bits)))
	for len(bits)%8 != 0 {
		put(0, 1)
	}
	for pad := 0xec; len(bits) < size; pad ^= 0xec ^ 0x11 {
		put(pad, 8)
	}
	return bits
}

// seen is the ratios of bits through bells of a width at a distance of 1.
func seen(bits []bool, width float64, r *rand.Rand) []float64 {
	llr := make([]float64, len(bits))
	for i, one := range bits {
		at := -1.0
		if one {
			at = 1
		}
		llr[i] = 2 * (at + width*r.NormFloat64()) / (width * width)
	}
	return llr
}

func sure(bits []bool) []float64 {
	llr := make([]float64, len(bits))
	for i, one := range bits {
		llr[i] = -6
		if one {
			llr[i] = 6
		}
	}
	return llr
}

type style struct {
	name    string
	version int
	size    int
	parts   []part
}

var styles = []style{
	{"bytes", 4, 640, []part{{byteMode, "t=20260311T1405&s=1499.00&fn=9999078900005678&i=731&fp=1029384756&n=1"}}},
	{"bytes with seconds", 5, 864, []part{{byteMode, "t=20191231T235959&s=5.00&fn=8710000100256778&i=123456&fp=68885226&n=2"}}},
	{"digits apart", 5, 864, []part{
		{byteMode, "t="}, {numeric, "20260311"}, {byteMode, "T1405&s=1499.00&fn="}, {numeric, "9999078900005678"},
		{byteMode, "&i=731&fp="}, {numeric, "1029384756"}, {byteMode, "&n=1"},
	}},
	{"a time of letters and digits", 5, 864, []part{
		{byteMode, "t="}, {numeric, "20260311"}, {alphanumeric, "T100500"}, {byteMode, "&s="}, {alphanumeric, "1499.00"},
		{byteMode, "&fn="}, {numeric, "9999078900005678"}, {byteMode, "&i=731&fp="}, {numeric, "4029384756"}, {byteMode, "&n=1"},
	}},
	{"much padding", 8, 1552, []part{{byteMode, "t=20200101T1010&s=99999.99&fn=8710000100256778&i=1&fp=12345&n=4"}}},
	{"wide counts", 10, 2192, []part{
		{byteMode, "t="}, {alphanumeric, "20260311T1405"}, {byteMode, "&s=1499.00&fn="}, {numeric, "9999078900005678"},
		{byteMode, "&i=731&fp=1029384756&n=1"},
	}},
	{"no room to spare", 4, 552 + 12, []part{{byteMode, "t=20260311T1405&s=1499.00&fn=9999078900005678&i=731&fp=1029384756&n=1"}}},
}

func TestPlansFindEveryStyle(t *testing.T) {
	for _, tt := range styles {
		t.Run(tt.name, func(t *testing.T) {
			bits := written(t, tt.version, tt.size, tt.parts...)
			plans := Plans(sure(bits), tt.version, 8)
			if len(plans) == 0 || !plans[0].Holds(bits) {
				t.Fatalf("%d plans, the first holds: %v", len(plans), len(plans) > 0)
			}
			if !slices.IsSortedFunc(plans, func(a, b Plan) int { return int(math.Copysign(1, b.Gain-a.Gain)) }) {
				t.Error("a later plan gains more")
			}
			p := plans[0]
			digits := 0
			for _, one := range tt.parts {
				digits += len(regexp.MustCompile(`[0-9]`).FindAllString(one.text, -1))
			}
			all := func(int) bool { return true }
			if open := p.Open(all); open < 2.5*float64(digits-8) || open > math.Log2(10)*float64(digits)+1 {
				t.Errorf("%d digits leave %.1f bits open", digits, open)
			}
			if first, second := p.Open(func(i int) bool { return i < 100 }), p.Open(func(i int) bool { return i >= 100 }); math.Abs(first+second-p.Open(all)) > 1e-6 {
				t.Errorf("parts leave %.2f and %.2f bits open, the whole %.2f", first, second, p.Open(all))
			}
			known := p.Known(len(bits))
			fixed := 0
			for i, k := range known {
				if k >= 0 {
					fixed++
					if (k == 1) != bits[i] {
						t.Fatalf("bit %d is said to be %d", i, k)
					}
				}
			}
			if fixed < len(bits)/3 {
				t.Errorf("only %d of %d bits are known", fixed, len(bits))
			}
		})
	}
}

func TestPlansAreFoundUnderDamage(t *testing.T) {
	for _, tt := range styles {
		bits := written(t, tt.version, tt.size, tt.parts...)
		right := 0
		const tries = 10
		for seed := range uint64(tries) {
			llr := seen(bits, 0.9, rand.New(rand.NewPCG(seed, 1)))
			if plans := Plans(llr, tt.version, 8); slices.ContainsFunc(plans, func(p Plan) bool { return p.Holds(bits) }) {
				right++
			}
		}
		if right < tries-1 {
			t.Errorf("%s: found %d of %d times", tt.name, right, tries)
		}
	}
}

func TestNoiseSpeaksForNoPlan(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for _, version := range []int{4, 7, 10} {
		for range 20 {
			llr := make([]float64, 640)
			for i := range llr {
				llr[i] = 4 * r.NormFloat64()
			}
			for _, p := range Plans(llr, version, 8) {
				if p.Gain > 12 {
					t.Errorf("noise of version %d speaks for a plan by %.1f bits", version, p.Gain)
				}
			}
		}
	}
}

func TestPlansOfTooFewBits(t *testing.T) {
	for _, n := range []int{0, 1, 4, 17, 128} {
		if plans := Plans(make([]float64, n), 1, 8); len(plans) != 0 {
			t.Errorf("%d bits hold %d plans", n, len(plans))
		}
	}
}

func TestRefineHeedsWhatDigitsMayBe(t *testing.T) {
	tt := styles[0]
	bits := written(t, tt.version, tt.size, tt.parts...)
	llr := sure(bits)
	at := 4 + countBits(byteMode, tt.version) + 8*strings.Index(tt.parts[0].text, "9999") // a digit 9: 1001
	digit := at + 4
	llr[digit+1], llr[digit+2] = 0, 0 // after a sure first 1 only 8 and 9 are left
	refined := Plans(sure(bits), tt.version, 1)[0].Refine(llr)
	if refined[digit+1] > -2 || refined[digit+2] > -2 {
		t.Errorf("the middle of a 9 is %.1f, %.1f", refined[digit+1], refined[digit+2])
	}
	if refined[0] != llr[0] || &refined[0] == &llr[0] {
		t.Error("what is no digit changes")
	}
	for i, v := range refined {
		if math.IsNaN(v) || math.Abs(v) > most {
			t.Fatalf("bit %d: %v", i, v)
		}
	}
	extreme := slices.Clone(llr)
	for i := range 8 {
		extreme[at+i] = 1e9 // 0xff is no digit
	}
	for i, v := range Plans(sure(bits), tt.version, 1)[0].Refine(extreme)[at : at+8] {
		if math.IsNaN(v) {
			t.Errorf("bit %d of a contradiction is no number", i)
		}
	}
}

func TestHoldsRefusesWhatIsNoDigit(t *testing.T) {
	tt := styles[0]
	bits := written(t, tt.version, tt.size, tt.parts...)
	p := Plans(sure(bits), tt.version, 1)[0]
	other := slices.Clone(bits)
	last := 4 + countBits(byteMode, tt.version) + 8*(len(tt.parts[0].text)-1)
	for i := range 8 {
		other[last+i] = '3'>>(7-i)&1 == 1
	}
	if !p.Holds(other) {
		t.Error("another operation is refused")
	}
	for i := range 8 {
		other[last+i] = '9'>>(7-i)&1 == 1
	}
	if p.Holds(other) {
		t.Error("operation 9 is allowed")
	}
}

// TestSumsByHalves compares the sums over many values with those one by one.
func TestSumsByHalves(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	llr := make([]float64, 40)
	for i := range llr {
		llr[i] = 3 * r.NormFloat64()
	}
	c := newChannel(llr)
	for _, one := range []cell{
		{3, 8, combined(byteMode, 256, []string{any10})},
		{5, 10, combined(numeric, 10, []string{"012", any10, any10})},
		{7, 11, combined(alphanumeric, 45, []string{any10, any10})},
	} {
		sum := 0.0
		for _, v := range one.values {
			sum += math.Exp2(c.value(one.at, one.width, v))
		}
		want := math.Log2(sum / float64(len(one.values)))
		if got := c.mixed(one.at, &one); math.Abs(got-want) > 1e-9 {
			t.Errorf("%s values: %v, want %v", strconv.Itoa(len(one.values)), got, want)
		}
	}
	if got, want := c.digit(11), c.mixed(11, &cell{11, 8, combined(byteMode, 256, []string{any10})}); math.Abs(got-want) > 1e-9 {
		t.Errorf("a digit: %v, want %v", got, want)
	}
}

func BenchmarkPlans(b *testing.B) {
	tt := styles[2]
	llr := seen(written(b, tt.version, tt.size, tt.parts...), 0.9, rand.New(rand.NewPCG(1, 1)))
	b.ReportAllocs()
	for b.Loop() {
		Plans(llr, tt.version, 8)
	}
}
