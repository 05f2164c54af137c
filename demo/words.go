package demo

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"promobot/internal/money"
)

// text is what a stop says, in both languages of the page.
type text struct{ ru, en string }

// forms are those of a Russian noun after 1, after 2 and after 5, and the
// English singular.
type forms struct{ one, two, five, en string }

var (
	rows   = forms{"строка", "строки", "строк", "line"}
	scores = forms{"балл", "балла", "баллов", "point"}
	wares  = forms{"товар", "товара", "товаров", "product"}
	slips  = forms{"чек", "чека", "чеков", "receipt"}
	days   = forms{"день", "дня", "дней", "day"}
	names  = forms{"имя", "имени", "имён", "name"}
)

// ru writes a number with its noun.
func (f forms) ru(n int64) string {
	last, tens := n%10, n%100
	word := f.five
	switch {
	case tens >= 11 && tens <= 14:
	case last == 1:
		word = f.one
	case last >= 2 && last <= 4:
		word = f.two
	}
	return fmt.Sprintf("%d %s", n, word)
}

// eng writes a number with its English noun.
func (f forms) eng(n int64) string {
	if n == 1 {
		return "1 " + f.en
	}
	return fmt.Sprintf("%d %ss", n, f.en)
}

// roubles writes an amount for people: 1 240 ₽ or 412,30 ₽, with spaces that
// do not break.
func roubles(k money.Kopecks) text {
	const space = "\u00a0"
	whole, fraction := grouped(int64(k/100), space), ""
	english := grouped(int64(k/100), ",")
	if k%100 != 0 {
		fraction = fmt.Sprintf("%02d", k%100)
		return text{whole + "," + fraction + space + "₽", english + "." + fraction + space + "₽"}
	}
	return text{whole + space + "₽", english + space + "₽"}
}

// grouped parts the digits of n in threes.
func grouped(n int64, by string) string {
	digits := strconv.FormatInt(n, 10)
	var parts []string
	for len(digits) > 3 {
		parts = append([]string{digits[len(digits)-3:]}, parts...)
		digits = digits[:len(digits)-3]
	}
	return strings.Join(append([]string{digits}, parts...), by)
}

var months = [...]string{"января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"}

// day writes a date of a wall clock.
func day(at time.Time) text {
	return text{
		fmt.Sprintf("%d\u00a0%s\u00a0%d", at.Day(), months[at.Month()-1], at.Year()),
		at.Format("2\u00a0January\u00a02006"),
	}
}
