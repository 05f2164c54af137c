package qr

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// receiptText is the shape of a receipt's code, for the tests of this package;
// the product hands in the full grammar.
var receiptText = regexp.MustCompile(`^t=\d{8}T\d{4,6}&s=\d+\.\d\d&fn=\d{16}&i=\d+&fp=\d+&n=[1-4]$`)

// labelled is one picture of the shared corpora with what it says.
type labelled struct {
	path, corpus, category string
	texts                  []string   // empty: a picture without a readable code
	open                   bool       // nobody knows what it says
	quads                  [][4]Point // BoofCV only
}

func sharedPictures(t testing.TB) (folder string, pictures []labelled) {
	t.Helper()
	root := os.Getenv("PROMOBOT_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "shared")
	}
	if _, err := os.Stat(root); err != nil {
		t.Skipf("no shared test pictures at %s (set PROMOBOT_SHARED)", root)
	}
	folder = filepath.Join(root, "data", "qr")
	manifest, err := os.ReadFile(filepath.Join(folder, "manifest.tsv"))
	if err != nil {
		t.Fatalf("shared pictures: %v", err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(manifest)), "\n")[1:] {
		pictures = append(pictures, parseManifestLine(t, line))
	}
	synthetic, err := os.ReadFile(filepath.Join(folder, "synthetic", "manifest.tsv"))
	if err != nil {
		t.Fatalf("shared pictures: %v", err)
	}
	return folder, append(pictures, parseSynthetic(t, string(synthetic))...)
}

func parseManifestLine(t testing.TB, line string) labelled {
	t.Helper()
	f := strings.Split(line, "\t")
	p := labelled{path: f[0], corpus: f[1], category: f[2], open: f[3] == "?"}
	var texts []*string
	if !p.open {
		mustParse(t, f[3], &texts)
	}
	for _, text := range texts {
		if text == nil {
			p.texts = append(p.texts, "")
			continue
		}
		p.texts = append(p.texts, *text)
	}
	if len(f) > 4 && f[4] != "" {
		var quads [][4][2]float64
		mustParse(t, f[4], &quads)
		for _, q := range quads {
			p.quads = append(p.quads, [4]Point{{X: q[0][0], Y: q[0][1]}, {X: q[1][0], Y: q[1][1]}, {X: q[2][0], Y: q[2][1]}, {X: q[3][0], Y: q[3][1]}})
		}
	}
	return p
}

func mustParse(t testing.TB, text string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("manifest: %q: %v", text, err)
	}
}

func parseSynthetic(t testing.TB, manifest string) []labelled {
	t.Helper()
	var pictures []labelled
	for _, line := range strings.Split(strings.TrimSpace(manifest), "\n")[1:] {
		f := strings.Split(line, "\t")
		if len(f) < 3 {
			t.Fatalf("synthetic manifest: %q", line)
		}
		pictures = append(pictures, labelled{
			path: "synthetic/" + f[0], corpus: "synthetic", category: f[2], texts: []string{f[1]},
		})
	}
	return pictures
}

// reading is what one decoder made of one picture.
type reading struct {
	labelled
	codes []Code
	err   error
	took  time.Duration
}

// right counts the labels that were read: by place for BoofCV, by text
// elsewhere.
func (r reading) right() (n int) {
	for i, want := range r.texts {
		if slices.ContainsFunc(r.codes, func(c Code) bool {
			return sameText(c.Text, want) && (r.quads == nil || within(c.middle(), r.quads[i], 1.25))
		}) && want != "" {
			n++
		}
	}
	return n
}

// wrong lists what was read and is on no label, where labels are complete.
func (r reading) wrong() (texts []string) {
	if r.open || r.corpus == "boofcv" {
		return nil
	}
	for _, c := range r.codes {
		if !slices.ContainsFunc(r.texts, func(want string) bool { return sameText(c.Text, want) }) {
			texts = append(texts, c.Text)
		}
	}
	return texts
}

