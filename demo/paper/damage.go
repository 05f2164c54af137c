package paper

import "math"

// Faded is a receipt that lay in the sun: the print is a pale grey.
func Faded(s *scene) { s.ink *= 0.3 }

// Crumpled is a receipt that was a ball in a pocket and was smoothed out.
func Crumpled(s *scene) { s.relief = 1 }

// Rotated is a receipt that was laid down the given degrees clockwise.
func Rotated(degrees float64) Damage {
	return func(s *scene) { s.angle += degrees * math.Pi / 180 }
}

// Torn is a receipt whose lower right corner is gone, with the quiet zone of
// the code and its outermost modules there. What is lost is less than the error
// correction of the code makes good.
func Torn(s *scene) {
	const bite = 4.5 * codeModule // how far the tear goes into the code on each side
	corner := s.tape.code.Max
	reach := float64(corner.X+corner.Y) - bite
	s.lost = func(x, y float64) float64 {
		ragged := 9*(s.noise.at(x/13+70, y/13)-0.5) + 26*(s.noise.at((x-y)/90+9, 3.5)-0.5)
		return (0.93*x + 1.07*y + ragged - reach - 0.07*float64(corner.Y-corner.X)) / math.Sqrt2
	}
}
