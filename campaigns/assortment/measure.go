package assortment

import (
	"slices"
	"strings"
)

type unit int

const (
	bare  unit = iota
	gram       // also a millilitre: tills write kefir in either
	piece      // pieces, rolls
	bag        // tea bags
	layer
	percent
	other // lengths, watts, months: they say nothing about the size of goods
)

// measure is an amount or a range of one unit; weights in g and volumes in ml.
type measure struct {
	unit     unit
	low      float64
	high     float64
	last     bool // nothing stands behind it: the till may have cut it
	decimals bool
}

// chain is a multiplication: 25 bags of 2 g, a carton of 24 boxes of 30 packs.
type chain struct {
	counts []float64
	each   measure // of a weight or volume; bare when no factor has a unit
}

// scale is what a unit's word multiplies a number by.
type scale struct {
	unit unit
	by   float64
}

// units are the words for units with what one of them is worth.
var units = unitWords(map[scale]string{
	{gram, 1000}: "Л L ЛИТР ЛИТРА ЛИТРОВ ЛТР ЛИТ LT КГ KG",
	{gram, 1}:    "МЛ ML Г ГР ГРАММ G GR",
	{piece, 1}:   "ШТ ШТУК ШТУКИ РУЛ РУЛОН РУЛОНА РУЛОНОВ Р PCS",
	{bag, 1}:     "ПАК ПАКЕТ ПАКЕТА ПАКЕТОВ ПАКЕТИК ПАКЕТИКА ПАКЕТИКОВ П ПК ПКТ ПИР Ф/П Ф/ПАК ФП САШЕ",
	{layer, 1}:   "СЛ СЛОЯ СЛОЙ СЛОЕВ СЛОЙН СЛОЙНАЯ",
	{percent, 1}: "%",
	{other, 1}:   "М СМ ММ ВТ В ЛЕТ МЕС ТАБ ДОЛЕК ДОЛЕЙ ДОЛ Д ЛИСТ СОРТ КАПС ПОДУШЕЧЕК ПОД ПЛАСТ ДРАЖЕ ДР",
})

func unitWords(lists map[scale]string) map[string]scale {
	out := map[string]scale{}
	for worth, words := range lists {
		for _, word := range strings.Fields(words) {
			out[word] = worth
		}
	}
	return out
}

// reader walks over the tokens of a name and sorts them into facts.
type reader struct {
	in   []token
	at   int
	into *facts
}

func (r *reader) read() {
	for r.at < len(r.in) {
		if r.in[r.at].number {
			r.amount()
			continue
		}
		r.into.words = append(r.into.words, r.in[r.at])
		r.at++
	}
}

// amount reads one number with all that belongs to it: a unit, a range, the
// factors of a multiplication.
func (r *reader) amount() {
	start := r.at
	factors := []measure{r.factor()}
	for r.is(r.at, times) && r.at+1 < len(r.in) && r.in[r.at+1].number {
		r.at++
		factors = append(factors, r.factor())
	}
	switch {
	case len(factors) > 1:
		r.into.chains = append(r.into.chains, multiply(factors))
	case r.is(r.at, times):
		r.pack(factors[0])
	case factors[0].unit == bare:
		r.into.digits(r.in[start], factors[0])
	default:
		r.into.measures = append(r.into.measures, factors[0])
	}
}

func (r *reader) is(i int, text string) bool { return i < len(r.in) && r.in[i].text == text }

// factor reads a number or a range and its unit, if one stands behind it.
func (r *reader) factor() measure {
	m := measure{low: r.in[r.at].value, high: r.in[r.at].value}
	whole := r.in[r.at].value == float64(int64(r.in[r.at].value))
	r.at++
	if r.at < len(r.in) && r.in[r.at].number && r.in[r.at].dash && r.in[r.at].value > m.low {
		m.high = r.in[r.at].value
		r.at++
	}
	m.decimals = !whole
	if r.at < len(r.in) {
		s, ok := units[r.in[r.at].text]
		if ok && (s.unit != layer || whole && m.high < 6) {
			r.at++
			m = measure{unit: s.unit, low: m.low * s.by, high: m.high * s.by, decimals: m.decimals}
		}
	}
	m.last = r.at >= len(r.in)
	return m
}

// pack takes "12Х": so many units are sold as one. What wholesalers write behind
// it is a code.
func (r *reader) pack(m measure) {
	r.at++
	if m.unit == layer { // "3-Х СЛ"
		r.into.measures = append(r.into.measures, m)
		return
	}
	if m.low >= 2 && m.low <= 100 && !m.decimals {
		r.into.pack = int(m.low)
	}
	for r.at < len(r.in) && !r.in[r.at].number && shortcut(r.in[r.at].text) {
		r.at++
	}
}

func multiply(factors []measure) chain {
	c := chain{}
	weight := slices.IndexFunc(factors, func(m measure) bool { return m.unit == gram })
	for i, f := range factors {
		if i == weight {
			c.each = f
			continue
		}
		c.counts = append(c.counts, f.low)
	}
	return c
}
