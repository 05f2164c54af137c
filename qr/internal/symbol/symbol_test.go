package symbol

import (
	"fmt"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
	"github.com/makiuchi-d/gozxing/qrcode/encoder"
)

// TestShapesAreThoseOfTheStandard takes symbols of every version, level and
// mask from the library's encoder and reads their codewords by the shape.
func TestShapesAreThoseOfTheStandard(t *testing.T) {
	levels := []decoder.ErrorCorrectionLevel{
		decoder.ErrorCorrectionLevel_L, decoder.ErrorCorrectionLevel_M, decoder.ErrorCorrectionLevel_Q, decoder.ErrorCorrectionLevel_H}
	for number := 1; number <= versions; number++ {
		level, mask := levels[number%4], number%8
		t.Run(fmt.Sprintf("%d%v%d", number, level, mask), func(t *testing.T) {
			code, err := encoder.Encoder_encode("A", level, map[gozxing.EncodeHintType]any{
				gozxing.EncodeHintType_QR_VERSION: number, gozxing.EncodeHintType_QR_MASK_PATTERN: mask})
			if err != nil {
				t.Fatal(err)
			}
			checkSymbol(t, code, level, mask)
		})
	}
}

func checkSymbol(t *testing.T, code *encoder.QRCode, level decoder.ErrorCorrectionLevel, mask int) {
	t.Helper()
	matrix := code.GetMatrix()
	d := matrix.GetWidth()
	bits, _ := gozxing.NewSquareBitMatrix(d)
	dark := make([]float64, d*d)
	for i := range dark {
		dark[i] = -1
		if matrix.Get(i%d, i/d) == 1 {
			bits.Set(i%d, i/d)
			dark[i] = 1
		}
	}
	if best := Formats(dark, d)[0]; best.Level != level || best.Mask != mask || best.Score != 2*formatBits {
		t.Errorf("format %v, want %v and mask %d", best, level, mask)
	}
	parser, err := decoder.NewBitMatrixParser(bits)
	if err != nil {
		t.Fatal(err)
	}
	want, err := parser.ReadCodewords()
	if err != nil {
		t.Fatal(err)
	}
	shape := ShapeOf(d)
	got := make([]byte, len(shape.Bits)/8)
	for i, m := range shape.Bits {
		if (dark[m] > 0) != Masked(mask, m%d, m/d) {
			got[i/8] |= 0x80 >> (i % 8)
		}
	}
	if string(got) != string(want) {
		t.Fatalf("codewords %x, want %x", got, want)
	}
	blocks, err := decoder.DataBlock_GetDataBlocks(want, shape.Version, level)
	if err != nil {
		t.Fatal(err)
	}
	for i, b := range shape.Blocks(level) {
		if b.Data != blocks[i].GetNumDataCodewords() || len(b.Codewords) != len(blocks[i].GetCodewords()) {
			t.Fatalf("block %d: %d of %d, want %d of %d", i, b.Data, len(b.Codewords), blocks[i].GetNumDataCodewords(), len(blocks[i].GetCodewords()))
		}
		for j, n := range b.Codewords {
			if got[n] != blocks[i].GetCodewords()[j] {
				t.Fatalf("block %d: codeword %d is %d, want %d", i, j, got[n], blocks[i].GetCodewords()[j])
			}
		}
	}
}

func TestNoSuchDimension(t *testing.T) {
	for _, d := range []int{-3, 0, 20, 22, 181} {
		if ShapeOf(d) != nil {
			t.Errorf("a shape of %d modules", d)
		}
	}
}
