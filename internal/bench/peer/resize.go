package peer

import "image"

func same(gray *image.Gray) *image.Gray { return gray }

// halved takes the mean of every four pixels.
func halved(gray *image.Gray) *image.Gray {
	b := gray.Bounds()
	half := image.NewGray(image.Rect(0, 0, max(1, b.Dx()/2), max(1, b.Dy()/2)))
	at := grayAt(gray)
	for y := range half.Rect.Dy() {
		for x := range half.Rect.Dx() {
			sum := at(2*x, 2*y) + at(2*x+1, 2*y) + at(2*x, 2*y+1) + at(2*x+1, 2*y+1)
			half.Pix[y*half.Stride+x] = mean(sum, 4)
		}
	}
	return half
}

// doubled puts means between the pixels.
func doubled(gray *image.Gray) *image.Gray {
	b := gray.Bounds()
	twice := image.NewGray(image.Rect(0, 0, 2*b.Dx(), 2*b.Dy()))
	at := grayAt(gray)
	for y := range b.Dy() {
		for x := range b.Dx() {
			here, right, below, across := at(x, y), at(x+1, y), at(x, y+1), at(x+1, y+1)
			row := 2*y*twice.Stride + 2*x
			twice.Pix[row], twice.Pix[row+1] = mean(here, 1), mean(here+right, 2)
			twice.Pix[row+twice.Stride], twice.Pix[row+twice.Stride+1] = mean(here+below, 2), mean(here+right+below+across, 4)
		}
	}
	return twice
}

// grayAt reads pixels; beyond the last row and column stand those again.
func grayAt(gray *image.Gray) func(x, y int) int {
	right, bottom := gray.Bounds().Dx()-1, gray.Bounds().Dy()-1
	return func(x, y int) int { return int(gray.Pix[min(y, bottom)*gray.Stride+min(x, right)]) }
}

func mean(sum, of int) uint8 {
	return uint8((sum + of/2) / of) // #nosec G115 -- the mean of bytes is a byte
}
