package demo

import (
	"hash/fnv"
	"strings"
	"unicode"

	"promobot/campaigns"
	"promobot/campaigns/assortment"
	"promobot/fns/fnssim"
	"promobot/internal/money"
)

// Goods are the promo products of the terms as tills might write them, for the
// tickets that the simulator invents. Each is a name that the matcher takes
// for its product; a product for which no such name was found is left out.
func Goods(terms campaigns.Terms) []fnssim.Good {
	matcher, err := assortment.New(terms.Products, terms.BrandAliases...)
	if err != nil {
		return nil // terms that lint refused have no goods
	}
	var goods []fnssim.Good
	for _, p := range matcher.Products() {
		if name, ok := tillName(matcher, p); ok {
			goods = append(goods, fnssim.Good{Name: name, GTIN: p.GTIN, Price: price(p.SKU)})
		}
	}
	return goods
}

// tillName is the most till-like spelling that the matcher takes for p by the
// name alone, so that it is right without a product code too; failing that, one
// that it takes with the code.
func tillName(matcher *assortment.Assortment, p assortment.Product) (string, bool) {
	for _, gtin := range []string{"", p.GTIN} {
		for _, name := range spellings(p) {
			if m := matcher.Match(assortment.Line{Name: name, GTIN: gtin}); m.SKU == p.SKU {
				return name, true
			}
		}
	}
	return "", false
}

// spellings of a product, the most till-like first.
func spellings(p assortment.Product) []string {
	title, _, _ := strings.Cut(strings.TrimSpace(strings.TrimSuffix(p.Title, p.Volume)), ", ")
	volume := strings.ReplaceAll(p.Volume, " ", "")
	if _, most, ranged := strings.Cut(volume, "-"); ranged {
		volume = most
	}
	upper := strings.ToUpper(strings.ReplaceAll(title, "ё", "е"))
	return []string{
		short(upper) + " " + volume,
		upper + " " + volume,
		title + " " + p.Volume,
		p.Title + " " + p.Volume,
	}
}

// tillShorts are words that tills never write out.
var tillShorts = strings.NewReplacer(
	"НАПИТОК ", "НАП.", "ШОКОЛАД ", "ШОК.", "МОЛОЧНЫЙ", "МОЛ", "ЯБЛОЧНЫЙ", "ЯБЛ.", "ПЕЧЕНЬЕ ", "ПЕЧ.",
	"КОНФЕТЫ ", "КОНФ.", "БАТОНЧИК ", "БАТ.", "ЧЕРНЫЙ", "ЧЕР.", "С ФУНДУКОМ", "ФУНДУК",
)

func short(upper string) string {
	return strings.TrimFunc(tillShorts.Replace(upper), unicode.IsSpace)
}

// price is a plausible price of a product, the same every time.
func price(sku string) money.Kopecks {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(sku))
	return 49_90 + money.Kopecks(sum.Sum32()%13)*10_00
}
