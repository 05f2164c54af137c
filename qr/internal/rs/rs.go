// Package rs corrects the Reed-Solomon blocks of QR codes, with errors at
// unknown places and erasures at known ones.
package rs

import "errors"

// ErrBeyond reports a block with more errors and erasures than it can mend.
var ErrBeyond = errors.New("rs: more errors than the block can mend")

// Correct mends a block in place: data first, then parity codewords. Erased
// lists places, each once, whose value is not to be trusted. It mends every
// pattern of t errors outside of e erasures with 2t + e ≤ parity, and returns
// t. What it cannot mend stays as it was.
//
// The method is Forney's: a Berlekamp-Massey run that begins with the
// locator of the erasures (R. Blahut, Theory and Practice of Error Control
// Codes, 1983, 9.2).
func Correct(block []byte, parity int, erased []int) (errors int, err error) {
	if len(erased) > parity || len(block) > 255 {
		return 0, ErrBeyond
	}
	syndromes, clean := syndromesOf(block, parity)
	if clean {
		return 0, nil
	}
	locator := locate(syndromes, erasureLocator(len(block), erased), len(erased))
	degree := degreeOf(locator)
	errors = degree - len(erased)
	if errors < 0 || 2*errors+len(erased) > parity {
		return 0, ErrBeyond
	}
	places := roots(locator, len(block))
	if len(places) != degree {
		return 0, ErrBeyond
	}
	fixes := magnitudes(syndromes, locator, places, len(block))
	for i, at := range places {
		block[at] ^= fixes[i]
	}
	if _, clean := syndromesOf(block, parity); !clean {
		for i, at := range places {
			block[at] ^= fixes[i]
		}
		return 0, ErrBeyond
	}
	return errors, nil
}

// syndromesOf evaluates the block, highest power first, at the roots of the
// generator: 2⁰, 2¹ … .
func syndromesOf(block []byte, parity int) (syndromes []byte, clean bool) {
	syndromes, clean = make([]byte, parity), true
	for i := range syndromes {
		x, s := power(i), byte(0)
		for _, b := range block {
			s = mul(s, x) ^ b
		}
		syndromes[i] = s
		clean = clean && s == 0
	}
	return syndromes, clean
}

// erasureLocator has a root at the inverse of each erased place.
func erasureLocator(n int, erased []int) []byte {
	locator := []byte{1}
	for _, at := range erased {
		locator = times(locator, []byte{1, power(n - 1 - at)}, len(locator)+1)
	}
	return locator
}

// locate is Berlekamp and Massey's search for the shortest locator of errors
// and erasures.
func locate(syndromes, erasures []byte, erased int) []byte {
	current := append([]byte(nil), erasures...)
	former := append([]byte(nil), erasures...)
	length := erased
	for r := erased; r < len(syndromes); r++ {
		former = append([]byte{0}, former...)
		gap := byte(0)
		for i := 0; i < len(current) && i <= r; i++ {
			gap ^= mul(current[i], syndromes[r-i])
		}
		if gap == 0 {
			continue
		}
		next := added(current, former, gap)
		if 2*length <= r+erased {
			length = r + 1 + erased - length
			former = scaled(current, div(1, gap))
		}
		current = next
	}
	return current
}

// added is a + factor·b.
func added(a, b []byte, factor byte) []byte {
	sum := make([]byte, max(len(a), len(b)))
	copy(sum, a)
	for i, v := range b {
		sum[i] ^= mul(v, factor)
	}
	return sum
}

func scaled(p []byte, factor byte) []byte {
	out := make([]byte, len(p))
	for i, v := range p {
		out[i] = mul(v, factor)
	}
	return out
}

func degreeOf(p []byte) int {
	d := len(p) - 1
	for d > 0 && p[d] == 0 {
		d--
	}
	return d
}

// roots lists the places of a block of n that the locator names.
func roots(locator []byte, n int) (places []int) {
	for at := range n {
		if eval(locator, power(255-(n-1-at)%255)) == 0 {
			places = append(places, at)
		}
	}
	return places
}

// magnitudes is Forney's formula; the first root of the generator is 2⁰.
func magnitudes(syndromes, locator []byte, places []int, n int) []byte {
	evaluator := times(syndromes, locator, len(syndromes))
	slope := make([]byte, len(locator))
	for i := 1; i < len(locator); i += 2 {
		slope[i-1] = locator[i] // the even terms of a derivative vanish in this field
	}
	fixes := make([]byte, len(places))
	for i, at := range places {
		x := power(n - 1 - at)
		inverse := div(1, x)
		if bottom := eval(slope, inverse); bottom != 0 {
			fixes[i] = mul(x, div(eval(evaluator, inverse), bottom))
		}
	}
	return fixes
}

// Parity is the parity codewords of data.
func Parity(data []byte, parity int) []byte {
	generator := []byte{1}
	for i := range parity {
		generator = times(generator, []byte{power(i), 1}, len(generator)+1)
	}
	rest := make([]byte, parity)
	for _, b := range data {
		lead := b ^ rest[0]
		copy(rest, rest[1:])
		rest[parity-1] = 0
		for i := range rest {
			rest[i] ^= mul(lead, generator[parity-1-i])
		}
	}
	return rest
}

// Syndrome is what a value at a place of the block, counted from its end, adds
// to a syndrome.
func Syndrome(value byte, fromEnd, number int) byte {
	return mul(value, power(fromEnd*number))
}
