package qr

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"image/jpeg"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"syscall"
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
	back := grid.QuadToQuad(
		[4]gray.Point{c(0, 0), c(n-1, 0), c(n-1, n-1), c(0, n-1)},
		[4]gray.Point{{X: .5, Y: .5}, {X: float64(n) - .5, Y: .5}, {X: float64(n) - .5, Y: float64(n) - .5}, {X: .5, Y: float64(n) - .5}})
	b := &grid.Bend{Knots: n, Step: 1, By: make([]gray.Point, n*n)}
	for i := range b.By {
		x, y := i%n, i/n
		u := back.Apply(c(x, y))
		b.By[i] = gray.Point{X: u.X - float64(x) - .5, Y: u.Y - float64(y) - .5}
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
		g := v.grid()
		if os.Getenv("SHIFT") != "" {
			g.View.A, g.View.B, g.View.C = g.View.A+g.View.G/2, g.View.B+g.View.H/2, g.View.C+g.View.I/2
			g.View.D, g.View.E, g.View.F = g.View.D+g.View.G/2, g.View.E+g.View.H/2, g.View.F+g.View.I/2
		}
		field := tone.Sample(p, g)
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
			r, got := soft.Read(soft.Symbol{Dimension: v.N, Dark: llr}, soft.Thorough)
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

// TestLab scans a folder of drawn pictures and prints each.
func TestLab(t *testing.T) {
	dir := os.Getenv("LAB")
	if dir == "" {
		t.Skip()
	}
	raw, err := os.ReadFile(filepath.Join(dir, "manifest.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	count := map[string][2]int{}
	stages := map[string]int{}
	var cpu []float64
	for _, line := range strings.Split(strings.TrimSpace(string(raw)), "\n")[1:] {
		f := strings.Split(line, "\t")
		if os.Getenv("ONLY") != "" && !strings.Contains(f[0], os.Getenv("ONLY")) {
			continue
		}
		if e := os.Getenv("EACH"); e != "" && !strings.HasSuffix(f[0], e) {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, f[0]))
		if err != nil {
			t.Fatal(err)
		}
		began := cpuNow()
		s := Scanner{Accept: receiptText.MatchString, Budget: 20 * time.Second}
		r, err := s.Scan(context.Background(), data)
		if err != nil {
			t.Fatal(err)
		}
		ms := float64((cpuNow() - began).Microseconds()) / 1000
		cpu = append(cpu, ms)
		h := halfOf(f[0])
		for _, k := range []string{h, h + " sev" + f[3], h + " " + f[2], "all sev" + f[3], "all", "all " + f[2]} {
			c := count[k]
			c[1]++
			if r.Text == f[1] {
				c[0]++
			}
			count[k] = c
		}
		stages[r.Stage]++
		mark := "ok"
		if r.Text == "" {
			mark = "--"
		} else if r.Text != f[1] {
			mark = "WRONG " + r.Text
		}
		fmt.Printf("%-18s %-5s %s %s %s %.1f\n", f[0], h, mark, r.Stage, r.Hint, ms)
	}
	for _, k := range sorted(count) {
		fmt.Println("=", k, count[k][0], count[k][1])
	}
	sort.Float64s(cpu)
	fmt.Printf("= ms median %.1f p95 %.1f; %v\n", cpu[len(cpu)/2], cpu[len(cpu)*95/100], stages)
}

func cpuNow() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
