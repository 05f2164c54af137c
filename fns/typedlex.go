package fns

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// piece is a part of a typed text.
type piece struct {
	kind   pieceKind
	field  string // of a label; ignored for one whose value is no field of ours
	text   string // as it stands
	digits string // of a number
	date   wallDate
	clock  wallClock
	sum    typedSum
	joined bool // only a space parts it from the piece before
}

type pieceKind int

const (
	aLabel pieceKind = iota
	aDate
	aClock
	aSum    // an amount with kopecks or a currency
	aNumber // digits alone
	aLine   // the end of a line
)

// ignored is the field of labels such as ИНН: what follows is a number that
// must not be taken for ours.
const ignored = "-"

// labels are the words that name a field, in the folded alphabet. A label of
// several words has single spaces.
var labels = foldLabels(map[string][]string{
	"t":  {"t", "дата", "время", "дата и время", "дата время", "date", "time", "date and time"},
	"s":  {"s", "итог", "итого", "сумма", "всего", "к оплате", "sum", "total", "amount"},
	"fn": {"fn", "фн", "номер фн", "фискальный накопитель", "номер фискального накопителя", "fiscal drive"},
	"i": {"i", "fd", "фд", "номер фд", "фискальный документ", "номер фискального документа",
		"номер документа", "документ", "document"},
	"fp": {"fp", "fpd", "фп", "фпд", "фискальный признак", "фискальный признак документа", "признак документа", "fiscal sign", "sign"},
	"n":  {"n", "операция", "признак расчета", "тип"},
	ignored: {"инн", "рн ккт", "рнм", "рн", "зн ккт", "зн", "ккт", "смена", "чек", "кассовый чек", "кассир", "сдача", "наличными", "наличные",
		"безналичными", "безналичные", "электронными", "получено", "ндс", "скидка", "сно", "касса", "тел", "телефон", "inn", "шт", "место"},
})

// operations are words that name the kind of settlement.
var operations = map[string]Operation{
	fold("приход"): Sale, fold("возврат прихода"): SaleReturn, fold("возврат"): SaleReturn,
	fold("расход"): Expense, fold("возврат расхода"): ExpenseReturn,
}

func foldLabels(byField map[string][]string) map[string]string {
	byWords := map[string]string{}
	for field, words := range byField {
		for _, w := range words {
			byWords[fold(w)] = field
		}
	}
	return byWords
}

// lexer cuts a cleaned text into pieces.
type lexer struct {
	rest   string
	pieces []piece
	field  string // the label that was read last
	hasDay bool   // a time is asked for to a day that is known
	spaced bool   // nothing but a space since the last piece
}

func lex(text, field string, hasDay bool) []piece {
	l := lexer{rest: text, field: field, hasDay: hasDay && field == "t"}
	for l.rest != "" {
		r, size := utf8.DecodeRuneInString(l.rest)
		switch {
		case r == '\n':
			l.add(piece{kind: aLine}, size)
		case isDigit(r):
			l.number()
		case unicode.IsLetter(r):
			l.word()
		default:
			l.spaced = l.spaced && (r == ' ' || r == '-')
			l.skip(size)
		}
	}
	return l.pieces
}

func (l *lexer) skip(size int) { l.rest = l.rest[size:] }

func (l *lexer) add(p piece, size int) {
	p.text, p.joined = strings.TrimSpace(l.rest[:size]), l.spaced
	l.pieces = append(l.pieces, p)
	l.spaced = p.kind == aNumber
	l.skip(size)
}

var words = regexp.MustCompile(`^\pL+(?:[ ./]{1,2}\pL+){0,2}`)

// word reads the longest label that begins here, or passes one word over.
func (l *lexer) word() {
	for found := words.FindString(l.rest); found != ""; found = shorter(found) {
		name := strings.Join(strings.FieldsFunc(found, func(r rune) bool { return !unicode.IsLetter(r) }), " ")
		if op, known := operations[name]; known {
			l.add(piece{kind: aNumber, field: "n", digits: string(rune('0' + op))}, len(found))
			l.spaced = false
			return
		}
		if field, known := labels[name]; known && named(name, l.rest[len(found):]) {
			l.field = field
			l.add(piece{kind: aLabel, field: field}, len(found))
			return
		}
	}
	l.spaced = false
	l.skip(len(regexpWord.FindString(l.rest)))
}

var regexpWord = regexp.MustCompile(`^\pL+`)

// operation is a value of the field n. The letter alone is also how № is typed.
var operation = regexp.MustCompile(`^[ :]*[1-4](?:[^0-9]|$)`)

// named tells that a word is used as a label.
func named(name, rest string) bool { return name != "n" || operation.MatchString(rest) }

// shorter takes the last word off.
func shorter(found string) string {
	at := strings.LastIndexFunc(found, func(r rune) bool { return !unicode.IsLetter(r) })
	if at < 0 {
		return ""
	}
	return strings.TrimRightFunc(found[:at], func(r rune) bool { return !unicode.IsLetter(r) })
}

var digitRun = regexp.MustCompile(`^[0-9]+`)

// number reads what begins with a digit: a date, a time, an amount, digits.
func (l *lexer) number() {
	if clock, size := readClock(l.rest, true); l.hasDay && len(l.pieces) == 0 && size > 0 {
		l.add(piece{kind: aClock, clock: clock}, size)
		return
	}
	if date, clock, size := readDate(l.rest, l.field == "t"); size > 0 {
		l.add(piece{kind: aDate, date: date, clock: clock}, size)
		l.field = ""
		return
	}
	if clock, size := readClock(l.rest, l.behindDate()); size > 0 {
		l.add(piece{kind: aClock, clock: clock}, size)
		return
	}
	if sum, size := readSum(l.rest, l.field == "s"); size > 0 {
		l.add(piece{kind: aSum, sum: sum}, size)
		l.field = ""
		return
	}
	run := digitRun.FindString(l.rest)
	l.add(piece{kind: aNumber, digits: run}, len(run))
}

// behindDate tells that the piece before is a date without a time on the same
// line, or that a time was asked for.
func (l *lexer) behindDate() bool {
	if len(l.pieces) == 0 {
		return l.field == "t"
	}
	last := l.pieces[len(l.pieces)-1]
	return last.kind == aDate && !last.clock.known || last.kind == aLabel && last.field == "t"
}

// answers tells that the pieces are one bare value, which is the answer to the
// question for the field; many are taken by their shapes. Sixteen digits are
// the drive number whatever was asked for.
func answers(pieces []piece, field string) bool {
	digits := 0
	for i, p := range pieces {
		switch {
		case p.kind == aLine && i == len(pieces)-1:
		case p.kind != aNumber, i > 0 && !p.joined:
			return field == "t" || field == "s" && len(pieces) == 1
		}
		digits += len(p.digits)
	}
	return field == "fn" || digits != 16
}
