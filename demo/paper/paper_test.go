package paper_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"promobot/demo/paper"
	"promobot/fns"
	"promobot/internal/money"
	"promobot/qr"
)

const sale = "t=20261114T1842&s=1289.60&fn=9999078900001234&i=48213&fp=2871904655&n=1"

func receipt(code string) paper.Receipt {
	return paper.Receipt{
		Shop: "РОМАШКА", Seller: `ООО "РОМАШКА ТРЕЙД"`, INN: "7700000016",
		Address: "Тверь, ул. Садовая, 12", Total: 1289_60, Code: code,
		Items: []fns.Item{
			item("Чай чёрный «Утро» 100 пак.", 249_90, 2000),
			item("Печенье овсяное с изюмом, 400 г", 119_90, 1000),
			item("Яблоки Гала, вес.", 129_90, 1540),
			item("Сок яблочный 1 л", 99_95, 2000),
			item("Шоколад горький 85 г", 134_97, 2000),
		},
	}
}

func item(name string, price money.Kopecks, q fns.Quantity) fns.Item {
	return fns.Item{Name: name, Price: price, Quantity: q, Sum: price * money.Kopecks(q) / 1000}
}

var samples = map[string][]paper.Damage{
	"good":     nil,
	"faded":    {paper.Faded},
	"torn":     {paper.Torn},
	"crumpled": {paper.Crumpled},
	"rotated":  {paper.Rotated(24)},
	"worst":    {paper.Faded, paper.Crumpled, paper.Rotated(-7)},
}

func TestEverySampleIsRead(t *testing.T) {
	for name, damages := range samples {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			picture := paper.JPEG(paper.Photo(receipt(sale), 7, damages...))
			if folder := os.Getenv("PROMOBOT_PAPER_DIR"); folder != "" {
				keep(t, filepath.Join(folder, name+".png"), paper.PNG(paper.Photo(receipt(sale), 7, damages...)))
			}
			scanner := qr.Scanner{Budget: time.Minute}
			result, err := scanner.Scan(context.Background(), picture)
			if err != nil || result.Text != sale {
				t.Errorf("read %q, %v, hint %s; want %q", result.Text, err, result.Hint, sale)
			}
			t.Logf("%d bytes, stage %s, confidence %.2f", len(picture), result.Stage, result.Confidence)
		})
	}
}

func keep(t *testing.T, path string, picture []byte) {
	t.Helper()
	if err := os.WriteFile(path, picture, 0o644); err != nil {
		t.Fatal(err)
	}
}

// short is a receipt of one line: less paper to draw.
func short() paper.Receipt {
	r := receipt(sale)
	r.Items = r.Items[:1]
	return r
}

// stored writes a PNG without compressing it, which takes no time.
func stored(t *testing.T, picture image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.NoCompression}).Encode(&b, picture); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// PROMOBOT_TEST_TEARS sets how many tears are tried, 2 without it.
func TestTheTearTakesSomeOfTheCode(t *testing.T) {
	tears, err := strconv.ParseUint(cmp.Or(os.Getenv("PROMOBOT_TEST_TEARS"), "2"), 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	for seed := range tears {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			read := func(damages ...paper.Damage) qr.Result {
				picture := stored(t, paper.Photo(short(), seed, damages...))
				r, err := qr.Scanner{Budget: time.Minute}.Scan(context.Background(), picture)
				if err != nil || r.Text != sale {
					t.Fatalf("read %q, %v", r.Text, err)
				}
				return r
			}
			if a, b := read(), read(paper.Torn); b.Confidence >= a.Confidence {
				t.Errorf("%.2f of the correction left with the corner, %.2f without", a.Confidence, b.Confidence)
			}
		})
	}
}

func TestSameSeedSamePixels(t *testing.T) {
	a, b := paper.Photo(short(), 3, paper.Crumpled), paper.Photo(short(), 3, paper.Crumpled)
	if !bytes.Equal(a.Pix, b.Pix) {
		t.Error("two photos of one receipt with one seed differ")
	}
	if c := paper.Photo(short(), 4, paper.Crumpled); bytes.Equal(a.Pix, c.Pix) {
		t.Error("another seed gives the same photo")
	}
}

func TestBombIsRefusedBeforeDecoding(t *testing.T) {
	bomb := paper.Bomb()
	if len(bomb) < 800 || len(bomb) > 1200 {
		t.Errorf("%d bytes, want about a kilobyte", len(bomb))
	}
	if _, err := (qr.Scanner{}).Scan(context.Background(), bomb); !errors.Is(err, qr.ErrTooManyPixels) {
		t.Errorf("%v, want %v", err, qr.ErrTooManyPixels)
	}
}

func TestForeignCodeIsDrawnToo(t *testing.T) {
	const link = "https://example.com/menu"
	foreign := short()
	foreign.Code = link
	r, err := qr.Scanner{Budget: time.Minute}.Scan(context.Background(), stored(t, paper.Photo(foreign, 1)))
	if err != nil || r.Text != link {
		t.Errorf("read %q, %v", r.Text, err)
	}
}
