package soap

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"promobot/fns"
)

// token is a temporary token. Generations tell a token that was issued again
// from the refused one that reads the same.
type token struct {
	value      string
	generation int
	renewAt    time.Time
	expiresAt  time.Time
}

// tokenKeeper keeps the one token of a client.
type tokenKeeper struct {
	mu     sync.Mutex
	token  token
	flight singleflight.Group

	failure  error // of the last authentication, if it was an outage
	failedAt time.Time
}

// failurePause is how long a failed authentication answers for all receipts,
// so that a crowd does not knock at a closed door one after another.
const failurePause = 3 * time.Second

// known returns the token if it is fresh and not one of the refused, or the
// failure of an authentication that has just gone wrong.
func (k *tokenKeeper) known(now time.Time, refused int) (t token, known bool, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.token.generation > refused && now.Before(k.token.renewAt) {
		return k.token, true, nil
	}
	age := now.Sub(k.failedAt)
	if k.failure != nil && age >= 0 && age < failurePause {
		return token{}, true, k.failure
	}
	return token{}, false, nil
}

// currentToken returns a token newer than the refused generation. However many
// ask at once, the service is asked once; a caller that gives up does not take
// the others' answer away.
func (c *Client) currentToken(ctx context.Context, refused int) (token, error) {
	if t, known, err := c.token.known(c.config.Clock(), refused); known {
		return t, err
	}
	done := c.token.flight.DoChan("", func() (any, error) {
		if t, known, err := c.token.known(c.config.Clock(), refused); known {
			return t, err // another flight landed in between
		}
		return c.renew(context.WithoutCancel(ctx), refused)
	})
	select {
	case result := <-done:
		if result.Err != nil {
			return token{}, result.Err
		}
		return result.Val.(token), nil
	case <-ctx.Done():
		return token{}, &fns.TemporaryError{Op: opAuth.name, Err: ctx.Err()}
	}
}

// renewPause keeps a failing renewal from being tried with every call while the
// old token still lives.
const renewPause = 10 * time.Second

// renew fetches a token. If that fails while the old one still lives, the old
// one serves on. An outage is remembered; other refusals shut a gate or say
// themselves when to come back.
func (c *Client) renew(ctx context.Context, refused int) (token, error) {
	fresh, err := c.authenticate(ctx)
	c.token.mu.Lock()
	defer c.token.mu.Unlock()
	old, now := &c.token.token, c.config.Clock()
	if err == nil {
		fresh.generation = old.generation + 1
		*old, c.token.failure = fresh, nil
		return fresh, nil
	}
	if old.generation > refused && now.Before(old.expiresAt) {
		old.renewAt = now.Add(renewPause)
		return *old, nil
	}
	var outage *fns.TemporaryError
	if errors.As(err, &outage) {
		c.token.failure, c.token.failedAt = err, now
	}
	return token{}, err
}

// authenticate trades the master token for a temporary one.
func (c *Client) authenticate(ctx context.Context) (token, error) {
	body, err := c.post(ctx, opAuth, authRequest(c.config.MasterToken), "")
	if err != nil {
		return token{}, c.settled(err)
	}
	response := body.Child(syncNS, "GetMessageResponse").Child(syncNS, "Message").Child(authNS, "AuthResponse")
	if f := response.Child(authNS, "Fault"); f != nil {
		return token{}, c.barred(opAuth.name + ": " + c.mask(f.Child(authNS, "Message").Text(), ""))
	}
	result := response.Child(authNS, "Result")
	value := result.Child(authNS, "Token").Text()
	if value == "" {
		return token{}, c.unreadable(opAuth, errNoToken)
	}
	return newToken(value, result.Child(authNS, "ExpireTime").Text(), c.config.Clock()), nil
}

const (
	assumedLife = 30 * time.Minute // when the service does not say, or its clock is far from ours
	renewBefore = 5 * time.Minute
	renewSpread = time.Minute
)

// newToken plans a token's renewal: when four to five minutes are left, or half
// its life if that is shorter. A time of expiry that has passed already means
// that clocks differ, not that the token is dead.
func newToken(value, expireTime string, now time.Time) token {
	expires, err := time.Parse(time.RFC3339, expireTime)
	if err != nil || !expires.After(now) {
		expires = now.Add(assumedLife)
	}
	early := min(renewBefore-rand.N(renewSpread), expires.Sub(now)/2)
	return token{value: value, renewAt: expires.Add(-early), expiresAt: expires}
}
