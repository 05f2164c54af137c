package find

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"promobot/qr/internal/gray"
)

type photo struct {
	path, category string
	quads          [][4]gray.Point
}

// photos are the labelled photos of the shared corpora that say where their
// codes are.
func photos(t testing.TB) (folder string, all []photo) {
	t.Helper()
	folder = sharedFolder(t)
	manifest, err := os.ReadFile(filepath.Join(folder, "manifest.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(manifest)), "\n")[1:] {
		f := strings.Split(line, "\t")
		if len(f) < 5 || f[4] == "" {
			continue
		}
		var quads [][4][2]float64
		if err := json.Unmarshal([]byte(f[4]), &quads); err != nil {
			t.Fatal(err)
		}
		p := photo{path: f[0], category: f[2]}
		for _, q := range quads {
			var corners [4]gray.Point
			for i, c := range q {
				corners[i] = gray.Point{X: c[0], Y: c[1]}
			}
			p.quads = append(p.quads, corners)
		}
		all = append(all, p)
	}
	return folder, all
}

// matches reports that corners agree within 15 % of a side, beginning anywhere
// and going either way round.
func matches(a, b [4]gray.Point) bool {
	side := 0.0
	for i := range b {
		side += math.Hypot(b[i].X-b[(i+1)%4].X, b[i].Y-b[(i+1)%4].Y) / 4
	}
	for first := range 4 {
		for _, step := range []int{1, 3} {
			most := 0.0
			for i := range 4 {
				p, q := a[i], b[(first+i*step)%4]
				most = max(most, math.Hypot(p.X-q.X, p.Y-q.Y))
			}
			if most < 0.15*side {
				return true
			}
		}
	}
	return false
}

// among is the rank of the first candidate that lies in the quad, or -1.
func among(found []Candidate, p *gray.Plane, quad [4]gray.Point) int {
	return slices.IndexFunc(found, func(c Candidate) bool {
		o := c.Grid.Outline()
		for i := range o {
			o[i] = p.ToPicture.Apply(o[i])
		}
		return matches(o, quad)
	})
}

// TestPhotos reports how many codes of photos are found, by category: of a
// fortieth of them, or with PROMOBOT_QR_FULL=1 of all.
func TestPhotos(t *testing.T) {
	folder, all := photos(t)
	tallies := map[string]*tally{"total": {}}
	var took []time.Duration
	for i, photo := range all {
		if i%40 != 0 && os.Getenv("PROMOBOT_QR_FULL") == "" {
			continue
		}
		if tallies[photo.category] == nil {
			tallies[photo.category] = &tally{}
		}
		p := planeOf(t, filepath.Join(folder, photo.path)).Fit(1200)
		began := cpu()
		found := New(p).Candidates(12)
		took = append(took, cpu()-began)
		for _, quad := range photo.quads {
			rank := among(found, p, quad)
			tallies["total"].add(rank)
			tallies[photo.category].add(rank)
			if rank < 0 {
				t.Logf("%s: %.0f is not among %d candidates", photo.path, quad, len(found))
			}
		}
	}
	for _, key := range sorted(tallies) {
		y := tallies[key]
		t.Logf("%-16s of %3d: first %3d, three %3d, twelve %3d", key, y.n, y.first, y.three, y.dozen)
	}
	report(t, took)
}
