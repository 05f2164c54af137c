package worn

import "math"

// A view is the sheet as a camera stands before it. Pixels are those of the
// sensor, times finer for the drawing.
type view struct {
	w, h   int // of the sensor
	finer  int
	shape  shape
	turn   [3]vector // rows of the rotation
	focal  float64   // in pixels
	away   float64   // from the camera to the code, in samples
	x, y   float64   // the code's middle in the picture
	barrel float64   // of the lens: how much wider the corner is
	p      *paper
}

func newView(d dice, p *paper, c conditions) *view {
	v := &view{finer: c.finer, shape: newShape(d, p, c), p: p, barrel: d.between(-0.025, 0.025)}
	v.w, v.h = int(float64(c.width)*c.oversize), int(float64(c.height)*c.oversize)
	v.focal = c.focal * float64(max(v.w, v.h))
	v.away = v.focal * p.code.module / (c.modulePx * c.oversize)
	v.turn = rotation(c.roll, c.tilt, c.tiltTo)
	v.x, v.y = float64(v.w)*d.between(0.4, 0.6), float64(v.h)*d.between(0.4, 0.6)
	return v
}

// rotation rolls the sheet in its plane and then tilts it about an axis in
// the picture's plane that lies at the angle to.
func rotation(roll, tilt, to float64) [3]vector {
	cr, sr, ct, st, ca, sa := math.Cos(roll), math.Sin(roll), math.Cos(tilt), math.Sin(tilt), math.Cos(to), math.Sin(to)
	tilted := [3]vector{
		{ca*ca + ct*sa*sa, ca * sa * (1 - ct), st * sa},
		{ca * sa * (1 - ct), sa*sa + ct*ca*ca, -st * ca},
		{-st * sa, st * ca, ct},
	}
	rolled := [3]vector{{cr, -sr, 0}, {sr, cr, 0}, {0, 0, 1}}
	var out [3]vector
	for i, row := range tilted {
		out[i] = vector{}.add(rolled[0], row.x).add(rolled[1], row.y).add(rolled[2], row.z)
	}
	return out
}

// seen is a place of the sheet as the camera sees it.
type seen struct {
	space vector // in the camera's directions, the origin in the code's middle
	x, y  float64
	depth float64
}

// look finds a place of the paper, in samples of it.
func (v *view) look(px, py float64) seen {
	mx, my := v.p.code.middle()
	flat := v.shape.at(px-mx, py-my)
	s := seen{space: vector{v.turn[0].dot(flat), v.turn[1].dot(flat), v.turn[2].dot(flat)}}
	s.depth = max(v.away+s.space.z, v.away/10) // nearer is never drawn
	s.x = v.x + v.focal*s.space.x/s.depth
	s.y = v.y + v.focal*s.space.y/s.depth
	dx, dy := s.x-float64(v.w)/2, s.y-float64(v.h)/2
	far := min((dx*dx+dy*dy)/(float64(v.w*v.w+v.h*v.h)/4), 2) // or places far outside would fold back into the picture
	s.x += dx * v.barrel * far
	s.y += dy * v.barrel * far
	return s
}

// centers are the places of all modules in a picture that the sensor's is
// resized to.
func (v *view) centers(n, width, height int) [][]Point {
	p, across, down := v.p, float64(width)/float64(v.w), float64(height)/float64(v.h)
	out := make([][]Point, n)
	for row := range out {
		out[row] = make([]Point, n)
		for column := range out[row] {
			s := v.look(p.code.x+(float64(column)+0.5)*p.code.module, p.code.y+(float64(row)+0.5)*p.code.module)
			out[row][column] = Point{s.x * across, s.y * down}
		}
	}
	return out
}
