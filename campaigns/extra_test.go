package campaigns_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"promobot/campaigns"
	"promobot/fns"
	"promobot/points"
)

// moment is read in a zone; the earlier one where a clock shows it twice.
func moment(zone, text string) time.Time {
	place, err := time.LoadLocation(zone)
	if err != nil {
		panic(err)
	}
	at, err := time.ParseInLocation(time.DateTime, text, place)
	if err != nil {
		panic(err)
	}
	return at.UTC()
}

// june is a bonus day on the second weekend of June 2026.
func june(change func(*campaigns.BonusDay)) campaigns.BonusDay {
	d := campaigns.BonusDay{ID: "june", By: campaigns.OfPurchase, From: day("2026-06-13"), Until: day("2026-06-15"), Add: 10}
	if change != nil {
		change(&d)
	}
	return d
}

func hours(from, until int) func(*campaigns.BonusDay) {
	return func(d *campaigns.BonusDay) { d.Hours = campaigns.Clock{From: from * 60, Until: until * 60} }
}

// earns is what five units of kola, ten points each, earn in extras.
func earns(t *testing.T, zone string, days []campaigns.BonusDay, bought string, submitted time.Time) points.Amount {
	t.Helper()
	j := judge(t, func(terms *campaigns.Terms) { terms.Zone, terms.Bonus = zone, days })
	at, err := time.Parse(time.DateTime, bought)
	if err != nil {
		t.Fatal(err)
	}
	r := j.Reward(fns.Ticket{At: at, Items: []fns.Item{kola(5, 1500_00)}}, campaigns.History{SubmittedAt: submitted})
	return r.Total() - r.Points
}

func TestBonusDayOfPurchase(t *testing.T) {
	only := func(day time.Weekday) func(*campaigns.BonusDay) {
		return func(d *campaigns.BonusDay) { d.Weekdays = []time.Weekday{day} }
	}
	both := func(changes ...func(*campaigns.BonusDay)) func(*campaigns.BonusDay) {
		return func(d *campaigns.BonusDay) {
			for _, change := range changes {
				change(d)
			}
		}
	}
	for _, tt := range []struct {
		name   string
		change func(*campaigns.BonusDay)
		bought string
		want   points.Amount
	}{
		{"the second before the first day", nil, "2026-06-12 23:59:59", 0},
		{"its first second", nil, "2026-06-13 00:00:00", 10},
		{"the last second of the last day", nil, "2026-06-14 23:59:59", 10},
		{"the second after", nil, "2026-06-15 00:00:00", 0},
		{"the other day of a weekend", only(time.Saturday), "2026-06-14 12:00:00", 0},
		{"its weekday", only(time.Sunday), "2026-06-14 12:00:00", 10},
		{"before the hours", hours(10, 22), "2026-06-13 09:59:59", 0},
		{"as they begin", hours(10, 22), "2026-06-13 10:00:00", 10},
		{"before they end", hours(10, 22), "2026-06-13 21:59:59", 10},
		{"as they end", hours(10, 22), "2026-06-13 22:00:00", 0},
		{"until midnight", hours(22, 24), "2026-06-14 23:59:59", 10},
		{"not over it", hours(22, 24), "2026-06-14 00:00:00", 0},
		{"a night before midnight", hours(22, 2), "2026-06-14 23:59:59", 10},
		{"the night of the last day, after midnight", hours(22, 2), "2026-06-15 01:59:59", 10},
		{"as that night ends", hours(22, 2), "2026-06-15 02:00:00", 0},
		{"the night before the first day", hours(22, 2), "2026-06-13 01:59:59", 0},
		{"between two nights", hours(22, 2), "2026-06-14 21:59:59", 0},
		{"Saturday's night on Sunday", both(hours(22, 2), only(time.Saturday)), "2026-06-14 01:00:00", 10},
		{"Sunday's night on Sunday", both(hours(22, 2), only(time.Saturday)), "2026-06-14 23:00:00", 0},
	} {
		// A shop's clock is read as it is, whatever the campaign's zone is.
		for _, zone := range []string{"Europe/Moscow", "Asia/Kamchatka", "Europe/Berlin"} {
			if got := earns(t, zone, []campaigns.BonusDay{june(tt.change)}, tt.bought, time.Time{}); got != tt.want {
				t.Errorf("%s, in %s: %d points, want %d", tt.name, zone, got, tt.want)
			}
		}
	}
}

