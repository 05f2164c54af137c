package bot

import (
	"strings"
	"testing"
	"time"

	"promobot/campaigns"
	"promobot/points"
)

// told is an accepted receipt as its notice brings it.
func told(more map[string]any) map[string]any {
	args := map[string]any{"lines": []any{map[string]any{"title": "Кола", "units": 3.0, "points": 30.0}}, "points": 30.0, "balance": 80.0}
	for key, value := range more {
		args[key] = value
	}
	return args
}

func TestAcceptedNamesEachPart(t *testing.T) {
	bonus := func(title, titleEN string, n float64) any {
		return map[string]any{"title": title, "title_en": titleEN, "points": n}
	}
	two := []any{bonus("Бонусные выходные", "Bonus weekend", 15), bonus("Неделя колы", "Kola week", 1)}
	ru, en := voice{language: russian, zone: moscow}, voice{language: english, zone: moscow}
	for _, tt := range []struct {
		v    voice
		args map[string]any
		want string
	}{
		{ru, told(nil), "✅ Чек принят\nКола ×3: +30\nИтого 30 баллов, на счёте 80 баллов."},
		{ru, told(map[string]any{"extra": two, "first": 50.0, "points": 96.0, "balance": 96.0}),
			"✅ Чек принят\nКола ×3: +30\nБонусные выходные: +15\nНеделя колы: +1\nПервый чек: +50\nИтого 96 баллов, на счёте 96 баллов."},
		{en, told(map[string]any{"extra": append(two, bonus("Ещё", "More", 2), bonus("И ещё", "And more", 3))}),
			"✅ Receipt accepted\nКола ×3: +30\nBonus weekend: +15\nKola week: +1\nMore bonuses: +5\n30 points in all, you have 80 points."},
		{ru, told(map[string]any{"points": 7.0, "cut": 23.0, "cut_rule": "budget.points"}),
			"✅ Чек принят\nКола ×3: +30\nИтого 7 баллов, на счёте 80 баллов.\nФонд баллов акции исчерпан, больше начислить нельзя. Баллы на счёте можно менять на призы."},
	} {
		if got := tt.v.accepted(tt.args).Text; got != tt.want {
			t.Errorf("%q\nwant %q", got, tt.want)
		}
	}
}

func TestStatementNamesBonuses(t *testing.T) {
	ru := voice{language: russian, zone: moscow}
	for source, want := range map[string]string{
		"receipt:17/lines": "чек", "receipt:17/bonus-day:june": "бонусный день", "receipt:17/placed/bonus-day:june": "бонусный день",
		"participant:5/focus:cola:2026-W23": "товар недели", "participant:5/first-receipt": "первый чек",
	} {
		if got := ru.changed(points.Line{Source: source, Kind: points.Accrual}); got != want {
			t.Errorf("%s: %q, want %q", source, got, want)
		}
	}
}

func TestRulesSayWhatIsOnYet(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2026, 6, d, 0, 0, 0, 0, time.UTC) }
	terms := campaigns.Terms{Zone: "Europe/Moscow", Starts: day(1), Ends: day(31), Budget: campaigns.Budget{Participant: 300, ParticipantDay: 40},
		Bonus: []campaigns.BonusDay{
			{Title: "Вчера", TitleEN: "Yesterday", From: day(12), Until: day(13), Add: 1},
			{Title: "Выходные", TitleEN: "Weekend", From: day(13), Until: day(15), Multiply: 1500, Regions: []string{"36"}},
			{Title: "Понедельник", TitleEN: "Monday", From: day(15), Until: day(16), Add: 10},
		},
		Focus: []campaigns.Focus{{Title: "Неделя колы", TitleEN: "Kola week", From: day(1), Until: day(31), Points: 1}}}
	now := time.Date(2026, 6, 12, 21, 0, 0, 0, time.UTC) // the 13th in Moscow
	for language, want := range map[string]string{
		russian: "• Выходные, 13 июня – 14 июня: баллы ×1,5 — не для всех покупок.\n• Понедельник, 15 июня: ещё 10 баллов за чек.\n" +
			"• Неделя колы: раз в неделю 1 балл.\n• Предел на участника: 300 баллов.\n• Предел баллов на день: 40 баллов.",
		english: "• Weekend, June 13 – June 14: points ×1.5, not for all purchases.\n• Monday, June 15: 10 points more for a receipt.\n" +
			"• Kola week: once a week 1 point.\n• Limit for a participant: 300 points.\n• Limit of points for a day: 40 points.",
	} {
		v := voice{language: language, zone: moscow, now: now}
		if got := strings.Join(v.bonusRules(terms), "\n"); got != want {
			t.Errorf("%s\nwant\n%s", got, want)
		}
	}
}
