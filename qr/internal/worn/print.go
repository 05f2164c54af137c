package worn

import (
	"fmt"
	"image"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// printReceipt prints the lower end of a receipt, with the code and lines of
// text around it.
func printReceipt(d dice, s symbol) *paper {
	dots := d.count(3, 6)
	width := pick(d, 384, 576) // 58 and 80 mm at 203 dpi
	if len(s.modules)*dots > width-40 {
		width = 576
	}
	size := len(s.modules) * dots
	top, bottom := d.count(60, 420), d.count(50, 220)
	sheet := image.NewAlpha(image.Rect(0, 0, width+2*d.count(8, 28), top+size+bottom))
	left := codeLeft(d, sheet.Rect.Dx(), size)
	quiet := d.count(2, 5) * dots
	if d.chance(0.1) {
		quiet = dots // a till that does not know better
	}
	printText(d, sheet, image.Rect(left-quiet, top-quiet, left+size+quiet, top+size+quiet))
	stamp(sheet, s.modules, left, top, dots)

	p := newPaper(d, fine*sheet.Rect.Dx(), fine*sheet.Rect.Dy())
	p.code = square{fine * float64(left), fine * float64(top), fine * float64(size), fine * float64(dots)}
	heat(d, sheet, p)
	return p
}

func codeLeft(d dice, width, size int) int {
	middle := (width - size) / 2
	if d.chance(0.25) {
		return d.count(14, max(14, width-size-14))
	}
	return middle
}

func stamp(sheet *image.Alpha, modules [][]bool, left, top, dots int) {
	for y, row := range modules {
		for x, dark := range row {
			if dark {
				blacken(sheet, image.Rect(left+x*dots, top+y*dots, left+(x+1)*dots, top+(y+1)*dots))
			}
		}
	}
}

func blacken(sheet *image.Alpha, r image.Rectangle) {
	r = r.Intersect(sheet.Rect)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			sheet.Pix[sheet.PixOffset(x, y)] = 255
		}
	}
}

// printText fills the sheet with lines that leave the code's place free.
func printText(d dice, sheet *image.Alpha, free image.Rectangle) {
	size := pick(d, 17.0, 20, 24)
	face := mono(size)
	pitch := int(size * d.between(1.05, 1.4))
	columns := int(float64(sheet.Rect.Dx()-20) / (0.6 * size))
	for y := pitch; y < sheet.Rect.Dy()-6; y += pitch {
		band := image.Rect(0, y-int(size), sheet.Rect.Dx(), y+int(size/4))
		if !band.Overlaps(free) {
			write(sheet, face, 10, y, line(d, columns))
		}
	}
	if right := sheet.Rect.Dx() - 10 - free.Max.X; right > int(4*size) && d.chance(0.7) {
		for y := free.Min.Y + pitch; y < free.Max.Y; y += pitch {
			write(sheet, face, free.Max.X+4, y, line(d, int(float64(right)/(0.6*size))))
		}
	}
}

func mono(size float64) font.Face {
	f, err := opentype.Parse(gomono.TTF)
	if err != nil {
		panic(err)
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		panic(err)
	}
	return face
}

// write prints as a head does, a dot or none.
func write(sheet *image.Alpha, face font.Face, x, y int, text string) {
	letters := image.NewAlpha(image.Rect(0, y-40, sheet.Rect.Dx(), y+20).Intersect(sheet.Rect))
	drawer := font.Drawer{Dst: letters, Src: image.Opaque, Face: face, Dot: fixed.P(x, y)}
	drawer.DrawString(text)
	start := sheet.PixOffset(0, letters.Rect.Min.Y)
	for i, a := range letters.Pix {
		if a > 110 {
			sheet.Pix[start+i] = 255
		}
	}
}

// line invents a line of a receipt of at most so many characters.
func line(d dice, columns int) string {
	words := []string{"ЧЕК", "СУММА", "ХЛЕБ", "Молоко 1л", "КАССИР", "СМЕНА", "ООО ЛАДЬЯ", "ИТОГ", "НАЛИЧНЫМИ", "САЙТ ФНС", "Сыр", "НДС 10%"}
	number := fmt.Sprintf("%d.%02d", d.IntN(5000), d.IntN(100))
	text := pick(d, words...)
	switch d.IntN(6) {
	case 0:
		text = strings.Repeat(pick(d, "-", "=", "*", "_"), max(columns, 1))
	case 1:
		text = "ФН " + drive(d)
	case 2:
		text = fmt.Sprintf("%s: %d", pick(d, "ФД", "ФП", "РН ККТ"), d.Uint32())
	default:
		if gap := columns - len([]rune(text)) - len(number) - 1; gap > 0 {
			text += strings.Repeat(pick(d, " ", "."), gap) + "=" + number
		}
	}
	return string([]rune(text)[:clampInt(columns, 0, len([]rune(text)))])
}

func clampInt(x, lo, hi int) int { return min(max(x, lo), hi) }
