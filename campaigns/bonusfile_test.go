package campaigns_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"promobot/campaigns"
)

// extras are a bonus day, a focus product and a budget with every key.
const extras = `bonus_days:
  - id: weekend
    title: Бонусные выходные
    title_en: Bonus weekend
    by: both
    from: 2026-03-14
    until: 2026-03-15
    weekdays: [sat, sun]
    hours: "22:00-02:00"
    regions: ["36", "Республика Татарстан"]
    products: [kola]
    multiply: "1.5"
    priority: 2
    stack: true
  - {id: plain, title: День, title_en: Day, from: 2026-03-01, until: 2026-03-01, add: 10}
focus:
  - {id: kola-week, title: Неделя колы, title_en: Kola week, products: [kola], from: 2026-03-02, until: 2026-03-08, points: 1}
budget: {points: 100000, points_per_day: 5000, points_per_participant: 300, points_per_participant_day: 100}
together: {policy: any, priority: 3}
`

func day(text string) time.Time {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return at
}

func TestParseReadsExtras(t *testing.T) {
	got, problems := parse(whole+extras, sheet)
	if len(problems) > 0 {
		t.Fatalf("problems %v, want none", problems)
	}
	bonus := []campaigns.BonusDay{
		{ID: "weekend", Title: "Бонусные выходные", TitleEN: "Bonus weekend", By: campaigns.OfBoth, From: day("2026-03-14"), Until: day("2026-03-16"),
			Weekdays: []time.Weekday{time.Saturday, time.Sunday}, Hours: campaigns.Clock{From: 22 * 60, Until: 2 * 60},
			Regions: []string{"36", "Республика Татарстан"}, Products: []string{"kola"}, Multiply: 1500, Priority: 2, Stack: true},
		{ID: "plain", Title: "День", TitleEN: "Day", By: campaigns.OfPurchase, From: day("2026-03-01"), Until: day("2026-03-02"), Add: 10},
	}
	focus := []campaigns.Focus{{ID: "kola-week", Title: "Неделя колы", TitleEN: "Kola week", Products: []string{"kola"},
		From: day("2026-03-02"), Until: day("2026-03-09"), Points: 1}}
	budget := campaigns.Budget{Points: 100_000, Day: 5000, Participant: 300, ParticipantDay: 100}
	if !reflect.DeepEqual(got.Bonus, bonus) || !reflect.DeepEqual(got.Focus, focus) || got.Budget != budget {
		t.Errorf("%+v\n%+v\n%+v", got.Bonus, got.Focus, got.Budget)
	}
}

func TestLintOfExtras(t *testing.T) {
	for _, tt := range []struct{ was, is, want string }{
		{"by: both", "by: night", "bonus_days.weekend.by"},
		{"until: 2026-03-15", "until: 2026-03-13", "bonus_days.weekend.until"},
		{"until: 2026-03-15", "until: someday", "bonus_days.weekend.until"},
		{"from: 2026-03-01, until: 2026-03-01", "from: 2026-04-01, until: 2026-04-02", "bonus_days.plain.from"},
		{"[sat, sun]", "[saturday]", "bonus_days.weekend.weekdays"},
		{"22:00-02:00", "22-2", "bonus_days.weekend.hours"},
		{"22:00-02:00", "22:00-22:00", "bonus_days.weekend.hours"},
		{"22:00-02:00", "24:00-02:00", "bonus_days.weekend.hours"},
		{"Республика Татарстан", "Тридевятое царство", "bonus_days.weekend.regions"},
		{`"36"`, `"00"`, "bonus_days.weekend.regions"},
		{"products: [kola]\n    multiply", "products: [cola]\n    multiply", "bonus_days.weekend.products"},
		{`multiply: "1.5"`, `multiply: "1.5"` + "\n    add: 1", "bonus_days.weekend"},
		{`multiply: "1.5"`, `multiply: "1"`, "bonus_days.weekend.multiply"},
		{`multiply: "1.5"`, `multiply: "1.0005"`, "bonus_days.weekend.multiply"},
		{`multiply: "1.5"`, `multiply: "100.001"`, "bonus_days.weekend.multiply"},
		{`multiply: "1.5"`, `multiply: "полтора"`, "bonus_days.weekend.multiply"},
		{"add: 10", "add: 0", "bonus_days.plain"},
		{"add: 10", "add: -1", "bonus_days.plain.add"},
		{"id: plain", "id: weekend", "bonus_days.weekend.id"},
		{"title_en: Day, ", "", "bonus_days.plain"},
		{"products: [kola], from", "from", "focus.kola-week.products"},
		{"products: [kola], from", "products: [cola], from", "focus.kola-week.products"},
		{"points: 1}", "points: 0}", "focus.kola-week.points"},
		{"points: 100000", "points: -1", "budget.points"},
		{"points_per_day: 5000", "points_per_day: 100001", "budget.points_per_day"},
		{"points_per_participant_day: 100", "points_per_participant_day: 301", "budget.points_per_participant_day"},
	} {
		if !strings.Contains(extras, tt.was) {
			t.Fatalf("nothing says %q", tt.was)
		}
		_, problems := parse(whole+strings.Replace(extras, tt.was, tt.is, 1), sheet)
		if len(problems) == 0 || problems[0].Field != tt.want {
			t.Errorf("%s → %s: problems %v, want one of %s", tt.was, tt.is, problems, tt.want)
		}
	}
	_, problems := parse(strings.Replace(whole, "  max_age_days: 14\n", "", 1), sheet)
	if len(problems) != 1 || problems[0].Field != "receipts.grace_days_new" {
		t.Errorf("grace without an age: %v", problems)
	}
}

func TestRegion(t *testing.T) {
	for text, want := range map[string]string{
		"36": "36", "00": "", "": "", "Воронежская область": "36", "Республика Татарстан": "16", "Татарстан Респ": "16",
		"394000, г Воронеж, ул Примерная, д 1": "36", "101000, г Москва, пр-кт Образцовый, д 25, к 2": "77",
		"394000,Россия,Воронежская обл,Воронеж г": "36", "обл. Московская, г.о. Одинцовский": "50",
		"г. Орёл, ул. Московская, 1": "57", "Россия, город Санкт-Петербург, наб Условная, 7": "78",
		"629000, Ямало-Ненецкий АО, г Салехард": "89", "166000, Ненецкий автономный округ": "83",
		"620000, г Екатеринбург": "66", "647000, г Дудинка": "24", "г Киров, ул. Ленина, 1": "", // there are two
		"302000, Курская обл, пос. Пограничный": "46", "ул. Воронежская, 5": "", "р-н Алтай, ул Респ, 1": "",
		"Кабардино-Балкарская Респ, г Нальчик": "07", "https://shop.example": "",
		"140000, Московская обл, ул Республика Коми, 2": "50", "999999, Нигде": "",
	} {
		if got := campaigns.Region(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// A manager sees what a version adds.
func TestDiffShowsExtras(t *testing.T) {
	plain, _ := parse(whole, sheet)
	more, _ := parse(whole+extras, sheet)
	got := strings.Join(campaigns.Diff(plain, more), "\n")
	for _, want := range []string{"bonus_days.weekend: none → ", "×1.5", "22:00-02:00", "focus.kola-week: none → ", "budget.points_per_day: none → 5000"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s\nlacks %q", got, want)
		}
	}
}
