package assortment

import (
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// BrandAlias is a name that tills write for a brand and that cannot be computed
// from it: ПРКВ for Простоквашино.
type BrandAlias struct {
	Brand string // as in the assortment
	Alias string // one or more words, in either script
}

// ParseBrandAliases reads a table of brands' other names, CSV or
// tab-separated, whose first row names the columns brand and alias; others are
// ignored. A brand has as many rows as it has aliases. Whether the aliases fit
// an assortment is said by New.
func ParseBrandAliases(r io.Reader) ([]BrandAlias, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("brand aliases: %w", err)
	}
	rows := csv.NewReader(strings.NewReader(string(text)))
	head, _, _ := strings.Cut(string(text), "\n")
	if strings.Contains(head, "\t") {
		rows.Comma = '\t'
	}
	rows.FieldsPerRecord = -1
	names, err := rows.Read()
	if err != nil {
		return nil, fmt.Errorf("%w: head row: write brand,alias", ErrInvalid)
	}
	at, err := positions(names, "brand", "alias")
	if err != nil {
		return nil, err
	}
	return readAliases(rows, at, len(names))
}

func readAliases(rows *csv.Reader, at map[string]int, width int) (list []BrandAlias, _ error) {
	var errs []error
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%w: %w", ErrInvalid, err))
			break
		}
		line, _ := rows.FieldPos(0)
		if len(row) != width {
			errs = append(errs, fmt.Errorf("row %d: %w: %d columns, the head row has %d", line, ErrInvalid, len(row), width))
			continue
		}
		alias := BrandAlias{Brand: strings.TrimSpace(row[at["brand"]]), Alias: strings.TrimSpace(row[at["alias"]])}
		if err := alias.check(); err != nil {
			errs = append(errs, fmt.Errorf("row %d: %w", line, err))
			continue
		}
		list = append(list, alias)
	}
	return list, errors.Join(errs...)
}

// check refuses an alias that is bad whatever the assortment is.
func (a BrandAlias) check() error {
	words := brandWords(a.Alias)
	switch {
	case len(brandWords(a.Brand)) == 0:
		return refuse("brand", "%q has no letter", a.Brand)
	case !slices.ContainsFunc(words, func(w string) bool { return strings.ContainsFunc(w, letter) }):
		return refuse("alias", "%q has no letter", a.Alias)
	case len(words) == 1 && common(words[0]):
		return refuse("alias", "%q of %s is a common word: every product called so would bear the brand", a.Alias, a.Brand)
	}
	return nil
}

// common reports a word that many goods bear: what they are, taste of or come
// in. The names of makers are none.
func common(word string) bool {
	return slices.ContainsFunc(lexicon[word], func(m meaning) bool {
		return m.group == kindGroup || m.group == flavourGroup || m.group == neutralGroup && m.value != "maker"
	})
}

func brandWords(name string) (words []string) {
	for _, t := range scan(name) {
		words = append(words, t.text)
	}
	return words
}

//go:embed brands.tsv
var builtInText string

// table is what the program itself knows of how tills call brands.
type table struct {
	aliases []BrandAlias
	words   map[string]bool // squeezed
}

var builtIn = readBuiltIn()

func readBuiltIn() table {
	list, err := ParseBrandAliases(strings.NewReader(builtInText))
	if err != nil {
		panic("brands.tsv: " + err.Error())
	}
	t := table{aliases: list, words: map[string]bool{}}
	for _, a := range list {
		for _, w := range append(brandWords(a.Brand), brandWords(a.Alias)...) {
			t.words[squeeze(w)] = true
		}
	}
	return t
}

// adopt takes in the managers' aliases, then those of the built-in table that
// do not stand against them.
func (x *brandIndex) adopt(own []BrandAlias, byName map[string]int) error {
	taken := x.names()
	var errs []error
	for _, a := range own {
		b, there := byName[strings.Join(brandWords(a.Brand), " ")]
		err := a.check()
		if err == nil && !there {
			err = refuse("brand", "%q, named by the alias %q, is not in the assortment", a.Brand, a.Alias)
		}
		if err == nil {
			err = x.claim(taken, a, b)
		}
		errs = append(errs, err)
	}
	for _, a := range builtIn.aliases {
		if b, there := byName[strings.Join(brandWords(a.Brand), " ")]; there {
			_ = x.claim(taken, a, b) // what the assortment says of its own brands goes first
		}
	}
	return errors.Join(errs...)
}

// owner is a brand and the alias that claims a name for it, empty for the
// brand's own name.
type owner struct {
	brand int
	alias string
}

// names are the brands' own, glued and squeezed, in their usual spellings.
func (x *brandIndex) names() map[string]owner {
	taken := map[string]owner{}
	for i := len(x.forms) - 1; i >= 0; i-- {
		f := &x.forms[i]
		glued := []string{""}
		for _, w := range f.words {
			glued = concatenate(glued, w.usual)
		}
		for _, name := range append(glued, squeeze(strings.Join(x.brands[f.brand].words, ""))) {
			taken[squeeze(name)] = owner{brand: f.brand}
		}
	}
	return taken
}

// claim files an alias unless the name is another brand's.
func (x *brandIndex) claim(taken map[string]owner, a BrandAlias, b int) error {
	words := brandWords(a.Alias)
	key := squeeze(strings.Join(words, ""))
	switch old, known := taken[key]; {
	case known && old.brand == b:
		return nil
	case known && old.alias != "":
		return refuse("alias", "%q names two brands: %s and %s", a.Alias, x.brands[old.brand].name, a.Brand)
	case known:
		return refuse("alias", "%q of %s is another brand: %s", a.Alias, a.Brand, x.brands[old.brand].name)
	}
	taken[key] = owner{b, a.Alias}
	f := form{brand: b, brief: runes(key) <= briefest}
	for _, w := range words {
		f.words = append(f.words, wordForm{spellings: []string{squeeze(w)}, usual: []string{squeeze(w)}})
	}
	x.file(f)
	return nil
}

// briefest is the length of an alias that says too little without a kind.
const briefest = 3

// mostGlued bounds the ways in which the words of a brand are put together.
const mostGlued = 64

func concatenate(heads, tails []string) []string {
	out := make([]string, 0, min(len(heads)*len(tails), mostGlued))
	for _, h := range heads {
		for _, t := range tails {
			if len(out) < mostGlued {
				out = append(out, h+t)
			}
		}
	}
	return out
}
