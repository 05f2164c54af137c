package soft

import (
	"cmp"
	"math"
	"math/bits"
	"slices"

	"promobot/qr/internal/rs"
)

// ordered decides a block by ordered statistics: the surest bits are taken as
// they are and all others follow from the parity; then few of the least sure
// among the taken ones are turned (M. Fossorier, S. Lin, Soft-decision decoding
// of linear block codes based on ordered statistics, 1995). Bits that are known
// beforehand are not decided at all.
type ordered struct {
	word
	known []int8    // of each bit of the block: 0, 1 or −1
	trust []float64 // log-likelihood ratios to decide by
	open  []int     // bits that are not known, the least sure first

	rows   []row // equations; rows[i] gives pivots[i] once solved
	pivots []int // places in open
	free   []int // places in open, the least sure first
}

// row is an equation over the open bits, and its right side.
type row struct {
	of    []uint64
	right bool
}

// mostTurned bounds the bits that are turned alone and in pairs.
const (
	turnedAlone   = 400
	turnedInPairs = 60
)

func newOrdered(w word, knownData []int8, refined []float64) *ordered {
	n := len(w.llr)
	o := &ordered{word: w, known: make([]int8, n), trust: slices.Clone(w.llr)}
	copy(o.known, knownData)
	copy(o.trust, refined)
	for i := len(knownData); i < n; i++ {
		o.known[i] = -1
	}
	for i, k := range o.known {
		if k < 0 {
			o.open = append(o.open, i)
		}
	}
	slices.SortStableFunc(o.open, func(a, b int) int { return cmp.Compare(math.Abs(o.trust[a]), math.Abs(o.trust[b])) })
	return o
}

// gain is the evidence of the bits that were not known.
func (o *ordered) gain(decided []bool) float64 {
	sum := 0.0
	for _, i := range o.open {
		sum += Gain(o.llr[i], decided[i])
	}
	return sum
}

// filled is the ratios to decide by, with the known bits as sure as can be.
func (o *ordered) filled() []float64 {
	filled := slices.Clone(o.trust)
	for i, k := range o.known {
		if k >= 0 {
			filled[i] = sureEnough * float64(2*k-1)
		}
	}
	return filled
}

// solve returns the likeliest code word it finds, false where the known bits
// contradict the parity.
func (o *ordered) solve() ([]bool, bool) {
	o.equations()
	if !o.eliminate() {
		return nil, false
	}
	t := o.newTurning()
	return o.codeword(t.search()), true
}

// equations writes that all syndromes of the block are 0, bit by bit.
func (o *ordered) equations() {
	n, parity := len(o.Codewords), o.Parity()
	width := (len(o.open) + 63) / 64
	o.rows = make([]row, 8*parity)
	store := make([]uint64, width*len(o.rows))
	for i := range o.rows {
		o.rows[i].of = store[i*width : (i+1)*width]
	}
	syndromes := make([]byte, parity)
	for at, bit := range o.open {
		word, mask := at/64, uint64(1)<<(at%64)
		rs.Syndromes(syndromes, 0x80>>(bit%8), n-1-bit/8)
		for i, v := range syndromes {
			for ; v != 0; v &= v - 1 {
				o.rows[8*i+bits.TrailingZeros8(v)].of[word] |= mask
			}
		}
	}
	for bit, k := range o.known {
		if k != 1 {
			continue
		}
		rs.Syndromes(syndromes, 0x80>>(bit%8), n-1-bit/8)
		for i, v := range syndromes {
			for ; v != 0; v &= v - 1 {
				e := &o.rows[8*i+bits.TrailingZeros8(v)]
				e.right = !e.right
			}
		}
	}
}

// eliminate solves the equations for the least sure bits.
func (o *ordered) eliminate() bool {
	done := 0
	for at := range o.open {
		word, bit := at/64, uint64(1)<<(at%64)
		found := done
		for found < len(o.rows) && o.rows[found].of[word]&bit == 0 {
			found++
		}
		if found == len(o.rows) {
			o.free = append(o.free, at)
			continue
		}
		o.rows[done], o.rows[found] = o.rows[found], o.rows[done]
		for i := range o.rows {
			if i != done && o.rows[i].of[word]&bit != 0 {
				o.rows[i].add(o.rows[done], word)
			}
		}
		o.pivots = append(o.pivots, at)
		done++
	}
	for _, r := range o.rows[done:] {
		if r.right {
			return false
		}
	}
	o.rows = o.rows[:done]
	return true
}

// add takes another equation that has nothing before the word.
func (r *row) add(other row, word int) {
	of, by := r.of[word:], other.of[word:]
	for i := range min(len(of), len(by)) {
		of[i] ^= by[i]
	}
	r.right = r.right != other.right
}

// codeword is the block with the bits of the free places given.
func (o *ordered) codeword(free []bool) []bool {
	decided := make([]bool, len(o.known))
	for i, k := range o.known {
		decided[i] = k == 1
	}
	chosen := make([]uint64, (len(o.open)+63)/64)
	for i, at := range o.free {
		decided[o.open[at]] = free[i]
		if free[i] {
			chosen[at/64] |= 1 << (at % 64)
		}
	}
	for i, at := range o.pivots {
		odd := 0
		for w, v := range o.rows[i].of {
			odd += bits.OnesCount64(v & chosen[w])
		}
		decided[o.open[at]] = o.rows[i].right != (odd%2 == 1)
	}
	return decided
}
