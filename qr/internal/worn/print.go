package worn

import (
	"fmt"
	"image"
	"math"
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

// heat turns dots into darkness: the heat of a dot spreads, its edge is soft,
// and neither the elements of the head nor the feed are quite even.
func heat(d dice, sheet *image.Alpha, p *paper) {
	spread := d.between(0.35, 0.6) * fine
	warm := blurred(enlarged(sheet), p.w, p.h, spread)
	limit, soft := d.between(0.36, 0.62), d.between(0.12, 0.35)
	elements, feed, patches := d.field(), d.field(), d.field()
	uneven := d.between(0.02, 0.16)
	p.all(func(i int, x, y float64) {
		strength := 1 + uneven*(elements.at(x/fine, 0)+feed.at(y/(3*fine), 0)+patches.clouds(x/90, y/90)-1.5)
		p.ink[i] = float32(step(limit-soft, limit+soft, float64(warm[i])*strength) * clamp(strength, 0, 1))
	})
}

func enlarged(sheet *image.Alpha) []float32 {
	w, h := fine*sheet.Rect.Dx(), fine*sheet.Rect.Dy()
	out := make([]float32, w*h)
	for y := range h {
		for x := range w {
			out[y*w+x] = float32(sheet.Pix[sheet.PixOffset(x/fine, y/fine)]) / 255
		}
	}
	return out
}

// blurred is a Gaussian, one way and then the other.
func blurred(in []float32, w, h int, sigma float64) []float32 {
	reach := int(math.Ceil(2.5 * sigma))
	weights := make([]float32, 2*reach+1)
	var sum float32
	for i := range weights {
		weights[i] = float32(math.Exp(-float64((i-reach)*(i-reach)) / (2 * sigma * sigma)))
		sum += weights[i]
	}
	for i := range weights {
		weights[i] /= sum
	}
	return convolved(convolved(in, w, h, 1, 0, weights), w, h, 0, 1, weights)
}

func convolved(in []float32, w, h, dx, dy int, weights []float32) []float32 {
	out, reach := make([]float32, len(in)), len(weights)/2
	for y := range h {
		for x := range w {
			var sum float32
			for k, weight := range weights {
				u, v := clampInt(x+(k-reach)*dx, 0, w-1), clampInt(y+(k-reach)*dy, 0, h-1)
				sum += weight * in[v*w+u]
			}
			out[y*w+x] = sum
		}
	}
	return out
}
