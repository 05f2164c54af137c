package qr

import (
	"errors"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/common/reedsolomon"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
)

// symbol is what a grid of modules says.
type symbol struct {
	text     string
	spare    float64 // share of the error correction that was not needed
	mirrored bool
}

var errUnread = errors.New("qr: no readable symbol")

// readSymbol decodes a square grid of sampled modules, as it is or mirrored.
// The grid is used up.
func readSymbol(bits *gozxing.BitMatrix) (symbol, error) {
	parser, err := decoder.NewBitMatrixParser(bits)
	if err != nil {
		return symbol{}, errUnread
	}
	s, err := readParsed(parser)
	if err == nil {
		return s, nil
	}
	parser.Remask()
	parser.SetMirror(true)
	if _, err := parser.ReadVersion(); err != nil {
		return symbol{}, errUnread
	}
	if _, err := parser.ReadFormatInformation(); err != nil {
		return symbol{}, errUnread
	}
	parser.Mirror()
	s, err = readParsed(parser)
	s.mirrored = true
	return s, err
}

func readParsed(parser *decoder.BitMatrixParser) (symbol, error) {
	version, err := parser.ReadVersion()
	if err != nil {
		return symbol{}, errUnread
	}
	info, err := parser.ReadFormatInformation()
	if err != nil {
		return symbol{}, errUnread
	}
	codewords, err := parser.ReadCodewords()
	if err != nil {
		return symbol{}, errUnread
	}
	blocks, err := decoder.DataBlock_GetDataBlocks(codewords, version, info.GetErrorCorrectionLevel())
	if err != nil {
		return symbol{}, errUnread
	}
	data, spare, err := correct(blocks)
	if err != nil {
		return symbol{}, err
	}
	said, err := decoder.DecodedBitStreamParser_Decode(data, version, info.GetErrorCorrectionLevel(), nil)
	if err != nil {
		return symbol{}, errUnread
	}
	return symbol{text: said.GetText(), spare: spare}, nil
}

// correct mends each block and reports what the worst of them had to spare.
func correct(blocks []*decoder.DataBlock) (data []byte, spare float64, err error) {
	code := reedsolomon.NewReedSolomonDecoder(reedsolomon.GenericGF_QR_CODE_FIELD_256)
	spare = 1
	for _, block := range blocks {
		sampled := block.GetCodewords()
		mended := make([]int, len(sampled))
		for i, b := range sampled {
			mended[i] = int(b)
		}
		parity := len(sampled) - block.GetNumDataCodewords()
		if err := code.Decode(mended, parity); err != nil {
			return nil, 0, errUnread
		}
		wrong := 0
		for i, b := range sampled {
			if mended[i] != int(b) {
				wrong++
			}
		}
		spare = min(spare, 1-float64(wrong)/float64(parity/2))
		for _, b := range mended[:block.GetNumDataCodewords()] {
			data = append(data, byte(b))
		}
	}
	return data, max(spare, 0), nil
}
