package grid

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"promobot/qr/internal/gray"
)

// truth is one drawn picture with its modules and their middles.
type truth struct {
	path    string
	Family  string         `json:"fam"`
	Level   int            `json:"sev"`
	N       int            `json:"n"`
	Modules []string       `json:"M"`
	Centres [][][2]float64 `json:"centres"`
	plane   *gray.Plane
}

// truths are those of the folder with truth.json and of PROMOBOT_QR_TRUTHS,
// one half of them by a hash of the name; PROMOBOT_QR_HALF=check is the other.
func truths(t testing.TB) (all []truth) {
	t.Helper()
	root := os.Getenv("PROMOBOT_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "..", "shared")
	}
	folder := cmp.Or(os.Getenv("PROMOBOT_QR_TRUTHS"), filepath.Join(root, "data", "qr", "synthetic"))
	text, err := os.ReadFile(filepath.Join(folder, "truth.json"))
	if err != nil {
		t.Skipf("no pictures with truth at %s (set PROMOBOT_SHARED or PROMOBOT_QR_TRUTHS)", folder)
	}
	named := map[string]truth{}
	if err := json.Unmarshal(text, &named); err != nil {
		t.Fatal(err)
	}
	odd := os.Getenv("PROMOBOT_QR_HALF") == "check"
	for name, one := range named {
		h := fnv.New32a()
		h.Write([]byte(name))
		if h.Sum32()%2 == 1 != odd {
			continue
		}
		if only := os.Getenv("PROMOBOT_QR_ONLY"); !strings.HasPrefix(name, only) {
			continue
		}
		one.path = filepath.Join(folder, name)
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b truth) int { return cmp.Compare(a.path, b.path) })
	return all
}

func (tr *truth) load(t testing.TB) {
	t.Helper()
	raw, err := os.ReadFile(tr.path)
	if err != nil {
		t.Fatal(err)
	}
	img, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	tr.plane = gray.From(img)
}

func (tr *truth) at(x, y int) gray.Point {
	c := tr.Centres[y][x]
	return gray.Point{X: c[0], Y: c[1]}
}

func (tr *truth) pitch() float64 {
	a, b := tr.at(0, 0), tr.at(tr.N-1, tr.N-1)
	return math.Hypot(a.X-b.X, a.Y-b.Y) / math.Sqrt2 / float64(tr.N-1)
}

// guess is the flat grid through the true middles of three finders, each up to
// 0.3 modules off, and a fourth corner.
func (tr *truth) guess(aligned bool, r *rand.Rand) Grid {
	n := float64(tr.N)
	far := n - 3.5
	from := [4]gray.Point{{X: 3.5, Y: 3.5}, {X: far, Y: 3.5}, {X: far, Y: far}, {X: 3.5, Y: far}}
	off := 0.3 * tr.pitch()
	some := func(p gray.Point) gray.Point {
		return gray.Point{X: p.X + off*(2*r.Float64()-1), Y: p.Y + off*(2*r.Float64()-1)}
	}
	to := [4]gray.Point{some(tr.at(3, 3)), some(tr.at(tr.N-4, 3)), {}, some(tr.at(3, tr.N-4))}
	to[2] = gray.Point{X: to[1].X - to[0].X + to[3].X, Y: to[1].Y - to[0].Y + to[3].Y}
	if aligned {
		from[2] = gray.Point{X: far - 3, Y: far - 3}
		to[2] = some(tr.at(tr.N-7, tr.N-7))
	}
	return Grid{Dimension: tr.N, View: QuadToQuad(from, to)}
}

// errors are those of all middles, in modules, ascending.
func (tr *truth) errors(g Grid) []float64 {
	var all []float64
	pitch := tr.pitch()
	off := tr.off(g)
	for y := range tr.N {
		for x := range tr.N {
			at, want := g.Place(float64(x)+0.5, float64(y)+0.5), tr.at(x, y)
			all = append(all, math.Hypot(at.X-want.X-off.X, at.Y-want.Y-off.Y)/pitch)
		}
	}
	slices.Sort(all)
	return all
}

// off is the even shift of the grid against the truth: the pictures were drawn
// up to a pixel off it.
func (tr *truth) off(g Grid) gray.Point {
	var xs, ys []float64
	for i := range tr.N * tr.N {
		at, want := g.Place(float64(i%tr.N)+0.5, float64(i/tr.N)+0.5), tr.at(i%tr.N, i/tr.N)
		xs, ys = append(xs, at.X-want.X), append(ys, at.Y-want.Y)
	}
	slices.Sort(xs)
	slices.Sort(ys)
	limit := func(v float64) float64 { return min(max(v, -0.9), 0.9) }
	return gray.Point{X: limit(xs[len(xs)/2]), Y: limit(ys[len(ys)/2])}
}

