package fns_test

import (
	"testing"
	"time"

	"promobot/fns"
)

func TestQuotaAgain(t *testing.T) {
	midnight := time.Date(2026, 3, 14, 21, 0, 0, 0, time.UTC) // in Moscow
	for _, tt := range []struct {
		name     string
		at, want time.Time
	}{
		{"at noon", midnight.Add(-12 * time.Hour), midnight},
		{"just before midnight", midnight.Add(-time.Microsecond), midnight},
		{"at midnight it may be of the day before", midnight, midnight.Add(30 * time.Second)},
		{"so a little later", midnight.Add(30*time.Second - time.Microsecond), midnight.Add(30 * time.Second)},
		{"then it is of the new day", midnight.Add(30 * time.Second), midnight.Add(24 * time.Hour)},
	} {
		if got := fns.QuotaAgain(tt.at); !got.Equal(tt.want) {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}
