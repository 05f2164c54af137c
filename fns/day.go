package fns

import "time"

// moscow is where the services' day begins.
var moscow = time.FixedZone("MSK", 3*60*60)

// yesterdays is how long after midnight a refusal may be of the day before: the
// call was under way, or the service's clock is behind ours. Taking it for the
// new day's would cost that whole day.
const yesterdays = 30 * time.Second

// QuotaAgain is when a quota is new that was found used up at the moment: the
// next Moscow midnight, or soon after one that has just been.
func QuotaAgain(now time.Time) time.Time {
	y, m, d := now.In(moscow).Date()
	if just := time.Date(y, m, d, 0, 0, 0, 0, moscow).Add(yesterdays); now.Before(just) {
		return just
	}
	return time.Date(y, m, d+1, 0, 0, 0, 0, moscow)
}
