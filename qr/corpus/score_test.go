package corpus_test

import (
	"slices"
	"testing"

	"promobot/qr"
	"promobot/qr/corpus"
)

func square(x, y, side float64) [4]qr.Point {
	return [4]qr.Point{{X: x, Y: y}, {X: x + side, Y: y}, {X: x + side, Y: y + side}, {X: x, Y: y + side}}
}

func TestRightByPlace(t *testing.T) {
	twins := corpus.Picture{Corpus: corpus.BoofCV, Texts: []string{"A", "A", ""}, Corners: [][4]qr.Point{square(0, 0, 100), square(200, 0, 100), square(400, 0, 100)}}
	at := func(x, y float64) qr.Code { return qr.Code{Text: "A", Corners: square(x-5, y-5, 10)} }
	for _, tt := range []struct {
		name  string
		codes []qr.Code
		want  int
	}{
		{"nothing", nil, 0},
		{"one of two", []qr.Code{at(50, 50)}, 1},
		{"both", []qr.Code{at(250, 50), at(50, 50)}, 2},
		{"one twice at the same place", []qr.Code{at(50, 50), at(52, 50)}, 1},
		{"just inside the blown up place", []qr.Code{at(-12, 50)}, 1},
		{"just outside of it", []qr.Code{at(-13, 50)}, 0},
		{"another text there", []qr.Code{{Text: "B", Corners: square(0, 0, 100)}}, 0},
		{"where nobody read anything", []qr.Code{at(450, 50)}, 0},
		{"a decoder that tells no place", []qr.Code{{Text: "A"}}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := twins.Right(tt.codes); got != tt.want {
				t.Errorf("%d read, want %d", got, tt.want)
			}
		})
	}
}

// A place whose corners go round the other way, as mirrored labels do.
func TestPlaceMayBeMirrored(t *testing.T) {
	s := square(0, 0, 100)
	slices.Reverse(s[:])
	p := corpus.Picture{Texts: []string{"A"}, Corners: [][4]qr.Point{s}}
	if p.Right([]qr.Code{{Text: "A", Corners: square(40, 40, 20)}}) != 1 {
		t.Error("a reading in the middle is not within")
	}
}

func TestSame(t *testing.T) {
	for _, tt := range []struct {
		name, a, b string
		want       bool
	}{
		{"equal", "A", "A", true},
		{"carriage returns and space", "A\r\nB ", "A\nB", true},
		{"another case", "a", "A", false},
		{"UTF-8 taken for Latin-1", "GrÃ¼Ã\u009fe", "Grüße", true},
		{"Shift-JIS taken for Latin-1", "\u0083e\u0083X\u0083g", "テスト", true},
		{"Windows-1251 taken for Latin-1", "Ïðèâåò", "Привет", true},
		{"other letters", "Привет", "Приват", false},
		{"one digit", "s=1.00", "s=1.01", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if corpus.Same(tt.a, tt.b) != tt.want || corpus.Same(tt.b, tt.a) != tt.want {
				t.Errorf("%q and %q: want same %t", tt.a, tt.b, tt.want)
			}
		})
	}
}

func TestWrong(t *testing.T) {
	receipt := func(text string) bool { return text == "t=1" || text == "t=2" }
	codes := []qr.Code{{Text: "t=1"}, {Text: "t=2"}, {Text: "8496"}}
	for _, tt := range []struct {
		name string
		p    corpus.Picture
		want []string
	}{
		{"a receipt: only what passes for one", corpus.Picture{Fiscal: true, Texts: []string{"t=1"}}, []string{"t=2"}},
		{"any other: everything", corpus.Picture{Texts: []string{"t=1"}}, []string{"t=2", "8496"}},
		{"without a code", corpus.Picture{}, []string{"t=1", "t=2", "8496"}},
		{"nobody knows", corpus.Picture{Open: true}, nil},
		{"labels are not complete", corpus.Picture{Corpus: corpus.BoofCV, Texts: []string{"t=1"}}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.p.Wrong(codes, receipt); !slices.Equal(got, tt.want) {
				t.Errorf("wrong %q, want %q", got, tt.want)
			}
		})
	}
}

// One category of many codes does not outweigh the others, and a picture of
// unknown text counts for nothing.
func TestRates(t *testing.T) {
	pictures := []corpus.Picture{
		{Corpus: corpus.BoofCV, Category: "many", Texts: []string{"A", "B", "C", "D"}},
		{Corpus: corpus.BoofCV, Category: "few", Texts: []string{"A"}},
		{Corpus: corpus.Synthetic, Category: "blur", Severity: "2", Texts: []string{"A"}},
		{Corpus: corpus.Synthetic, Category: "fade", Severity: "2", Texts: []string{"A"}},
		{Corpus: corpus.Synthetic, Category: "fade", Severity: "2", Open: true},
	}
	outcomes := []corpus.Outcome{{Right: 1}, {Right: 1}, {}, {Right: 1}, {Any: true}}
	sets := corpus.Sets(pictures)
	if got := sets[0].Rate(pictures, outcomes); got != 62.5 {
		t.Errorf("BoofCV %.1f %%, want the mean of 25 and 100", got)
	}
	if all := sets[0].Tally(pictures, outcomes); all.PictureRate() != 100 || all.Of != 5 {
		t.Errorf("%+v, want both pictures with a code, of five codes", all)
	}
	if got := sets[1].Rate(pictures, outcomes); got != 50 {
		t.Errorf("drawn %.1f %%, want half", got)
	}
	names := []string{}
	for _, g := range sets[1].Groups {
		names = append(names, g.Name)
	}
	if !slices.Equal(names, []string{"severity-2", "blur-2", "fade-2"}) {
		t.Errorf("groups %v", names)
	}
}
