package worn

import (
	"fmt"
	"math"
	"slices"
)

// conditions are all that a picture depends on, but for the text. Pixels are
// those of the finished picture, angles are radians.
type conditions struct {
	harms []harm

	width, height int
	modulePx      float64 // pixels a module
	oversize      float64 // sensor pixels a pixel
	finer         int     // drawn pixels a sensor pixel, each way
	focal         float64 // in longer sides of the picture
	roll          float64
	tilt, tiltTo  float64
	finger        bool

	bend      float64 // how far the sheet turns away over a code's size
	creases   int
	foldSlope float64
	foldWear  float64 // the white line's thickness, in modules
	crumple   float64 // height of facets to their size

	around      float64 // share of light from everywhere
	gradient    float64
	shadow      float64 // how dark
	gloss       float64
	glossNarrow float64

	exposure  float64
	electrons float64 // of full light
	reading   float64 // noise of reading, in full lights
	defocus   float64 // radius in pixels
	motion    float64 // length in pixels

	gain          float64
	black         float64 // haze
	contrast      float64
	denoise       float64
	sharpen       float64
	sharpenRadius float64
	firstQuality  int // 0 if the picture was never made smaller
	quality       int
}

func newConditions(d dice, family string, severity int) conditions {
	if !slices.Contains(Families(), family) {
		panic(fmt.Sprintf("worn: no family %q", family))
	}
	c := ordinary(d, severity)
	if severity > 0 {
		c.spoil(d, family, severity)
	}
	if c.modulePx*c.oversize < 2.6 { // or the drawing itself would show a lattice
		c.finer = 3
	}
	return c
}

// ordinary is a picture that somebody took with some care; less of it where
// the damage is greater.
func ordinary(d dice, severity int) conditions {
	s := float64(severity)
	c := conditions{
		modulePx: d.between(3.7, 6.5) - 0.25*s, oversize: 1, finer: 2, focal: d.between(0.9, 1.4),
		roll: d.between(-0.26, 0.26), tilt: d.between(0, 0.06+0.07*s), tiltTo: d.between(0, 2*math.Pi),
		bend: d.between(-0.1, 0.1) * (1 + s), around: d.between(0.4, 0.7), gradient: d.between(0, 0.2+0.15*s),
		exposure: d.between(0.75, 1.05), electrons: d.between(1500, 6000), reading: d.between(0.002, 0.006),
		gain: 1, black: d.between(0, 0.06), contrast: d.between(0, 0.5), denoise: d.between(0.02, 0.06),
		defocus: d.between(0.45, 0.75) + 0.1*s, sharpen: d.between(0, 0.8), sharpenRadius: d.between(0.8, 1.6),
		quality: d.count(62-6*severity, 90-4*severity),
	}
	c.width = d.count(400, 620)
	c.height = int(float64(c.width) * pick(d, 1, 4.0/3, 4.0/3, 1.5))
	if severity == 0 {
		return c
	}
	if d.chance(0.2) {
		c.width, c.height = c.height, c.width
	}
	if d.chance(0.2) {
		c.roll += float64(d.count(1, 3)) * math.Pi / 2
	} else if d.chance(0.12) {
		c.roll = d.between(0, 2*math.Pi)
	}
	c.finger = d.chance(0.06)
	if d.chance(0.1 + 0.05*s) {
		c.shadow = d.between(0.15, 0.4)
	}
	c.crumple = d.between(0, 0.008*s)
	return c
}
