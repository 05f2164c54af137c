package fns

import (
	"regexp"
	"strings"

	"promobot/internal/money"
)

// typedSum is an amount as typed; it is not valid when it is zero or beyond what
// a code can carry.
type typedSum struct {
	total money.Kopecks
	valid bool
}

// sums are the ways an amount is written: with kopecks, or with a currency. The
// last is read where an amount was asked for.
var sums = []struct {
	form  *regexp.Regexp
	asked bool
}{
	{regexp.MustCompile(`^(?P<r>\d{1,3}(?:[ ']\d{3})+|\d+)[.,](?P<k>\d{1,2})(?: ?` + currency + `)?`), false},
	{regexp.MustCompile(`^(?P<r>\d{1,3}(?:,\d{3})+)\.(?P<k>\d{2})`), false},
	{regexp.MustCompile(`^(?P<r>\d{1,3}(?:\.\d{3})+),(?P<k>\d{2})`), false},
	{regexp.MustCompile(`^(?P<r>\d{1,3}(?:[ ']\d{3})+|\d+) ?` + currency + `(?: ?(?P<k>\d{2}) ?(?:к|коп|копеек|копейки|копейка)(?:[^\pL]|$))?`), false},
	{regexp.MustCompile(`^(?P<r>\d{1,3}(?:[ ']\d{3})+|\d+)[- ](?P<k>\d{2})`), true},
}

const currency = `(?:рублей|рубля|рубль|руб|рув|р|₽|rub|ruв|rur)\.?`

// readSum reads an amount at the beginning of a text; size is 0 where there is
// none.
func readSum(rest string, asked bool) (sum typedSum, size int) {
	for _, way := range sums {
		found := way.form.FindStringSubmatch(rest)
		if found == nil || way.asked && !asked {
			continue
		}
		size := len(strings.TrimRight(found[0], " \n")) // what ends the word коп is not part of it
		if !more(rest[size:], ".,") {
			return sumOf(group(way.form, found, "r"), group(way.form, found, "k")), size
		}
	}
	return typedSum{}, 0
}

// grouping are the signs between thousands.
var grouping = strings.NewReplacer(" ", "", "'", "", ",", "", ".", "")

func sumOf(roubles, kopecks string) typedSum {
	roubles = strings.TrimLeft(grouping.Replace(roubles), "0")
	if roubles == "" {
		roubles = "0"
	}
	if kopecks == "" {
		kopecks = "00"
	}
	total, err := money.ParseRoubles(roubles + "." + kopecks)
	return typedSum{total, err == nil && total > 0 && len(roubles) <= maxSumDigits}
}
