package ticket

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"promobot/fns/internal/decimal"
)

// layouts are the ways dialects write a time. A zone, where there is one, is
// passed over: the digits before it are the wall clock.
var layouts = []string{
	"2006-01-02T15:04:05",
	time.RFC3339,
	"2006-01-02T15:04:05.999Z0700",
	"2006-01-02T15:04",
	"2006-01-02T15:04Z07:00",
	"2006-01-02 15:04:05",
	"2006-01-02 15:04",
	"20060102T150405",
	"20060102T1504",
	"2006-01-02",
}

// maxSeconds tells seconds from milliseconds: it is the year 5138 in seconds
// and 1973 in milliseconds.
const maxSeconds = 100_000_000_000

// wallClock reads a time as a dialect writes it: unix seconds of the wall clock
// as if it were universal time, {"$date": milliseconds or text}, or text.
func wallClock(value any) (time.Time, error) {
	switch v := value.(type) {
	case map[string]any:
		for _, name := range []string{"$date", "$numberLong"} {
			if inner, found := v[name]; found {
				return wallClock(inner)
			}
		}
	case json.Number:
		return unix(v.String())
	case string:
		return textTime(v)
	}
	return time.Time{}, errors.New("dateTime: missing")
}

func unix(text string) (time.Time, error) {
	n, err := decimal.Scaled(text, 0)
	if err != nil || n <= 0 {
		return time.Time{}, fmt.Errorf("dateTime: %q is not a time", text)
	}
	if n >= maxSeconds {
		n /= 1000
	}
	return inRange(time.Unix(n, 0).UTC(), text)
}

func textTime(text string) (time.Time, error) {
	text = clean(text)
	for _, layout := range layouts {
		if at, err := time.Parse(layout, text); err == nil {
			wall := time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), 0, time.UTC)
			return inRange(wall, text)
		}
	}
	return unix(text)
}

// inRange refuses years that no receipt has and no database keeps.
func inRange(at time.Time, text string) (time.Time, error) {
	if at.Year() < 2000 || at.Year() > 2100 {
		return time.Time{}, fmt.Errorf("dateTime: %q is out of range", text)
	}
	return at, nil
}
