// Package resale is a client of a service that resells receipts: one call, a
// form in and JSON out, HTTP 200 whatever the answer.
//
// Such a service hands on what it was told itself. Its tickets prove themselves,
// since they must agree with the code; its denials do not, so every other
// answer is marked as fns.Answer.Hearsay.
package resale

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"promobot/fns"
	"promobot/fns/internal/wire"
	"promobot/fns/ticket"
)

// Config says whom to ask. BaseURL and Token are required.
type Config struct {
	BaseURL string           // without path, e.g. https://resale.example
	Token   string           // of the contract; it travels in the body only
	HTTP    *http.Client     // nil: an own one; redirects are never followed
	Timeout time.Duration    // of one exchange; 0: 10 s
	Clock   func() time.Time // nil: the machine's
}

// Format prints the configuration without its secrets, whatever the verb.
func (c Config) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "resale.Config{%s}", c.BaseURL) }

const defaultTimeout = 10 * time.Second

// Client asks the service. It may be used by many goroutines at once.
type Client struct {
	config Config
	http   http.Client
}

// Format prints the client without its secrets, whatever the verb.
func (c *Client) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "resale.Client{%s}", c.config.BaseURL) }

// NewClient returns a client that has not yet called anyone.
func NewClient(config Config) *Client {
	config.BaseURL = strings.TrimRight(config.BaseURL, "/")
	if config.Clock == nil {
		config.Clock = time.Now
	}
	if config.Timeout <= 0 {
		config.Timeout = defaultTimeout
	}
	c := &Client{config: config}
	if config.HTTP != nil {
		c.http = *config.HTTP
	}
	// A token is never carried to another address.
	c.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return c
}

// Send calls nobody: the service answers at once, so the question itself is the
// id to Poll with.
func (c *Client) Send(_ context.Context, q fns.QR) (messageID string, err error) {
	return q.String(), nil
}

// Poll asks about the receipt. Each call costs quota.
func (c *Client) Poll(ctx context.Context, messageID string) (fns.Answer, error) {
	q, err := fns.ParseQR(messageID)
	if err != nil {
		return fns.Answer{}, fmt.Errorf("poll: %w", fns.ErrMessageGone)
	}
	text, err := c.post(ctx, c.form(q))
	if err != nil {
		return fns.Answer{}, err
	}
	answer, err := c.read(text)
	answer.Hearsay = answer.State != fns.Found
	return answer, err
}

// form says that the fields come from a scanned code.
func (c *Client) form(q fns.QR) url.Values {
	return url.Values{
		"token": {c.config.Token}, "fn": {q.FN}, "fd": {strconv.FormatInt(q.FD, 10)}, "fp": {strconv.FormatInt(q.FP, 10)},
		"t": {q.At.Format("20060102T1504")}, "n": {strconv.Itoa(int(q.Operation))}, "s": {q.Total.String()}, "qr": {"1"},
	}
}

// maxAnswer is many times the largest ticket with its page.
const maxAnswer = 8 << 20

func (c *Client) post(ctx context.Context, form url.Values) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.config.BaseURL+"/api/v1/check/get", strings.NewReader(form.Encode()))
	if err != nil {
		return nil, &fns.AccessError{Text: c.mask(err.Error())}
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r, sent := wire.Watch(r)
	answer, err := c.http.Do(r)
	if err != nil {
		return nil, &fns.TemporaryError{Op: "ask", NotSent: !sent(), Err: err}
	}
	defer answer.Body.Close()
	if err := c.turnedAway(answer); err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer+1))
	if err == nil && len(text) > maxAnswer {
		err = fmt.Errorf("answer larger than %d bytes", maxAnswer)
	}
	if err != nil {
		return nil, &fns.TemporaryError{Op: "ask", Err: err}
	}
	return text, nil
}

const tooManyPause = 30 * time.Second

// turnedAway reads a status that comes from a gateway in front of the service.
func (c *Client) turnedAway(answer *http.Response) error {
	switch answer.StatusCode {
	case http.StatusOK:
		return nil
	case http.StatusTooManyRequests:
		return &fns.RateError{RetryIn: tooManyPause, All: true}
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed:
		return &fns.AccessError{Text: "HTTP " + answer.Status}
	}
	return &fns.TemporaryError{Op: "ask", Err: errors.New("HTTP " + answer.Status)}
}

// reply is the service's answer. Data is read only when there is a receipt in
// it: otherwise it may be anything.
type reply struct {
	Code *int            `json:"code"`
	Data json.RawMessage `json:"data"`
}

// The service's codes.
const (
	codeIncorrect = iota
	codeReceipt
	codeNotYet
	codeQuota
	codeWait
	codeNoData
)

const (
	notYetPause = 5 * time.Minute
	waitPause   = 30 * time.Second
)

func (c *Client) read(text []byte) (fns.Answer, error) {
	var r reply
	if err := json.Unmarshal(text, &r); err != nil || r.Code == nil {
		return fns.Answer{}, &fns.TemporaryError{Op: "ask", Err: errors.New("an answer without a code")}
	}
	answer := fns.Answer{Code: *r.Code}
	switch answer.Code {
	case codeReceipt:
		t, err := readTicket(r.Data)
		if err != nil {
			return fns.Answer{}, &fns.TemporaryError{Op: "ask", Answered: true, Err: err}
		}
		answer.State, answer.Ticket = fns.Found, t
	case codeIncorrect:
		answer.State = fns.Forged
	case codeNotYet:
		answer.State, answer.RetryIn = fns.NotYet, notYetPause
	case codeQuota:
		return fns.Answer{}, &fns.QuotaError{Until: fns.QuotaAgain(c.config.Clock()), Text: "the service's code 3"}
	case codeWait:
		return fns.Answer{}, &fns.RateError{RetryIn: waitPause}
	case codeNoData:
		return fns.Answer{}, &fns.TemporaryError{Op: "ask", Answered: true, Err: errors.New("no data")}
	default:
		answer.State = fns.Strange
	}
	return answer, nil
}

// readTicket reads the receipt. Some answers carry it as a text within the text.
func readTicket(data json.RawMessage) (fns.Ticket, error) {
	var text string
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte(`"`)) && json.Unmarshal(data, &text) == nil {
		data = json.RawMessage(text)
	}
	return ticket.Parse(data)
}

// mask takes the token out of a stranger's text.
func (c *Client) mask(text string) string {
	if c.config.Token == "" {
		return text
	}
	return strings.ReplaceAll(text, c.config.Token, "***")
}
