// Package providers chooses whom to ask about a receipt, and keeps what is
// known about each provider of fiscal answers in the database: its quota of the
// day, its pace, its breaker and whether it may be called at all. So all of
// these hold for every replica and survive a restart.
//
// Every call that costs quota is written before it is made, in a transaction of
// its own: a crash costs one call and never exceeds the quota. No transaction
// is open during a call.
package providers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"promobot/fns"
	"promobot/internal/store"
)

// Client asks one provider. Send puts a question and returns the id by which
// Poll fetches the answer. Their errors are those of package fns.
type Client interface {
	Send(ctx context.Context, q fns.QR) (messageID string, err error)
	Poll(ctx context.Context, messageID string) (fns.Answer, error)
}

// Provider is a provider with its limits.
type Provider struct {
	Name           string // short and stable: rows and message ids carry it
	Client         Client
	DailyQuota     int     // calls a Moscow day; 0 unknown: only the provider itself stops the day
	SendsPerSecond float64 // above 0
	// PaidPolls tells that Send calls nobody, and that each Poll is the call
	// that counts. Its turn is taken by Send all the same.
	PaidPolls bool
	// Official tells that its denials are final.
	Official bool
}

func (p Provider) interval() time.Duration {
	return time.Duration(float64(time.Second) / p.SendsPerSecond)
}

// Options are what a Router may be told beside its providers.
type Options struct {
	Log   *slog.Logger // nil: silent
	Watch func(Call)   // told of every call that was made; nil: nobody
}

// Call is one call as it ended. It names no receipt and no person.
type Call struct {
	Provider string
	Op       string // "send" or "poll"
	Outcome  Outcome
	Took     time.Duration
}

// Outcome is how a call ended.
type Outcome string

// The outcomes of calls.
const (
	Calling  Outcome = "calling"  // it was about to be made; after a crash, forever
	Answered Outcome = "answered" // the provider did what was asked
	Failed   Outcome = "failed"   // it could not
	Unknown  Outcome = "unknown"  // a question may have been taken
	NotSent  Outcome = "not_sent" // nothing has left this machine: costs no quota
	TooFast  Outcome = "too_fast"
	NoQuota  Outcome = "no_quota"
	NoAccess Outcome = "no_access"
	Lost     Outcome = "lost" // the provider keeps the message no longer
)

// Router asks the first provider that may be asked. It may be used by many
// goroutines at once, in any number of replicas.
type Router struct {
	db        *store.DB
	providers []Provider
	log       *slog.Logger
	watch     func(Call)
}

// New returns a router over providers, the preferred one first; there is at
// least one.
func New(db *store.DB, providers []Provider, o Options) *Router {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Watch == nil {
		o.Watch = func(Call) {}
	}
	return &Router{db: db, providers: providers, log: o.Log, watch: o.Watch}
}

// Send puts a question to a provider and returns the id to Poll with, which
// begins with the provider's name. The context may carry an fns.Purpose.
//
// A question whose subject's last one ended unknown is refused as Unasked until
// the answer to that could not exist any longer.
//
// A provider that has no quota or does not let us in is passed over at once.
func (r *Router) Send(ctx context.Context, q fns.QR) (messageID string, err error) {
	for range r.providers {
		if messageID, err = r.send(ctx, q); !turnsAway(err) {
			break
		}
	}
	return messageID, err
}

// turnsAway tells an error after which another provider may be asked at once.
func turnsAway(err error) bool {
	var (
		quota  *fns.QuotaError
		access *fns.AccessError
	)
	return errors.As(err, &quota) || errors.As(err, &access)
}

func (r *Router) send(ctx context.Context, q fns.QR) (messageID string, err error) {
	g, err := r.grant(ctx, r.candidates(fns.PurposeOf(ctx)), opSend, fns.PurposeOf(ctx))
	if err != nil {
		return "", err
	}
	id, err := g.provider.Client.Send(ctx, q)
	if !g.provider.PaidPolls {
		r.ended(ctx, g, fns.Answer{}, err)
	}
	if err != nil {
		return "", err
	}
	return g.provider.Name + idMark + id, nil
}

// candidates are the providers that will do for the purpose. Where none is
// official, any must do.
func (r *Router) candidates(purpose fns.Purpose) []Provider {
	if !purpose.Official || !slices.ContainsFunc(r.providers, func(p Provider) bool { return p.Official }) {
		return r.providers
	}
	return slices.DeleteFunc(slices.Clone(r.providers), func(p Provider) bool { return !p.Official })
}

// idMark parts a provider's name from its message id.
const idMark = ":"

// Poll asks for the answer to a message. A message that its provider cannot be
// asked for any more is fns.ErrMessageGone: send anew.
func (r *Router) Poll(ctx context.Context, messageID string) (fns.Answer, error) {
	p, id, known := r.owner(messageID)
	if !known {
		return fns.Answer{}, fmt.Errorf("poll: %w", fns.ErrMessageGone)
	}
	g, err := r.pollGrant(ctx, p)
	if err != nil {
		return fns.Answer{}, err
	}
	answer, err := p.Client.Poll(ctx, id)
	r.ended(ctx, g, answer, err)
	var quota *fns.QuotaError
	if p.PaidPolls && errors.As(err, &quota) {
		return fns.Answer{}, fmt.Errorf("poll: %w: %w", fns.ErrMessageGone, err) // others may be asked
	}
	return answer, err
}

// owner finds whose message it is. An id of the time when there was only one
// provider has no name.
func (r *Router) owner(messageID string) (p Provider, id string, known bool) {
	name, id, marked := strings.Cut(messageID, idMark)
	if !marked {
		return r.providers[0], messageID, true
	}
	i := slices.IndexFunc(r.providers, func(p Provider) bool { return p.Name == name })
	if i < 0 {
		return Provider{}, "", false
	}
	return r.providers[i], id, true
}

// pollGrant lets a poll pass. One that costs quota, where there is none left or
// the provider rests, is a question to be put anew.
func (r *Router) pollGrant(ctx context.Context, p Provider) (grant, error) {
	if !p.PaidPolls {
		return r.freePoll(ctx, p)
	}
	g, err := r.grant(ctx, []Provider{p}, opPoll, fns.PurposeOf(ctx))
	var rate *fns.RateError
	if err != nil && !errors.As(err, &rate) && ctx.Err() == nil {
		return g, fmt.Errorf("poll: %w: %w", fns.ErrMessageGone, err)
	}
	return g, err
}
