// Package soap is a client of the tax service's open API for partners: SOAP 1.1
// over HTTP, one call to send a request for a receipt's ticket and one to ask
// for the answer.
//
// The client never waits. A call that would come sooner than the service
// allows is refused with *fns.RateError before anything is sent; the caller
// sleeps as long as it says. After a bare "429 Too Many Requests", a
// *fns.AccessError or a *fns.QuotaError of a poll nothing at all is sent until
// its time has come; a *fns.QuotaError of a send stops only sends, so that what
// was sent before it is still fetched. All of this lives in memory: two clients
// with one master token do not know of each other. Package providers shares
// it among replicas and keeps it over restarts.
package soap

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"promobot/fns"
	"promobot/fns/internal/xmltree"
)

// Config says whom to ask and how. BaseURL and MasterToken are required.
type Config struct {
	BaseURL        string            // without path, e.g. https://openapi.nalog.ru:8090
	MasterToken    string            // given to the partner by the service
	UserToken      string            // constant opaque value for old contracts; empty: not sent
	SendGeoInfo    bool              // for contracts that insist on coordinates: sends 0, 0, never a person's
	HTTP           *http.Client      // nil: an own one; redirects are never followed
	Timeout        time.Duration     // of one HTTP exchange; 0: 7 s, so that the worst call ends within 30 s
	Clock          func() time.Time  // nil: the machine's
	SendsPerSecond float64           // what the contract allows; 0: 5
	Codes          map[int]fns.State // overrides fns.ReadCode
}

// Format prints the configuration without its secrets, whatever the verb.
func (c Config) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "soap.Config{%s}", c.BaseURL) }

const (
	defaultTimeout        = 7 * time.Second
	defaultSendsPerSecond = 5
)

// Client asks the service. It may be used by many goroutines at once.
type Client struct {
	config Config
	http   *http.Client
	token  tokenKeeper
	gates  gates
	sends  *pace
	polls  pollGuard
}

// Format prints the client without its secrets, whatever the verb.
func (c *Client) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "soap.Client{%s}", c.config.BaseURL) }

// NewClient returns a client that has not yet called anyone.
func NewClient(config Config) *Client {
	config.BaseURL = strings.TrimRight(config.BaseURL, "/")
	if config.Clock == nil {
		config.Clock = time.Now
	}
	if config.Timeout <= 0 {
		config.Timeout = defaultTimeout
	}
	if config.SendsPerSecond <= 0 {
		config.SendsPerSecond = defaultSendsPerSecond
	}
	return &Client{
		config: config,
		http:   withoutRedirects(config.HTTP),
		sends:  newPace(config.SendsPerSecond),
		polls:  pollGuard{histories: make(map[string]*history)},
	}
}

// withoutRedirects copies a client, so that a token is never carried to another
// address.
func withoutRedirects(from *http.Client) *http.Client {
	var own http.Client
	if from != nil {
		own = *from
	}
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}

// Send asks for the ticket of a receipt and returns the id to Poll with. The
// answer is kept for about a minute. After a TemporaryError that is Unknown the
// service may have taken the request; after any other it has not.
func (c *Client) Send(ctx context.Context, q fns.QR) (messageID string, err error) {
	if err := c.gates.check(opSend, c.config.Clock()); err != nil {
		return "", err
	}
	if wait := c.sends.take(c.config.Clock()); wait > 0 {
		return "", &fns.RateError{RetryIn: wait}
	}
	body, err := c.call(ctx, opSend, sendRequest(q, c.config.SendGeoInfo))
	if err != nil {
		c.sends.learn(err)
		return "", err
	}
	c.sends.learn(nil)
	id := body.Child(asyncNS, "SendMessageResponse").Child(asyncNS, "MessageId").Text()
	if id == "" || len(id) > maxMessageID {
		return "", &fns.TemporaryError{Op: opSend.name, Unknown: true, Err: errors.New("no message id in the answer")}
	}
	return id, nil
}

// maxMessageID is the contract's bound.
const maxMessageID = 36

// Poll asks for the answer to a message. It must not come sooner than a second
// after the last poll of the same id, nor more than twelve times a minute. An
// id that is no longer known is fns.ErrMessageGone: send anew.
func (c *Client) Poll(ctx context.Context, messageID string) (fns.Answer, error) {
	if err := c.gates.check(opPoll, c.config.Clock()); err != nil {
		return fns.Answer{}, err
	}
	if wait := c.polls.take(messageID, c.config.Clock()); wait > 0 {
		return fns.Answer{}, &fns.RateError{RetryIn: wait}
	}
	body, err := c.call(ctx, opPoll, pollRequest(messageID))
	c.polls.done(messageID, c.config.Clock(), err)
	if err != nil {
		return fns.Answer{}, err
	}
	return c.readAnswer(body.Child(asyncNS, "GetMessageResponse"))
}

// call sends one request with a token. A token that the service does not take
// is renewed once.
func (c *Client) call(ctx context.Context, op operation, request string) (*xmltree.Node, error) {
	t, err := c.currentToken(ctx, 0)
	if err != nil {
		return nil, err
	}
	body, err := c.post(ctx, op, request, t.value)
	if !errors.Is(err, errToken) {
		return body, err
	}
	if t, err = c.currentToken(ctx, t.generation); err != nil {
		return nil, err
	}
	body, err = c.post(ctx, op, request, t.value)
	return body, c.settled(err)
}

// settled makes a refused token, where renewing it did not or cannot help, a
// matter for an operator.
func (c *Client) settled(err error) error {
	if errors.Is(err, errToken) {
		return c.barred(err.Error())
	}
	return err
}
