package till

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"promobot/points"
	"promobot/rewards"
)

// Problem is a refusal as RFC 9457 has it. Code stands for ever; Next says what
// to do now.
type Problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
	Code   string `json:"code"`
	Next   string `json:"next"`

	QuoteStatus rewards.PayStatus `json:"quote_status,omitempty"`
	MaxPoints   *points.Amount    `json:"max_points,omitempty"` // that a hold may ask for now

	Again      bool   `json:"-"` // nothing was done: the same request may fare better
	RetryAfter int    `json:"-"` // seconds, 0: unknown
	allow      string // the method to be used
}

// Error is the code with its detail.
func (p *Problem) Error() string { return "till: " + p.Code + ": " + p.Detail }

// problemType begins the type of every problem.
const problemType = "urn:promobot:till:"

func problem(status int, code, title, next string) *Problem {
	return &Problem{Type: problemType + code, Title: title, Status: status, Code: code, Next: next}
}

// with is the problem with a detail of this request.
func (p *Problem) with(format string, args ...any) *Problem {
	detailed := *p
	detailed.Detail = fmt.Sprintf(format, args...)
	return &detailed
}

// about is the problem with how the quote stands.
func (p *Problem) about(q rewards.Quote) *Problem {
	told := *p
	told.QuoteStatus = q.Status
	return &told
}

// upTo is the problem with what a hold may ask for instead.
func (p *Problem) upTo(n points.Amount) *Problem {
	told := *p
	told.MaxPoints = &n
	return &told
}

// again marks what is no answer yet.
func (p *Problem) again() *Problem { p.Again = true; return p }

// The problems, in the order in which a request meets them.
var (
	problemAddress = problem(http.StatusNotFound, "no_such_address", "There is no such address.",
		"Compare method and path with "+Prefix+"openapi.yaml.")
	problemPayOff = problem(http.StatusNotFound, "pay_off", "The campaign does not take points as payment.",
		"Take the whole price. The campaign's manager offers it by the section pay of the terms.")
	problemQuery = problem(http.StatusBadRequest, "query", "The address has a query.",
		"Leave out everything from the question mark on: it is not signed.")
	problemKey = problem(http.StatusBadRequest, "idempotency_key", "The Idempotency-Key is missing or no key.",
		"Send 1 to 100 visible ASCII characters, new for each operation and the same for its repeats.")
	problemMedia = problem(http.StatusUnsupportedMediaType, "media_type", "The body is no application/json.",
		"Send JSON with Content-Type: application/json.")
	problemLarge = problem(http.StatusRequestEntityTooLarge, "too_large", "The body is larger than 64 KiB.",
		"Send a smaller body: up to 200 items, with shorter names.")
	problemSlow = problem(http.StatusRequestTimeout, "too_slow", "The body did not come within five seconds.",
		"Send the same request again with the same Idempotency-Key.")
	problemUnsigned = problem(http.StatusUnauthorized, "unauthorized", "The request is not signed with a key of ours.",
		"Check Till-Id, the secret, and that the signed text is built as docs/till.md says.")
	problemClock = problem(http.StatusUnauthorized, "clock", "The signature is right, but its time is more than five minutes off.",
		"Set the till's clock, sign again with the present time and send it with the same Idempotency-Key.")
	problemReused = problem(http.StatusConflict, "key_reused", "This Idempotency-Key was used for another request.",
		"Use a new key for a new operation; for a repeat send exactly what was sent.")
	problemBody = problem(http.StatusBadRequest, "body", "The body is not what this address takes.",
		"Correct the body and send it again.")
	problemBasket = problem(http.StatusUnprocessableEntity, "items", "The items cannot be priced.",
		"Correct the items and ask for a new quote.")
	problemMisses = problem(http.StatusTooManyRequests, "too_many_codes", "This shop has sent too many wrong codes.",
		"Wait as long as Retry-After says, then ask the customer for a new code.").again()
	problemCode = problem(http.StatusNotFound, "code_unknown", "The code is unknown, expired or used.",
		"Ask the customer for a new code: it is valid for five minutes and for one purchase.")
	problemNoQuote = problem(http.StatusNotFound, "quote_unknown", "This shop has no such quote.",
		"Use the number that the quote was answered with, and the key of the same shop.")
	problemMuch = problem(http.StatusUnprocessableEntity, "points_over", "Points is not between 1 and what the quote allows.",
		"Hold at most max_points.")
	problemShort = problem(http.StatusConflict, "points_short", "The customer has fewer points by now.",
		"Hold at most max_points; if that is 0, take the whole price.")
	problemReturnsOff = problem(http.StatusNotFound, "returns_off", "The campaign takes no points back.",
		"Nothing is to be done. The campaign's manager takes returns by the section returns of the terms.")
	problemNoINN = problem(http.StatusForbidden, "no_inn", "The shop's key has no INN.",
		"Ask for a key with the INN of the seller: a shop reports refunds of its own sales only.")
	problemForeign = problem(http.StatusForbidden, "sale_foreign", "The sale is another seller's.",
		"Compare fn and fd with the sale's receipt, and use the key of the seller that printed it.")
	problemNotSold = problem(http.StatusUnprocessableEntity, "not_sold", "The sale has no such goods left.",
		"Name the items as on the sale's receipt, and no more than were bought and not yet refunded; or none for all that is left.")
	problemRefundReused = problem(http.StatusConflict, "refund_reused", "The id was used for another refund.",
		"Use a new id for another refund; for a repeat send exactly what was sent.")
	problemTrouble = problem(http.StatusInternalServerError, "trouble", "Something went wrong on our side.",
		"Send the same request again with the same Idempotency-Key: it has its effect once.").again()
)

