package qr

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"image/jpeg"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"promobot/qr/internal/gray"
	"promobot/qr/internal/grid"
	"promobot/qr/internal/soft"
	"promobot/qr/internal/tone"
)

type truth struct {
	Text    string         `json:"text"`
	N       int            `json:"n"`
	Fam     string         `json:"fam"`
	Sev     int            `json:"sev"`
	M       []string       `json:"M"`
	Centres [][][2]float64 `json:"centres"`
}

func (v truth) grid() grid.Grid {
	n := v.N
	c := func(x, y int) gray.Point { return gray.Point{X: v.Centres[y][x][0], Y: v.Centres[y][x][1]} }
	g := grid.Grid{Dimension: n, View: grid.QuadToQuad(
		[4]gray.Point{{X: .5, Y: .5}, {X: float64(n) - .5, Y: .5}, {X: float64(n) - .5, Y: float64(n) - .5}, {X: .5, Y: float64(n) - .5}},
		[4]gray.Point{c(0, 0), c(n-1, 0), c(n-1, n-1), c(0, n-1)})}
	k := 2*n + 1
	b := &grid.Bend{Knots: k, Side: float64(n), By: make([]gray.Point, k*k)}
	at := func(y, x int) gray.Point {
		x, y = min(max(x, 0), n-1), min(max(y, 0), n-1)
		w := g.View.Apply(gray.Point{X: float64(x) + .5, Y: float64(y) + .5})
		return gray.Point{X: c(x, y).X - w.X, Y: c(x, y).Y - w.Y}
	}
	for i := range b.By {
		x, y := i%k, i/k
		a, e, f, h := at((y-1)/2, (x-1)/2), at((y-1)/2, x/2), at(y/2, (x-1)/2), at(y/2, x/2)
		b.By[i] = gray.Point{X: (a.X + e.X + f.X + h.X) / 4, Y: (a.Y + e.Y + f.Y + h.Y) / 4}
	}
	g.Bend = b
	return g
}

func halfOf(name string) string {
	h := fnv.New32a()
	h.Write([]byte(name))
	return [2]string{"work", "check"}[h.Sum32()&1]
}

func TestOracle(t *testing.T) {
	dir := os.Getenv("ORACLE")
	if dir == "" {
		t.Skip()
	}
	raw, err := os.ReadFile(filepath.Join(dir, "truth.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]truth
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	var names []string
	for n := range all {
		names = append(names, n)
	}
	sort.Strings(names)
	count := map[string][3]int{}
	for _, n := range names {
		if os.Getenv("ONLY") != "" && !strings.Contains(n, os.Getenv("ONLY")) {
			continue
		}
		v := all[n]
		f, err := os.Open(filepath.Join(dir, n))
		if err != nil {
			t.Fatal(err)
		}
		img, err := jpeg.Decode(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		p := gray.From(img)
		began := time.Now()
		field := tone.Sample(p, v.grid())
		line := ""
		ok := false
		for k := range 2 {
			judged := field.Plain()
			if k == 1 {
				judged, _ = field.Equalised()
			}
			llr := tone.Tempered(tone.Believed(judged), v.N)
			wrong := 0
			for i, l := range llr {
				if (l > 0) != (v.M[i/v.N][i%v.N] == '1') {
					wrong++
				}
			}
			r, got := soft.Read(soft.Symbol{Dimension: v.N, Dark: llr}, soft.Thorough, receiptText.MatchString)
			line += fmt.Sprintf(" | ber %4.1f%% %-8s ev %5.1f agr %.2f", 100*float64(wrong)/float64(len(llr)), r.How, r.Evidence, r.Agreement)
			if got && r.Text != v.Text {
				t.Errorf("%s MISREAD %s want %s", n, r.Text, v.Text)
			}
			ok = ok || got
		}
		h := halfOf(n)
		c := count[h+" "+v.Fam]
		c[1]++
		s := count[h+" sev"+fmt.Sprint(v.Sev)]
		s[1]++
		a := count[h]
		a[1]++
		if ok {
			c[0]++
			s[0]++
			a[0]++
		}
		count[h+" "+v.Fam], count[h+" sev"+fmt.Sprint(v.Sev)], count[h] = c, s, a
		fmt.Printf("%-18s %-5s %v%s %v\n", n, h, ok, line, time.Since(began).Round(time.Millisecond))
	}
	for _, k := range sorted(count) {
		fmt.Println(k, count[k][0], count[k][1])
	}
}
