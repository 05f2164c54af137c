package paper

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"promobot/fns"
	"promobot/internal/money"
)

// columns is how many characters a line of the tape holds.
const columns = 40

// line is one line of print.
type line struct {
	text   string
	right  string // at the right edge
	bold   bool
	large  bool
	middle bool
	rule   bool // a dashed line across the tape
}

// lines sets the receipt the way Russian tills do (order 662-П of the tax
// service names what must stand there, tills agree on the order).
func lines(r Receipt) []line {
	at, document := r.At, []line(nil)
	operation := fns.Sale
	if code, err := fns.ParseQR(r.Code); err == nil {
		at, operation = code.At, code.Operation
		document = []line{
			spread("ФН:", code.Key.FN), spread("ФД:", fmt.Sprint(code.Key.FD)),
			spread("ФП:", fmt.Sprintf("%010d", code.Key.FP)),
		}
	}
	out := []line{{text: r.Shop, bold: true, large: true, middle: true}}
	out = append(out, centred(r.Seller)...)
	out = append(out, centred(r.Address)...)
	out = append(out, line{}, line{text: "КАССОВЫЙ ЧЕК", bold: true, middle: true},
		line{text: operationWord(operation), middle: true}, line{rule: true})
	for i, item := range r.Items {
		out = append(out, itemLines(i+1, item)...)
	}
	out = append(out, line{rule: true})
	total := spread("ИТОГ", "="+roubles(r.Total))
	total.bold, total.large = true, true
	out = append(out, total, spread("БЕЗНАЛИЧНЫМИ", "="+roubles(r.Total)),
		spread("В Т.Ч. НДС 20%", "="+roubles(r.Total/6)), line{rule: true},
		spread("ИНН", r.INN), spread("СНО: ОСН", at.Format("02.01.2006 15:04")),
		spread("САЙТ ФНС:", "www.nalog.gov.ru"))
	return append(append(out, document...), line{}, line{text: "СПАСИБО ЗА ПОКУПКУ!", middle: true})
}

func operationWord(o fns.Operation) string {
	switch o {
	case fns.SaleReturn:
		return "ВОЗВРАТ ПРИХОДА"
	case fns.Expense:
		return "РАСХОД"
	case fns.ExpenseReturn:
		return "ВОЗВРАТ РАСХОДА"
	}
	return "ПРИХОД"
}

func itemLines(number int, item fns.Item) []line {
	name := wrap(fmt.Sprintf("%d. %s", number, item.Name), columns)
	out := make([]line, 0, len(name)+1)
	for _, text := range name {
		out = append(out, line{text: text})
	}
	price := fmt.Sprintf("   %s x %s", item.Quantity, roubles(item.Price))
	return append(out, spread(price, "="+roubles(item.Sum)))
}

// roubles writes an amount the way tills do, without spaces.
func roubles(k money.Kopecks) string { return k.String() }

// spread puts one text at the left edge and the other at the right.
func spread(left, right string) line { return line{text: left, right: right} }

func centred(text string) (out []line) {
	for _, part := range wrap(text, columns) {
		out = append(out, line{text: part, middle: true})
	}
	return out
}

// wrap breaks a text between words; a word longer than a line is broken inside.
func wrap(text string, width int) (out []string) {
	current := ""
	for _, word := range strings.Fields(text) {
		for utf8.RuneCountInString(word) > width {
			runes := []rune(word)
			if current != "" {
				out, current = append(out, current), ""
			}
			out, word = append(out, string(runes[:width])), string(runes[width:])
		}
		if joined := strings.TrimSpace(current + " " + word); utf8.RuneCountInString(joined) <= width {
			current = joined
			continue
		}
		out, current = append(out, current), word
	}
	if current != "" {
		out = append(out, current)
	}
	return out
}