// problemMethod names the method that an address takes.
func problemMethod(method string) *Problem {
	p := problem(http.StatusMethodNotAllowed, "method", "This address takes another method.", "Use "+method+".")
	p.allow = method
	return p
}

// pastSteps says, for each status in which a quote can be found, why it cannot
// take the step that was asked for.
var pastSteps = map[rewards.PayStatus]*Problem{
	rewards.PayQuoted: problem(http.StatusConflict, "quote_not_held", "No points are set aside for the quote.",
		"Hold points first, or take the whole price."),
	rewards.PayHeld: problem(http.StatusConflict, "quote_held", "Another number of points is set aside for the quote already.",
		"Capture what is held, or release it and ask for a new quote."),
	rewards.PayCaptured: problem(http.StatusConflict, "quote_captured", "The quote is paid.",
		"Nothing is to be done: the points are spent. A return of goods is reported as a refund."),
	rewards.PayReleased: problem(http.StatusConflict, "quote_released", "The quote was released: the points are back with the customer.",
		"Take the whole price, or ask the customer for a new code and make a new quote."),
	rewards.PayExpired: problem(http.StatusConflict, "quote_expired", "The quote's time is over: the points are back with the customer.",
		"Take the whole price, or ask the customer for a new code and make a new quote."),
}

// refuse answers with the problem that err is. What is none of ours gets an id
// by which the log line is found.
func (d *Door) refuse(w http.ResponseWriter, err error) {
	var p *Problem
	if !errors.As(err, &p) {
		id := rand.Text()[:8]
		d.log.Error("till", "id", id, "error", err)
		p = problemTrouble.with("Tell us the id %s if it stays so.", id)
	}
	if p.allow != "" {
		w.Header().Set("Allow", p.allow)
	}
	if p.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", scheme)
	}
	if p.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(p.RetryAfter))
	}
	a, err := answerOf(nil, p)
	if err != nil {
		d.log.Error("till", "error", err)
	}
	a.write(w)
}

// answer is what a request is answered with, to the byte.
type answer struct {
	status int
	body   []byte
}

// answerOf puts a value or a problem into bytes; other errors stay errors.
func answerOf(value any, err error) (answer, error) {
	a := answer{status: http.StatusOK}
	var p *Problem
	if errors.As(err, &p) {
		value, a.status, err = p, p.Status, nil
	}
	if err != nil {
		return a, err
	}
	a.body, err = json.Marshal(value)
	return a, err
}

func (a answer) write(w http.ResponseWriter) {
	kind := "application/json"
	if a.status >= http.StatusBadRequest {
		kind = "application/problem+json"
	}
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
}
