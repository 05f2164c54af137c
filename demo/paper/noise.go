package paper

import (
	"math"
	"math/rand/v2"
)

// noise is a smooth random landscape, 0…1, that repeats every 256 units.
type noise struct {
	values [256]float64
	next   [256]int
	phase  float64
}

func newNoise(random *rand.Rand) noise {
	var n noise
	for i, j := range random.Perm(256) {
		n.next[i] = j
		n.values[i] = random.Float64()
	}
	n.phase = random.Float64() * 2 * math.Pi
	return n
}

func (n *noise) corner(x, y int) float64 {
	return n.values[n.next[(n.next[x&255]+y)&255]]
}

// at is the height of the landscape.
func (n *noise) at(x, y float64) float64 {
	left, top := math.Floor(x), math.Floor(y)
	fx, fy := ease(x-left), ease(y-top)
	i, j := int(left), int(top)
	upper := n.corner(i, j)*(1-fx) + n.corner(i+1, j)*fx
	lower := n.corner(i, j+1)*(1-fx) + n.corner(i+1, j+1)*fx
	return upper*(1-fy) + lower*fy
}

func ease(t float64) float64 { return t * t * (3 - 2*t) }
