// Package symbol knows where the bits of a QR code lie: function patterns,
// format information, masks, codewords and their blocks (ISO/IEC 18004).
package symbol

import (
	"sync"

	"github.com/makiuchi-d/gozxing/qrcode/decoder"

	"promobot/qr/internal/grid"
)

// Shape is what all symbols of one version have in common.
type Shape struct {
	Version   *decoder.Version
	Dimension int
	// Bits names the module, y·Dimension + x, of each bit of the codewords in the
	// order of the symbol, the highest bit of each first.
	Bits []int
}

const versions = 40

var shapes [versions + 1]struct {
	once  sync.Once
	shape *Shape
}

// ShapeOf returns the shape of a symbol with the modules a side; nil where no
// version has so many.
func ShapeOf(dimension int) *Shape {
	version, err := decoder.Version_GetProvisionalVersionForDimension(dimension)
	if err != nil || dimension > 4*versions+17 {
		return nil
	}
	s := &shapes[version.GetVersionNumber()]
	s.once.Do(func() { s.shape = newShape(version, dimension) })
	return s.shape
}

func newShape(version *decoder.Version, dimension int) *Shape {
	s := &Shape{Version: version, Dimension: dimension}
	fixed := s.functionModules()
	most := version.GetTotalCodewords() * 8
	up := true
	for right := dimension - 1; right > 0; right -= 2 {
		if right == 6 {
			right-- // the upright timing pattern takes a whole column
		}
		for i := range dimension {
			y := i
			if up {
				y = dimension - 1 - i
			}
			for x := right; x > right-2; x-- {
				if m := y*dimension + x; !fixed[m] && len(s.Bits) < most {
					s.Bits = append(s.Bits, m)
				}
			}
		}
		up = !up
	}
	return s
}

// functionModules marks every module that carries no codeword.
func (s *Shape) functionModules() []bool {
	d := s.Dimension
	fixed := make([]bool, d*d)
	for _, m := range grid.Known(d) {
		fixed[m.Y*d+m.X] = true
	}
	for _, copied := range formatPlaces(d) {
		for _, m := range copied {
			fixed[m] = true
		}
	}
	fixed[(d-8)*d+8] = true // the dark module
	if s.Version.GetVersionNumber() >= 7 {
		for i := range 6 {
			for j := range 3 {
				fixed[i*d+d-11+j], fixed[(d-11+j)*d+i] = true, true
			}
		}
	}
	return fixed
}

// Masked reports whether mask number n turns the module at column x, row y
// (ISO/IEC 18004, table 10).
func Masked(n, x, y int) bool {
	switch n {
	case 0:
		return (x+y)%2 == 0
	case 1:
		return y%2 == 0
	case 2:
		return x%3 == 0
	case 3:
		return (x+y)%3 == 0
	case 4:
		return (y/2+x/3)%2 == 0
	case 5:
		return x*y%2+x*y%3 == 0
	case 6:
		return (x*y%2+x*y%3)%2 == 0
	}
	return ((x+y)%2+x*y%3)%2 == 0
}

// Block is one Reed-Solomon block: its codewords by their number in the
// symbol, data before parity.
type Block struct {
	Codewords []int
	Data      int
}

// Parity is the number of parity codewords.
func (b Block) Parity() int { return len(b.Codewords) - b.Data }

// Blocks lists the blocks at a level, in the order of their data.
func (s *Shape) Blocks(level decoder.ErrorCorrectionLevel) []Block {
	rule := s.Version.GetECBlocksForLevel(level)
	var blocks []Block
	for _, kind := range rule.GetECBlocks() {
		for range kind.GetCount() {
			blocks = append(blocks, Block{Data: kind.GetDataCodewords()})
		}
	}
	next := 0
	deal := func(rounds int, takes func(b Block, round int) bool) {
		for round := range rounds {
			for i := range blocks {
				if takes(blocks[i], round) {
					blocks[i].Codewords = append(blocks[i].Codewords, next)
					next++
				}
			}
		}
	}
	deal(blocks[len(blocks)-1].Data, func(b Block, round int) bool { return round < b.Data })
	deal(rule.GetECCodewordsPerBlock(), func(Block, int) bool { return true })
	return blocks
}
