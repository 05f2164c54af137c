package paper

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
)

// Bomb is a well-formed PNG of about a kilobyte whose header claims a square
// of 12 001 pixels a side; whoever decodes it before looking at the header
// needs more than half a gigabyte.
func Bomb() []byte {
	const side = 12_001
	var b bytes.Buffer
	b.WriteString("\x89PNG\r\n\x1a\n")
	header := binary.BigEndian.AppendUint32(nil, side)
	header = binary.BigEndian.AppendUint32(header, side)
	chunk(&b, "IHDR", append(header, 8, 6, 0, 0, 0)) // 8 bits, RGBA
	chunk(&b, "tEXt", append([]byte("Comment\x00"), bytes.Repeat([]byte("boom "), 180)...))
	chunk(&b, "IDAT", []byte{0x78, 0x9c, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01}) // an empty zlib stream
	chunk(&b, "IEND", nil)
	return b.Bytes()
}

// chunk writes one chunk of a PNG (RFC 2083, 3.2).
func chunk(b *bytes.Buffer, kind string, data []byte) {
	body := append([]byte(kind), data...)
	b.Write(binary.BigEndian.AppendUint32(nil, uint32(len(data)))) // #nosec G115 -- a kilobyte
	b.Write(body)
	b.Write(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(body)))
}
