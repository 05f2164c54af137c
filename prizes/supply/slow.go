package supply

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
)

// Slow is a supplier that takes an order and delivers its code later:
//
//	POST /api/certificates  X-Api-Key: TOKEN
//	{"externalId":"…","sku":"…"}
//	→ 202 {"orderId":"…","externalId":"…","status":"accepted"}
//	GET /api/certificates/by-external/ID
//	→ 200 {"orderId":"…","externalId":"…","status":"accepted|completed|failed","code":"…","expires":"2026-12-31","reason":"out_of_stock"}
//	→ 404: no such order
//
// How it ended comes by a signed webhook too, see Webhook: late, twice or out
// of order. The same external id again gives the same order.
type Slow struct{ call *caller }

// NewSlow returns a client that has not yet called anyone.
func NewSlow(c Config) *Slow {
	return &Slow{newCaller(c, http.Header{"X-Api-Key": {c.Token}})}
}

type slowOrder struct {
	OrderID    string `json:"orderId"`
	ExternalID string `json:"externalId"`
	Status     string `json:"status"`
	Code       string `json:"code"`
	Expires    string `json:"expires"`
	Reason     string `json:"reason"`
}

// Order orders. What may have been ordered before is looked up first.
func (s *Slow) Order(ctx context.Context, o Order) (Answer, error) {
	if o.Again {
		a, found, err := s.find(ctx, o)
		if err != nil || found {
			return a, err
		}
	}
	got, err := s.call.call(ctx, http.MethodPost, "/api/certificates", map[string]any{"externalId": o.ExternalID, "sku": o.SKU})
	if err != nil {
		return Answer{}, err
	}
	switch got.status {
	case http.StatusOK, http.StatusAccepted, http.StatusCreated:
		return s.read(o, got)
	case http.StatusConflict, http.StatusUnprocessableEntity:
		var said slowOrder
		if err := got.read(&said); err != nil {
			return Answer{}, err
		}
		return Answer{ExternalID: o.ExternalID, State: Failed, Reason: failure(said.Reason)}, nil
	}
	return Answer{}, &Trouble{Err: fmt.Errorf("status %d", got.status)}
}

func (s *Slow) find(ctx context.Context, o Order) (a Answer, found bool, err error) {
	got, err := s.call.call(ctx, http.MethodGet, "/api/certificates/by-external/"+url.PathEscape(o.ExternalID), nil)
	switch {
	case err != nil:
		return a, false, err
	case got.status == http.StatusNotFound:
		return a, false, nil
	case got.status != http.StatusOK:
		return a, false, &Trouble{Err: fmt.Errorf("status %d", got.status)}
	}
	a, err = s.read(o, got)
	return a, true, err
}

func (s *Slow) read(o Order, got reply) (Answer, error) {
	var said slowOrder
	if err := got.read(&said); err != nil {
		return Answer{}, err
	}
	if said.ExternalID != o.ExternalID {
		return Answer{}, &Trouble{Err: errors.New("the answer is about another order")}
	}
	return said.answer()
}

func (r slowOrder) answer() (Answer, error) {
	a := Answer{ExternalID: r.ExternalID, Ref: reference(r.OrderID)}
	switch State(r.Status) {
	case Completed:
		return completed(a, r.Code, r.Expires)
	case Failed:
		a.State, a.Reason = Failed, failure(r.Reason)
		return a, nil
	case Accepted:
		a.State = Accepted
		return a, nil
	}
	return a, &Trouble{Err: errors.New("an order in a state that nobody described")}
}

// heard is the body of a webhook.
type heard struct {
	Event string `json:"event"` // order.completed or order.failed
	slowOrder
}

// errEvent reports a webhook that tells nothing about an order.
var errEvent = errors.New("supply: not an event of an order")

func readEvent(body []byte) (Answer, error) {
	var e heard
	if err := json.Unmarshal(body, &e); err != nil || e.ExternalID == "" {
		return Answer{}, errEvent
	}
	switch e.Event {
	case "order.completed":
		e.Status = string(Completed)
	case "order.failed":
		e.Status = string(Failed)
	default:
		return Answer{}, errEvent
	}
	return e.answer()
}