func TestBonusDayOfRegistration(t *testing.T) {
	span := func(from, until string) func(*campaigns.BonusDay) {
		return func(d *campaigns.BonusDay) { d.From, d.Until = day(from), day(until) }
	}
	at := func(from, until string, begin, end int) func(*campaigns.BonusDay) {
		return func(d *campaigns.BonusDay) {
			span(from, until)(d)
			hours(begin, end)(d)
		}
	}
	utc := func(text string) time.Time { return moment("UTC", text) }
	for _, tt := range []struct {
		name, zone string
		change     func(*campaigns.BonusDay)
		submitted  time.Time
		want       points.Amount
	}{
		{"Moscow's midnight", "Europe/Moscow", nil, utc("2026-06-12 21:00:00"), 10},
		{"a second before it", "Europe/Moscow", nil, utc("2026-06-12 20:59:59"), 0},
		{"the last second in Moscow", "Europe/Moscow", nil, utc("2026-06-14 20:59:59"), 10},
		{"after it", "Europe/Moscow", nil, utc("2026-06-14 21:00:00"), 0},
		{"Kamchatka's midnight", "Asia/Kamchatka", nil, utc("2026-06-12 12:00:00"), 10},
		{"a Kamchatka morning in a Moscow campaign", "Europe/Moscow", nil, moment("Asia/Kamchatka", "2026-06-13 08:59:59"), 0},
		{"an hour later there", "Europe/Moscow", nil, moment("Asia/Kamchatka", "2026-06-13 09:00:00"), 10},
		{"nobody knows when", "Europe/Moscow", nil, time.Time{}, 0},

		// Berlin, 29 March 2026: 01:59:59 is followed by 03:00:00.
		{"the day of 23 hours begins", "Europe/Berlin", span("2026-03-29", "2026-03-30"), utc("2026-03-28 23:00:00"), 10},
		{"and ends an hour early", "Europe/Berlin", span("2026-03-29", "2026-03-30"), utc("2026-03-29 21:59:59"), 10},
		{"then it is Monday", "Europe/Berlin", span("2026-03-29", "2026-03-30"), utc("2026-03-29 22:00:00"), 0},
		{"before the hour that is left out", "Europe/Berlin", at("2026-03-29", "2026-03-30", 2, 3), utc("2026-03-29 00:59:59"), 0},
		{"that hour does not come", "Europe/Berlin", at("2026-03-29", "2026-03-30", 2, 3), utc("2026-03-29 01:00:00"), 0},
		// Berlin, 25 October 2026: 02:59:59 summer time is followed by 02:00:00.
		{"the hour that comes twice, first", "Europe/Berlin", at("2026-10-25", "2026-10-26", 2, 3), utc("2026-10-25 00:30:00"), 10},
		{"and again", "Europe/Berlin", at("2026-10-25", "2026-10-26", 2, 3), utc("2026-10-25 01:30:00"), 10},
		{"not a third time", "Europe/Berlin", at("2026-10-25", "2026-10-26", 2, 3), utc("2026-10-25 02:00:00"), 0},
		{"the day of 25 hours", "Europe/Berlin", span("2026-10-25", "2026-10-26"), utc("2026-10-25 22:59:59"), 10},
		// Kaliningrad was three hours ahead until 26 October 2014, and is two since.
		{"Kaliningrad before", "Europe/Kaliningrad", span("2014-10-25", "2014-10-26"), utc("2014-10-24 21:00:00"), 10},
		{"a second earlier", "Europe/Kaliningrad", span("2014-10-25", "2014-10-26"), utc("2014-10-24 20:59:59"), 0},
		{"Kaliningrad after", "Europe/Kaliningrad", span("2014-10-27", "2014-10-28"), utc("2014-10-26 22:00:00"), 10},
		{"an hour earlier", "Europe/Kaliningrad", span("2014-10-27", "2014-10-28"), utc("2014-10-26 21:59:59"), 0},
		{"a night's second half", "Europe/Moscow", hours(22, 2), utc("2026-06-14 22:59:59"), 10},
		{"that ends", "Europe/Moscow", hours(22, 2), utc("2026-06-14 23:00:00"), 0},
	} {
		d := june(tt.change)
		d.By = campaigns.OfRegistration
		if got := earns(t, tt.zone, []campaigns.BonusDay{d}, "2026-06-01 12:00:00", tt.submitted); got != tt.want {
			t.Errorf("%s: %d points, want %d", tt.name, got, tt.want)
		}
	}
}

func TestBonusDayOfBoth(t *testing.T) {
	in, out := "2026-06-13 12:00:00", "2026-06-12 12:00:00"
	for _, tt := range []struct {
		bought, submitted string
		want              points.Amount
	}{{in, in, 10}, {out, in, 0}, {in, out, 0}, {out, out, 0}, {in, "2026-06-14 23:59:59", 10}, {in, "2026-06-15 00:00:00", 0}} {
		d := june(func(d *campaigns.BonusDay) { d.By = campaigns.OfBoth })
		if got := earns(t, "Europe/Moscow", []campaigns.BonusDay{d}, tt.bought, moment("Europe/Moscow", tt.submitted)); got != tt.want {
			t.Errorf("bought %s, submitted %s: %d points, want %d", tt.bought, tt.submitted, got, tt.want)
		}
	}
}

