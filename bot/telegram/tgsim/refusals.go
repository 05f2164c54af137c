package tgsim

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// refusal is an answer with "ok": false.
type refusal struct {
	code  int
	text  string
	after int // seconds, of a 429
}

func (r *refusal) Error() string { return r.text }

// bad is a 400 with the service's own words.
func bad(format string, args ...any) *refusal {
	return &refusal{code: http.StatusBadRequest, text: "Bad Request: " + fmt.Sprintf(format, args...)}
}

func conflict(text string) *refusal {
	return &refusal{code: http.StatusConflict, text: "Conflict: " + text}
}

func forbidden(text string) *refusal {
	return &refusal{code: http.StatusForbidden, text: "Forbidden: " + text}
}

// tooMany tells to wait; whole seconds, rounded up, at least one.
func tooMany(wait time.Duration) *refusal {
	after := max(1, int((wait+time.Second-1)/time.Second))
	return &refusal{code: http.StatusTooManyRequests, text: "Too Many Requests: retry after " + strconv.Itoa(after), after: after}
}

var (
	unauthorized = &refusal{code: http.StatusUnauthorized, text: "Unauthorized"}
	notFound     = &refusal{code: http.StatusNotFound, text: "Not Found"}
	noMethod     = &refusal{code: http.StatusNotFound, text: "Not Found: method not found"}
	tooLarge     = &refusal{code: http.StatusRequestEntityTooLarge, text: "Request Entity Too Large"}
	restart      = &refusal{code: http.StatusInternalServerError, text: "Internal Server Error: restart"}
)

func asRefusal(err error) *refusal {
	var r *refusal
	if errors.As(err, &r) {
		return r
	}
	return &refusal{code: http.StatusInternalServerError, text: "Internal Server Error: " + err.Error()}
}
