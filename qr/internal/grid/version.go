package grid

import (
	"math"

	"promobot/qr/internal/gray"
)

const (
	firstVersioned = 45 // modules a side from which a symbol names its version
	sizesAround    = 10 // versions that are tried to each side of a guess
	saysSo         = 0.5
)

// Sized corrects the number of modules of a large symbol by what the symbol
// says of itself beside two of its finders (ISO/IEC 18004, 7.10). The finders
// stay where they are. False where the symbol says nothing clear or is too small
// to say anything.
func (g Grid) Sized(p *gray.Plane) (Grid, bool) {
	if g.Dimension < firstVersioned-8 {
		return g, false
	}
	best, most := g, saysSo
	for by := -sizesAround; by <= sizesAround; by++ {
		d := g.Dimension + 4*by
		if d < firstVersioned || d > 177 {
			continue
		}
		sized := g.resized(d)
		if says := sized.says(p); says > most {
			best, most = sized, says
		}
	}
	return best, most > saysSo
}

// resized is the flat grid of another size with its finders in the same places.
func (g Grid) resized(dimension int) Grid {
	scale := float64(g.Dimension-7) / float64(dimension-7)
	shift := 3.5 * (1 - scale)
	return Grid{Dimension: dimension, View: g.View.after(Homography{A: scale, C: shift, E: scale, F: shift, I: 1})}
}

// says is how well the two copies of the version agree with the size, −1…1.
func (g Grid) says(p *gray.Plane) float64 {
	word, far := versionWord((g.Dimension-17)/4), float64(g.Dimension-11)
	across := correlation(word, func(i int) float64 { return g.middle(p, far+float64(i%3), float64(i/3)) })
	down := correlation(word, func(i int) float64 { return g.middle(p, float64(i/3), far+float64(i%3)) })
	return (across + down) / 2
}

// middle is the grey in the middle of a module.
func (g Grid) middle(p *gray.Plane, x, y float64) float64 {
	at := g.Place(x+0.5, y+0.5)
	return float64(p.At(at.X-0.5, at.Y-0.5))
}

const versionBits = 18

// correlation is that of the bits of a word, the lowest first, with darkness.
func correlation(word int, seen func(i int) float64) float64 {
	var ones, sum, squares, product float64
	for i := range versionBits {
		v := seen(i)
		sum += v
		squares += v * v
		if word>>i&1 == 1 {
			product += v
			ones++
		}
	}
	const n = versionBits
	spread := math.Sqrt((squares - sum*sum/n) * ones * (n - ones) / n)
	if !(spread > 0) {
		return 0
	}
	return (sum*ones/n - product) / spread
}

// versionWord is the version with its check bits (ISO/IEC 18004, annex D).
func versionWord(version int) int {
	const generator = 0x1f25
	rest := version << 12
	for bit := versionBits - 1; bit >= 12; bit-- {
		if rest>>bit&1 == 1 {
			rest ^= generator << (bit - 12)
		}
	}
	return version<<12 | rest
}
