package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
)

// DefaultEndpoint is the public service.
const DefaultEndpoint = "https://api.telegram.org"

const (
	// pollTime is how long the service may hold an empty getUpdates: its most.
	pollTime = 50 * time.Second
	// callTime bounds every other call, and what a poll may take beyond pollTime.
	callTime = 30 * time.Second
	// fileTime is how long a file of 20 MiB may take.
	fileTime = 2 * time.Minute
)

// Params are the parameters of a method. Texts, numbers and booleans are sent
// as they are, everything else as one field of JSON.
type Params map[string]any

// File is uploaded with a call. Field is the name of its parameter, or what
// stands behind attach:// in one.
type File struct {
	Field, Name string
	Data        []byte
}

// Client calls methods of the service. It is made without a call, so that a
// start does not need the service. Neither its errors nor its String hold the
// token. It is safe for use by many goroutines.
type Client struct {
	endpoint string
	token    string
	calls    *http.Client
	polls    *http.Client
	files    *http.Client
}

var silence sync.Once

// NewClient returns a client of the service at the base URL endpoint, such as
// DefaultEndpoint.
func NewClient(endpoint, token string) *Client {
	silence.Do(func() { _ = tgbotapi.SetLogger(mute{}) }) // refuses nil alone
	return &Client{
		endpoint: strings.TrimRight(endpoint, "/"),
		token:    token,
		calls:    newHTTPClient(callTime),
		polls:    newHTTPClient(pollTime + callTime),
		files:    newHTTPClient(fileTime),
	}
}

// String hides the token.
func (c *Client) String() string { return "telegram client" }

// GoString hides the token.
func (c *Client) GoString() string { return c.String() }

// mute takes the place of the library's logger, which writes whole addresses,
// and so the token.
type mute struct{}

// Println writes nothing.
func (mute) Println(...any) {}

// Printf writes nothing.
func (mute) Printf(string, ...any) {}

// Call calls a method and returns its result. A refusal of the service is an
// *Error; without an answer it is outbox.ErrUnknown when the request was written,
// else an error of no kind, after which nothing has happened.
func (c *Client) Call(ctx context.Context, method string, params Params, files ...File) (json.RawMessage, error) {
	fields, err := params.encode()
	if err != nil {
		return nil, fmt.Errorf("telegram %s: %w", method, err)
	}
	x := &exchange{ctx: ctx, client: c, http: c.calls}
	if method == "getUpdates" {
		x.http = c.polls
	}
	api := tgbotapi.BotAPI{Token: c.token, Client: x}
	api.SetAPIEndpoint(strings.ReplaceAll(c.endpoint, "%", "%%") + "/bot%s/%s")
	var answer *tgbotapi.APIResponse
	if len(files) == 0 {
		answer, err = api.MakeRequest(method, fields)
	} else {
		answer, err = api.UploadFiles(method, fields, uploads(files))
	}
	if err != nil {
		return nil, c.refusal(method, answer, x.retryAfter, err)
	}
	return answer.Result, nil
}

// refusal is what an error of the library means. The library's own error lacks
// the code after an upload; the answer has it.
func (c *Client) refusal(method string, answer *tgbotapi.APIResponse, header time.Duration, err error) error {
	var refused *tgbotapi.Error
	var own *Error
	switch {
	case errors.As(err, &own):
		own.Method = method
		return own
	case errors.As(err, &refused) && answer != nil:
		e := &Error{Method: method, Code: answer.ErrorCode, Description: c.redact(answer.Description), RetryAfter: header}
		if refused.RetryAfter > 0 {
			e.RetryAfter = time.Duration(refused.RetryAfter) * time.Second
		}
		return e
	}
	var lost *lostError
	if errors.As(err, &lost) {
		return fmt.Errorf("telegram %s: %w", method, lost)
	}
	return fmt.Errorf("telegram %s: %s", method, c.redact(err.Error()))
}

func (p Params) encode() (tgbotapi.Params, error) {
	fields := tgbotapi.Params{}
	for name, value := range p {
		switch v := value.(type) {
		case string:
			fields[name] = v
		case int:
			fields[name] = strconv.Itoa(v)
		case int64:
			fields[name] = strconv.FormatInt(v, 10)
		case bool:
			fields[name] = strconv.FormatBool(v)
		default:
			text, err := json.Marshal(v)
			if err != nil {
				return nil, fmt.Errorf("parameter %s: %w", name, err)
			}
			fields[name] = string(text)
		}
	}
	return fields, nil
}

func uploads(files []File) []tgbotapi.RequestFile {
	list := make([]tgbotapi.RequestFile, len(files))
	for i, f := range files {
		list[i] = tgbotapi.RequestFile{Name: f.Field, Data: tgbotapi.FileBytes{Name: f.Name, Bytes: f.Data}}
	}
	return list
}
