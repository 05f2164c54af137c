package bot

import (
	"time"

	"promobot/receipts"
)

// text is an argument that is a text, else "".
func text(args map[string]any, key string) string {
	switch value := args[key].(type) {
	case string:
		return value
	case receipts.Status:
		return string(value)
	}
	return ""
}

// whole is an argument that is a number: out of JSON they are all floats.
func whole(value any) (int64, bool) {
	if n, ok := value.(float64); ok {
		return int64(n), true
	}
	return 0, false
}

// moment is an argument that is a time.
func moment(value any) (time.Time, bool) {
	said, ok := value.(string)
	if !ok {
		return time.Time{}, false
	}
	at, err := time.Parse(time.RFC3339, said)
	return at, err == nil
}
