package corpus_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"promobot/qr"
	"promobot/qr/corpus"
)

const photos = "path\tcorpus\tcategory\texpected_texts_json\tquads_json\n" +
	"boofcv/a.jpg\tboofcv\tblurred\t[\"ONE\", null]\t[[[0, 0], [10, 0], [10, 10], [0, 10]], [[20, 0], [30, 0], [30, 10], [20, 10]]]\n" +
	"zxing/b.png\tzxing\tqrcode-1\t[\"TWO\"]\t\n" +
	"receipts/c.jpg\treceipts\treal\t?\t\n" +
	"none/d.png\tfalsepositives\tfalsepositives\t[]\n"

const drawn = "path\texpected\tfamily\tseverity\tversion\n" +
	"blur-1-00.jpg\tt=1\tblur\t1\t4\n" +
	"blur-2-00.jpg\t?\tblur\t2\t4\n"

// made is a folder with files of the given texts.
func made(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func TestLoad(t *testing.T) {
	folder := made(t, map[string]string{"manifest.tsv": photos, "synthetic/manifest.tsv": drawn})
	all, err := corpus.Load(folder)
	if err != nil || len(all) != 6 {
		t.Fatalf("%d pictures (%v), want six", len(all), err)
	}
	a := all[0]
	if a.File != filepath.Join(folder, "boofcv", "a.jpg") || !slices.Equal(a.Texts, []string{"ONE", ""}) || len(a.Corners) != 2 || a.Corners[1][2] != (qr.Point{X: 30, Y: 10}) {
		t.Errorf("photo: %+v", a)
	}
	if c := all[2]; !c.Open || !c.Fiscal || len(c.Texts) != 0 {
		t.Errorf("a receipt that nobody knows: %+v", c)
	}
	if d := all[3]; d.Open || len(d.Texts) != 0 {
		t.Errorf("a picture without a code: %+v", d)
	}
	if e := all[4]; e.Corpus != corpus.Synthetic || e.Category != "blur" || e.Severity != "1" || !e.Fiscal || e.Texts[0] != "t=1" {
		t.Errorf("drawn: %+v", e)
	}
	if !all[5].Open {
		t.Errorf("drawn, of unknown text: %+v", all[5])
	}
	alone, err := corpus.Load(filepath.Join(folder, "synthetic", "manifest.tsv"))
	if err != nil || len(alone) != 2 || alone[0].Path != all[4].Path {
		t.Errorf("alone %+v (%v), want the same paths", alone, err)
	}
}

func TestLoadRefuses(t *testing.T) {
	for _, tt := range []struct {
		name, manifest string
	}{
		{"no known columns", "file\ttext\na.jpg\tA\n"},
		{"texts that are no list", "path\tcorpus\tcategory\texpected_texts_json\na.jpg\tzxing\tone\tA\n"},
		{"fewer places than texts", "path\tcorpus\tcategory\texpected_texts_json\tquads_json\na.jpg\tboofcv\tone\t[\"A\"]\t[]\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := corpus.Load(made(t, map[string]string{"manifest.tsv": tt.manifest}))
			if !errors.Is(err, corpus.ErrManifest) {
				t.Errorf("%v, want a refusal of the manifest", err)
			}
		})
	}
	if _, err := corpus.Load(t.TempDir()); !errors.Is(err, corpus.ErrEmpty) {
		t.Errorf("an empty folder: %v", err)
	}
}

func TestLoadWithoutManifest(t *testing.T) {
	folder := made(t, map[string]string{"a.JPG": "", "sub/b.webp": "", "notes.txt": ""})
	pictures, err := corpus.Load(folder)
	if err != nil || len(pictures) != 2 {
		t.Fatalf("%d pictures (%v), want two", len(pictures), err)
	}
	read := pictures[0].Judge([]qr.Code{{Text: "whatever"}}, 0, nil)
	set := corpus.Sets(pictures)[0]
	if got := set.Rate(pictures, []corpus.Outcome{read, {}}); got != 50 || len(read.Wrong) != 0 {
		t.Errorf("%.0f %% and wrong %v, want half and none", got, read.Wrong)
	}
}

// The halves are a promise: who chose by one must find the other untouched.
func TestHalvesAreStable(t *testing.T) {
	for path, want := range map[string]corpus.Half{
		"blur-1-00.jpg": corpus.Work,
		"blur-1-01.jpg": corpus.Check,
		"boofcv/boofcv-v3/detection/blurred/image013.jpg": corpus.Work,
		"zxing/qrcode-1/1.png":                            corpus.Check,
	} {
		if got := (corpus.Picture{Path: path, File: "anywhere/" + path}).Half(); got != want {
			t.Errorf("%s is in %s, want %s", path, got, want)
		}
	}
	all := []corpus.Picture{{Path: "a"}, {Path: "b"}, {Path: "c"}, {Path: "d"}}
	work, check := corpus.Work.Of(all), corpus.Check.Of(all)
	if len(work) != 2 || len(check) != 2 || len(corpus.All.Of(all)) != 4 {
		t.Errorf("%v and %v of %v", work, check, all)
	}
}
