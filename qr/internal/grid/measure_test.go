package grid

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"image"
	_ "image/jpeg" // the pictures' format
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

// truths are the pictures of the shared folder, or of PROMOBOT_QR_TRUTHS, whose
// names have an even hash; PROMOBOT_QR_HALF=check takes the others, which no
// number was chosen by, and PROMOBOT_QR_ONLY those of a prefix.
func truths(t testing.TB) (half []truth) {
	t.Helper()
	root := cmp.Or(os.Getenv("PROMOBOT_SHARED"), filepath.Join("..", "..", "..", "..", "shared"))
	folder := cmp.Or(os.Getenv("PROMOBOT_QR_TRUTHS"), filepath.Join(root, "data", "qr", "synthetic"))
	text, err := os.ReadFile(filepath.Join(folder, "truth.json"))
	if err != nil {
		t.Skipf("no pictures with truth at %s (set PROMOBOT_SHARED)", folder)
	}
	var all map[string]truth
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatalf("truth: %v", err)
	}
	odd := uint32(0)
	if os.Getenv("PROMOBOT_QR_HALF") == "check" {
		odd = 1
	}
	for name, one := range all {
		h := fnv.New32a()
		h.Write([]byte(name))
		if h.Sum32()%2 == odd && strings.HasPrefix(name, os.Getenv("PROMOBOT_QR_ONLY")) {
			one.path = filepath.Join(folder, name)
			half = append(half, one)
		}
	}
	slices.SortFunc(half, func(a, b truth) int { return cmp.Compare(a.path, b.path) })
	return half
}

func (tr *truth) load(t testing.TB) {
	t.Helper()
	raw, err := os.ReadFile(tr.path)
	if err != nil {
		t.Fatal(err)
	}
	img, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("%s: %v", tr.path, err)
	}
	tr.plane = gray.From(img)
}

func (tr *truth) at(x, y int) gray.Point {
	return gray.Point{X: tr.Centres[y][x][0], Y: tr.Centres[y][x][1]}
}

// pitch is the pixels of a module.
func (tr *truth) pitch() float64 {
	a, b := tr.at(0, 0), tr.at(tr.N-1, tr.N-1)
	return math.Hypot(a.X-b.X, a.Y-b.Y) / math.Sqrt2 / float64(tr.N-1)
}

// guess is the flat grid through the true middles of three finders, each up to
// 0.3 modules off, and either a parallelogram or through the last alignment
// pattern.
func (tr *truth) guess(aligned bool, r *rand.Rand) Grid {
	far := float64(tr.N) - 3.5
	from := [4]gray.Point{{X: 3.5, Y: 3.5}, {X: far, Y: 3.5}, {X: far, Y: far}, {X: 3.5, Y: far}}
	off := 0.3 * tr.pitch()
	about := func(p gray.Point) gray.Point {
		return gray.Point{X: p.X + off*(2*r.Float64()-1), Y: p.Y + off*(2*r.Float64()-1)}
	}
	to := [4]gray.Point{about(tr.at(3, 3)), about(tr.at(tr.N-4, 3)), {}, about(tr.at(3, tr.N-4))}
	to[2] = gray.Point{X: to[1].X - to[0].X + to[3].X, Y: to[1].Y - to[0].Y + to[3].Y}
	if aligned {
		from[2] = gray.Point{X: far - 3, Y: far - 3}
		to[2] = about(tr.at(tr.N-7, tr.N-7))
	}
	return Grid{Dimension: tr.N, View: QuadToQuad(from, to)}
}

// errors are those of all middles, in modules, ascending. The pictures were
// drawn up to a pixel beside their truth: that much of an even shift is none.
func (tr *truth) errors(g Grid) []float64 {
	var xs, ys []float64
	for i := range tr.N * tr.N {
		at, want := g.Place(float64(i%tr.N)+0.5, float64(i/tr.N)+0.5), tr.at(i%tr.N, i/tr.N)
		xs, ys = append(xs, at.X-want.X), append(ys, at.Y-want.Y)
	}
	shift := func(v []float64) float64 {
		return min(max(slices.Sorted(slices.Values(v))[len(v)/2], -0.9), 0.9)
	}
	all := make([]float64, len(xs))
	offX, offY, pitch := shift(xs), shift(ys), tr.pitch()
	for i := range all {
		all[i] = math.Hypot(xs[i]-offX, ys[i]-offY) / pitch
	}
	slices.Sort(all)
	return all
}

