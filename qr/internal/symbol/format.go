package symbol

import (
	"cmp"
	"slices"

	"github.com/makiuchi-d/gozxing/qrcode/decoder"
)

// Format is what the format information of a symbol says.
type Format struct {
	Level decoder.ErrorCorrectionLevel
	Mask  int
	// Score is by how much the modules speak for it, in units of their weights.
	Score float64
}

const (
	formatBits = 15
	formats    = 32
)

// formatPlaces lists the modules of the two copies, the highest bit first.
func formatPlaces(d int) (copies [2][formatBits]int) {
	for i := range formatBits {
		var x, y int
		switch {
		case i < 6:
			x, y = i, 8
		case i == 6:
			x, y = 7, 8
		case i == 7:
			x, y = 8, 8
		case i == 8:
			x, y = 8, 7
		default:
			x, y = 8, 14-i
		}
		copies[0][i] = y*d + x
		if i < 7 {
			copies[1][i] = (d-1-i)*d + 8
			continue
		}
		copies[1][i] = 8*d + d - formatBits + i
	}
	return copies
}

// formatWord is the masked code word of a format (ISO/IEC 18004, annex C).
func formatWord(data int) int {
	const generator, mask = 0x537, 0x5412
	rest := data << 10
	for bit := formatBits - 1; bit >= 10; bit-- {
		if rest>>bit&1 == 1 {
			rest ^= generator << (bit - 10)
		}
	}
	return (data<<10 | rest) ^ mask
}

// Formats ranks all formats by the weights of the modules: positive where a
// module is rather dark.
func Formats(dark []float64, d int) []Format {
	places := formatPlaces(d)
	list := make([]Format, formats)
	for data := range list {
		level, _ := decoder.ErrorCorrectionLevel_ForBits(uint(data >> 3)) // #nosec G115 -- two bits, all of them taken
		list[data] = Format{Level: level, Mask: data & 7}
		word := formatWord(data)
		for _, copied := range places {
			for i, m := range copied {
				if word>>(formatBits-1-i)&1 == 1 {
					list[data].Score += dark[m]
					continue
				}
				list[data].Score -= dark[m]
			}
		}
	}
	slices.SortStableFunc(list, func(a, b Format) int { return cmp.Compare(b.Score, a.Score) })
	return list
}
