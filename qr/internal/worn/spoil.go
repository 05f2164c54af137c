package worn

// spoil lets the family's damage loose.
func (c *conditions) spoil(d dice, family string, severity int) {
	onPaper := map[string]func(int) harm{
		"fade": fade, "dropout": dropout, "scratch": scratch, "torn": torn, "pen": pen, "blob": blob,
	}
	if h, found := onPaper[family]; found {
		c.harms = append(c.harms, h(severity))
		return
	}
	s := float64(severity)
	switch family {
	case "crumple":
		c.crumple = d.between(0.06, 0.11) * (0.35 + 0.65*s)
		c.around = d.between(0.25, 0.6)
	case "fold":
		c.fold(d, severity)
	case "glare":
		c.gloss, c.glossNarrow = d.between(0.5, 0.9)*(0.5+0.5*s), d.between(60, 900)/s
	case "lowlight":
		c.dusk(d, s)
	case "persp":
		c.tilt, c.focal = d.between(0.45, 0.65)+0.16*s, d.between(0.6, 1)
	case "blur":
		c.defocus = c.modulePx * (d.between(0.25, 0.45) + 0.2*s)
	case "motion":
		c.motion = c.modulePx * (d.between(0.4, 0.7) + 0.45*s)
	case "lowres":
		c.modulePx = d.between(2.7, 3.2) - 0.4*s
		c.defocus = d.between(0.25, 0.5)
		c.width, c.height = c.width*2/3, c.height*2/3
	case "phone":
		c.messenger(d, s)
	case "combo":
		c.several(d, severity)
	}
}

func (c *conditions) fold(d dice, severity int) {
	s := float64(severity)
	c.creases = d.count(1, min(severity+1, 3))
	c.foldSlope, c.foldWear = d.between(0.06, 0.14)*(0.4+0.7*s), d.between(0.15, 0.45)*(0.5+0.55*s)
	c.around = d.between(0.25, 0.6)
}

// dusk takes light away; most phones turn the gain up again and smooth the
// noise.
func (c *conditions) dusk(d dice, s float64) {
	c.exposure = d.between(0.1, 0.3) / (s * s)
	c.electrons, c.reading = d.between(120, 500), d.between(0.003, 0.009)
	c.gain = d.between(0.3, 0.8) / c.exposure
	if d.chance(0.3) {
		c.gain = 1
	}
	c.denoise = d.between(0.03, 0.12)
	c.motion = d.between(0, 0.5) * s
	c.shadow = d.between(0, 0.4)
}

// messenger makes the picture small twice over and overdoes the rest.
func (c *conditions) messenger(d dice, s float64) {
	c.modulePx = d.between(3, 3.8) - 0.4*s
	c.oversize = d.between(1.3, 1.9)
	c.electrons = d.between(300, 900) / s
	c.denoise = d.between(0.05, 0.09) * (0.5 + 0.7*s)
	c.sharpen, c.sharpenRadius = d.between(0.6, 1.2)*(0.6+0.5*s), d.between(1, 2.2)
	c.contrast = d.between(0.3, 1)
	c.firstQuality, c.quality = d.count(60, 90), d.count(58-12*int(s), 74-12*int(s))
	c.defocus += 0.15 * s
}

// several kinds of damage come together, each less than it would be alone but
// for the mildest, of which there are fewer.
func (c *conditions) several(d dice, severity int) {
	families := Families()
	families = families[:len(families)-1]
	d.Shuffle(len(families), func(i, j int) { families[i], families[j] = families[j], families[i] })
	for _, family := range families[:d.count(2, min(severity+1, 3))] {
		c.spoil(d, family, max(severity-1, 1))
	}
}
