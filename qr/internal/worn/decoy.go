package worn

// A grid is modules of something that is no code; ones are dark.
type grid struct {
	n    int
	dark []bool
}

func newGrid(d dice, n int) *grid {
	g := &grid{n, make([]bool, n*n)}
	for i := range g.dark {
		g.dark[i] = d.chance(0.5)
	}
	return g
}

func (g *grid) set(x, y int, dark bool) {
	if x >= 0 && y >= 0 && x < g.n && y < g.n {
		g.dark[y*g.n+x] = dark
	}
}

// finder draws the pattern with its separator around a middle.
func (g *grid) finder(x, y int) {
	for j := -4; j <= 4; j++ {
		for i := -4; i <= 4; i++ {
			ring := max(i, -i, j, -j)
			g.set(x+i, y+j, ring <= 1 || ring == 3)
		}
	}
}

func (g *grid) timing(line int) {
	for i := 8; i < g.n-8; i++ {
		g.set(i, line, i%2 == 0)
		g.set(line, i, i%2 == 0)
	}
}

// onto draws the grid somewhere on the canvas, as large as it may be or
// smaller, on white.
func (g *grid) onto(d dice, c *canvas) {
	module := max(d.between(0.5, 0.95)*float64(min(c.w, c.h))/float64(g.n+6), 1)
	side := module * float64(g.n)
	left, top := d.between(0, float64(c.w)-side), d.between(0, float64(c.h)-side)
	c.paint(func(x, y float64) float64 {
		x, y = x-left, y-top
		if x < 0 || y < 0 || x >= side || y >= side {
			return 1
		}
		i, j := min(int(x/module), g.n-1), min(int(y/module), g.n-1)
		if g.dark[j*g.n+i] {
			return 0
		}
		return 1
	})
}

// likeQR has all that a code is found by and chance for what it says. Its
// smallest versions are left out: of those, chance makes a valid one too often.
func likeQR(d dice, c *canvas) {
	n := 21 + 4*d.count(2, 8)
	g := newGrid(d, n)
	for _, at := range [][2]int{{3, 3}, {n - 4, 3}, {3, n - 4}} {
		if d.chance(0.95) {
			g.finder(at[0], at[1])
		}
	}
	if d.chance(0.8) {
		g.timing(6)
	}
	if d.chance(0.8) {
		g.align(n - 7)
	}
	if d.chance(0.5) {
		formatted(d, g)
	}
	g.onto(d, c)
}

func (g *grid) align(at int) {
	for j := -2; j <= 2; j++ {
		for i := -2; i <= 2; i++ {
			g.set(at+i, at+j, max(i, -i, j, -j) != 1)
		}
	}
}

// formatted copies the level and mask of a real code, so that they can be
// read too. Versions of 7 and above would need their number written as well.
func formatted(d dice, g *grid) {
	model := newSymbol(d).modules
	later := len(model) - g.n // how much further the far borders are in the model
	for i := range 9 {
		g.set(i, 8, model[8][i])
		g.set(8, i, model[i][8])
	}
	for i := g.n - 8; i < g.n; i++ {
		g.set(i, 8, model[8][i+later])
		g.set(8, i, model[i+later][8])
	}
}

// likeMicroQR has one finder and timing along the edges.
func likeMicroQR(d dice, c *canvas) {
	g := newGrid(d, 11+2*d.IntN(4))
	g.finder(3, 3)
	for i := 8; i < g.n; i++ {
		g.set(i, 0, i%2 == 0)
		g.set(0, i, i%2 == 0)
	}
	g.onto(d, c)
}

// likeDataMatrix has two dark edges and two of timing.
func likeDataMatrix(d dice, c *canvas) {
	g := newGrid(d, 2*d.count(5, 22))
	for i := range g.n {
		g.set(0, i, true)
		g.set(i, g.n-1, true)
		g.set(i, 0, i%2 == 0)
		g.set(g.n-1, i, i%2 == 1)
	}
	g.onto(d, c)
}

// bullseyes strews finders of all sizes.
func bullseyes(d dice, c *canvas) {
	c.paint(func(x, y float64) float64 { return 1 })
	for range d.count(3, 14) {
		module := d.between(1.5, 7)
		left, top := d.between(0, float64(c.w)), d.between(0, float64(c.h))
		under := *c
		under.pix = append([]float32(nil), c.pix...)
		c.paint(func(x, y float64) float64 {
			i, j := int((x-left)/module), int((y-top)/module)
			if x < left || y < top || i > 6 || j > 6 {
				return float64(under.pix[int(y)*c.w+int(x)])
			}
			if ring := max(i-3, 3-i, j-3, 3-j); ring == 2 {
				return 1
			}
			return 0
		})
	}
}
