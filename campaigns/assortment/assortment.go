// Package assortment knows the goods of a promotion and says which of them a
// line of a receipt is.
//
// Tills write names in their own way: cut, glued, abbreviated, half Latin and
// half Cyrillic. A line is matched by its GTIN where it has one, otherwise only
// if brand, kind and volume all agree and nothing in the name contradicts. A
// brand alone never matches: a wrong match pays money, a missed one is looked
// at by a moderator.
package assortment

import (
	"errors"
	"fmt"
	"strings"
)

// ErrInvalid is wrapped by every refusal of a product or of an assortment file.
var ErrInvalid = errors.New("assortment: invalid")

// Scopes of a product: what may differ on the receipt.
const (
	ScopeExact      = "exact"       // this article only
	ScopeAnyFlavour = "any_flavour" // every flavour or blend
	ScopeAnyKind    = "any_kind"    // every variety, such as still and sparkling
	ScopeAnyFat     = "any_fat"     // every fat content
)

// Product is one promo product as the campaign's manager wrote it.
type Product struct {
	SKU    string // unique in the assortment
	Brand  string // in either script; till spellings are derived from it
	Title  string // kind and variety, such as "Чай чёрный Ahmad Earl Grey"
	Volume string // "0,5 л", "140-150 г", "12 шт", "25 пак.x2 г"
	GTIN   string // 8 to 14 digits with a right check digit, or empty
	Scope  string // one of the Scope constants; empty is ScopeExact
}

// Line is a line of a receipt.
type Line struct {
	Name string // as the till wrote it
	GTIN string // 14 digits from the product code, or empty
	INN  string // tax number of the shop, for aliases of one shop; may be empty
}

// Match is the answer for one line.
type Match struct {
	SKU       string // empty: no promo product, or not sure enough
	Unsure    bool   // a person has to decide
	Candidate string // when unsure: the SKU to look at first
	Reason    string // why, for people; one line; starts with "unsure:" when unsure
	Pack      int    // promo units in one unit of the line, at least 1

	// Confidence, 0 to 1, is how sure it is that the line is SKU or Candidate: 1
	// for an equal GTIN or a moderator's decision, at least Payable for every
	// SKU, below it when unsure, 0 when neither is named.
	Confidence float64
}

// Assortment is the list of promo goods, ready to match. It never changes and
// may be used by many goroutines.
type Assortment struct {
	articles []article
	bySKU    map[string]int
	byGTIN   map[string]int
	brands   *brandIndex
	aliases  map[string]string
}

// New builds an assortment. An empty or repeated SKU, a missing brand, a GTIN
// with a wrong check digit or used twice, a volume that cannot be read and an
// unknown scope are refused with ErrInvalid, all of them in one error. So is an
// alias that names two brands, is another brand of the assortment or a common
// word, or is of no brand of the assortment. Known aliases of well-known brands
// need not be given.
func New(products []Product, aliases ...BrandAlias) (*Assortment, error) {
	a := &Assortment{bySKU: map[string]int{}, byGTIN: map[string]int{}}
	var errs []error
	for i, p := range products {
		if err := a.add(p); err != nil {
			errs = append(errs, fmt.Errorf("product %d: %w", i+1, err))
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return a.index(aliases)
}

func (a *Assortment) index(aliases []BrandAlias) (*Assortment, error) {
	brands, err := indexBrands(a.articles, aliases)
	if err != nil {
		return nil, err
	}
	a.brands = brands
	return a, nil
}

// Products returns the goods in their order, as they were given but for GTINs,
// which have 14 digits, and scopes, which are never empty.
func (a *Assortment) Products() []Product {
	out := make([]Product, len(a.articles))
	for i := range a.articles {
		out[i] = a.articles[i].Product
	}
	return out
}

// WithAliases returns the assortment with the decisions of moderators added.
// A key is a name as Normalize writes it, or INN|name for the names of one
// shop, which go first; a value is a SKU, or "-" for "none of ours". An alias
// of a SKU that is not in the assortment is ignored.
func (a *Assortment) WithAliases(aliases map[string]string) *Assortment {
	b := *a
	b.aliases = make(map[string]string, len(a.aliases)+len(aliases))
	for _, from := range []map[string]string{a.aliases, aliases} {
		for key, sku := range from {
			b.aliases[key] = sku
		}
	}
	return &b
}

func (a *Assortment) add(p Product) error {
	if _, twice := a.bySKU[p.SKU]; twice && p.SKU != "" {
		return refuse("sku_id", "%s stands twice", p.SKU)
	}
	art, err := newArticle(p)
	if err != nil {
		return err
	}
	if other, twice := a.byGTIN[art.GTIN]; twice && art.GTIN != "" {
		return refuse("gtin", "%s is already that of %s", art.GTIN, a.articles[other].SKU)
	}
	a.bySKU[art.SKU] = len(a.articles)
	if art.GTIN != "" {
		a.byGTIN[art.GTIN] = len(a.articles)
	}
	a.articles = append(a.articles, art)
	return nil
}

// refuse names the column that is wrong.
func refuse(column, format string, args ...any) error {
	return fmt.Errorf("%w: column %s: %s", ErrInvalid, column, strings.TrimSpace(fmt.Sprintf(format, args...)))
}
