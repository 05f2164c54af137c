package fnssim

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"promobot/fns"
)

// errWord reports a word that is none of the known ones.
var errWord = errors.New("unknown word")

// decode reads a value into a field. A refusal shows the value and says what
// the field takes, in words that need no knowledge of this program.
func decode(value json.RawMessage, field any) error {
	switch err := json.Unmarshal(value, field); {
	case err == nil:
		return nil
	case errors.Is(err, errWord):
		return fmt.Errorf("%w; it takes %s", err, takes(field))
	default:
		return fmt.Errorf("%.100s does not fit; it takes %s", value, takes(field))
	}
}

// takes says what a field takes.
func takes(field any) string {
	switch field.(type) {
	case *dialect:
		return dialectForm()
	case *faults:
		return faultsForm()
	case *duration:
		return durationForm
	case *slow:
		return "true (ten seconds), false or " + durationForm
	case *rate:
		return "true, false or a probability from 0 to 1"
	case *bool, **bool:
		return "true or false"
	case **uint32:
		return "a whole number from 0 up, or null"
	case **amount:
		return `roubles in a text, as "587.40", or a whole number of kopecks, as 58740`
	case *wallTime:
		return `the shop's time in a text, as "2026-03-14T18:42" or "2026-03-14T18:42:33"`
	case *fns.Operation:
		return "1 (sale), 2 (sale return), 3 (expense) or 4 (expense return)"
	case *json.Number:
		return "a number of units, as 2 or 0.294"
	case *[]json.RawMessage:
		return "a list of objects"
	}
	return "a text"
}

// duration is text as "1h30m" or "75d", or a number of seconds.
type duration time.Duration

const (
	durationForm = `a text as "300ms", "90s", "1h30m" or "75d" (days), or a bare number of seconds`
	maxSeconds   = 1e9 // of a bare number or of days: thirty years
)

func (d duration) MarshalJSON() ([]byte, error) { return json.Marshal(time.Duration(d).String()) }

func (d *duration) UnmarshalJSON(value []byte) error {
	var text string
	if json.Unmarshal(value, &text) != nil {
		return d.set(string(value), 1)
	}
	if days, found := strings.CutSuffix(text, "d"); found {
		return d.set(days, 24*60*60)
	}
	if text == "" {
		text = "0"
	}
	parsed, err := time.ParseDuration(text)
	*d = duration(parsed)
	return err
}

// set reads a number of units of so many seconds.
func (d *duration) set(text string, unit float64) error {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return err
	}
	seconds := n * unit
	if !(math.Abs(seconds) <= maxSeconds) {
		return fmt.Errorf("%s is out of range", text)
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
		if err != nil || !(p >= 0 && p <= 1) {
			return fmt.Errorf("%s is not a rate from 0 to 1", value)
		}
		*r = rate(p)
	}
	return nil
}
