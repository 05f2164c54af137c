// Package fiscal knows what the code of a Russian fiscal receipt may say, so
// that what is known beforehand need not be read from a damaged symbol.
//
// The text is t=20260311T1405&s=1499.00&fn=9999078900005678&i=731&fp=1029384756&n=1
// (Order of the Federal Tax Service ЕД-7-20/662@, table of the QR code). Tills
// differ in seconds, in the number of digits, and in how they divide the text
// into segments of the symbol: all of it is searched, none is assumed.
package fiscal

// unit is a part of the text that tills never divide between segments: fixed
// words, or a run of digits of one of several lengths.
type unit struct {
	word string // fixed text; "" for digits
	// least and most digits. Only even lengths where pairs is set.
	least, most int
	pairs       bool
	// first lists what the leading digits may be, for runs of any length or of
	// the most digits alone; nil: any.
	first       []string
	onlyLongest bool
}

const any10 = "0123456789"

// units are those of the text in order. What leading digits may be is wide:
// purchases until 2039, any drive number.
var units = []unit{
	{word: "t="},
	{least: 8, most: 8, first: []string{"2", "0", "123", any10, "01", any10, "0123"}},
	{word: "T"},
	{least: 4, most: 6, pairs: true, first: []string{"012", any10, "012345", any10, "012345"}},
	{word: "&s="},
	{least: 1, most: 7},
	{word: "."},
	{least: 2, most: 2},
	{word: "&fn="},
	{least: 16, most: 16},
	{word: "&i="},
	{least: 1, most: 8},
	{word: "&fp="},
	{least: 5, most: 10, first: []string{"1234"}, onlyLongest: true}, // below 2³²
	{word: "&n="},
	{least: 1, most: 1, first: []string{"1234"}},
}

// digits lists what the i-th of n digits may be.
func (u unit) digits(i, n int) string {
	if i >= len(u.first) || u.onlyLongest && n < u.most {
		return any10
	}
	return u.first[i]
}

// lengths lists how many characters the unit may have, ascending.
func (u unit) lengths() []int {
	if u.word != "" {
		return counts[len(u.word) : len(u.word)+1]
	}
	if !u.pairs {
		return counts[u.least : u.most+1]
	}
	return evenCounts[u.least/2 : u.most/2+1]
}

var counts, evenCounts = func() (all, even [17]int) {
	for n := range all {
		all[n], even[n] = n, 2*n
	}
	return all, even
}()

// mode is that of a segment (ISO/IEC 18004, table 2).
type mode int

const (
	numeric      mode = 1
	alphanumeric mode = 2
	byteMode     mode = 4
)

// countBits is the width of a segment's character count (ISO/IEC 18004, table 3).
func countBits(m mode, version int) int {
	size := 0
	if version > 9 {
		size++
	}
	if version > 26 {
		size++
	}
	switch m {
	case numeric:
		return [...]int{10, 12, 14}[size]
	case alphanumeric:
		return [...]int{9, 11, 13}[size]
	}
	return [...]int{8, 16, 16}[size]
}

// dataBits is how many bits n characters take.
func dataBits(m mode, n int) int {
	switch m {
	case numeric:
		return n/3*10 + [...]int{0, 4, 7}[n%3]
	case alphanumeric:
		return n/2*11 + n%2*6
	}
	return 8 * n
}

// fits reports whether the unit can stand in a segment of the mode.
func (u unit) fits(m mode) bool {
	switch {
	case m == byteMode, u.word == "":
		return true
	case m == alphanumeric:
		return u.word == "T" || u.word == "."
	}
	return false
}
