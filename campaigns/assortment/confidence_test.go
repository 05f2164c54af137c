package assortment_test

import (
	"testing"

	"promobot/campaigns/assortment"
)

// Each name says less than the one before it, or says it less surely.
func TestConfidenceFallsWithEveryWeakness(t *testing.T) {
	a := parse(t, goods)
	for _, ladder := range [][]string{
		{"Энергетик Grumble Fox 0,449л", "Энергетик GRUMB. FOX 0,449л", "Энергетик GF 0,449л"},
		{"Энергетик Grumble Fox 0,449л", "Напиток Grumble Fox 0,449л", "Grumble Fox 0,449л"},
		{"Йогурт Веселка груша 200г", "Йогурт Веселка груша 200", "Йогурт Веселка груша"},
		{"Йогурт Веселка 200г", "Йогурт Веселка зюзюка 200г", "Йогурт Веселка зюзюка мымра 200г", "Йогурт Веселка зюзюка мымра"},
		{"Молоко Рассветное паст. 2,5% 930мл", "Молоко Рассветное паст. 930мл", "Молоко Рассветное паст."},
		{"Энергетик Grumble Fox 0,449л", "Энергетик Grumble Fox Турбо 0,449л", "Энергетик Grumble Fox Турбо Про 0,449л"},
		{"Молоко Рассветное 2,5% 930мл", "Молоко Рассветсное 2,5% 930мл", "Сыр Рассветное 2,5% 930мл"},
	} {
		last := 1.0
		for _, name := range ladder {
			m := a.Match(assortment.Line{Name: name})
			if m.Confidence >= last {
				t.Errorf("%q: confidence %.3f is not below %.3f: %s", name, m.Confidence, last, m.Reason)
			}
			last = m.Confidence
		}
	}
}

func TestConfidenceDecidesWhatIsPaid(t *testing.T) {
	a, list := ownNames(t)
	for _, n := range list {
		m := a.Match(assortment.Line{Name: n.name})
		checkConfidence(t, n.name, m)
	}
}

// checkConfidence holds the confidence against what the match says.
func checkConfidence(t *testing.T, name string, m assortment.Match) {
	t.Helper()
	ok := false
	switch {
	case m.SKU != "":
		ok = m.Confidence >= assortment.Payable && m.Confidence <= 1
	case m.Unsure:
		ok = m.Confidence > 0 && m.Confidence < assortment.Payable
	default:
		ok = m.Confidence == 0
	}
	if !ok {
		t.Errorf("%q: %+v", name, m)
	}
}

func TestCertaintyIsOne(t *testing.T) {
	a := parse(t, goods).WithAliases(map[string]string{"ЛИСА": "FOX"})
	for _, l := range []assortment.Line{{Name: "Хлеб", GTIN: "04690000000016"}, {Name: "Лиса"}} {
		if m := a.Match(l); m.Confidence != 1 {
			t.Errorf("%+v: %+v", l, m)
		}
	}
}
