package names

import "promobot/campaigns/assortment"

// Tally counts what a way of matching says of rows.
type Tally struct {
	Right  int // the product that it is
	Wrong  int // another one, or one where there is none
	Missed int // rows of a product that it did not name
	Unsure int // left to a person; those of a product are missed too
	Of     int // rows that count
}

// Precision is the share of right ones among those that were named; 1 of none.
func (t Tally) Precision() float64 { return share(t.Right, t.Right+t.Wrong) }

// Recall is the share of products that were named; 1 of none.
func (t Tally) Recall() float64 { return share(t.Right, t.Right+t.Missed) }

func share(part, whole int) float64 {
	if whole == 0 {
		return 1
	}
	return float64(part) / float64(whole)
}

// Score tallies what a way of matching says of the rows that count. It answers
// a SKU or nothing; right tells whether that is the row's.
func Score(rows []Row, answer func(name string) (sku string, unsure bool), right func(got, want string) bool) Tally {
	var t Tally
	for _, r := range rows {
		if !r.Scored() {
			continue
		}
		t.Of++
		got, unsure := answer(r.Name)
		if unsure {
			t.Unsure++
		}
		switch hit := got != "" && r.SKU != "" && right(got, r.SKU); {
		case hit:
			t.Right++
			continue
		case got != "":
			t.Wrong++
		}
		if r.SKU != "" {
			t.Missed++
		}
	}
	return t
}

// Same is the strict comparison: the very article.
func Same(got, want string) bool { return got == want }

// Matcher asks the product.
func Matcher(goods *assortment.Assortment) func(string) (string, bool) {
	return func(name string) (string, bool) {
		m := goods.Match(assortment.Line{Name: name})
		return m.SKU, m.Unsure
	}
}

// Bin is a range of confidences with what came of the lines in it: how often
// the product that was named, for sure or as a candidate, is the right one.
type Bin struct {
	From, To float64 // To is outside, but for 1
	N        int
	Promised float64 // mean of the confidences
	Kept     float64 // share of right ones
}

// bounds of the bins: below Payable people look, above it money is paid.
var bounds = []float64{0.05, 0.3, 0.5, assortment.Payable, 0.96, 1.0001}

// Reliability holds the confidences against what is true. Lines for which no
// product is named are in no bin.
func Reliability(rows []Row, goods *assortment.Assortment) []Bin {
	bins := make([]Bin, len(bounds))
	low := 0.0
	for i, high := range bounds {
		bins[i] = Bin{From: low, To: min(high, 1)}
		low = high
	}
	for _, r := range rows {
		m := goods.Match(assortment.Line{Name: r.Name})
		if !r.Scored() || m.Confidence == 0 {
			continue
		}
		i := 0
		for m.Confidence >= bounds[i] {
			i++
		}
		bins[i].N++
		bins[i].Promised += m.Confidence
		if r.SKU != "" && (m.SKU == r.SKU || m.Candidate == r.SKU) {
			bins[i].Kept++
		}
	}
	for i := range bins {
		bins[i].Promised /= float64(max(bins[i].N, 1))
		bins[i].Kept /= float64(max(bins[i].N, 1))
	}
	return bins
}
