package fnssim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
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
	QuotaLeft        *int     `json:"quotaLeft"`
	LateArrival      duration `json:"lateArrival"`
	ItemsMissing     bool     `json:"itemsMissing"`
	ExtendedCodes    bool     `json:"extendedCodes"`
	StoreDepth       duration `json:"storeDepth"`
	Invent           bool     `json:"invent"`
	RequireGeoInfo   bool     `json:"requireGeoInfo"`
	RequireUserToken bool     `json:"requireUserToken"`
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
		return fmt.Errorf("%w: %w", ErrSwitch, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	next, first := s.switches, s.defaults()
	if next.QuotaLeft != nil {
		left := *next.QuotaLeft
		next.QuotaLeft = &left // or a refused object would change it
	}
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
		return errors.New("unknown")
	}
	if bytes.Equal(bytes.TrimSpace(value), []byte("null")) {
		was, err := json.Marshal(first.fields()[name])
		if err != nil {
			return err
		}
		value = was
	}
	return json.Unmarshal(value, field)
}

// duration is text as "1h30m" or a number of seconds.
type duration time.Duration

func (d duration) MarshalJSON() ([]byte, error) { return json.Marshal(time.Duration(d).String()) }

func (d *duration) UnmarshalJSON(value []byte) error {
	var text string
	if json.Unmarshal(value, &text) == nil {
		if text == "0" || text == "" {
			text = "0s"
		}
		parsed, err := time.ParseDuration(text)
		*d = duration(parsed)
		return err
	}
	var seconds float64
	if err := json.Unmarshal(value, &seconds); err != nil || math.Abs(seconds) > 1e9 {
		return fmt.Errorf("%s is not a duration", value)
	}
	*d = duration(seconds * float64(time.Second))
	return nil
}

// slow is a duration; true is ten seconds.
type slow struct{ duration }

func (d *slow) UnmarshalJSON(value []byte) error {
	var on bool
	if json.Unmarshal(value, &on) != nil {
		return d.duration.UnmarshalJSON(value)
	}
	d.duration = 0
	if on {
		d.duration = duration(10 * time.Second)
	}
	return nil
}

// rate is a probability; true is 1.
type rate float64

func (r *rate) UnmarshalJSON(value []byte) error {
	switch text := strings.Trim(string(value), `"`); text {
	case "true", "on":
		*r = 1
	case "false", "off", "":
		*r = 0
	default:
		p, err := strconv.ParseFloat(text, 64)
		if err != nil || p < 0 || p > 1 || p != p {
			return fmt.Errorf("%s is not a rate from 0 to 1", value)
		}
		*r = rate(p)
	}
	return nil
}
