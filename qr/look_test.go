package qr

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"

	"promobot/qr/internal/gray"
)

// copies are what becomes of a picture on its way through phones and
// messengers.
var copies = []struct {
	name string
	made func(p *gray.Plane) *gray.Plane
}{
	{"compressed hard", func(p *gray.Plane) *gray.Plane { return compressed(p, 25) }},
	{"half as large", func(p *gray.Plane) *gray.Plane { return resized(p, p.W/2, p.H/2) }},
	{"of 1280 pixels, compressed", func(p *gray.Plane) *gray.Plane { return compressed(p.Fit(1280), 60) }},
	{"of 320 pixels", func(p *gray.Plane) *gray.Plane { return compressed(p.Fit(320), 70) }},
	{"cut by 1 %", func(p *gray.Plane) *gray.Plane { return cut(p, 0.01) }},
	{"lighter", func(p *gray.Plane) *gray.Plane { return toned(p, 0.9, 25) }},
	{"darker and flatter", func(p *gray.Plane) *gray.Plane { return toned(p, 0.7, 0) }},
	{"cut by 2 %", func(p *gray.Plane) *gray.Plane { return cut(p, 0.02) }},
	{"cut by 4 %", func(p *gray.Plane) *gray.Plane { return cut(p, 0.04) }},
}

func compressed(p *gray.Plane, quality int) *gray.Plane {
	var b bytes.Buffer
	_ = jpeg.Encode(&b, p.Image(), &jpeg.Options{Quality: quality}) // into memory
	img, err := jpeg.Decode(&b)
	if err != nil {
		panic(err)
	}
	return gray.From(img)
}

func resized(p *gray.Plane, w, h int) *gray.Plane {
	out := gray.New(max(1, w), max(1, h))
	for y := range out.H {
		for x := range out.W {
			out.Pix[y*out.W+x] = p.At((float64(x)+0.5)*float64(p.W)/float64(out.W)-0.5, (float64(y)+0.5)*float64(p.H)/float64(out.H)-0.5)
		}
	}
	return out
}

// cut takes the share off one edge and half of it off the next.
func cut(p *gray.Plane, share float64) *gray.Plane {
	left, top := int(share*float64(p.W)), int(share/2*float64(p.H))
	out := gray.New(p.W-left, p.H-top)
	for y := range out.H {
		copy(out.Pix[y*out.W:(y+1)*out.W], p.Pix[(y+top)*p.W+left:])
	}
	return out
}

func toned(p *gray.Plane, contrast, lift float64) *gray.Plane {
	out := gray.New(p.W, p.H)
	for i, v := range p.Pix {
		out.Pix[i] = byte(min(255, contrast*float64(v)+lift))
	}
	return out
}

// slip draws a receipt of one shop: all have the same layout, other goods and
// another code.
func slip(t testing.TB, seed uint64) *gray.Plane {
	chance := rand.New(rand.NewPCG(seed, 17))
	sheet := image.NewGray(image.Rect(0, 0, 420, 900))
	draw.Draw(sheet, sheet.Rect, image.NewUniform(color.Gray{Y: 240}), image.Point{}, draw.Src)
	lines := []string{"MAGAZIN ROMASHKA", "KASSOVYJ CHEK", ""}
	for range 6 + chance.IntN(20) {
		lines = append(lines, fmt.Sprintf("%-26s %7.2f", strings.Repeat(string(rune('A'+chance.IntN(26))), 4+chance.IntN(16)), chance.Float64()*900))
	}
	lines = append(lines, "", fmt.Sprintf("ITOG %20.2f", chance.Float64()*3000), fmt.Sprintf("FN %016d", chance.Int64N(1e16)))
	pen := font.Drawer{Dst: sheet, Src: image.NewUniform(color.Gray{Y: 30}), Face: basicfont.Face7x13}
	for i, line := range lines {
		pen.Dot = fixed.P(30, 40+i*20)
		pen.DrawString(line)
	}
	code := madeCode(t, fmt.Sprintf("t=20260311T1405&s=%d.00&fn=9999078900005678&i=%d&fp=%d&n=1", chance.IntN(9999), chance.IntN(99999), chance.Uint32()), 4)
	draw.Draw(sheet, code.Rect.Add(image.Pt(130, 60+len(lines)*20)), code, image.Point{}, draw.Src)
	return &gray.Plane{Pix: sheet.Pix, W: sheet.Rect.Dx(), H: sheet.Rect.Dy(), ToPicture: gray.Identity}
}

