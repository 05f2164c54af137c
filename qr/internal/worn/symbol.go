package worn

import (
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/common/reedsolomon"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
	"github.com/makiuchi-d/gozxing/qrcode/encoder"
)

// The lengths of segments are written as in versions up to this.
const greatestVersion = 9

// A symbol is a code before it is printed.
type symbol struct {
	text, style string
	version     int
	level       decoder.ErrorCorrectionLevel
	mask        int
	modules     [][]bool
}

func newSymbol(d dice) symbol {
	text := fiscalText(d)
	style := pick(d, "byte", "byte", "byte", "mix", "mix", "mix2", "mix2", "optimal")
	level := pick(d,
		decoder.ErrorCorrectionLevel_L, decoder.ErrorCorrectionLevel_L, decoder.ErrorCorrectionLevel_L,
		decoder.ErrorCorrectionLevel_L, decoder.ErrorCorrectionLevel_L, decoder.ErrorCorrectionLevel_M,
		decoder.ErrorCorrectionLevel_M, decoder.ErrorCorrectionLevel_M, decoder.ErrorCorrectionLevel_M,
		pick(d, decoder.ErrorCorrectionLevel_Q, decoder.ErrorCorrectionLevel_Q, decoder.ErrorCorrectionLevel_H))
	spare := pick(d, 0, 0, 0, 0, 1, 1, 2)
	return encoded(text, style, d.count(4, 8), level, spare, d.IntN(8))
}

// encoded makes the code of a text, in a version larger by spare than the
// smallest that holds it.
func encoded(text, style string, least int, level decoder.ErrorCorrectionLevel, spare, mask int) symbol {
	segments := segmented(text, style, least)
	number := 1
	for capacity(number, level) < lengthOf(segments, number) {
		number++
	}
	number = max(number, min(number+spare, greatestVersion))
	v := versionOf(number)
	data := padded(written(segments, v), capacity(number, level))
	return symbol{
		text: text, style: style, version: number, level: level, mask: mask,
		modules: placed(interleaved(data, v.GetECBlocksForLevel(level)), v, level, mask),
	}
}

func versionOf(number int) *decoder.Version {
	v, err := decoder.Version_GetVersionForNumber(number)
	if err != nil {
		panic(err)
	}
	return v
}

// capacity is in bits.
func capacity(number int, level decoder.ErrorCorrectionLevel) int {
	v := versionOf(number)
	return 8 * (v.GetTotalCodewords() - v.GetECBlocksForLevel(level).GetTotalECCodewords())
}

func lengthOf(segments []segment, number int) int {
	return written(segments, versionOf(number)).GetSize()
}

// interleaved adds the correction to each block and deals the blocks out a
// codeword at a time, first all data, then all correction.
func interleaved(data []byte, blocks *decoder.ECBlocks) []byte {
	var all, corrections [][]byte
	for _, kind := range blocks.GetECBlocks() {
		for range kind.GetCount() {
			n := kind.GetDataCodewords()
			all = append(all, data[:n])
			corrections = append(corrections, correction(data[:n], blocks.GetECCodewordsPerBlock()))
			data = data[n:]
		}
	}
	return append(dealt(all), dealt(corrections)...)
}

func correction(data []byte, n int) []byte {
	word := make([]int, len(data)+n)
	for i, b := range data {
		word[i] = int(b)
	}
	if err := reedsolomon.NewReedSolomonEncoder(reedsolomon.GenericGF_QR_CODE_FIELD_256).Encode(word, n); err != nil {
		panic(err)
	}
	out := make([]byte, n)
	for i := range out {
		out[i] = byte(word[len(data)+i]) // #nosec G115 -- an element of the field of 256
	}
	return out
}

func dealt(blocks [][]byte) (out []byte) {
	for i := range blocks[len(blocks)-1] { // the last block is never shorter than others
		for _, b := range blocks {
			if i < len(b) {
				out = append(out, b[i])
			}
		}
	}
	return out
}

func placed(codewords []byte, v *decoder.Version, level decoder.ErrorCorrectionLevel, mask int) [][]bool {
	bits := gozxing.NewEmptyBitArray()
	for _, c := range codewords {
		put(bits, int(c), 8)
	}
	n := v.GetDimensionForVersion()
	matrix := encoder.NewByteMatrix(n, n)
	if err := encoder.MatrixUtil_buildMatrix(bits, level, v, mask, matrix); err != nil {
		panic(err)
	}
	modules := make([][]bool, n)
	for y := range modules {
		modules[y] = make([]bool, n)
		for x := range modules[y] {
			modules[y][x] = matrix.Get(x, y) == 1
		}
	}
	return modules
}