func TestBonusDayOfRegions(t *testing.T) {
	d := june(func(d *campaigns.BonusDay) { d.Regions = []string{"36", "Республика Татарстан"} })
	j := judge(t, func(terms *campaigns.Terms) { terms.Bonus = []campaigns.BonusDay{d} })
	for address, want := range map[string]points.Amount{
		"394000, г Воронеж, ул Примерная, д 1": 10, "Татарстан Респ, Казань г": 10, "101000, г Москва": 0, "": 0, "https://shop.example": 0,
	} {
		r := j.Reward(fns.Ticket{At: day("2026-06-13"), Address: address, Items: []fns.Item{kola(5, 1500_00)}}, campaigns.History{})
		if got := r.Total() - r.Points; got != want {
			t.Errorf("%q: %d points, want %d", address, got, want)
		}
	}
}

// bonus makes days that all apply.
func bonus(id string, add points.Amount, multiply campaigns.Factor, priority int, stack bool, products ...string) campaigns.BonusDay {
	return june(func(d *campaigns.BonusDay) {
		d.ID, d.Add, d.Multiply, d.Priority, d.Stack, d.Products = id, add, multiply, priority, stack, products
	})
}

// Which of several days count, and how they add up: kola brings 30 points,
// chips 25.
func TestBonusDaysTogether(t *testing.T) {
	for _, tt := range []struct {
		name string
		days []campaigns.BonusDay
		want string
	}{
		{"none", nil, ""},
		{"one adds", []campaigns.BonusDay{bonus("a", 10, 0, 0, false)}, "a 10"},
		{"one multiplies", []campaigns.BonusDay{bonus("a", 0, 2000, 0, false)}, "a 55"},
		{"it rounds down, once for all lines", []campaigns.BonusDay{bonus("a", 0, 1500, 0, false)}, "a 27"},
		{"less than a point", []campaigns.BonusDay{bonus("a", 0, 1010, 0, false)}, ""},
		{"of a product", []campaigns.BonusDay{bonus("a", 0, 1500, 0, false, "chips")}, "a 12"},
		{"for a product", []campaigns.BonusDay{bonus("a", 7, 0, 0, false, "kola")}, "a 7"},
		{"for one that was not bought", []campaigns.BonusDay{bonus("a", 7, 0, 0, false, "tea")}, ""},
		{"the higher priority wins", []campaigns.BonusDay{bonus("a", 50, 0, 1, false), bonus("b", 5, 0, 2, false)}, "b 5"},
		{"unless it gives nothing", []campaigns.BonusDay{bonus("a", 50, 0, 1, false), bonus("b", 5, 0, 2, false, "tea")}, "a 50"},
		{"of equal ones the most points win", []campaigns.BonusDay{bonus("a", 50, 0, 1, false), bonus("b", 0, 2000, 1, false)}, "b 55"},
		{"of those the first id", []campaigns.BonusDay{bonus("b", 5, 0, 1, false), bonus("a", 5, 0, 1, false)}, "a 5"},
		{"two that stack", []campaigns.BonusDay{bonus("a", 5, 0, 0, true), bonus("b", 6, 0, 0, true)}, "b 6, a 5"},
		{"one that stacks beside the best of the others",
			[]campaigns.BonusDay{bonus("a", 5, 0, 0, true), bonus("b", 6, 0, 0, false), bonus("c", 7, 0, 0, false)}, "c 7, a 5"},
		{"added before multiplied", []campaigns.BonusDay{bonus("a", 0, 2000, 9, true), bonus("b", 10, 0, 0, true)}, "b 10, a 65"},
		{"a product's points alone are multiplied", []campaigns.BonusDay{bonus("a", 0, 2000, 0, true, "kola"), bonus("b", 10, 0, 0, true)}, "b 10, a 30"},
		{"none multiplies another's", []campaigns.BonusDay{bonus("a", 0, 2000, 0, true), bonus("b", 0, 1500, 0, true)}, "a 55, b 27"},
	} {
		j := judge(t, func(terms *campaigns.Terms) {
			terms.PerSKU, terms.Bonus = map[string]points.Amount{"chips": 25}, tt.days
		})
		r := j.Reward(fns.Ticket{At: day("2026-06-13"), Items: []fns.Item{kola(3, 1500_00), chips(1, 100_00), bread(50_00)}}, campaigns.History{})
		var got []string
		sum := r.Points
		for _, e := range r.Extra {
			got = append(got, fmt.Sprint(strings.TrimPrefix(e.Source, "bonus-day:"), " ", e.Points))
			sum += e.Points
		}
		if said := strings.Join(got, ", "); said != tt.want || sum != r.Total() || r.Points != 55 {
			t.Errorf("%s: %q and %d for the lines, %d in all; want %q", tt.name, said, r.Points, r.Total(), tt.want)
		}
	}
}

