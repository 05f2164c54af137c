package campaigns_test

import (
	"reflect"
	"testing"
	"time"

	"promobot/campaigns"
	"promobot/fns"
	"promobot/internal/money"
)

// march are terms for March 2026 in Moscow, three hours ahead of UTC.
func march() campaigns.Terms {
	return campaigns.Terms{
		Slug: "spring", Title: "Весна", TitleEN: "Spring", Zone: "Europe/Moscow",
		Starts: wall("2026-03-01T00:00"), Ends: wall("2026-04-01T00:00"),
		Minimum: 1000_00, MinimumOn: campaigns.OnReceipt, MaxAgeDays: 14,
		PerProduct: 10, FirstReceipt: 50, Products: goods(),
	}
}

// wall is a reading of a shop's clock.
func wall(text string) time.Time {
	at, err := time.Parse("2006-01-02T15:04", text)
	if err != nil {
		panic(err)
	}
	return at
}

func TestPrecheck(t *testing.T) {
	for _, tt := range []struct {
		name, bought string
		submitted    string // UTC
		total        money.Kopecks
		operation    fns.Operation
		want         string
	}{
		{"first minute of the period", "2026-03-01T00:00", "2026-03-01T09:00", 1000_00, fns.Sale, ""},
		{"a minute before the period", "2026-02-28T23:59", "2026-03-01T09:00", 1000_00, fns.Sale, campaigns.RulePeriod},
		{"last minute of the period", "2026-03-31T23:59", "2026-04-01T09:00", 1000_00, fns.Sale, ""},
		{"a minute after the period", "2026-04-01T00:00", "2026-04-01T09:00", 1000_00, fns.Sale, campaigns.RulePeriod},
		{"twelve hours ahead", "2026-03-11T01:00", "2026-03-10T10:00", 1000_00, fns.Sale, ""},
		{"a minute more than twelve hours ahead", "2026-03-11T01:01", "2026-03-10T10:00", 1000_00, fns.Sale, campaigns.RuleFuture},
		{"the future beyond the period is the future", "2036-03-11T01:01", "2026-03-10T10:00", 1000_00, fns.Sale, campaigns.RuleFuture},
		{"fourteen days old at the end of the day", "2026-03-01T00:01", "2026-03-15T20:59", 1000_00, fns.Sale, ""},
		{"fifteen days old a minute later in Moscow", "2026-03-01T00:01", "2026-03-15T21:00", 1000_00, fns.Sale, campaigns.RuleTooOld},
		{"fifteen midnights, though hardly more than fourteen days", "2026-03-01T23:59", "2026-03-15T21:00", 1000_00, fns.Sale, campaigns.RuleTooOld},
		{"exactly the minimum", "2026-03-10T10:00", "2026-03-10T10:00", 1000_00, fns.Sale, ""},
		{"one kopeck below the minimum", "2026-03-10T10:00", "2026-03-10T10:00", 999_99, fns.Sale, campaigns.RuleMinimum},
		{"a refund", "2026-03-10T10:00", "2026-03-10T10:00", 1000_00, fns.SaleReturn, campaigns.RuleOperation},
		{"no operation at all", "2026-03-10T10:00", "2026-03-10T10:00", 1000_00, 0, campaigns.RuleOperation},
		{"a refund of long ago below the minimum: the operation goes first", "2017-03-10T10:00", "2026-03-10T10:00", 1, fns.SaleReturn, campaigns.RuleOperation},
	} {
		t.Run(tt.name, func(t *testing.T) {
			q := fns.QR{Operation: tt.operation, At: wall(tt.bought), Total: tt.total}
			got := march().Precheck(q, wall(tt.submitted), time.Time{})
			if rule(got) != tt.want {
				t.Errorf("%q, want %q", rule(got), tt.want)
			}
		})
	}
}

func TestPrecheckShowsItsNumbers(t *testing.T) {
	at, now := wall("2026-03-01T12:00"), wall("2026-03-20T12:00")
	for _, tt := range []struct {
		q    fns.QR
		want map[string]any
	}{
		{fns.QR{Operation: fns.Expense}, map[string]any{"operation": 3}},
		{fns.QR{Operation: fns.Sale, At: wall("2026-03-21T12:00")}, map[string]any{"at": wall("2026-03-21T12:00")}},
		{fns.QR{Operation: fns.Sale, At: wall("2016-11-01T12:00")}, map[string]any{
			"at": wall("2016-11-01T12:00"), "starts": wall("2026-03-01T00:00"), "ends": wall("2026-03-31T00:00")}},
		{fns.QR{Operation: fns.Sale, At: at, Total: 2000_00}, map[string]any{"days": 5, "limit": 14}},
		{fns.QR{Operation: fns.Sale, At: now, Total: 587_40}, map[string]any{
			"total": money.Kopecks(587_40), "minimum": money.Kopecks(1000_00), "missing": money.Kopecks(412_60)}},
	} {
		got := march().Precheck(tt.q, now, time.Time{})
		if got == nil || !reflect.DeepEqual(got.Args, tt.want) {
			t.Errorf("%+v: %+v, want %v", tt.q, got, tt.want)
		}
	}
}