// flips is the share of modules that simple sampling reads wrong: the grey of
// the middle against the mean of the surroundings.
func (tr *truth) flips(place func(x, y int) gray.Point) float64 {
	n := tr.N
	v := make([]float64, n*n)
	for i := range v {
		at := place(i%n, i/n)
		v[i] = float64(tr.plane.At(at.X-0.5, at.Y-0.5))
	}
	wrong := 0
	for y := range n {
		for x := range n {
			sum, count := 0.0, 0.0
			for j := max(0, y-4); j < min(n, y+5); j++ {
				for i := max(0, x-4); i < min(n, x+5); i++ {
					sum, count = sum+v[j*n+i], count+1
				}
			}
			if (v[y*n+x] < sum/count) != (tr.Modules[y][x] == '1') {
				wrong++
			}
		}
	}
	return float64(wrong) / float64(n*n)
}

func placer(g Grid) func(x, y int) gray.Point {
	return func(x, y int) gray.Point { return g.Place(float64(x)+0.5, float64(y)+0.5) }
}

type row struct {
	median, most, flips, score, ms []float64
}

func (r *row) add(tr *truth, g Grid, score float64, took time.Duration) {
	e := tr.errors(g)
	r.median = append(r.median, e[len(e)/2])
	r.most = append(r.most, e[len(e)*95/100])
	r.flips = append(r.flips, 100*tr.flips(placer(g)))
	r.score = append(r.score, score)
	r.ms = append(r.ms, float64(took.Microseconds())/1000)
}

// cpu is what the process has used: other work on the machine does not count.
func cpu() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func mean(v []float64) float64 {
	s := 0.0
	for _, x := range v {
		s += x
	}
	return s / max(1, float64(len(v)))
}

func (r *row) String() string {
	return fmt.Sprintf("%5.2f %5.2f %5.1f%% %5.2f %5.1fms", mean(r.median), mean(r.most), mean(r.flips), mean(r.score), mean(r.ms))
}

// TestMeasure reports errors in modules.
func TestMeasure(t *testing.T) {
	all := truths(t)
	ways := []struct {
		name string
		do   func(Grid, *gray.Plane) (Grid, float64)
	}{
		{"start", func(g Grid, p *gray.Plane) (Grid, float64) { return g, Agreement(p, g, Known(g.Dimension)) }},
		{"fitted", Grid.Fitted},
		{"refined", Grid.Refined},
		{"bent", Grid.Bent},
	}
	for _, aligned := range []bool{false, true} {
		rows := map[string][]row{}
		for i := range all {
			tr := &all[i]
			tr.load(t)
			r := rand.New(rand.NewPCG(7, uint64(i)))
			g := tr.guess(aligned, r)
			for _, key := range []string{fmt.Sprintf("%s-%d", tr.Family, tr.Level), "~all"} {
				if rows[key] == nil {
					rows[key] = make([]row, len(ways)+1)
				}
			}
			for j, way := range ways {
				began := cpu()
				out, score := way.do(g, tr.plane)
				took := cpu() - began
				for _, key := range []string{fmt.Sprintf("%s-%d", tr.Family, tr.Level), "~all"} {
					rows[key][j].add(tr, out, score, took)
				}
			}
			for _, key := range []string{fmt.Sprintf("%s-%d", tr.Family, tr.Level), "~all"} {
				rows[key][len(ways)].flips = append(rows[key][len(ways)].flips, 100*tr.flips(tr.at))
			}
		}
		head := ""
		for _, w := range ways {
			head += fmt.Sprintf(" | %-31s", w.name)
		}
		t.Logf("aligned %v\n%-10s %s", aligned, "", head)
		var keys []string
		for k := range rows {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		out := ""
		for _, k := range keys {
			out += fmt.Sprintf("%-10s %d", k, len(rows[k][0].median))
			for j := range ways {
				out += " | " + rows[k][j].String()
			}
			out += fmt.Sprintf(" | true %4.1f%%\n", mean(rows[k][len(ways)].flips))
		}
		t.Log("\n" + out)
	}
}

func bestFlat(tr *truth) float64 {
	g := tr.guess(true, rand.New(rand.NewPCG(1, 1)))
	n := newNet(tr.N, 2)
	for range 12 {
		for i := range n.by {
			x, y := n.place(i)
			want := tr.at(int(x), int(y))
			at := g.Place(x, y)
			r, d := g.Place(x+1, y), g.Place(x, y+1)
			a, b, c, e := r.X-at.X, d.X-at.X, r.Y-at.Y, d.Y-at.Y
			det := a*e - b*c
			dx, dy := want.X-at.X, want.Y-at.Y
			n.by[i] = gray.Point{X: (e*dx - b*dy) / det, Y: (a*dy - c*dx) / det}
			n.worth[i] = gray.Point{X: 1, Y: 1}
		}
		g.View = n.flatten(g, 5)
	}
	e := tr.errors(g)
	return e[len(e)*95/100]
}

func TestBestFlat(t *testing.T) {
	m := map[string][]float64{}
	for _, tr := range truths(t) {
		k := fmt.Sprint(tr.Family, tr.Level)
		m[k] = append(m[k], bestFlat(&tr))
	}
	for k, v := range m {
		t.Logf("%s %.2f", k, v)
	}
}
