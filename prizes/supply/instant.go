package supply

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

// Instant is a supplier that answers an order with its code at once:
//
//	POST /v1/orders  Authorization: Bearer TOKEN
//	{"external_id":"…","product":"…","quantity":1}
//	→ 201 or 200 {"order":{"id":"…","external_id":"…","status":"completed","code":"…","valid_until":"2026-12-31"}}
//	→ 409 {"error":{"code":"out_of_stock"}}, 422 {"error":{"code":"refused"}}
//
// The same external id again gives the same order, with 200.
type Instant struct{ call *caller }

// NewInstant returns a client that has not yet called anyone.
func NewInstant(c Config) *Instant {
	return &Instant{newCaller(c, http.Header{"Authorization": {"Bearer " + c.Token}})}
}

type instantReply struct {
	Order struct {
		ID         string `json:"id"`
		ExternalID string `json:"external_id"`
		Status     string `json:"status"`
		Code       string `json:"code"`
		ValidUntil string `json:"valid_until"`
	} `json:"order"`
	Error struct {
		Code string `json:"code"`
	} `json:"error"`
}

// Order orders, or fetches what was ordered under the id.
func (s *Instant) Order(ctx context.Context, o Order) (Answer, error) {
	got, err := s.call.call(ctx, http.MethodPost, "/v1/orders", map[string]any{"external_id": o.ExternalID, "product": o.SKU, "quantity": 1})
	if err != nil {
		return Answer{}, err
	}
	var said instantReply
	if err := got.read(&said); err != nil {
		return Answer{}, err
	}
	return said.answer(o, got.status)
}

func (r instantReply) answer(o Order, status int) (Answer, error) {
	a := Answer{ExternalID: o.ExternalID, Ref: reference(r.Order.ID)}
	switch {
	case status == http.StatusConflict || status == http.StatusUnprocessableEntity:
		a.State, a.Reason = Failed, failure(r.Error.Code)
		return a, nil
	case status != http.StatusOK && status != http.StatusCreated:
		return a, &Trouble{Err: fmt.Errorf("status %d", status)}
	case r.Order.ExternalID != o.ExternalID:
		return a, &Trouble{Err: errors.New("the answer is about another order")}
	case r.Order.Status != string(Completed):
		return a, &Trouble{Err: errors.New("an order that is neither completed nor refused")}
	}
	return completed(a, r.Order.Code, r.Order.ValidUntil)
}

// failure is a supplier's word for why it does not deliver; short, because it
// is kept.
func failure(word string) string {
	const longest = 40
	if word == "" || len(word) > longest || !printable(word) {
		return ReasonRefused
	}
	return word
}

// reference is a supplier's own number as it may be kept; one that may not is
// unknown, and its order no worse for it.
func reference(number string) string {
	const longest = 100
	if len(number) > longest || !printable(number) {
		return ""
	}
	return number
}
