package qr

import (
	"cmp"
	"context"
	"math"
	"slices"

	"promobot/qr/internal/soft"
)

// Trace is what a picture without a text left behind: how dark each module of
// the likeliest symbols seemed and how far that may be believed. It is opaque,
// at most MaxTrace bytes, and can be kept; a later version of the program may
// not understand it and then ignores it.
type Trace []byte

// MaxTrace bounds a trace: a symbol of the largest size fits.
const MaxTrace = 40 << 10

// ScanAgain is Scan of a further photo of a receipt whose earlier photos could
// not be read. When this one cannot be read alone either, its soft values are
// merged with those of the traces; the stage is then "merged". Traces of other
// receipts do no harm: what does not fit together is not accepted.
func (s Scanner) ScanAgain(ctx context.Context, picture []byte, earlier ...Trace) (Result, error) {
	s.earlier = earlier
	return s.look(ctx, picture, false)
}

const (
	traceVersion = 1
	traceSights  = 3
	traceSteps   = 16   // of a ratio of 1
	alike        = 0.97 // correlation of two sights that say the same
	mostMerged   = 3    // sights of this picture that each trace is tried with
)

// trace writes the best sights, each with its modules a side and a byte for
// each module.
func (h *hunt) trace() Trace {
	var t Trace
	for _, s := range h.best(traceSights) {
		if len(t)+2+len(s.dark) > MaxTrace {
			break
		}
		if t == nil {
			t = Trace{traceVersion}
		}
		t = append(t, byte(s.grid.Dimension)) // #nosec G115 -- at most 177
		for _, l := range s.dark {
			t = append(t, byte(int8(math.Round(min(max(l*traceSteps, -127), 127))))) // #nosec G115 -- in range
		}
	}
	return t
}

// symbols reads a trace; what it does not understand it leaves out.
func (t Trace) symbols() (list []soft.Symbol) {
	if len(t) == 0 || t[0] != traceVersion {
		return nil
	}
	for t = t[1:]; len(t) > 0; {
		d := int(t[0])
		if len(t) < 1+d*d || d == 0 {
			return list
		}
		s := soft.Symbol{Dimension: d, Dark: make([]float64, d*d)}
		for i, b := range t[1 : 1+d*d] {
			s.Dark[i] = float64(int8(b)) / traceSteps // #nosec G115 -- two's complement is meant
		}
		list = append(list, s)
		t = t[1+d*d:]
	}
	return list
}

// best lists the unread sights whose known modules agree best, of several that
// say the same the first.
func (h *hunt) best(most int) []sight {
	ranked := slices.Clone(h.sights)
	slices.SortStableFunc(ranked, func(a, b sight) int { return cmp.Compare(b.worth, a.worth) })
	var list []sight
	for _, s := range ranked {
		if len(list) == most || s.worth < worthReading {
			break
		}
		same := func(other sight) bool {
			return other.grid.Dimension == s.grid.Dimension && correlation(other.dark, s.dark) > alike
		}
		if !slices.ContainsFunc(list, same) {
			list = append(list, s)
		}
	}
	return list
}

// merge reads the sights of this picture together with those of earlier ones:
// what independent pictures say of a module adds up. Of each trace the symbol
// that says the most alike is taken.
func (h *hunt) merge(ctx context.Context, earlier []Trace) {
	for _, s := range h.best(mostMerged) {
		sum := soft.Symbol{Dimension: s.grid.Dimension, Dark: s.dark}
		for _, t := range earlier {
			other, ok := t.likest(sum)
			if !ok || ctx.Err() != nil {
				continue
			}
			sum.Dark = added(sum.Dark, other.Dark)
			if h.readMerged(s, sum) {
				return
			}
		}
	}
}

// likest is the symbol of the trace that agrees best with another of its size.
func (t Trace) likest(with soft.Symbol) (best soft.Symbol, found bool) {
	most := math.Inf(-1)
	for _, s := range t.symbols() {
		if s.Dimension != with.Dimension {
			continue
		}
		if c := correlation(s.Dark, with.Dark); c > most {
			best, most, found = s, c, true
		}
	}
	return best, found
}

func correlation(a, b []float64) float64 {
	product, squares, others := 0.0, 0.0, 0.0
	for i := range a {
		product += a[i] * b[i]
		squares += a[i] * a[i]
		others += b[i] * b[i]
	}
	return product / math.Sqrt(max(squares*others, 1e-9))
}

func added(a, b []float64) []float64 {
	sum := make([]float64, len(a))
	for i := range a {
		sum[i] = a[i] + b[i]
	}
	return sum
}

func (h *hunt) readMerged(s sight, both soft.Symbol) bool {
	r, ok := soft.Read(both, soft.Thorough)
	if ok {
		h.keep(Code{Text: r.Text, Corners: corners(s.plane, s.grid, r.Mirrored), Stage: "merged", Confidence: max(0, r.Agreement)})
	}
	return ok
}
