package demo

import (
	"encoding/json"
	"time"

	"promobot/internal/money"
)

// facts are an event's data as they come back from the database: numbers are
// float64 there, moments are RFC 3339. What is absent or of another kind is
// zero.
type facts map[string]any

func (f facts) text(key string) string {
	s, _ := f[key].(string)
	return s
}

// number reads a whole number; those of events are far below 2^53.
func (f facts) number(key string) int64 {
	switch n := f[key].(type) {
	case float64:
		return int64(n)
	case json.Number:
		whole, _ := n.Int64() // what is no number is 0
		return whole
	}
	return 0
}

func (f facts) money(key string) text { return roubles(money.Kopecks(f.number(key))) }

func (f facts) moment(key string) time.Time {
	at, _ := time.Parse(time.RFC3339Nano, f.text(key)) // what is no moment is zero
	return at
}

func (f facts) day(key string) text { return day(f.moment(key)) }

func (f facts) inside(key string) facts {
	inner, _ := f[key].(map[string]any)
	return inner
}

func (f facts) list(key string) []facts {
	values, _ := f[key].([]any)
	list := make([]facts, 0, len(values))
	for _, v := range values {
		if inner, ok := v.(map[string]any); ok {
			list = append(list, inner)
		}
	}
	return list
}
