// Package worn draws photographs of receipts whose fiscal code has suffered,
// for measuring and testing the decoder.
//
// A picture is made as the world makes one: a thermal head prints a receipt,
// the paper fades, tears, is folded and crumpled, a camera with a lens and a
// noisy sensor looks at the sheet in some light, and a phone smooths, sharpens
// and compresses what it saw. The place of every module is carried along, so
// that a decoder's geometry can be judged and not only its answer.
//
// Everything follows from the seed: the same arguments give the same bytes on
// the same kind of machine.
package worn

import (
	"hash/fnv"
	"math/rand/v2"
)

// Point is a place in the picture; pixel (0, 0) covers 0 to 1 both ways, so
// its middle is (0.5, 0.5).
type Point struct{ X, Y float64 }

// Sheet is one photographed receipt with all that is true about its code.
type Sheet struct {
	Picture   []byte // JPEG
	Text      string
	Version   int
	Dimension int
	Level     string // L, M, Q or H
	Mask      int
	Segments  string // one of the styles of segmentation
	Family    string
	Severity  int
	Modules   [][]bool  // [row][column], true is dark
	Centers   [][]Point // [row][column]; may lie outside of the picture or under a tear
	ModulePx  float64   // pixels a module in the middle of the code
	Quality   int       // of the last JPEG
}

// Families returns the kinds of damage, in the order of their making: paper
// first, then light, then camera, and at last mixtures.
func Families() []string {
	return []string{
		"fade", "dropout", "scratch", "torn", "crumple", "fold", "pen", "blob",
		"glare", "lowlight", "persp", "blur", "motion", "lowres", "phone", "combo",
	}
}

// Draw makes one picture. The severity is 1, 2 or 3; 0 leaves the damage out
// and every other condition kind, which is a picture that must be readable.
// A family that is none of Families panics.
func Draw(family string, severity int, seed uint64) Sheet {
	d := newDice(family, severity, seed)
	s := newSymbol(d)
	c := newConditions(d, family, severity)
	p := printReceipt(d, s)
	for _, harm := range c.harms {
		harm(d, p)
	}
	v := newView(d, p, c)
	f := expose(d, p, v, c)
	picture := develop(d, f, c)

	return Sheet{
		Picture: picture, Text: s.text, Version: s.version, Dimension: len(s.modules),
		Level: s.level.String(), Mask: s.mask, Segments: s.style,
		Family: family, Severity: severity, Modules: s.modules,
		Centers: v.centers(len(s.modules), c.width, c.height), ModulePx: c.modulePx, Quality: c.quality,
	}
}

// dice is the chance behind one picture.
type dice struct{ *rand.Rand }

func newDice(family string, severity int, seed uint64) dice {
	h := fnv.New64a()
	_, _ = h.Write([]byte(family))                                       // a hash takes everything
	return dice{rand.New(rand.NewPCG(seed, h.Sum64()+uint64(severity)))} // #nosec G115 -- it only has to differ
}

// between returns a number from a to b.
func (d dice) between(a, b float64) float64 { return a + (b-a)*d.Float64() }

// count returns a whole number from a to b, both included.
func (d dice) count(a, b int) int { return a + d.IntN(b-a+1) }

func (d dice) chance(p float64) bool { return d.Float64() < p }

func pick[T any](d dice, of ...T) T { return of[d.IntN(len(of))] }
