package qr

import (
	"math"
	"math/bits"
	"slices"

	"promobot/qr/internal/gray"
)

// Look is what a picture looks like in 64 bits: a perceptual hash. Copies of a
// picture that were scaled, compressed anew or cut a little have looks that
// differ in few bits. 0 is no look: that of a picture without any structure.
type Look uint64

// Distance is in how many bits two looks differ, 0…64.
func (l Look) Distance(other Look) int { return bits.OnesCount64(uint64(l ^ other)) }

// SameLook is the distance up to which two pictures may be copies of one. Copies
// that were scaled, compressed or toned, or lost a hundredth of a side, stay
// within it 19 times in 20; so do no two of 124 photos of receipts. Slips that
// one printer made on one form are too much alike to be told apart: two looks
// are evidence only where the codes do not say otherwise.
const SameLook = 6

const (
	lookSide  = 32 // pixels a side that the picture is drawn down to
	lookWaves = 8  // waves a side that are kept
)

// lookOf takes the signs of the lowest waves of the picture, each against their
// median (a DCT hash): where the light and dark areas lie, but no detail.
func lookOf(p *gray.Plane) Look {
	if p.W < lookSide || p.H < lookSide {
		return 0
	}
	small := shrunk(p)
	var waves [lookWaves * lookWaves]float64
	for v := range lookWaves {
		for u := range lookWaves {
			waves[v*lookWaves+u] = small.wave(u, v)
		}
	}
	sorted := slices.Clone(waves[1:]) // the first is the mean brightness
	slices.Sort(sorted)
	if sorted[len(sorted)-1]-sorted[0] < flat {
		return 0
	}
	middle := sorted[len(sorted)/2]
	var look Look
	for i, w := range waves {
		if w > middle {
			look |= 1 << i
		}
	}
	return look
}

// flat is the spread of the waves below which a picture is plain paper.
const flat = 40

type thumb [lookSide * lookSide]float64

// shrunk averages the picture down to a square. Proportions are lost, which a
// cut edge changes anyway.
func shrunk(p *gray.Plane) *thumb {
	var sums, counts thumb
	for y := range p.H {
		row := y * lookSide / p.H * lookSide
		for x := range p.W {
			i := row + x*lookSide/p.W
			sums[i] += float64(p.Pix[y*p.W+x])
			counts[i]++
		}
	}
	for i := range sums {
		sums[i] /= counts[i]
	}
	return &sums
}

// wave is the picture's share in the cosine of u half-waves across and v down.
func (t *thumb) wave(u, v int) float64 {
	sum := 0.0
	for y := range lookSide {
		for x := range lookSide {
			sum += t[y*lookSide+x] * cosines[u][x] * cosines[v][y]
		}
	}
	return sum / lookSide
}

var cosines = func() (table [lookWaves][lookSide]float64) {
	for u := range table {
		for x := range table[u] {
			table[u][x] = math.Cos(math.Pi * float64(u) * (float64(x) + 0.5) / lookSide)
		}
	}
	return table
}()
