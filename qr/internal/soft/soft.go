// Package soft reads the text of a symbol from how dark its modules seem and
// how far each may be believed. Damaged modules are not decided one by one:
// what the error correction, the format and the known form of a receipt say
// about all of them together decides.
package soft

import (
	"math"

	"github.com/makiuchi-d/gozxing/qrcode/decoder"

	"promobot/qr/internal/symbol"
)

// Symbol is the modules of a symbol as they were seen.
type Symbol struct {
	Dimension int
	// Dark holds a natural log-likelihood ratio for each module, row by row:
	// positive where it is rather dark, 0 where nothing is known.
	Dark []float64
}

// Reading is a text with what speaks for it.
type Reading struct {
	Text string
	// Evidence is in bits: the expected number of other texts that the same
	// modules would speak for as loudly is at most 2 to the minus Evidence.
	Evidence float64
	// Agreement is the share of what the modules say that the text explains, −1…1.
	Agreement float64
	// Mirrored symbols were read with rows and columns exchanged.
	Mirrored bool
	// How names the method: "blocks", "receipt".
	How string
}

// Effort is how much work a reading may cost.
type Effort int

// Efforts. A receipt's grammar is searched from Thorough on.
const (
	Quick    Effort = iota // the likeliest format, errors and erasures
	Thorough               // further formats, what is known of receipts, ordered statistics
)

// Read reads a symbol. It returns false where nothing can be read with certainty.
func Read(s Symbol, effort Effort) (Reading, bool) {
	shape := symbol.ShapeOf(s.Dimension)
	if shape == nil {
		return Reading{}, false
	}
	for _, view := range views(s, effort) {
		a := newAttempt(shape, view)
		r, ok := a.byBlocks()
		if !ok && effort == Thorough {
			r, ok = a.asReceipt()
		}
		if ok {
			r.Mirrored = view.mirrored
			return r, true
		}
	}
	return Reading{}, false
}

// view is a symbol under one assumption of its format.
type view struct {
	dark     []float64
	format   symbol.Format
	mirrored bool
}

const (
	thoroughFormats = 3
	farBehind       = 12 // of the score of the best format; three sure modules
)

// views lists what the format may be, likeliest first.
func views(s Symbol, effort Effort) (list []view) {
	turned := transposed(s)
	upright, mirrored := symbol.Formats(s.Dark, s.Dimension), symbol.Formats(turned, s.Dimension)
	n := 1
	if effort >= Thorough {
		n = thoroughFormats
	}
	for i := 0; i < n; i++ {
		if upright[i].Score >= upright[0].Score-farBehind {
			list = append(list, view{s.Dark, upright[i], false})
		}
	}
	if mirrored[0].Score > upright[0].Score {
		list = append(list, view{turned, mirrored[0], true})
	}
	return list
}

func transposed(s Symbol) []float64 {
	turned := make([]float64, len(s.Dark))
	for i, v := range s.Dark {
		turned[i%s.Dimension*s.Dimension+i/s.Dimension] = v
	}
	return turned
}

// attempt is a symbol whose format is taken as known.
type attempt struct {
	shape  *symbol.Shape
	level  decoder.ErrorCorrectionLevel
	blocks []symbol.Block
	// llr is for each bit of the codewords in the order of the symbol, positive
	// for 1.
	llr []float64
}

func newAttempt(shape *symbol.Shape, v view) *attempt {
	a := &attempt{shape: shape, level: v.format.Level, blocks: shape.Blocks(v.format.Level), llr: make([]float64, len(shape.Bits))}
	for i, m := range shape.Bits {
		a.llr[i] = min(max(v.dark[m], -sureEnough), sureEnough)
		if symbol.Masked(v.format.Mask, m%shape.Dimension, m/shape.Dimension) {
			a.llr[i] = -a.llr[i]
		}
	}
	return a
}

// sureEnough bounds what one module may say: it can always be the one that
// lies.
const sureEnough = 6

// Gain is by how many bits a log-likelihood ratio speaks for a bit, against a
// coin; at most 1, and negative where it speaks against it.
func Gain(llr float64, bit bool) float64 {
	if !bit {
		llr = -llr
	}
	if llr < 0 {
		return 1 + (llr-doubt(-llr))/math.Ln2
	}
	return 1 - doubt(llr)/math.Ln2
}

// doubt is log(1 + 1/eˣ) for x ≥ 0, by straight lines between places of a table
// as far as single modules reach: within 0.00001.
func doubt(x float64) float64 {
	at := x * doubtSteps
	if !(at < doubtSteps*doubtReach) {
		return math.Log1p(math.Exp(-x))
	}
	i := int(at)
	return doubts[i] + (doubts[i+1]-doubts[i])*(at-float64(i))
}

const doubtSteps, doubtReach = 64, 8

var doubts = func() (table [doubtSteps*doubtReach + 1]float64) {
	for i := range table {
		table[i] = math.Log1p(math.Exp(-float64(i) / doubtSteps))
	}
	return table
}()

// Expected is the gain that a bit of that ratio has on average, when the ratio
// tells the truth.
func Expected(llr float64) float64 {
	right := 1 / (1 + math.Exp(-math.Abs(llr)))
	return right*Gain(math.Abs(llr), true) + (1-right)*Gain(math.Abs(llr), false)
}
