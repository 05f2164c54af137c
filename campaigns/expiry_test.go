package campaigns_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"promobot/campaigns"
)

func TestPointsExpireAtTheEndOfADay(t *testing.T) {
	day := func(text string) time.Time {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	ends := time.Date(2026, 12, 32, 0, 0, 0, 0, time.UTC) // 31 December is the last day
	for _, tt := range []struct {
		name, zone   string
		expiry       campaigns.Expiry
		earned, want string // "" is never
	}{
		{"no section", "Europe/Moscow", campaigns.Expiry{}, "2026-06-14T12:00:00Z", ""},
		{"the day after the last is midnight in the zone", "Europe/Moscow", campaigns.Expiry{AfterDays: 30}, "2026-06-14T12:00:00Z", "2026-07-14T21:00:00Z"},
		{"the last second of a day", "Europe/Moscow", campaigns.Expiry{AfterDays: 1}, "2026-06-14T20:59:59Z", "2026-06-15T21:00:00Z"},
		{"the first second of the next", "Europe/Moscow", campaigns.Expiry{AfterDays: 1}, "2026-06-14T21:00:00Z", "2026-06-16T21:00:00Z"},
		{"over a change of the clocks", "Europe/Berlin", campaigns.Expiry{AfterDays: 10}, "2026-10-20T12:00:00Z", "2026-10-30T23:00:00Z"},
		{"a leap year's end", "UTC", campaigns.Expiry{AfterDays: 365}, "2027-12-31T00:00:00Z", "2028-12-31T00:00:00Z"},
		{"a day for all", "Asia/Kamchatka", campaigns.Expiry{Ends: ends}, "2026-06-14T12:00:00Z", "2026-12-31T12:00:00Z"},
		{"a day for all, passed", "UTC", campaigns.Expiry{Ends: ends}, "2027-06-14T12:00:00Z", "2027-01-01T00:00:00Z"},
	} {
		got := campaigns.Terms{Zone: tt.zone, Expiry: tt.expiry}.PointsExpire(day(tt.earned))
		if tt.want == "" && !got.IsZero() || tt.want != "" && !got.Equal(day(tt.want)) {
			t.Errorf("%s: %v, want %s", tt.name, got, tt.want)
		}
	}
}

const expiring = `
id: spring
title: Весна
title_en: Spring
organiser: ООО
rules_url: https://example.org
starts: 2026-03-01
ends: 2026-05-31
zone: Europe/Moscow
points: {per_product: 1}
limits: {receipts_per_day: 5}
prizes: [{id: mug}]
assortment: goods.csv
`

func TestExpirySection(t *testing.T) {
	goods := &fstest.MapFile{Data: []byte("sku_id,brand,title,volume,gtin,scope\nkola,Ясный Ключ,Кола,0.5 л,,\n")}
	for _, tt := range []struct {
		section, problem string // of the field; "" is none
		remind           []int
	}{
		{"", "", []int{30, 7}},
		{"expiry: {after_days: 0}", "", []int{30, 7}},
		{"expiry: {after_days: 3650, remind_days: [7, 14]}", "", []int{14, 7}},
		{"expiry: {ends: 2026-05-31, remind_days: []}", "", []int{}},
		{"expiry: {after_days: 3651}", "expiry.after_days", nil},
		{"expiry: {after_days: -1}", "expiry.after_days", nil},
		{"expiry: {after_days: 1, ends: 2026-12-31}", "expiry", nil},
		{"expiry: {ends: 2026-05-30}", "expiry.ends", nil},
		{"expiry: {ends: soon}", "expiry.ends", nil},
		{"expiry: {after_days: 9, remind_days: [0]}", "expiry.remind_days", nil},
		{"expiry: {after_days: 9, remind_days: [7, 7]}", "expiry.remind_days", nil},
		{"expiry: {after_days: 9, remind_days: [366]}", "expiry.remind_days", nil},
		{"expiry: {after: 9}", "terms.yaml", nil},
	} {
		terms, problems := campaigns.Parse(fstest.MapFS{"goods.csv": goods, "terms.yaml": {Data: []byte(expiring + tt.section)}}, "terms.yaml")
		if tt.problem == "" && len(problems) > 0 || tt.problem != "" && (len(problems) == 0 || !strings.HasPrefix(problems[0].Field, tt.problem)) {
			t.Errorf("%s: problems %v, want %q", tt.section, problems, tt.problem)
		}
		if tt.problem == "" && !slices.Equal(terms.Expiry.Reminders(), tt.remind) {
			t.Errorf("%s: reminders %v, want %v", tt.section, terms.Expiry.Reminders(), tt.remind)
		}
	}
}

func TestDiffOfExpiry(t *testing.T) {
	old := campaigns.Terms{}
	new := campaigns.Terms{Expiry: campaigns.Expiry{AfterDays: 90, RemindDays: []int{14}}}
	if got := strings.Join(campaigns.Diff(old, new), "; "); got != "expiry.after_days: none → 90; expiry.remind_days: 30, 7 → 14" {
		t.Errorf("%s", got)
	}
}
