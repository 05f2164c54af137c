package grid

import "promobot/qr/internal/gray"

// frame is the affine map from modules about a place to pixels.
type frame struct {
	at             gray.Point
	rightX, rightY float64 // what a module to the right adds
	downX, downY   float64 // what a module down adds
}

func (f frame) place(x, y float64) gray.Point {
	return gray.Point{X: f.at.X + x*f.rightX + y*f.downX, Y: f.at.Y + x*f.rightY + y*f.downY}
}

// tilt is a displacement that changes evenly about a place: by, and what a
// module to the right and one down add to it.
type tilt struct{ by, right, down gray.Point }

// frame is the map about (x, y) of a symbol that lies displaced.
func (m Homography) frame(x, y float64, t tilt) frame {
	place := func(dx, dy float64) gray.Point {
		return m.Apply(gray.Point{
			X: x + dx + t.by.X + dx*t.right.X + dy*t.down.X,
			Y: y + dy + t.by.Y + dx*t.right.Y + dy*t.down.Y,
		})
	}
	left, right, up, down := place(-1, 0), place(1, 0), place(0, -1), place(0, 1)
	return frame{
		place(0, 0), (right.X - left.X) / 2, (right.Y - left.Y) / 2, (down.X - up.X) / 2, (down.Y - up.Y) / 2,
	}
}
