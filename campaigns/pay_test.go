package campaigns_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"promobot/campaigns"
)

const paySection = `pay: {share: 70, roubles_per_point: "1.00", hold_minutes: 15}`

func TestPayIsRead(t *testing.T) {
	got, problems := parse(whole, sheet)
	if want := (campaigns.Pay{Share: 70, KopecksPerPoint: 100, HoldMinutes: 15}); len(problems) > 0 || got.Pay != want || !got.Pay.Offered() {
		t.Errorf("%+v, %v; want %+v", got.Pay, problems, want)
	}
	if got.Pay.HoldTime() != 15*time.Minute {
		t.Errorf("a hold of %s", got.Pay.HoldTime())
	}
	got, problems = parse(strings.Replace(whole, paySection+"\n", "", 1), sheet)
	if len(problems) > 0 || got.Pay.Offered() {
		t.Errorf("without the section: %+v, %v", got.Pay, problems)
	}
	text, err := json.Marshal(got)
	if err != nil || strings.Contains(string(text), `"Pay"`) {
		t.Errorf("terms without the section are kept otherwise than before there was one: %s, %v", text, err)
	}
}

func TestPayIsBounded(t *testing.T) {
	for _, tt := range []struct{ section, field string }{
		{`pay: {share: 70, roubles_per_point: "0.01", hold_minutes: 1}`, ""},
		{`pay: {share: 1, roubles_per_point: "10", hold_minutes: 1440}`, ""},
		{`pay: {share: 71, roubles_per_point: "1", hold_minutes: 15}`, "pay.share"},
		{`pay: {share: 0, roubles_per_point: "1", hold_minutes: 15}`, "pay.share"},
		{`pay: {share: -1, roubles_per_point: "1", hold_minutes: 15}`, "pay.share"},
		{`pay: {share: 70, hold_minutes: 15}`, "pay.roubles_per_point"},
		{`pay: {share: 70, roubles_per_point: "0.001", hold_minutes: 15}`, "pay.roubles_per_point"},
		{`pay: {share: 70, roubles_per_point: "-1", hold_minutes: 15}`, "pay.roubles_per_point"},
		{`pay: {share: 70, roubles_per_point: "1"}`, "pay.hold_minutes"},
		{`pay: {share: 70, roubles_per_point: "1", hold_minutes: 1441}`, "pay.hold_minutes"},
		{`pay: {}`, "pay"},
		{`pay: {share: 70, roubles_per_point: "1", hold_minutes: 15, rate: 2}`, "a/spring.yaml"},
	} {
		_, problems := parse(strings.Replace(whole, paySection, tt.section, 1), sheet)
		found := slices.ContainsFunc(problems, func(p campaigns.Problem) bool { return p.Field == tt.field && !p.Warning })
		if tt.field == "" && len(problems) > 0 || tt.field != "" && !found {
			t.Errorf("%s: %v, want a problem of %q", tt.section, problems, tt.field)
		}
	}
}

func TestDiffOfPay(t *testing.T) {
	old, changed := march(), march()
	changed.Pay = campaigns.Pay{Share: 70, KopecksPerPoint: 1_50, HoldMinutes: 15}
	want := []string{"pay.share: none → 70", "pay.roubles_per_point: none → 1.50", "pay.hold_minutes: none → 15"}
	if got := campaigns.Diff(old, changed); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