func TestPrecheckWithoutLimits(t *testing.T) {
	terms := march()
	terms.MaxAgeDays, terms.Minimum, terms.Starts = 0, 0, wall("2016-11-01T00:00")
	q := fns.QR{Operation: fns.Sale, At: wall("2016-11-01T00:00"), Total: 1}
	if got := terms.Precheck(q, wall("2026-03-31T23:59"), time.Time{}); got != nil {
		t.Errorf("%+v, want nothing against a kopeck of 2016", got)
	}
}

// TestDay: a campaign's day is that of its zone, also when clocks change.
func TestDay(t *testing.T) {
	for _, tt := range []struct{ zone, moment, from, until string }{
		{"Europe/Moscow", "2026-03-10T20:59", "2026-03-09T21:00", "2026-03-10T21:00"},
		{"Europe/Moscow", "2026-03-10T21:00", "2026-03-10T21:00", "2026-03-11T21:00"},
		{"Asia/Kamchatka", "2026-03-10T12:00", "2026-03-10T12:00", "2026-03-11T12:00"},
		{"Europe/Berlin", "2026-03-29T12:00", "2026-03-28T23:00", "2026-03-29T22:00"}, // 23 hours
		{"Nowhere/None", "2026-03-10T12:00", "2026-03-10T00:00", "2026-03-11T00:00"},
	} {
		from, until := campaigns.Terms{Zone: tt.zone}.Day(wall(tt.moment))
		if !from.Equal(wall(tt.from)) || !until.Equal(wall(tt.until)) {
			t.Errorf("%s in %s: %v to %v, want %s to %s", tt.moment, tt.zone, from, until, tt.from, tt.until)
		}
	}
}

func rule(r *campaigns.Refusal) string {
	if r == nil {
		return ""
	}
	return r.Rule
}

// For who is new the age is that of the day of the registration, here the 10th
// in Moscow, for seven days.
func TestGraceForNew(t *testing.T) {
	registered := moment("Europe/Moscow", "2026-03-10 00:30:00") // the 9th in UTC
	for _, tt := range []struct {
		name, bought, submitted string
		registered              time.Time
		days                    int // too old by; 0: taken
	}{
		{"14 days before the registration, sent on the last day of grace", "2026-03-03 10:00:00", "2026-03-24 23:59:59", registered.AddDate(0, 0, 7), 0},
		{"a day later", "2026-03-03 10:00:00", "2026-03-25 00:00:00", registered.AddDate(0, 0, 7), 8},
		{"15 days before it", "2026-03-02 23:59:59", "2026-03-18 12:00:00", registered.AddDate(0, 0, 7), 1},
		{"not registered yet", "2026-03-03 10:00:00", "2026-03-18 12:00:00", time.Time{}, 1},
		{"bought since", "2026-03-11 10:00:00", "2026-03-17 12:00:00", registered, 0},
		{"an old hand on day 14", "2026-03-11 10:00:00", "2026-03-25 23:59:59", registered, 0},
		{"and on day 15", "2026-03-11 10:00:00", "2026-03-26 00:00:00", registered, 1},
		{"registered after it was sent", "2026-03-03 10:00:00", "2026-03-17 12:00:00", moment("Europe/Moscow", "2026-03-17 12:00:01"), 0},
	} {
		terms := march()
		terms.Zone, terms.MaxAgeDays, terms.GraceDaysNew = "Europe/Moscow", 14, 7
		q := fns.QR{Operation: fns.Sale, At: moment("UTC", tt.bought), Total: terms.Minimum}
		got, days := terms.Precheck(q, moment("Europe/Moscow", tt.submitted), tt.registered), 0
		if got != nil {
			days, _ = got.Args["days"].(int)
		}
		if days != tt.days || got != nil && got.Rule != campaigns.RuleTooOld {
			t.Errorf("%s: %+v, want too old by %d days", tt.name, got, tt.days)
		}
	}
}
