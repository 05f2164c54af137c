package providers

import "time"

// moscow is where a provider's day begins.
var moscow = time.FixedZone("MSK", 3*60*60)

func midnightAfter(now time.Time) time.Time {
	y, m, d := now.In(moscow).Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, moscow).UTC()
}

// reserveFreed is how long before midnight what was kept for old receipts is
// given to all: what is left then would only be lost.
const reserveFreed = time.Hour

// dayEdge is how far the provider's clock may be from ours, with the time that
// a call is under way: a call so near to midnight counts on both days.
const dayEdge = 10 * time.Second

// days are the Moscow days that a call made now may be counted on, the day of
// now first.
func days(now time.Time) []string {
	list := []string{dayOf(now)}
	for _, near := range []time.Time{now.Add(-dayEdge), now.Add(dayEdge)} {
		if day := dayOf(near); day != list[0] {
			list = append(list, day)
		}
	}
	return list
}

func dayOf(now time.Time) string { return now.In(moscow).Format(time.DateOnly) }

// quota is a provider's Moscow day. A limit of 0 is unknown: only the provider
// itself stops the day.
type quota struct {
	limit, used  int
	stoppedUntil time.Time
}

// kept is what fresh questions leave to retries of old ones: a tenth.
func (q quota) kept(now time.Time) int {
	if midnightAfter(now.Add(-dayEdge)).Sub(now) <= reserveFreed {
		return 0
	}
	return q.limit / 10
}

// refusedUntil is the moment until which the day refuses a call; zero: it has
// one left. A day that is used up refuses as long as a call may be counted on
// it.
func (q quota) refusedUntil(now time.Time, retry bool) time.Time {
	midnight := midnightAfter(now.Add(-dayEdge))
	switch {
	case now.Before(q.stoppedUntil):
		return q.stoppedUntil
	case q.limit == 0:
		return time.Time{}
	case q.used >= q.limit:
		return midnight.Add(dayEdge)
	case !retry && q.used >= q.limit-q.kept(now):
		return midnight.Add(-reserveFreed)
	}
	return time.Time{}
}

// scarce tells that less than a twentieth is left: another provider is to be
// preferred.
func (q quota) scarce() bool { return q.limit > 0 && (q.limit-q.used)*20 < q.limit }

// low tells that less than a tenth is left: an operator should know.
func (q quota) low() bool { return q.limit > 0 && (q.limit-q.used)*10 < q.limit }
