package names

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"promobot/campaigns/assortment"
)

// Yardstick is a simpler way of matching. Right is generous to it: one that
// knows brands only is right with any product of the brand.
type Yardstick struct {
	Name   string
	Answer func(name string) (sku string, unsure bool)
	Right  func(got, want string) bool
}

// Yardsticks are a literal search for the brand, a list of the brands' till
// spellings (the product's own), and that list with the volume.
func Yardsticks(goods *assortment.Assortment) []Yardstick {
	products := goods.Products()
	brand := map[string]string{}
	for _, p := range products {
		brand[p.SKU] = p.Brand
	}
	sameBrand := func(got, want string) bool { return brand[got] == brand[want] }
	return []Yardstick{
		{"literal", literal(products), sameBrand},
		{"alias", func(name string) (string, bool) { return ofBrand(products, goods.BrandsIn(name), nil), false }, sameBrand},
		{"alias-volume", func(name string) (string, bool) {
			return ofBrand(products, goods.BrandsIn(name), amounts(name)), false
		}, Same},
	}
}

// literal is what a database's LIKE does: the first product whose brand stands
// in the name.
func literal(products []assortment.Product) func(string) (string, bool) {
	var brands, skus []string
	for _, p := range products {
		if brand := strings.ToUpper(p.Brand); !slices.Contains(brands, brand) {
			brands, skus = append(brands, brand), append(skus, p.SKU)
		}
	}
	return func(name string) (string, bool) {
		name = strings.ToUpper(name)
		for i, brand := range brands {
			if strings.Contains(name, brand) {
				return skus[i], false
			}
		}
		return "", false
	}
}

// ofBrand is the first product of the brands, with one of the amounts if any
// are given.
func ofBrand(products []assortment.Product, brands []string, amounts map[float64]bool) string {
	for _, brand := range brands {
		for _, p := range products {
			if p.Brand == brand && (amounts == nil || sized(p.Volume, amounts)) {
				return p.SKU
			}
		}
	}
	return ""
}

var amountForm = regexp.MustCompile(`(\d+(?:[.,]\d+)?)\s*(кг|г|мл|л|шт|пак|рул|l|ml|g|kg)?`)

// amounts are the numbers of a text, in grams and millilitres where it says so;
// a fraction without a unit is of a litre.
func amounts(text string) map[float64]bool {
	found := map[float64]bool{}
	for _, m := range amountForm.FindAllStringSubmatch(strings.ToLower(text), -1) {
		n, err := strconv.ParseFloat(strings.ReplaceAll(m[1], ",", "."), 64)
		if err != nil {
			continue
		}
		switch m[2] {
		case "кг", "л", "l", "kg":
			n *= 1000
		case "":
			if strings.ContainsAny(m[1], ",.") {
				n *= 1000
			}
		}
		found[n] = true
	}
	return found
}

// sized reports that an amount of the volume, or one within its range, is among
// the amounts.
func sized(volume string, said map[float64]bool) bool {
	head, tail, ranged := strings.Cut(volume, "-")
	if !ranged {
		for n := range amounts(volume) {
			if said[n] {
				return true
			}
		}
		return false
	}
	low, _ := strconv.ParseFloat(strings.TrimSpace(head), 64)
	for high := range amounts(tail) {
		for n := range said {
			if n >= low && n <= high {
				return true
			}
		}
	}
	return false
}