// flips is the per cent of modules that simple sampling reads wrong: the grey of
// the middle against the mean of the surroundings.
func (tr *truth) flips(place func(x, y int) gray.Point) float64 {
	n, wrong := tr.N, 0
	v := make([]float64, n*n)
	for i := range v {
		at := place(i%n, i/n)
		v[i] = float64(tr.plane.At(at.X-0.5, at.Y-0.5))
	}
	for i := range v {
		x, y, sum, count := i%n, i/n, 0.0, 0.0
		for r := max(0, y-4); r < min(n, y+5); r++ {
			for c := max(0, x-4); c < min(n, x+5); c++ {
				sum, count = sum+v[r*n+c], count+1
			}
		}
		if (v[i] < sum/count) != (tr.Modules[y][x] == '1') {
			wrong++
		}
	}
	return 100 * float64(wrong) / float64(n*n)
}

// column is one way of laying grids, measured.
type column struct{ median, most, flips, score, ms []float64 }

func (c *column) add(tr *truth, g Grid, score float64, took time.Duration) {
	e := tr.errors(g)
	c.median, c.most = append(c.median, e[len(e)/2]), append(c.most, e[len(e)*95/100])
	c.flips = append(c.flips, tr.flips(func(x, y int) gray.Point { return g.Place(float64(x)+0.5, float64(y)+0.5) }))
	c.score, c.ms = append(c.score, score), append(c.ms, float64(took.Microseconds())/1000)
}

func (c *column) String() string {
	return fmt.Sprintf(" | %5.2f %5.2f %5.1f%% %5.2f %4.1f ms", mean(c.median), mean(c.most), mean(c.flips), mean(c.score), mean(c.ms))
}

func mean(v []float64) (m float64) {
	for _, x := range v {
		m += x / float64(len(v))
	}
	return m
}

// cpu is what the process has used: other work on the machine does not count.
func cpu() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// TestMeasure reports, for each family and severity, the median and 95 % error
// in modules, the wrong modules of simple sampling, the agreement and the time:
// of the guess, fitted and bent, and the wrong modules of the truth. Bending must
// right a quarter of what the guess has wrong, and rights more than half.
func TestMeasure(t *testing.T) {
	ways := []func(Grid, *gray.Plane) (Grid, float64){
		func(g Grid, p *gray.Plane) (Grid, float64) { return g, Agreement(p, g, Known(g.Dimension)) },
		Grid.Fitted, Grid.Bent,
	}
	all := truths(t)
	for _, aligned := range []bool{false, true} {
		rows := map[string][]column{}
		for i := range all {
			tr := &all[i]
			tr.load(t)
			g := tr.guess(aligned, rand.New(rand.NewPCG(7, uint64(i))))
			keys := []string{fmt.Sprintf("%s %d", tr.Family, tr.Level), "~ all"}
			for j, way := range ways {
				began := cpu()
				out, score := way(g, tr.plane)
				took := cpu() - began
				for _, key := range keys {
					if rows[key] == nil {
						rows[key] = make([]column, len(ways)+1)
					}
					rows[key][j].add(tr, out, score, took)
				}
			}
			for _, key := range keys {
				rows[key][len(ways)].flips = append(rows[key][len(ways)].flips, tr.flips(tr.at))
			}
		}
		logRows(t, aligned, rows)
		all := rows["~ all"]
		if guess, bent := mean(all[0].flips), mean(all[2].flips); !(bent < 0.75*guess) {
			t.Errorf("with the alignment pattern %v: %.1f %% of the modules wrong when bent, %.1f %% before", aligned, bent, guess)
		}
	}
}

func logRows(t *testing.T, aligned bool, rows map[string][]column) {
	t.Helper()
	keys := make([]string, 0, len(rows))
	for key := range rows {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	text := fmt.Sprintf("with the alignment pattern: %v\n", aligned)
	for _, key := range keys {
		columns := rows[key]
		last := len(columns) - 1
		text += fmt.Sprintf("%-11s %2d", key, len(columns[0].median))
		for i := range columns[:last] {
			text += columns[i].String()
		}
		text += fmt.Sprintf(" | %4.1f%%\n", mean(columns[last].flips))
	}
	t.Log(text)
}