func sameText(a, b string) bool {
	plain := func(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r", "")) }
	return plain(a) == plain(b)
}

// within reports whether p lies in the quad blown up about its middle.
func within(p Point, quad [4]Point, factor float64) bool {
	m := Code{Corners: quad}.middle()
	sign := 0.0
	for i := range quad {
		a, b := quad[i], quad[(i+1)%4]
		ax, ay := m.X+(a.X-m.X)*factor, m.Y+(a.Y-m.Y)*factor
		bx, by := m.X+(b.X-m.X)*factor, m.Y+(b.Y-m.Y)*factor
		cross := (bx-ax)*(p.Y-ay) - (by-ay)*(p.X-ax)
		if cross*sign < 0 {
			return false
		}
		sign = math.Copysign(1, cross)
	}
	return true
}

// readAll reads pictures on every core, in order.
func readAll(folder string, pictures []labelled, read func(labelled, []byte) ([]Code, error)) []reading {
	readings := make([]reading, len(pictures))
	next := make(chan int)
	var crew sync.WaitGroup
	for range min(maxPictures, runtime.GOMAXPROCS(0)) {
		crew.Go(func() {
			for i := range next {
				picture, err := os.ReadFile(filepath.Join(folder, pictures[i].path))
				began := time.Now()
				var codes []Code
				if err == nil {
					codes, err = read(pictures[i], picture)
				}
				readings[i] = reading{pictures[i], codes, err, time.Since(began)}
			}
		})
	}
	for i := range pictures {
		next <- i
	}
	close(next)
	crew.Wait()
	return readings
}

// plainGozxing is the yardstick: the library's own reader with its hybrid
// binarizer, once.
func plainGozxing(_ labelled, picture []byte) ([]Code, error) {
	img, _, err := image.Decode(bytes.NewReader(picture))
	if err != nil {
		return nil, err
	}
	bitmap, err := gozxing.NewBinaryBitmap(gozxing.NewHybridBinarizer(gozxing.NewLuminanceSourceFromImage(img)))
	if err != nil {
		return nil, err
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	if err != nil {
		return nil, nil
	}
	var middle Point
	points := result.GetResultPoints() // bottom left, top left, top right
	middle = Point{X: (points[0].GetX() + points[2].GetX()) / 2, Y: (points[0].GetY() + points[2].GetY()) / 2}
	return []Code{{Text: result.GetText(), Corners: [4]Point{middle, middle, middle, middle}}}, nil
}

// ours scans as the product does: fiscal pictures with the grammar, the
// others for every code. A receipt that must be read is given all the time that
// a loaded machine takes.
func ours(budget time.Duration) func(labelled, []byte) ([]Code, error) {
	return func(l labelled, picture []byte) ([]Code, error) {
		budget := budget
		if l.corpus == "receipts" && !l.open && l.path != beyondReading {
			budget = time.Minute
		}
		if l.fiscal() {
			s := Scanner{Accept: receiptText.MatchString, Budget: budget}
			result, err := s.Scan(context.Background(), picture)
			if result.Text == "" {
				return nil, err
			}
			return result.Codes, err
		}
		s := Scanner{Budget: budget}
		if len(l.texts) > 1 {
			result, err := s.ScanAll(context.Background(), picture)
			return result.Codes, err
		}
		result, err := s.Scan(context.Background(), picture)
		return result.Codes, err
	}
}

func (l labelled) fiscal() bool { return l.corpus == "synthetic" || l.corpus == "receipts" }

// report logs the counts of each corpus and category beside the yardstick's.
func report(t testing.TB, name string, readings []reading) {
	type count struct{ right, labels, pictures int }
	corpora, categories := map[string]count{}, map[string]count{}
	var took []time.Duration
	for _, r := range readings {
		add := func(c count) count {
			return count{c.right + r.right(), c.labels + len(r.texts), c.pictures + 1}
		}
		corpora[r.corpus] = add(corpora[r.corpus])
		categories[r.corpus+"/"+r.category] = add(categories[r.corpus+"/"+r.category])
		took = append(took, r.took)
	}
	slices.Sort(took)
	t.Logf("%s: median %v, p95 %v a picture", name, took[len(took)/2], took[len(took)*95/100])
	for _, c := range sorted(corpora) {
		t.Logf("%s: %-16s %d of %d codes in %d pictures", name, c, corpora[c].right, corpora[c].labels, corpora[c].pictures)
	}
	var rates []float64
	for _, c := range sorted(categories) {
		n := categories[c]
		t.Logf("%s:   %-26s %d of %d", name, c, n.right, n.labels)
		if strings.HasPrefix(c, "boofcv/") {
			rates = append(rates, float64(n.right)/float64(n.labels))
		}
	}
	t.Logf("%s: BoofCV mean of %d category rates %.1f %%", name, len(rates), 100*mean(rates))
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / max(1, float64(len(values)))
}

// TestSharedPictures reads pictures of strangers. It holds what must never
// break: labelled receipts are read, and no receipt is read as another. The
// counts are in its log; PROMOBOT_QR_FULL=1 reads everything instead of a sample.
func TestSharedPictures(t *testing.T) {
	folder, pictures := sharedPictures(t)
	budget := 250 * time.Millisecond
	if os.Getenv("PROMOBOT_QR_FULL") == "" {
		pictures = sample(pictures)
	} else {
		budget = 8 * time.Second
		report(t, "gozxing", readAll(folder, pictures, plainGozxing))
	}
	readings := readAll(folder, pictures, ours(budget))
	report(t, "scanner", readings)
	stages := map[string]int{}
	for _, r := range readings {
		for _, c := range r.codes {
			stages[c.Stage]++
		}
	}
	t.Logf("scanner: codes by stage: %v", stages)
	for _, r := range readings {
		if r.err != nil {
			t.Errorf("%s: %v", r.path, r.err)
		}
		if r.corpus == "receipts" && !r.open && r.right() == 0 && r.path != beyondReading {
			t.Errorf("%s: read %v, want %v", r.path, r.codes, r.texts)
		}
		for _, text := range r.wrong() {
			if receiptText.MatchString(text) {
				t.Errorf("%s: misread as %q, the label is %q", r.path, text, r.texts)
				continue
			}
			t.Logf("%s: not on the label: %.60q", r.path, text)
		}
		if r.open && r.corpus == "receipts" {
			t.Logf("%s: %v", r.path, r.codes)
		}
	}
}

// beyondReading shows about half of a symbol: of its three finders two are
// outside the picture, and more modules are missing than can be made good.
const beyondReading = "receipts/rectified/result_pic3.jpg"

// sample keeps the receipts, an eighth of the drawn ones and a fortieth of the
// rest.
func sample(all []labelled) (few []labelled) {
	for i, p := range all {
		if p.corpus == "receipts" || p.corpus == "synthetic" && i%8 == 0 || i%40 == 0 {
			few = append(few, p)
		}
	}
	return few
}
