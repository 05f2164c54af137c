package worn

import (
	"strconv"
	"strings"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
)

func written(segments []segment, v *decoder.Version) *gozxing.BitArray {
	bits := gozxing.NewEmptyBitArray()
	for _, s := range segments {
		put(bits, s.mode.GetBits(), 4)
		put(bits, len(s.text), s.mode.GetCharacterCountBits(v))
		switch s.mode {
		case decoder.Mode_NUMERIC:
			putDigits(bits, s.text)
		case decoder.Mode_ALPHANUMERIC:
			putPairs(bits, s.text)
		default:
			for i := range len(s.text) {
				put(bits, int(s.text[i]), 8)
			}
		}
	}
	return bits
}

func put(bits *gozxing.BitArray, value, n int) {
	if err := bits.AppendBits(value, n); err != nil {
		panic(err)
	}
}

func putDigits(bits *gozxing.BitArray, text string) {
	for len(text) > 0 {
		n := min(3, len(text))
		value, err := strconv.Atoi(text[:n])
		if err != nil {
			panic(err)
		}
		put(bits, value, 3*n+1)
		text = text[n:]
	}
}

func putPairs(bits *gozxing.BitArray, text string) {
	for ; len(text) > 1; text = text[2:] {
		put(bits, 45*strings.IndexByte(alphanumerics, text[0])+strings.IndexByte(alphanumerics, text[1]), 11)
	}
	if len(text) == 1 {
		put(bits, strings.IndexByte(alphanumerics, text[0]), 6)
	}
}

// padded ends the bits and fills the rest with the two bytes of the standard.
func padded(bits *gozxing.BitArray, capacity int) []byte {
	put(bits, 0, min(4, capacity-bits.GetSize()))
	put(bits, 0, (8-bits.GetSize()%8)%8)
	for filler := 0xEC; bits.GetSize() < capacity; filler ^= 0xEC ^ 0x11 {
		put(bits, filler, 8)
	}
	data := make([]byte, capacity/8)
	bits.ToBytes(0, data, 0, len(data))
	return data
}
