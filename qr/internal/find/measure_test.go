package find

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
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

// tally counts pictures by the rank of the first good candidate.
type tally struct{ n, first, three, dozen int }

func (y *tally) add(rank int) {
	y.n++
	if rank < 0 {
		return
	}
	y.dozen++
	if rank < 3 {
		y.three++
	}
	if rank < 1 {
		y.first++
	}
}

// TestDrawnPictures reports how often the place of a symbol is found, by kind
// of damage: of an eighth of the pictures, or with PROMOBOT_QR_FULL=1 of all.
func TestDrawnPictures(t *testing.T) {
	folder, pictures := drawnPictures(t)
	tallies := map[string]*tally{}
	var took []time.Duration
	for i, name := range sorted(pictures) {
		if i%8 != 0 && os.Getenv("PROMOBOT_QR_FULL") == "" {
			continue
		}
		w, p := pictures[name], planeOf(t, filepath.Join(folder, name))
		began := cpu()
		found := New(p).Candidates(12)
		took = append(took, cpu()-began)
		rank := slices.IndexFunc(found, w.good)
		half := "work "
		if check(name) {
			half = "check"
		}
		if rank != 0 {
			t.Logf("%s: rank %d%s", name, rank, w.describe(found))
		}
		for _, key := range []string{fmt.Sprintf("%s %s-%d", half, w.Family, w.Sev), half + " all", "total"} {
			if tallies[key] == nil {
				tallies[key] = &tally{}
			}
			tallies[key].add(rank)
		}
	}
	for _, key := range sorted(tallies) {
		y := tallies[key]
		t.Logf("%-22s of %3d: first %3d, three %3d, twelve %3d", key, y.n, y.first, y.three, y.dozen)
	}
	if all := tallies["total"]; all.dozen*4 < all.n*3 {
		t.Errorf("%d of %d found, want three quarters", all.dozen, all.n)
	}
	report(t, took)
}

// describe tells of the best candidates how far they are off.
func (w truth) describe(found []Candidate) (line string) {
	for _, c := range found[:min(3, len(found))] {
		median, p95 := w.off(c)
		line += fmt.Sprintf(" [%d of %d modules, score %.2f, off %.2f, 95 %% %.2f]", c.Grid.Dimension, len(w.Centres), c.Score, median, p95)
	}
	return line
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func report(t testing.TB, took []time.Duration) {
	slices.Sort(took)
	t.Logf("processor time of a picture: median %v, p95 %v, most %v", took[len(took)/2], took[len(took)*95/100], took[len(took)-1])
}

// cpu is the time that this process has worked.
func cpu() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
