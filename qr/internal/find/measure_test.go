package find

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"syscall"
	"testing"
	"time"

	"promobot/qr/internal/gray"
)

// truth is where every module of a drawn picture's symbol lies.
type truth struct {
	N       int
	Family  string `json:"fam"`
	Sev     int
	Centres [][][2]float64
}

// drawnPictures is a folder of pictures with a truth.json beside them:
// PROMOBOT_WORN, or the shared drawn receipts.
func drawnPictures(t testing.TB) (folder string, pictures map[string]truth) {
	t.Helper()
	folder = os.Getenv("PROMOBOT_WORN")
	if folder == "" {
		folder = filepath.Join(sharedFolder(t), "synthetic")
	}
	text, err := os.ReadFile(filepath.Join(folder, "truth.json"))
	if err != nil {
		t.Skipf("no drawn pictures: %v", err)
	}
	if err := json.Unmarshal(text, &pictures); err != nil {
		t.Fatal(err)
	}
	if os.Getenv("PROMOBOT_WORN") == "" {
		shift(pictures)
	}
	return folder, pictures
}

// shift makes places that were counted from the middle of the first pixel
// those from its corner.
func shift(pictures map[string]truth) {
	for _, w := range pictures {
		for _, row := range w.Centres {
			for i := range row {
				row[i][0] += 0.5
				row[i][1] += 0.5
			}
		}
	}
}

func sharedFolder(t testing.TB) string {
	t.Helper()
	root := os.Getenv("PROMOBOT_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "..", "shared")
	}
	if _, err := os.Stat(root); err != nil {
		t.Skipf("no shared test pictures at %s (set PROMOBOT_SHARED)", root)
	}
	return filepath.Join(root, "data", "qr")
}

func planeOf(t testing.TB, file string) *gray.Plane {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, _, err := image.Decode(f)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return gray.From(img)
}

// off are the distances of a candidate's module centres from the truth, in
// modules: median and 95 %. A wrong dimension is infinitely far.
func (w truth) off(c Candidate) (median, p95 float64) {
	n := len(w.Centres)
	if c.Grid.Dimension != n {
		return math.Inf(1), math.Inf(1)
	}
	first, last := w.Centres[0][0], w.Centres[n-1][n-1]
	module := math.Hypot(last[0]-first[0], last[1]-first[1]) / math.Sqrt2 / float64(n-1)
	var all []float64
	for y, row := range w.Centres {
		for x, at := range row {
			p := c.Grid.Place(float64(x)+0.5, float64(y)+0.5)
			all = append(all, math.Hypot(p.X-at[0], p.Y-at[1])/module)
		}
	}
	slices.Sort(all)
	return all[len(all)/2], all[len(all)*95/100]
}

// good is near enough for reading where paper is flat, and for bending where
// it is not; where no flat grid can come so near, nearly as near as one can.
func (w truth) good(c Candidate) bool {
	limit := 0.5
	if w.bent() {
		limit = 1.2
	}
	_, p95 := w.off(c)
	return p95 < limit || p95 < 5 && p95 < 1.25*w.flattest()
}

// flattest is how far the 95 % of the best flat grid are off.
func (w truth) flattest() float64 {
	n := len(w.Centres)
	at := func(x, y int) gray.Point { return gray.Point{X: w.Centres[y][x][0], Y: w.Centres[y][x][1]} }
	g := square(n, [4]gray.Point{at(3, 3), at(n-4, 3), at(n-4, n-4), at(3, n-4)})
	g = g.climbed([]float64{0.8, 0.4, 0.2, 0.1}, func(g guess) float32 {
		sum := 0.0
		for y := range w.Centres {
			for x := range w.Centres {
				p, q := g.Apply(gray.Point{X: float64(x) + 0.5, Y: float64(y) + 0.5}), at(x, y)
				sum -= math.Pow(p.X-q.X, 2) + math.Pow(p.Y-q.Y, 2)
			}
		}
		return float32(sum)
	})
	_, p95 := w.off(Candidate{Grid: gridOf(g)})
	return p95
}

func (w truth) bent() bool {
	return w.Family == "crumple" || w.Family == "combo" || w.Family == "fold"
}

// check reports that a picture is not developed on.
func check(name string) bool {
	h := fnv.New32a()
	h.Write([]byte(filepath.Base(name)))
	return h.Sum32()%2 == 1
}

func TestDrawnPictures(t *testing.T) {
	folder, pictures := drawnPictures(t)
	type tally struct{ n, first, three, dozen int }
	tallies := map[string]tally{}
	var took []time.Duration
	var right, wrong []float64
	names := make([]string, 0, len(pictures))
	for name := range pictures {
		names = append(names, name)
	}
	sort.Strings(names)
	verbose := os.Getenv("PROMOBOT_FIND_VERBOSE") != ""
	for _, name := range names {
		w := pictures[name]
		p := planeOf(t, filepath.Join(folder, name))
		began := cpu()
		found := Candidates(p, 12)
		took = append(took, cpu()-began)
		at := slices.IndexFunc(found, w.good)
		half := "work "
		if check(name) {
			half = "check"
		}
		for i, c := range found {
			if i == at {
				right = append(right, c.Score)
			} else if !w.good(c) && (at < 0 || i < at) {
				wrong = append(wrong, c.Score)
				break
			}
		}
		if verbose && at != 0 && !check(name) {
			line := fmt.Sprintf("%s n=%d flattest %.2f at=%d of %d %v", name, len(w.Centres), w.flattest(), at, len(found), took[len(took)-1])
			for i, c := range found {
				if i < 3 || i == at {
					m, p95 := w.off(c)
					line += fmt.Sprintf(" [%d %.2f: %.2f %.2f]", c.Grid.Dimension, c.Score, m, p95)
				}
			}
			t.Log(line)
		}
		for _, key := range []string{fmt.Sprintf("%s %s-%d", half, w.Family, w.Sev), half + " all", "total"} {
			y := tallies[key]
			y.n++
			if at == 0 {
				y.first++
			}
			if at >= 0 && at < 3 {
				y.three++
			}
			if at >= 0 {
				y.dozen++
			}
			tallies[key] = y
		}
	}
	keys := make([]string, 0, len(tallies))
	for k := range tallies {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		y := tallies[k]
		if y.dozen < y.n || !strings.Contains(k, "-") {
			t.Logf("%-22s of %3d: first %3d, three %3d, twelve %3d", k, y.n, y.first, y.three, y.dozen)
		}
	}
	slices.Sort(right)
	slices.Sort(wrong)
	t.Logf("scores of the first right one %.2f", right)
	t.Logf("scores of a wrong one before it %.2f", wrong)
	slices.Sort(took)
	t.Logf("median %v, p95 %v, most %v a picture", took[len(took)/2], took[len(took)*95/100], took[len(took)-1])
}

// cpu is the time that this process has worked.
func cpu() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
