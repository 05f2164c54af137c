// Package outbox brings written messages to their messengers.
//
// Every message of a pushed channel has a row in deliveries, written in the
// transaction that writes the message. One dispatcher per channel takes the
// rows, keeps the messenger's limits, hands the letters to a Courier, and
// writes down how each fared: sent, waiting for another try, or given up.
//
// A messenger knows no idempotency key: when nobody can tell whether a letter
// has arrived, an answer goes out a few times more, an edit is repeated, a push
// never.
package outbox

import (
	"errors"
	"fmt"
	"time"
)

// The refusals of a Courier. Any other error says that the letter was not
// delivered and may be tried again.
var (
	// ErrUnreachable: the address takes no messages, for good.
	ErrUnreachable = errors.New("outbox: the address is unreachable")
	// ErrContent: this very message can never be delivered.
	ErrContent = errors.New("outbox: the message cannot be delivered")
	// ErrUnknown: the message may have been delivered and may not.
	ErrUnknown = errors.New("outbox: nobody knows whether it was delivered")
	// ErrProxy: somebody on the way answered in the channel's place. Most likely
	// the message was not delivered, and nobody knows; it is ErrUnknown too.
	ErrProxy = fmt.Errorf("%w: answered on the way", ErrUnknown)
	// ErrAccount: the token or the configuration of the channel is wrong.
	ErrAccount = errors.New("outbox: the channel refuses our account")
	// ErrGone: the message to edit is not there any more.
	ErrGone = errors.New("outbox: the message to edit is gone")
	// ErrUnwanted: the receiver does not want this message any more.
	ErrUnwanted = errors.New("outbox: the message is not wanted any more")
)

// Later is the refusal of a channel that told us to wait: this chat only, or
// the whole account.
type Later struct {
	After   time.Duration // as told
	Account bool
}

// Error names the time to wait.
func (l Later) Error() string {
	if l.Account {
		return fmt.Sprintf("outbox: the account is to wait %s", l.After)
	}
	return fmt.Sprintf("outbox: the chat is to wait %s", l.After)
}

// Lane says how urgent a message is. A lower one yields to a higher one.
type Lane string

// The lanes, the most urgent first.
const (
	Answer Lane = "answer" // somebody waits for it now
	News   Lane = "news"   // a verdict, a prize
	Push   Lane = "push"   // advertising: never sent twice
)

// Lanes lists the lanes, the most urgent first.
func Lanes() []Lane { return []Lane{Answer, News, Push} }

// The states of a delivery.
const (
	Waiting    = "waiting"
	Sending    = "sending"    // claimed by a dispatcher
	Sent       = "sent"       // the channel took it
	Superseded = "superseded" // a later edit of the same message says more
	Dropped    = "dropped"    // given up without fault: expired, unwanted, unreachable, unknown
	Dead       = "dead"       // refused for ever
)

// What is written down about a delivery that did not go well.
const (
	saidExpired     = "expired"
	saidUnknown     = "unknown"
	saidUnreachable = "unreachable"
	saidUnwanted    = "unwanted"
	saidLater       = "told to wait"
)
