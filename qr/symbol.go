package qr

import (
	"errors"
	"math"
	"slices"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"

	"promobot/qr/internal/rs"
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

// enoughEvidence is how many bits must speak for a text beyond what chance
// would: a word of noise is then taken for a text once in sixteen million times.
const enoughEvidence = 24

// correct mends each block and reports what the worst of them had to spare. What
// parity says for a block is its bits, less those that tell which codewords were
// wrong and how; small blocks with all their correction used up say too little.
func correct(blocks []*decoder.DataBlock) (data []byte, spare float64, err error) {
	spare = 1
	evidence := 0.0
	for _, block := range blocks {
		mended := slices.Clone(block.GetCodewords())
		parity := len(mended) - block.GetNumDataCodewords()
		wrong, err := rs.Correct(mended, parity, nil)
		if err != nil {
			return nil, 0, errUnread
		}
		spare = min(spare, 1-float64(wrong)/float64(parity/2))
		evidence += 8*float64(parity) - float64(wrong)*math.Log2(255*float64(len(mended)))
		data = append(data, mended[:block.GetNumDataCodewords()]...)
	}
	if evidence < enoughEvidence {
		return nil, 0, errUnread
	}
	return data, max(spare, 0), nil
}
