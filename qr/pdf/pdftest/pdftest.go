// Package pdftest writes small PDF documents for tests.
package pdftest

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"strings"

	"github.com/skip2/go-qrcode"
)

// A4 is the box of an upright sheet, in points.
const A4 = "0 0 595 842"

// Document writes numbered objects, the first of which is the catalogue;
// trailer stands beside /Root.
func Document(trailer string, objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	var places []int
	for i, object := range objects {
		places = append(places, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, at := range places {
		fmt.Fprintf(&b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, trailer, table)
	return b.Bytes()
}

// Page is a document of one page with a box and a content; the first of more
// is object 5, which the content draws by "/X Do".
func Page(box, content string, more ...string) []byte {
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [" + box + "] /Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >> >>",
		Stream("", content),
	}
	return Document("", append(objects, more...)...)
}

// Pages is a document of a page of the box for each content.
func Pages(box string, contents ...string) []byte {
	objects := []string{"<< /Type /Catalog /Pages 2 0 R >>", ""}
	var kids []string
	for i, content := range contents {
		kids = append(kids, fmt.Sprintf("%d 0 R", 3+2*i))
		objects = append(objects, fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents %d 0 R >>", box, 4+2*i), Stream("", content))
	}
	objects[1] = fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", strings.Join(kids, " "), len(contents))
	return Document("", objects...)
}

// Stream is a stream object with entries of its own.
func Stream(entries, content string) string {
	return fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", entries, len(content), content)
}

// Image is an image object of w×h grey pixels, packed.
func Image(w, h int, row func(y int) []byte) string {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	for y := range h {
		_, _ = z.Write(row(y)) // into memory
	}
	_ = z.Close()
	return Stream(fmt.Sprintf("/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode", w, h), b.String())
}

// Code is content that draws a QR code of the text out of rectangles, side
// points wide with its quiet zone, its lower left corner at x and y.
func Code(text string, side, x, y float64) string {
	modules := bitmap(text)
	px := side / float64(len(modules))
	var b strings.Builder
	b.WriteString("0 g\n")
	for row, line := range modules {
		for column, dark := range line {
			if dark {
				fmt.Fprintf(&b, "%.3f %.3f %.3f %.3f re\n", x+float64(column)*px, y+side-float64(row+1)*px, px, px)
			}
		}
	}
	b.WriteString("f\n")
	return b.String()
}

// Picture is a document of one sheet with a QR code of the text as an image of
// four pixels a module, side points wide.
func Picture(text string, side float64) []byte {
	const px = 4
	modules := bitmap(text)
	n := len(modules) * px
	image := Image(n, n, func(y int) []byte {
		row := make([]byte, n)
		for x := range row {
			if !modules[y/px][x/px] {
				row[x] = 0xff
			}
		}
		return row
	})
	return Page(A4, fmt.Sprintf("q %g 0 0 %g 200 300 cm /X Do Q", side, side), image)
}

func bitmap(text string) [][]bool {
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		panic(err) // a test wants more text than a code holds
	}
	return code.Bitmap()
}
