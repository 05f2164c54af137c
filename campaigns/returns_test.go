package campaigns_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"promobot/campaigns"
	"promobot/fns"
	"promobot/internal/money"
	"promobot/points"
)

const section = "returns: {points: debt, prizes: withdraw, window_days: 14}\n"

func TestReturnsSection(t *testing.T) {
	for _, tt := range []struct {
		text string
		want campaigns.Returns
		bad  string // the field of a problem
	}{
		{section, campaigns.Returns{Points: campaigns.Debt, Prizes: campaigns.Withdraw, WindowDays: 14}, ""},
		{"", campaigns.Returns{}, ""},
		{"returns: {points: floor}\n", campaigns.Returns{Points: campaigns.Floor, Prizes: campaigns.Keep}, ""},
		{"returns: {points: block, window_days: 90}\n", campaigns.Returns{Points: campaigns.Block, Prizes: campaigns.Keep, WindowDays: 90}, ""},
		{"returns: {points: forgive}\n", campaigns.Returns{Points: "forgive", Prizes: campaigns.Keep}, "returns.points"},
		{"returns: {prizes: keep}\n", campaigns.Returns{Prizes: campaigns.Keep}, "returns.points"},
		{"returns: {points: debt, prizes: burn}\n", campaigns.Returns{Points: campaigns.Debt, Prizes: "burn"}, "returns.prizes"},
		{"returns: {points: debt, window_days: 91}\n", campaigns.Returns{Points: campaigns.Debt, Prizes: campaigns.Keep, WindowDays: 91}, "returns.window_days"},
		{"returns: {points: debt, window_days: -1}\n", campaigns.Returns{Points: campaigns.Debt, Prizes: campaigns.Keep, WindowDays: -1}, "returns.window_days"},
		{"returns: {window_days: 14}\n", campaigns.Returns{WindowDays: 14}, "returns.points"},
	} {
		got, problems := parse(strings.Replace(whole, section, tt.text, 1), sheet)
		found := slices.ContainsFunc(problems, func(p campaigns.Problem) bool { return p.Field == tt.bad })
		if got.Returns != tt.want || found != (tt.bad != "") || tt.bad == "" && len(problems) > 0 {
			t.Errorf("%q: %+v, %v; want %+v and a problem of %q", tt.text, got.Returns, problems, tt.want, tt.bad)
		}
	}
}

// TestPrecheckTakesReturns: of a refund only what cannot be is refused.
func TestPrecheckTakesReturns(t *testing.T) {
	terms := march()
	terms.Returns = campaigns.Returns{Points: campaigns.Debt, Prizes: campaigns.Keep}
	now := wall("2026-03-20T12:00")
	for _, tt := range []struct {
		name      string
		operation fns.Operation
		at, want  string
	}{
		{"a refund", fns.SaleReturn, "2026-03-20T12:00", ""},
		{"a refund after the campaign, below its minimum", fns.SaleReturn, "2026-01-01T00:00", ""},
		{"a refund of the future", fns.SaleReturn, "2026-03-22T12:00", campaigns.RuleFuture},
		{"an expense", fns.Expense, "2026-03-20T12:00", campaigns.RuleOperation},
		{"the return of an expense", fns.ExpenseReturn, "2026-03-20T12:00", campaigns.RuleOperation},
		{"no operation", 0, "2026-03-20T12:00", campaigns.RuleOperation},
	} {
		if got := rule(terms.Precheck(fns.QR{Operation: tt.operation, At: wall(tt.at), Total: 1}, now, now)); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestRemaining: what a receipt of three kolas and bread still earns.
func TestRemaining(t *testing.T) {
	ticket := func(units fns.Quantity, promo, rest money.Kopecks) fns.Ticket {
		return fns.Ticket{Total: promo + rest, Items: []fns.Item{
			{Name: "КОЛА Я.КЛЮЧ", GTIN: "04609990000012", Quantity: units * fns.Unit, Sum: promo}, {Name: "Хлеб", Quantity: fns.Unit, Sum: rest}}}
	}
	for _, tt := range []struct {
		name   string
		ticket fns.Ticket
		gone   map[int]bool
		on     campaigns.MinimumOn
		points points.Amount
		first  points.Amount
		rule   string
	}{
		{"all of it", ticket(3, 300_00, 900_00), nil, campaigns.OnReceipt, 30, 50, ""},
		{"a kola less", ticket(2, 200_00, 900_00), nil, campaigns.OnReceipt, 20, 50, ""},
		{"exactly the minimum", ticket(1, 100_00, 900_00), nil, campaigns.OnReceipt, 10, 50, ""},
		{"a kopeck below the minimum", ticket(1, 99_99, 900_00), nil, campaigns.OnReceipt, 0, 0, campaigns.RuleMinimum},
		{"no promo goods", ticket(0, 0, 1200_00), map[int]bool{0: true}, campaigns.OnReceipt, 0, 0, campaigns.RuleNoPromo},
		{"promo goods below their minimum", ticket(2, 200_00, 900_00), nil, campaigns.OnPromo, 0, 0, campaigns.RulePromoMin},
	} {
		terms := march()
		terms.MinimumOn, terms.ReceiptsDay = tt.on, 1
		judge, err := campaigns.NewJudge(terms)
		if err != nil {
			t.Fatal(err)
		}
		got := judge.Remaining(tt.ticket, campaigns.History{FirstReceipt: true, Returned: tt.gone, ReceiptsDay: 9})
		if got.Points != tt.points || got.First != tt.first || rule(got.Refusal) != tt.rule || len(got.Lines) != 2 {
			t.Errorf("%s: %d and %d points, %q; want %d and %d, %q", tt.name, got.Points, got.First, rule(got.Refusal), tt.points, tt.first, tt.rule)
		}
	}
}

// TestPointsWaitInTheCampaignsZone: days of the calendar, whatever the clocks do.
func TestPointsWaitInTheCampaignsZone(t *testing.T) {
	for _, tt := range []struct {
		zone, bought string
		days         int
		want         string // UTC
	}{
		{"Europe/Moscow", "2026-03-05T15:00", 14, "2026-03-19T12:00"},
		{"Europe/Berlin", "2026-03-28T15:00", 1, "2026-03-29T13:00"}, // the clocks go forward in between
		{"Europe/Moscow", "2026-03-05T15:00", 0, ""},
	} {
		terms := march()
		terms.Zone, terms.Minimum, terms.Returns = tt.zone, 0, campaigns.Returns{Points: campaigns.Debt, WindowDays: tt.days}
		judge, err := campaigns.NewJudge(terms)
		if err != nil {
			t.Fatal(err)
		}
		want := time.Time{}
		if tt.want != "" {
			want = wall(tt.want)
		}
		got := judge.Reward(fns.Ticket{At: wall(tt.bought), Items: []fns.Item{{Name: "КОЛА Я.КЛЮЧ", GTIN: "04609990000012", Quantity: fns.Unit}}}, campaigns.History{})
		if !got.Until.Equal(want) || got.Points != 10 {
			t.Errorf("%s, %d days after %s: %v with %d points, want %v", tt.zone, tt.days, tt.bought, got.Until, got.Points, want)
		}
	}
}
