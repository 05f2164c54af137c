package paper

import "math"

// rgb is a colour in 0…255 that may overshoot while it is worked on.
type rgb [3]float64

func (c rgb) times(f float64) rgb { return rgb{c[0] * f, c[1] * f, c[2] * f} }

// blend is c with the share of other laid over it.
func (c rgb) blend(other rgb, share float64) rgb {
	for i := range c {
		c[i] += (other[i] - c[i]) * share
	}
	return c
}

func (c rgb) byte(channel int, plus float64) byte {
	return byte(min(max(c[channel]+plus, 0), 255))
}

// table is oak in long boards under oil.
func (s *scene) table(x, y float64) rgb {
	const board = 262
	n := math.Floor(y / board)
	at := y - n*board
	along := x + n*977
	rings := s.noise.at(along/420, y/17+n*31) + 0.5*s.noise.at(along/160, y/6)
	pores := s.noise.at(along/60, y/1.7)
	tone := 0.9 + 0.10*s.noise.at(n*7.3, 0.5) + 0.11*(rings-0.75) - 0.07*pores*pores
	wood := rgb{196, 152, 108}.times(tone)
	if at < 3 {
		return wood.times(0.62)
	}
	if at < 6 {
		return wood.times(1.07)
	}
	return wood
}
