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
	return NewReceived(block, parity).Correct(block, erased)
}

// Received is a block as it was received, to be corrected under one assumption
// after the other of what is erased.
type Received struct {
	syndromes []byte
	clean     bool
}

// NewReceived takes what is wrong with a block.
func NewReceived(block []byte, parity int) Received {
	syndromes, clean := syndromesOf(block, parity)
	return Received{syndromes, clean}
}

// Correct is the function of that name; block is the received one.
func (r Received) Correct(block []byte, erased []int) (errors int, err error) {
	parity := len(r.syndromes)
	if len(erased) > parity || len(block) > 255 {
		return 0, ErrBeyond
	}
	if r.clean {
		return 0, nil
	}
	locator := locate(r.syndromes, erasureLocator(len(block), erased), len(erased))
	degree := degreeOf(locator)
	errors = degree - len(erased)
	if errors < 0 || 2*errors+len(erased) > parity {
		return 0, ErrBeyond
	}
	places := roots(locator[:degree+1], len(block))
	if len(places) != degree {
		return 0, ErrBeyond
	}
	fixes := magnitudes(r.syndromes, locator, places, len(block))
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
		by, s := &products[power(i)], byte(0)
		for _, b := range block {
			s = by[s] ^ b
		}
		syndromes[i] = s
		clean = clean && s == 0
	}
	return syndromes, clean
}

// erasureLocator has a root at the inverse of each erased place.
func erasureLocator(n int, erased []int) []byte {
	locator := make([]byte, len(erased)+1)
	locator[0] = 1
	for i, at := range erased {
		by := &products[power(n-1-at)]
		for j := i + 1; j > 0; j-- {
			locator[j] ^= by[locator[j-1]]
		}
	}
	return locator
}

// locate is Berlekamp and Massey's search for the shortest locator of errors
// and erasures.
func locate(syndromes, erasures []byte, erased int) []byte {
	// No locator grows beyond the erasures and a place for each round.
	size := len(syndromes) + 2
	store := make([]byte, 3*size)
	current, former, next := store[:size], store[size:2*size], store[2*size:]
	copy(current, erasures)
	copy(former, erasures)
	length := erased
	for r := erased; r < len(syndromes); r++ {
		copy(former[1:], former)
		former[0] = 0
		gap := byte(0)
		for i, c := range current[:r+1] {
			gap ^= products[c][syndromes[r-i]]
		}
		if gap == 0 {
			continue
		}
		by := &products[gap]
		for i, v := range former {
			next[i] = current[i] ^ by[v]
		}
		if 2*length <= r+erased {
			length = r + 1 + erased - length
			by := &products[div(1, gap)]
			for i, v := range current {
				former[i] = by[v]
			}
		}
		current, next = next, current
	}
	return current
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

// Syndromes is what a value at a place of the block, counted from its end, adds
// to each syndrome.
func Syndromes(out []byte, value byte, fromEnd int) {
	by := &products[power(fromEnd)]
	for i := range out {
		out[i] = value
		value = by[value]
	}
}
