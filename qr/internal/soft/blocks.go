package soft

import (
	"cmp"
	"math"
	"slices"

	"github.com/makiuchi-d/gozxing/qrcode/decoder"

	"promobot/qr/internal/rs"
	"promobot/qr/internal/symbol"
)

// enough is the evidence, in bits, that a block must have beyond what its
// code words could have by chance, and together all blocks of a text.
const (
	enough    = 24
	enoughOne = 12
)

// word is one block: its bits as they were seen and as they were decided.
type word struct {
	symbol.Block
	llr  []float64 // of each bit
	bits []bool    // nil: undecided
}

func (a *attempt) words() []word {
	list := make([]word, len(a.blocks))
	for i, b := range a.blocks {
		w := word{Block: b, llr: make([]float64, 0, 8*len(b.Codewords))}
		for _, n := range b.Codewords {
			w.llr = append(w.llr, a.llr[8*n:8*n+8]...)
		}
		list[i] = w
	}
	return list
}

// byBlocks reads the text by error correction alone.
func (a *attempt) byBlocks() (Reading, bool) {
	words := a.words()
	total := 0.0
	for i := range words {
		evidence, ok := words[i].correct()
		if !ok {
			return Reading{}, false
		}
		total += evidence
	}
	return a.said(words, total, "blocks")
}

// correct mends the block by error correction alone and returns the evidence.
func (w *word) correct() (evidence float64, ok bool) {
	ok = w.mend(func(bits []bool) bool {
		w.bits = bits
		evidence = w.gain(bits) - float64(8*w.Data)
		return evidence >= enoughOne
	})
	if !ok {
		w.bits = nil
	}
	return evidence, ok
}

// mend tries to correct the block with more and more of its least sure
// codewords erased, until a result is taken.
func (w *word) mend(taken func(bits []bool) bool) bool {
	block, order := w.hard()
	received, mended := rs.NewReceived(block, w.Parity()), make([]byte, len(block))
	for erased := 0; erased <= w.Parity(); erased += 2 {
		copy(mended, block)
		if _, err := received.Correct(mended, order[:erased]); err == nil && taken(bitsOf(mended)) {
			return true
		}
	}
	return false
}

// hard decides each bit by itself and orders the codewords, the least sure first.
func (w *word) hard() (block []byte, order []int) {
	n := len(w.llr) / 8
	block, order = make([]byte, n), make([]int, n)
	doubts := make([]float64, n)
	for i := range n {
		order[i] = i
		for j, l := range w.llr[8*i : 8*i+8] {
			if l > 0 {
				block[i] |= 0x80 >> j
			}
			doubts[i] += doubt(math.Abs(l))
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(doubts[b], doubts[a]) })
	return block, order
}

// Gain is by how many bits the block speaks for the decision, against coins.
func (w *word) gain(bits []bool) float64 {
	sum := 0.0
	for i, l := range w.llr {
		sum += Gain(l, bits[i])
	}
	return sum
}

func bitsOf(block []byte) []bool {
	bits := make([]bool, 8*len(block))
	for i := range bits {
		bits[i] = block[i/8]>>(7-i%8)&1 == 1
	}
	return bits
}

// said puts the blocks together and reads their text.
func (a *attempt) said(words []word, evidence float64, how string) (Reading, bool) {
	if evidence < enough {
		return Reading{}, false
	}
	var data []byte
	agree, all := 0.0, 0.0
	for _, w := range words {
		for i := range 8 * w.Data {
			if i%8 == 0 {
				data = append(data, 0)
			}
			if w.bits[i] {
				data[len(data)-1] |= 0x80 >> (i % 8)
			}
		}
		for i, l := range w.llr {
			all += math.Abs(l)
			if w.bits[i] == (l > 0) {
				agree += math.Abs(l)
				continue
			}
			agree -= math.Abs(l)
		}
	}
	text, err := decoder.DecodedBitStreamParser_Decode(data, a.shape.Version, a.level, nil)
	if err != nil || text.GetText() == "" {
		return Reading{}, false
	}
	return Reading{Text: text.GetText(), Evidence: evidence, Agreement: agree / max(all, 1e-9), How: how}, true
}
