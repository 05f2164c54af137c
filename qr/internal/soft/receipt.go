package soft

import (
	"math"

	"promobot/qr/internal/fiscal"
)

const (
	mostPlans = 8
	// A plan that the picture speaks for less is not a receipt's.
	likelyPlan = 12
	// Nor is one so many bits behind the best.
	unlikelier = 50
)

// asReceipt reads the text as that of a fiscal receipt, with all that is known
// of such texts.
func (a *attempt) asReceipt() (Reading, bool) {
	if !a.worthwhile() {
		return Reading{}, false
	}
	words := a.words()
	for i := range words {
		words[i].correct()
	}
	data := dataOf(words)
	plans := fiscal.Plans(data, a.shape.Version.GetVersionNumber(), mostPlans)
	for _, plan := range plans {
		if plan.Gain < max(likelyPlan, plans[0].Gain-unlikelier) {
			break
		}
		if r, ok := a.byPlan(words, data, plan); ok {
			return r, true
		}
	}
	return Reading{}, false
}

// worthwhile reports whether the modules say enough about the bits that the
// form of a receipt leaves open: its digits and the parity.
func (a *attempt) worthwhile() bool {
	const digits, bitsOfDigits, slack = 150.0, 184.0, 0.8
	told, parity := 0.0, 0
	for _, l := range a.llr {
		told += Expected(l)
	}
	for _, b := range a.blocks {
		parity += 8 * b.Parity()
	}
	share := (bitsOfDigits + float64(parity)) / float64(len(a.llr))
	return told*min(share, 1) > slack*(digits+enough)
}

// dataOf are the data bits of all blocks in order. Those of mended blocks are
// as sure as can be.
func dataOf(words []word) (data []float64) {
	for _, w := range words {
		for i, l := range w.llr[:8*w.Data] {
			if w.bits != nil {
				l = math.Copysign(sureEnough, -1)
				if w.bits[i] {
					l = sureEnough
				}
			}
			data = append(data, l)
		}
	}
	return data
}

// byPlan reads each block that is not mended yet with the bits that the plan
// knows and the digits that it allows. What the plan knows is no evidence.
func (a *attempt) byPlan(words []word, data []float64, plan fiscal.Plan) (Reading, bool) {
	known, refined := plan.Known(len(data)), plan.Refine(data)
	filled := make([]word, len(words))
	copy(filled, words)
	total, at := -math.Log2(mostPlans*thoroughFormats), 0
	for i := range filled {
		w := &filled[i]
		from, to := at, at+8*w.Data
		at = to
		open := plan.Open(func(bit int) bool { return bit >= from && bit < to })
		evidence, ok := w.solve(newOrdered(*w, known[from:to], refined[from:to]), open)
		if !ok {
			return Reading{}, false
		}
		total += evidence
	}
	if !plan.Holds(decided(filled)) {
		return Reading{}, false
	}
	return a.said(filled, total, "receipt")
}

// solve decides the block, if it is not, first by errors and erasures, then by
// ordered statistics, and returns the evidence of what was not known.
func (w *word) solve(o *ordered, open float64) (evidence float64, ok bool) {
	if w.bits != nil {
		evidence = o.gain(w.bits) - open
		return evidence, evidence >= enoughOne
	}
	found := func(bits []bool) bool {
		evidence = o.gain(bits) - open
		if evidence < enoughOne {
			return false
		}
		w.bits = bits
		return true
	}
	filled := word{Block: w.Block, llr: o.filled()}
	if filled.mend(found) {
		return evidence, true
	}
	bits, ok := o.solve()
	return evidence, ok && found(bits)
}

func decided(words []word) (bits []bool) {
	for _, w := range words {
		bits = append(bits, w.bits[:8*w.Data]...)
	}
	return bits
}