// TestCopiesLookAlike: of copies that are not cut much, 19 in 20 are known.
func TestCopiesLookAlike(t *testing.T) {
	const slips = 40
	for _, c := range copies[:7] {
		missed := 0
		for seed := range uint64(slips) {
			p := slip(t, seed)
			if lookOf(p).Distance(lookOf(c.made(p))) > SameLook {
				missed++
			}
		}
		if missed > slips/20 {
			t.Errorf("%s: %d of %d copies are missed, want %d at most", c.name, missed, slips, slips/20)
		}
	}
}

// TestDifferentPicturesLookDifferent: without the form in common.
func TestDifferentPicturesLookDifferent(t *testing.T) {
	var looks []Look
	for seed := range uint64(60) {
		turned := turnedBy(slip(t, seed).Image(), float64(seed)*5.7)
		looks = append(looks, lookOf(gray.From(turned)))
	}
	alike := 0
	for i := range looks {
		for _, other := range looks[:i] {
			if looks[i].Distance(other) <= SameLook {
				alike++
			}
		}
	}
	if pairs := len(looks) * (len(looks) - 1) / 2; alike > pairs/100 {
		t.Errorf("%d of %d pairs look alike, want one in a hundred at most", alike, pairs)
	}
}

func TestPlainPaperHasNoLook(t *testing.T) {
	for name, p := range map[string]*gray.Plane{"black": gray.New(300, 200), "one pixel": gray.New(1, 1), "white": toned(gray.New(5, 900), 1, 255)} {
		if look := lookOf(p); look != 0 {
			t.Errorf("%s looks like %x, want nothing", name, look)
		}
	}
	if a, b := Look(0b1011), Look(0b0001); a.Distance(b) != 2 || a.Distance(a) != 0 {
		t.Errorf("distances %d and %d, want 2 and 0", a.Distance(b), a.Distance(a))
	}
}

// TestMeasuredLooks prints how far copies and different pictures are apart, for
// photos of receipts, and with PROMOBOT_QR_FULL for all shared pictures and the
// slips of one shop. No two different receipts of the corpora look alike.
func TestMeasuredLooks(t *testing.T) {
	full := os.Getenv("PROMOBOT_QR_FULL") != ""
	folder, pictures := sharedPictures(t)
	sets := map[string][]*gray.Plane{}
	for _, labelled := range pictures {
		set := strings.SplitN(labelled.path, "/", 2)[0]
		if set != "receipts" && !full {
			continue
		}
		if set != "receipts" && set != "synthetic" {
			set = "other things"
		}
		if p := uprightFile(t, filepath.Join(folder, labelled.path)); p != nil {
			sets[set] = append(sets[set], p.Fit(1600))
		}
	}
	for seed := range uint64(200) {
		if full {
			sets["slips of one shop"] = append(sets["slips of one shop"], slip(t, seed))
		}
	}
	for name, set := range sets {
		t.Logf("%s: %d pictures", name, len(set))
		alike := measureLooks(t, set)
		if (name == "receipts" || name == "synthetic") && alike > 0 {
			t.Errorf("%s: %d pairs of different pictures look alike", name, alike)
		}
	}
}

// uprightFile is nil for a picture that the guard refuses.
func uprightFile(t *testing.T, path string) *gray.Plane {
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	upright, err := Upright(context.Background(), file)
	if err != nil {
		return nil
	}
	return &gray.Plane{Pix: upright.Pix, W: upright.Rect.Dx(), H: upright.Rect.Dy(), ToPicture: gray.Identity}
}

// measureLooks returns how many pairs look alike.
func measureLooks(t *testing.T, set []*gray.Plane) (alike int) {
	looks := make([]Look, len(set))
	for i, p := range set {
		looks[i] = lookOf(p)
	}
	for _, c := range copies {
		var far []int
		for i, p := range set {
			far = append(far, looks[i].Distance(lookOf(c.made(p))))
		}
		slices.Sort(far)
		t.Logf("  %-28s median %2d, 95 %% %2d, most %2d", c.name, far[len(far)/2], far[len(far)*95/100], far[len(far)-1])
	}
	var within [65]int
	pairs := 0
	for i := range looks {
		for j := range i {
			within[looks[i].Distance(looks[j])]++
			pairs++
		}
	}
	sum := 0
	for d := range 13 {
		if sum += within[d]; d%2 == 0 {
			t.Logf("  different pictures within %2d: %6d of %d pairs", d, sum, pairs)
		}
		if d == SameLook {
			alike = sum
		}
	}
	return alike
}
