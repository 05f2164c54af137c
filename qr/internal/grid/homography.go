package grid

import "promobot/qr/internal/gray"

// Homography maps a plane seen in perspective: (x, y) becomes
// (a·x + b·y + c, d·x + e·y + f) divided by g·x + h·y + 1.
type Homography struct{ A, B, C, D, E, F, G, H, I float64 }

// Apply maps a point.
func (m Homography) Apply(p gray.Point) gray.Point {
	w := 1 / (m.G*p.X + m.H*p.Y + m.I)
	return gray.Point{X: (m.A*p.X + m.B*p.Y + m.C) * w, Y: (m.D*p.X + m.E*p.Y + m.F) * w}
}

// QuadToQuad maps the corners of one quadrilateral to those of another
// (P. Heckbert, Fundamentals of Texture Mapping and Image Warping, 1989, 2.2).
func QuadToQuad(from, to [4]gray.Point) Homography {
	return squareToQuad(to).after(squareToQuad(from).adjoint())
}

func squareToQuad(q [4]gray.Point) Homography {
	dx3, dy3 := q[0].X-q[1].X+q[2].X-q[3].X, q[0].Y-q[1].Y+q[2].Y-q[3].Y
	dx1, dx2, dy1, dy2 := q[1].X-q[2].X, q[3].X-q[2].X, q[1].Y-q[2].Y, q[3].Y-q[2].Y
	det := dx1*dy2 - dx2*dy1
	g, h := (dx3*dy2-dx2*dy3)/det, (dx1*dy3-dx3*dy1)/det
	return Homography{
		q[1].X - q[0].X + g*q[1].X, q[3].X - q[0].X + h*q[3].X, q[0].X,
		q[1].Y - q[0].Y + g*q[1].Y, q[3].Y - q[0].Y + h*q[3].Y, q[0].Y,
		g, h, 1,
	}
}

// adjoint is the inverse up to a factor, which a homography does not mind.
func (m Homography) adjoint() Homography {
	return Homography{
		m.E*m.I - m.F*m.H, m.C*m.H - m.B*m.I, m.B*m.F - m.C*m.E,
		m.F*m.G - m.D*m.I, m.A*m.I - m.C*m.G, m.C*m.D - m.A*m.F,
		m.D*m.H - m.E*m.G, m.B*m.G - m.A*m.H, m.A*m.E - m.B*m.D,
	}
}

// after is the map that does first and then m.
func (m Homography) after(n Homography) Homography {
	return Homography{
		m.A*n.A + m.B*n.D + m.C*n.G, m.A*n.B + m.B*n.E + m.C*n.H, m.A*n.C + m.B*n.F + m.C*n.I,
		m.D*n.A + m.E*n.D + m.F*n.G, m.D*n.B + m.E*n.E + m.F*n.H, m.D*n.C + m.E*n.F + m.F*n.I,
		m.G*n.A + m.H*n.D + m.I*n.G, m.G*n.B + m.H*n.E + m.I*n.H, m.G*n.C + m.H*n.F + m.I*n.I,
	}
}