func TestFocusOfAWeek(t *testing.T) {
	for _, tt := range []struct {
		name, bought string
		item         fns.Item
		paid         string
		want         string
	}{
		{"before its first day", "2026-12-27 23:59:59", kola(5, 1500_00), "", ""},
		{"its first second, a Monday", "2026-12-28 00:00:00", kola(5, 1500_00), "", "focus:kola:2026-W53"},
		{"the year's last second", "2026-12-31 23:59:59", kola(5, 1500_00), "", "focus:kola:2026-W53"},
		{"the new year is in the old week", "2027-01-01 00:00:00", kola(5, 1500_00), "", "focus:kola:2026-W53"},
		{"that was paid", "2027-01-03 23:59:59", kola(5, 1500_00), "focus:kola:2026-W53", ""},
		{"the next week", "2027-01-04 00:00:00", kola(5, 1500_00), "focus:kola:2026-W53", "focus:kola:2027-W01"},
		{"another focus was paid", "2027-01-04 00:00:00", kola(5, 1500_00), "focus:tea:2027-W01", "focus:kola:2027-W01"},
		{"another product", "2027-01-04 00:00:00", chips(5, 1500_00), "", ""},
		{"the last second of its last day", "2027-01-10 23:59:59", kola(5, 1500_00), "", "focus:kola:2027-W01"},
		{"after it", "2027-01-11 00:00:00", kola(5, 1500_00), "", ""},
	} {
		for _, zone := range []string{"Europe/Moscow", "Asia/Kamchatka", "America/New_York"} {
			j := judge(t, func(terms *campaigns.Terms) {
				terms.Zone = zone
				terms.Focus = []campaigns.Focus{{ID: "kola", Products: []string{"kola"}, From: day("2026-12-28"), Until: day("2027-01-11"), Points: 1}}
			})
			r := j.Reward(fns.Ticket{At: moment("UTC", tt.bought), Items: []fns.Item{tt.item}}, campaigns.History{FocusPaid: map[string]bool{tt.paid: true}})
			got, n := "", points.Amount(0)
			for _, e := range r.Extra {
				got, n = got+e.Source, n+e.Points
			}
			if got != tt.want || n != r.OfPerson() || (n == 1) != (tt.want != "") {
				t.Errorf("%s, in %s: %q with %d points, want %q", tt.name, zone, got, n, tt.want)
			}
		}
	}
}

func TestRewardFitsItsRoom(t *testing.T) {
	j := judge(t, func(terms *campaigns.Terms) {
		terms.FirstReceipt = 50
		terms.Bonus = []campaigns.BonusDay{bonus("a", 7, 0, 0, false)}
		terms.Focus = []campaigns.Focus{{ID: "kola", Products: []string{"kola"}, From: day("2026-06-01"), Until: day("2026-07-01"), Points: 1}}
	})
	ticket := fns.Ticket{At: day("2026-06-13"), Items: []fns.Item{kola(1, 900_00), bread(50_00), kola(2, 900_00)}}
	for room, want := range map[points.Amount]string{
		0: "lines 0 [0 0 0] first 0 cut 88", 9: "lines 9 [9 0 0] first 0 cut 79",
		11: "lines 11 [10 0 1] first 0 cut 77", 30: "lines 30 [10 0 20] first 0 cut 58", 33: "lines 30 [10 0 20] bonus-day:a 3 first 0 cut 55",
		38: "lines 30 [10 0 20] bonus-day:a 7 focus:kola:2026-W24 1 first 0 cut 50", 87: "lines 30 [10 0 20] bonus-day:a 7 focus:kola:2026-W24 1 first 49 cut 1",
		88: "lines 30 [10 0 20] bonus-day:a 7 focus:kola:2026-W24 1 first 50", 1000: "lines 30 [10 0 20] bonus-day:a 7 focus:kola:2026-W24 1 first 50",
	} {
		r := j.Reward(ticket, campaigns.History{FirstReceipt: true, Room: &campaigns.Room{Points: room, Rule: campaigns.RuleBudget}})
		got := fmt.Sprintf("lines %d [%d %d %d]", r.Points, r.Lines[0].Points, r.Lines[1].Points, r.Lines[2].Points)
		for _, e := range r.Extra {
			got += fmt.Sprintf(" %s %d", e.Source, e.Points)
		}
		got += fmt.Sprintf(" first %d", r.First)
		if r.Cut != nil {
			got += fmt.Sprintf(" cut %d", r.Cut.Points)
		}
		if got != want || r.Cut != nil && r.Cut.Rule != campaigns.RuleBudget {
			t.Errorf("room for %d: %s, want %s", room, got, want)
		}
	}
}
