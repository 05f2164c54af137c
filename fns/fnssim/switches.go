package fnssim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrSwitch reports a switch that does not exist or a value it cannot take.
var ErrSwitch = errors.New("fnssim: bad switch")

// switches are the simulator's troubles.
type switches struct {
	Dialect          dialect  `json:"dialect"`
	Latency          duration `json:"latency"`
	StuckProcessing  rate     `json:"stuckProcessing"`
	LostAnswer       rate     `json:"lostAnswer"`
	Fault            faults   `json:"fault"`
	HTTP429          rate     `json:"http429"`
	SlowBody         slow     `json:"slowBody"`
	TruncatedBody    rate     `json:"truncatedBody"`
	TokenRevoked     bool     `json:"tokenRevoked"`
	ClockSkew        duration `json:"clockSkew"`
	QuotaLeft        *uint32  `json:"quotaLeft"`
	LateArrival      duration `json:"lateArrival"`
	ItemsMissing     bool     `json:"itemsMissing"`
	ExtendedCodes    bool     `json:"extendedCodes"`
	StoreDepth       duration `json:"storeDepth"`
	Invent           bool     `json:"invent"`
	RequireGeoInfo   bool     `json:"requireGeoInfo"`
	RequireUserToken bool     `json:"requireUserToken"`
	DayQuota         *uint32  `json:"dayQuota"`      // nil: each application's own
	SendPerSecond    *uint32  `json:"sendPerSecond"` // nil: each application's own
}

// defaults are the switches' first positions.
func (s *Sim) defaults() switches {
	return switches{
		Dialect:    dialect{Prefix: "reference", Ticket: "escaped", DateTime: "number"},
		Invent:     s.options.Invent,
		StoreDepth: duration(max(0, s.options.StoreDepth)),
	}
}

// fields addresses the switches by name.
func (w *switches) fields() map[string]any {
	return map[string]any{
		"dialect": &w.Dialect, "latency": &w.Latency, "stuckProcessing": &w.StuckProcessing, "lostAnswer": &w.LostAnswer,
		"fault": &w.Fault, "http429": &w.HTTP429, "slowBody": &w.SlowBody, "truncatedBody": &w.TruncatedBody,
		"tokenRevoked": &w.TokenRevoked, "clockSkew": &w.ClockSkew, "quotaLeft": &w.QuotaLeft, "lateArrival": &w.LateArrival,
		"itemsMissing": &w.ItemsMissing, "extendedCodes": &w.ExtendedCodes, "storeDepth": &w.StoreDepth, "invent": &w.Invent,
		"requireGeoInfo": &w.RequireGeoInfo, "requireUserToken": &w.RequireUserToken,
		"dayQuota": &w.DayQuota, "sendPerSecond": &w.SendPerSecond,
	}
}

// SwitchNames lists the switches, sorted.
func SwitchNames() []string {
	var names []string
	for name := range new(switches).fields() {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Control changes the switches that a JSON object names, all or none. What it
// refuses is ErrSwitch.
func (s *Sim) Control(object []byte) error {
	var changes map[string]json.RawMessage
	if err := json.Unmarshal(object, &changes); err != nil {
		return fmt.Errorf("%w: the body must be a JSON object of switches", ErrSwitch)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	next, first := s.switches, s.defaults()
	for name, value := range changes {
		if err := set(&next, &first, name, value); err != nil {
			return fmt.Errorf("%w: %q: %w", ErrSwitch, name, err)
		}
	}
	if _, given := changes["quotaLeft"]; given {
		s.quotaDay = s.today()
	}
	if next.TokenRevoked {
		clear(s.tokens)
		next.TokenRevoked = false
	}
	s.switches = next
	return nil
}

func set(next, first *switches, name string, value json.RawMessage) error {
	field, known := next.fields()[name]
	if !known {
		return fmt.Errorf("unknown; the switches are %s", strings.Join(SwitchNames(), ", "))
	}
	if bytes.Equal(bytes.TrimSpace(value), []byte("null")) {
		was, err := json.Marshal(first.fields()[name])
		if err != nil {
			return err
		}
		value = was
	}
	if number, ok := field.(**uint32); ok {
		*number = nil // or the position in force would be written over
	}
	return decode(value, field)
}
