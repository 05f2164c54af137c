package demo

import (
	"strconv"
	"strings"
	"time"

	"promobot/campaigns"
	"promobot/internal/events"
	"promobot/receipts"
	"promobot/rewards"
)

// The stations of a receipt's road, in their order.
const (
	stationStored      = "stored"
	stationCode        = "code"
	stationFNS         = "fns"
	stationLines       = "lines"
	stationRules       = "rules"
	stationLedger      = "ledger"
	stationCertificate = "certificate"
)

// The states of a station.
const (
	stateAhead   = ""
	stateRunning = "running"
	stateWaiting = "waiting"
	stateDone    = "done"
	stateSkipped = "skipped"
	stateReview  = "review"
	stateStopped = "stopped"
)

// stop is one thing the page hears about a station.
type stop struct {
	ID      int64     `json:"id"` // grows with time
	Receipt int64     `json:"receipt"`
	Station string    `json:"station"`
	State   string    `json:"state"`
	MS      int64     `json:"ms"` // since the step before; 0: in the same breath
	Text    string    `json:"text"`
	TextEN  string    `json:"text_en"`
	Lines   []line    `json:"lines,omitempty"`
	At      time.Time `json:"at"`
}

// line is a row of a station's table: a line of the receipt or of the ledger.
type line struct {
	Name     string `json:"name"`
	NameEN   string `json:"name_en,omitempty"`
	SKU      string `json:"sku,omitempty"` // the product's title
	Points   int64  `json:"points"`
	Reason   string `json:"reason"`
	ReasonEN string `json:"reason_en"`
}

// trip is what is known of a receipt on its way.
type trip struct {
	doneAt  time.Time // end of the last finished step
	reached map[string]string
	lines   []line
	about   text // "чек от …, 1 240 ₽"
}

// atlas turns events into stops. It is not safe for concurrent use.
type atlas struct{ trips map[int64]*trip }

func newAtlas() *atlas { return &atlas{trips: map[int64]*trip{}} }

// stopsPerEvent is more stops than any event makes: an event's stops have the
// ids from id*stopsPerEvent on.
const stopsPerEvent = 8

// take words one event; most are none of a receipt's road and make no stop.
// Events of one receipt must come in their order.
func (a *atlas) take(e events.Event) []stop {
	receipt, rest, ok := subject(e.Subject)
	story, told := stories[e.Kind]
	if !ok || !told {
		return nil
	}
	t := a.trips[receipt]
	if t == nil {
		t = &trip{doneAt: e.HappenedAt, reached: map[string]string{}}
		a.trips[receipt] = t
	}
	stops := story(t, rest, e.Data)
	for i := range stops {
		stops[i].ID, stops[i].Receipt, stops[i].At = e.ID*stopsPerEvent+int64(i), receipt, e.HappenedAt
		t.pass(&stops[i])
	}
	return stops
}

// pass measures the step and notes where the receipt stands.
func (t *trip) pass(s *stop) {
	t.reached[s.Station] = s.State
	switch s.State {
	case stateAhead, stateRunning, stateSkipped:
		return
	}
	s.MS = s.At.Sub(t.doneAt).Milliseconds()
	if s.State != stateWaiting {
		t.doneAt = s.At
	}
}

// subject reads "receipt:17" and what follows it, such as "/prize:ozon-300".
func subject(name string) (receipt int64, rest string, ok bool) {
	number, ok := strings.CutPrefix(name, "receipt:")
	if i := strings.IndexByte(number, '/'); i >= 0 {
		number, rest = number[:i], number[i:]
	}
	receipt, err := strconv.ParseInt(number, 10, 64)
	return receipt, rest, ok && err == nil
}

func stopAt(station, state string, t text, lines ...line) stop {
	return stop{Station: station, State: state, Text: t.ru, TextEN: t.en, Lines: lines}
}

// stories say which stops an event makes.
var stories = map[events.Kind]func(t *trip, rest string, f facts) []stop{
	receipts.EventSubmitted: submitted,
	receipts.EventRead:      read,
	receipts.EventAsked:     asked,
	receipts.EventDelayed:   delayed,
	receipts.EventVerified:  verified,
	receipts.EventJudged:    judged,
	receipts.EventHeld:      held,
	receipts.EventPutOff:    putOff,
	receipts.EventAccepted:  accepted,
	receipts.EventRejected:  rejected,
	rewards.EventPosted:     posted,
	rewards.EventIssued:     issued,
	rewards.EventOrdered:    ordered,
	rewards.EventGated:      gated,
	rewards.EventReturned:   unserved,
	rewards.EventWithdrawn:  withdrawn,
	receipts.EventReturned:  returned,
	receipts.EventUndone:    undone,
}

// stationOf is where a reason stops a receipt.
func stationOf(reason string) string {
	switch room, _, _ := strings.Cut(reason, "."); {
	case room == "scan", room == "code":
		return stationCode
	case room == "fns":
		return stationFNS
	case reason == campaigns.RuleNoPromo:
		return stationLines
	}
	return stationRules
}
