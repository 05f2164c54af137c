package assortment_test

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"promobot/campaigns/assortment"
)

// The names of testdata/names.tsv are written as tills write them, for goods of
// testdata/goods.csv; "-" is a hard negative. TestTillsWriteThemInManyWays
// writes each of them in further ways that change nothing of what they say.

type ownName struct{ name, sku, brand string }

func ownNames(t testing.TB) (*assortment.Assortment, []ownName) {
	t.Helper()
	file, err := os.Open("testdata/goods.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	a, err := assortment.Parse(file)
	if err != nil {
		t.Fatal(err)
	}
	brands := map[string]string{}
	for _, p := range a.Products() {
		brands[p.SKU] = p.Brand
	}
	var list []ownName
	for _, row := range rows(t, "testdata/names.tsv") {
		if row[1] != "-" && brands[row[1]] == "" {
			t.Fatalf("testdata/names.tsv: %q", row)
		}
		list = append(list, ownName{row[0], row[1], brands[row[1]]})
	}
	return a, list
}

// A way of writing returns the name as it was if it does not apply.
type way struct {
	name  string
	write func(n ownName, i int) string
	cuts  bool // may lose what decides: such a name may be unsure, but not wrong
}

var ways = []way{
	{name: "as it is", write: func(n ownName, _ int) string { return n.name }},
	{name: "capitals", write: func(n ownName, _ int) string { return strings.ToUpper(n.name) }},
	{name: "small letters", write: func(n ownName, _ int) string { return strings.ToLower(n.name) }},
	{name: "look-alike letters", write: alikeLetters},
	{name: "dots and commas", write: otherDecimals},
	{name: "the other unit", write: otherUnit},
	{name: "spaces in amounts", write: spacedAmounts},
	{name: "glued amounts", write: gluedAmounts},
	{name: "the amount first", write: amountFirst},
	{name: "glued dots", write: func(n ownName, _ int) string { return strings.ReplaceAll(n.name, ". ", ".") }},
	{name: "a code in front", write: codeInFront},
	{name: "a mark in front", write: func(n ownName, i int) string { return []string{"[М+] ", "БЗМЖ ", "*", "**** "}[i%4] + n.name }},
	{name: "a trade pack", write: tradePack},
	{name: "a container", write: func(n ownName, i int) string { return n.name + []string{" шт", " уп.", " БЗМЖ", " п/п"}[i%4] }},
	{name: "quotes", write: func(n ownName, _ int) string { return strings.ReplaceAll(n.name, n.brand, `"`+n.brand+`"`) }},
	{name: "a misspelt brand", write: misspeltBrand},
	{name: "cut at 20", write: cutAt(20), cuts: true},
	{name: "cut at 32", write: cutAt(32), cuts: true},
	{name: "cut at 40", write: cutAt(40), cuts: true},
}

func TestTillsWriteThemInManyWays(t *testing.T) {
	a, list := ownNames(t)
	var whole, cut tally
	for _, w := range ways {
		var c tally
		for i, n := range list {
			name := w.write(n, i)
			if name == n.name && w.name != "as it is" {
				continue
			}
			m := a.Match(assortment.Line{Name: name})
			c.count(m.SKU, n.sku)
			if m.SKU != "" && m.SKU != n.sku || m.SKU == "" && n.sku != "-" && w.name == "as it is" {
				t.Logf("%s: %q is %s, got %q: %s", w.name, name, n.sku, m.SKU, m.Reason)
			}
		}
		t.Logf("%-20s precision %.3f recall %.3f (right %d, wrong %d, missed %d)", w.name, c.precision(), c.recall(), c.right, c.wrong, c.missed)
		sum := &whole
		if w.cuts {
			sum = &cut
		}
		sum.right, sum.wrong, sum.missed = sum.right+c.right, sum.wrong+c.wrong, sum.missed+c.missed
	}
	t.Logf("whole names: precision %.4f recall %.4f %+v; cut names: precision %.4f recall %.4f %+v", whole.precision(), whole.recall(), whole, cut.precision(), cut.recall(), cut)
	if whole.precision() < 0.99 || whole.recall() < 0.90 || cut.precision() < 0.99 {
		t.Errorf("want precision 0.99 and recall 0.90 on whole names, and precision 0.99 on cut ones")
	}
}

func (c *tally) count(got, label string) {
	switch {
	case got == label:
		c.right++
		return
	case got != "":
		c.wrong++
	}
	if label != "-" {
		c.missed++
	}
}

var twins = strings.NewReplacer("А", "A", "С", "C", "о", "o", "е", "e", "р", "p", "Н", "H", "К", "K", "а", "a", "B", "В", "E", "Е", "T", "Т")

// alikeLetters changes the script of every third letter that has a twin.
func alikeLetters(n ownName, i int) string {
	var out strings.Builder
	for at, r := range []rune(n.name) {
		if (at+i)%3 == 0 {
			out.WriteString(twins.Replace(string(r)))
			continue
		}
		out.WriteRune(r)
	}
	return out.String()
}

var decimal = regexp.MustCompile(`(\d)[.,](\d)`)

func otherDecimals(n ownName, i int) string {
	return decimal.ReplaceAllString(n.name, "$1"+[]string{",", "."}[i%2]+"$2")
}

var amountUnit = regexp.MustCompile(`(\d+(?:[.,]\d+)?)\s?(л|мл|г|кг|Л|МЛ|Г|КГ)(\s|$)`)

// otherUnit writes 0,5 л as 500 мл and 950 г as 0,95 кг.
func otherUnit(n ownName, i int) string {
	if i%2 == 0 {
		return n.name
	}
	return amountUnit.ReplaceAllStringFunc(n.name, func(s string) string {
		m := amountUnit.FindStringSubmatch(s)
		value, _ := strconv.ParseFloat(strings.ReplaceAll(m[1], ",", "."), 64)
		switch strings.ToLower(m[2]) {
		case "л":
			return strconv.FormatFloat(value*1000, 'f', -1, 64) + "мл" + m[3]
		case "кг":
			return strconv.FormatFloat(value*1000, 'f', -1, 64) + "г" + m[3]
		case "мл":
			return strconv.FormatFloat(value/1000, 'f', -1, 64) + "л" + m[3]
		}
		if value < 100 {
			return s
		}
		return strconv.FormatFloat(value/1000, 'f', -1, 64) + "кг" + m[3]
	})
}

func spacedAmounts(n ownName, _ int) string { return amountUnit.ReplaceAllString(n.name, "$1 $2$3") }

func gluedAmounts(n ownName, _ int) string {
	return regexp.MustCompile(`([а-яА-Я]) (\d+(?:[.,]\d+)?)\s?(л|мл|г|кг|Л|МЛ|Г|КГ)$`).ReplaceAllString(n.name, "$1$2$3")
}

func amountFirst(n ownName, _ int) string {
	at := amountUnit.FindStringIndex(n.name)
	if at == nil || strings.Contains(n.name, "х") {
		return n.name
	}
	return strings.TrimSpace(n.name[at[0]:at[1]]) + " " + n.name[:at[0]] + n.name[at[1]:]
}

func codeInFront(n ownName, i int) string {
	return []string{"*3412345 ", "3412345 ", "1:3906690 ", "400003317 ", "10 3406624 "}[i%5] + n.name
}

func tradePack(n ownName, i int) string {
	if !regexp.MustCompile(`[0-9](л|Л|г|Г)$`).MatchString(n.name) || strings.Contains(n.name, "х") {
		return n.name
	}
	return n.name + []string{" 12Х", " 6X", " 24X ДСП"}[i%3]
}

// misspeltBrand leaves out or doubles a letter in the middle of a long brand.
func misspeltBrand(n ownName, i int) string {
	at := strings.Index(strings.ToUpper(n.name), strings.ToUpper(n.brand))
	letters := []rune(n.brand)
	if n.brand == "" || at < 0 || len(letters) < 8 || strings.ContainsAny(n.brand, " -&") {
		return n.name
	}
	middle := len(letters) / 2
	for !unicode.IsLetter(letters[middle]) || letters[middle] == letters[middle+1] || letters[middle] == letters[middle-1] {
		middle--
	}
	wrong := string(letters[:middle]) + string(letters[middle+1:])
	if i%2 == 0 {
		wrong = string(letters[:middle]) + string([]rune{letters[middle+1], letters[middle]}) + string(letters[middle+2:])
	}
	return n.name[:at] + wrong + n.name[at+len(n.brand):]
}

func cutAt(width int) func(ownName, int) string {
	return func(n ownName, _ int) string {
		letters := []rune(n.name)
		return string(letters[:min(width, len(letters))])
	}
}

// TestOtherGoodsOfTheBrand turns the names of goods into names of goods beside
// them on the shelf: of other sizes and, where the very article is meant, of
// other sorts. None of them may be taken for the product.
func TestOtherGoodsOfTheBrand(t *testing.T) {
	a, list := ownNames(t)
	exact := map[string]bool{}
	for _, p := range a.Products() {
		exact[p.SKU] = p.Scope == assortment.ScopeExact
	}
	tried, wrong := 0, 0
	for i, n := range list {
		others := []string{otherSize(n.name, 0.7), otherSize(n.name, 2.5)}
		if exact[n.sku] {
			others = append(others, n.name+" "+[]string{"ваниль", "вишня", "клубника", "кокос"}[i%4], n.name+[]string{" зютюка", " Турбо", " Special"}[i%3])
		}
		for _, other := range others {
			if n.sku == "-" || other == n.name {
				continue
			}
			tried++
			if m := a.Match(assortment.Line{Name: other}); m.SKU == n.sku {
				wrong++
				t.Logf("%q is not %s: %s", other, n.sku, m.Reason)
			}
		}
	}
	t.Logf("%d of %d names of other goods are taken for the product", wrong, tried)
	if tried < 500 || wrong*100 > tried {
		t.Errorf("%d of %d, want at most one in a hundred", wrong, tried)
	}
}

// otherSize multiplies the amount of a name; one in a multiplication stays.
func otherSize(name string, by float64) string {
	if strings.ContainsAny(name, "*хХ") {
		return name
	}
	return amountUnit.ReplaceAllStringFunc(name, func(s string) string {
		m := amountUnit.FindStringSubmatch(s)
		value, _ := strconv.ParseFloat(strings.ReplaceAll(m[1], ",", "."), 64)
		return strconv.FormatFloat(value*by, 'f', 2, 64) + m[2] + m[3]
	})
}
