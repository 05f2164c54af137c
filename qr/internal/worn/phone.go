package worn

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math"
)

// develop does what happens between the lens and the file.
func develop(d dice, f *frame, c conditions) []byte {
	fine := float64(c.finer) * c.oversize
	f = focused(f, c.defocus*fine)
	f = shaken(d, f, c.motion*fine)
	f = resized(f, f.w/c.finer, f.h/c.finer)
	room(d, f, c) // light changes slowly, so it may come after the lens
	f = sense(d, f, c)
	tone(f, c)
	smooth(f, c.denoise)
	sharpen(f, c.sharpenRadius, c.sharpen)
	if c.firstQuality > 0 { // the camera's own file, before a messenger made it small
		f = opened(saved(f, c.firstQuality))
	}
	return saved(resized(f, c.width, c.height), c.quality)
}

// tone brightens what was taken dark and bends the numbers to those of a
// file, with contrast.
func tone(f *frame, c conditions) {
	curve := make([]float32, 4096) // as fine as a sensor counts
	for i := range curve {
		y := math.Pow(float64(i)/float64(len(curve)-1), 1/2.2)
		y = mix(y, ease(y), c.contrast)
		curve[i] = float32(c.black + (1-c.black)*y)
	}
	for k := range f.pix {
		for i, x := range f.pix[k] {
			f.pix[k][i] = curve[int(clamp(float64(x)*c.gain, 0, 1)*float64(len(curve)-1)+0.5)]
		}
	}
}

// smooth averages each pixel with those like it; more of it smears fine
// texture as phones do. Colours are smoothed more than light.
func smooth(f *frame, strength float64) {
	if strength <= 0 {
		return
	}
	luma, out := lumaOf(f), make([]float32, f.w*f.h)
	like := float32(1 / (strength * strength))
	for y := range f.h {
		for x := range f.w {
			out[y*f.w+x] = likeAround(luma, f.w, f.h, x, y, like)
		}
	}
	for k := range f.pix {
		for i := range luma {
			f.pix[k][i] -= luma[i]
		}
		f.pix[k] = blurred(f.pix[k], f.w, f.h, 0.8+6*strength)
		for i := range out {
			f.pix[k][i] += out[i]
		}
	}
}

func lumaOf(f *frame) []float32 {
	luma := make([]float32, f.w*f.h)
	for i := range luma {
		luma[i] = 0.299*f.pix[0][i] + 0.587*f.pix[1][i] + 0.114*f.pix[2][i]
	}
	return luma
}

func likeAround(luma []float32, w, h, x, y int, like float32) float32 {
	var sum, weights float32
	middle := luma[y*w+x]
	for v := max(y-2, 0); v <= min(y+2, h-1); v++ {
		for u := max(x-2, 0); u <= min(x+2, w-1); u++ {
			diff := luma[v*w+u] - middle
			weight := 1 / (1 + like*diff*diff)
			weight *= weight
			sum += weight * luma[v*w+u]
			weights += weight
		}
	}
	return sum / weights
}

// sharpen adds what a blur takes away, which leaves halos.
func sharpen(f *frame, radius, amount float64) {
	if amount <= 0 {
		return
	}
	luma := lumaOf(f)
	soft := blurred(luma, f.w, f.h, radius)
	for k := range f.pix {
		for i := range luma {
			f.pix[k][i] += float32(amount) * (luma[i] - soft[i])
		}
	}
}

func saved(f *frame, quality int) []byte {
	img := image.NewRGBA(image.Rect(0, 0, f.w, f.h))
	for i := range f.w * f.h {
		img.SetRGBA(i%f.w, i/f.w, color.RGBA{level(f.pix[0][i]), level(f.pix[1][i]), level(f.pix[2][i]), 255})
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: quality}); err != nil {
		panic(err) // memory does not refuse
	}
	return out.Bytes()
}

func level(x float32) uint8 { return uint8(clamp(float64(x)*255+0.5, 0, 255)) }

func opened(file []byte) *frame {
	img, err := jpeg.Decode(bytes.NewReader(file))
	if err != nil {
		panic(err) // it was just made
	}
	f := newFrame(img.Bounds().Dx(), img.Bounds().Dy())
	for i := range f.w * f.h {
		r, g, b, _ := img.At(i%f.w, i/f.w).RGBA()
		f.pix[0][i], f.pix[1][i], f.pix[2][i] = float32(r)/65535, float32(g)/65535, float32(b)/65535
	}
	return f
}
