package worn

import (
	"math"
)

// mesh is how many samples of paper a side of the triangles has that the
// sheet is drawn with.
const mesh = 6

// A corner of a triangle: its place in the picture and on the paper, and the
// direction in which the paper looks.
type corner struct {
	seen
	u, v   float64
	normal vector
}

// corners looks at the whole sheet.
func (v *view) corners() (all []corner, across int) {
	across = v.p.w/mesh + 1
	down := v.p.h/mesh + 1
	all = make([]corner, across*down)
	for j := range down {
		for i := range across {
			x, y := min(float64(i*mesh), float64(v.p.w)), min(float64(j*mesh), float64(v.p.h))
			all[j*across+i] = corner{seen: v.look(x, y), u: x, v: y}
		}
	}
	for j := range down {
		for i := range across {
			right := all[j*across+min(i+1, across-1)].space.add(all[j*across+max(i-1, 0)].space, -1)
			below := all[min(j+1, down-1)*across+i].space.add(all[max(j-1, 0)*across+i].space, -1)
			all[j*across+i].normal = below.cross(right).unit() // towards the camera
		}
	}
	return all, across
}

// draw calls paint for every fine pixel in which the sheet is in front.
func (v *view) draw(paint func(pixel int, c corner)) {
	all, across := v.corners()
	nearest := make([]float32, v.w*v.h*v.finer*v.finer)
	for i := range nearest {
		nearest[i] = math.MaxFloat32
	}
	for i := range all[:len(all)-across] {
		if i%across == across-1 {
			continue
		}
		a, b, c, e := &all[i], &all[i+1], &all[i+across], &all[i+across+1]
		v.triangle(a, b, c, nearest, paint)
		v.triangle(e, c, b, nearest, paint)
	}
}

func (v *view) triangle(a, b, c *corner, nearest []float32, paint func(int, corner)) {
	fine, w, h := float64(v.finer), v.w*v.finer, v.h*v.finer
	area := (b.x-a.x)*(c.y-a.y) - (c.x-a.x)*(b.y-a.y)
	x0, x1 := span(fine*min(a.x, b.x, c.x), fine*max(a.x, b.x, c.x), w)
	y0, y1 := span(fine*min(a.y, b.y, c.y), fine*max(a.y, b.y, c.y), h)
	if area == 0 || min(a.depth, b.depth, c.depth) < v.away/8 { // beside or behind the lens
		return
	}
	for j := y0; j <= y1; j++ {
		for i := x0; i <= x1; i++ {
			x, y := (float64(i)+0.5)/fine, (float64(j)+0.5)/fine
			q := ((x-a.x)*(c.y-a.y) - (c.x-a.x)*(y-a.y)) / area
			r := ((b.x-a.x)*(y-a.y) - (x-a.x)*(b.y-a.y)) / area
			depth := float32(a.depth + q*(b.depth-a.depth) + r*(c.depth-a.depth))
			if q < 0 || r < 0 || q+r > 1 || depth >= nearest[j*w+i] {
				continue
			}
			nearest[j*w+i] = depth
			paint(j*w+i, blend(a, b, c, q, r))
		}
	}
}

func span(lo, hi float64, size int) (from, to int) {
	return clampInt(int(lo)-1, 0, size), clampInt(int(hi)+1, -1, size-1)
}

// blend mixes the corners: the triangles are so small that perspective within
// them does not matter.
func blend(a, b, c *corner, q, r float64) corner {
	o := 1 - q - r
	return corner{
		seen:   seen{space: vector{}.add(a.space, o).add(b.space, q).add(c.space, r)},
		u:      o*a.u + q*b.u + r*c.u,
		v:      o*a.v + q*b.v + r*c.v,
		normal: vector{}.add(a.normal, o).add(b.normal, q).add(c.normal, r),
	}
}
