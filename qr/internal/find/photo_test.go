package find

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sort"
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

func TestPhotos(t *testing.T) {
	folder, all := photos(t)
	type tally struct{ n, three, dozen int }
	tallies := map[string]tally{}
	var took []time.Duration
	for i, photo := range all {
		if only := os.Getenv("PROMOBOT_FIND_CATEGORY"); only != "" && only != photo.category || only == "" && i%8 != 0 && os.Getenv("PROMOBOT_QR_FULL") == "" {
			continue
		}
		p := planeOf(t, filepath.Join(folder, photo.path)).Fit(1200)
		began := cpu()
		found := Candidates(p, 12)
		took = append(took, cpu()-began)
		line := fmt.Sprintf("%s %dx%d %v", photo.path, p.W, p.H, took[len(took)-1])
		for _, quad := range photo.quads {
			at := slices.IndexFunc(found, func(c Candidate) bool {
				o := c.Grid.Outline()
				for i := range o {
					o[i] = p.ToPicture.Apply(o[i])
				}
				return matches(o, quad)
			})
			for _, key := range []string{photo.category, "total"} {
				y := tallies[key]
				y.n++
				if at >= 0 && at < 3+len(photo.quads) {
					y.three++
				}
				if at >= 0 {
					y.dozen++
				}
				tallies[key] = y
			}
			if at < 0 {
				side := math.Hypot(quad[0].X-quad[1].X, quad[0].Y-quad[1].Y) / p.ToPicture.Scale()
				line += fmt.Sprintf(" missed side %.0f", side)
			} else {
				line += fmt.Sprintf(" #%d", at)
			}
		}
		if os.Getenv("PROMOBOT_FIND_VERBOSE") != "" {
			for _, c := range found[:min(3, len(found))] {
				line += fmt.Sprintf(" [%d %.2f]", c.Grid.Dimension, c.Score)
			}
			t.Log(line)
		}
	}
	keys := make([]string, 0, len(tallies))
	for k := range tallies {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		y := tallies[k]
		t.Logf("%-16s of %3d: first few %3d, twelve %3d", k, y.n, y.three, y.dozen)
	}
	slices.Sort(took)
	t.Logf("median %v, p95 %v, most %v a picture", took[len(took)/2], took[len(took)*95/100], took[len(took)-1])
}
