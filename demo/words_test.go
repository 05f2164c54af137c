package demo

import (
	"strings"
	"testing"
	"time"

	"promobot/internal/money"
)

// loose writes spaces that do not break as plain ones, which tests can show.
func loose(t text) text {
	return text{strings.ReplaceAll(t.ru, "\u00a0", " "), strings.ReplaceAll(t.en, "\u00a0", " ")}
}

func TestForms(t *testing.T) {
	for n, want := range map[int64]string{0: "0 баллов", 1: "1 балл", 2: "2 балла", 5: "5 баллов", 11: "11 баллов", 12: "12 баллов", 21: "21 балл", 62: "62 балла", 111: "111 баллов", 1004: "1004 балла"} {
		if got := scores.ru(n); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if scores.eng(1) != "1 point" || scores.eng(0) != "0 points" || scores.eng(62) != "62 points" {
		t.Errorf("%s, %s, %s", scores.eng(1), scores.eng(0), scores.eng(62))
	}
}

func TestRoubles(t *testing.T) {
	for k, want := range map[money.Kopecks]text{
		0: {"0 ₽", "0 ₽"}, 99: {"0,99 ₽", "0.99 ₽"}, 412_30: {"412,30 ₽", "412.30 ₽"},
		1240_00: {"1 240 ₽", "1,240 ₽"}, 1_000_000_05: {"1 000 000,05 ₽", "1,000,000.05 ₽"},
	} {
		if got := loose(roubles(k)); got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
}

func TestDay(t *testing.T) {
	got := loose(day(time.Date(2026, 3, 14, 18, 42, 0, 0, time.UTC)))
	if want := (text{"14 марта 2026", "14 March 2026"}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}
