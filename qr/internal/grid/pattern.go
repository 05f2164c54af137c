package grid

import (
	"sync"

	"github.com/makiuchi-d/gozxing/qrcode/decoder"
)

// Module is one module whose colour the standard fixes (ISO/IEC 18004, 5.3).
type Module struct {
	X, Y int
	Dark bool
}

// Known lists finders with their separators, timing patterns and
// alignment patterns of a symbol with the given modules a side. All callers
// share the list.
func Known(dimension int) []Module {
	if list, ok := knowns.Load(dimension); ok {
		return list.([]Module)
	}
	list, _ := knowns.LoadOrStore(dimension, newKnown(dimension))
	return list.([]Module)
}

var knowns sync.Map // dimension to []Module

func newKnown(dimension int) (known []Module) {
	for y := range 8 {
		for x := range 8 {
			dark := x < 7 && y < 7 && ring(x-3, y-3) != 2
			known = append(known, Module{x, y, dark},
				Module{dimension - 1 - x, y, dark}, Module{x, dimension - 1 - y, dark})
		}
	}
	for i := 8; i < dimension-8; i++ {
		known = append(known, Module{i, 6, i%2 == 0}, Module{6, i, i%2 == 0})
	}
	return append(known, alignmentModules(dimension)...)
}

func alignmentModules(dimension int) (known []Module) {
	version, err := decoder.Version_GetProvisionalVersionForDimension(dimension)
	if err != nil {
		return nil
	}
	centers := version.GetAlignmentPatternCenters()
	last := len(centers) - 1
	for i, cy := range centers {
		for j, cx := range centers {
			if i == 0 && j == 0 || i == 0 && j == last || i == last && j == 0 {
				continue // a finder stands there
			}
			for y := -2; y <= 2; y++ {
				for x := -2; x <= 2; x++ {
					known = append(known, Module{cx + x, cy + y, ring(x, y) != 1})
				}
			}
		}
	}
	return known
}

// ring is the distance from the middle in squares around it.
func ring(x, y int) int {
	return max(x, -x, y, -y)
}
