package supplysim

import (
	"net/http"
	"time"
)

// Instant delivers at once. Serve it by an http.Server; Close has nothing to end.
type Instant struct{ base }

// NewInstant returns a supplier without orders.
func NewInstant(o Options) *Instant { return &Instant{newBase(o)} }

// Close does nothing: an instant supplier has no work under way.
func (s *Instant) Close() {}

// ServeHTTP takes orders.
func (s *Instant) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost || r.URL.Path != "/v1/orders" {
		http.NotFound(w, r)
		return
	}
	if s.wrongKey(w, bearer(r)) {
		return
	}
	time.Sleep(s.Delay)
	fault := s.next()
	if stumble(w, fault) {
		return
	}
	var in struct {
		ExternalID string `json:"external_id"`
		Product    string `json:"product"`
	}
	if !read(r, &in) || in.ExternalID == "" || in.Product == "" {
		answer(w, "", http.StatusBadRequest, map[string]any{"error": map[string]any{"code": "bad_request"}})
		return
	}
	status, body := s.order(in.ExternalID, in.Product, fault == Refuse)
	answer(w, fault, status, body)
}

// order is what came of an order. One that was not taken leaves no trace, as
// with a shop that is asked again when it is stocked.
func (s *Instant) order(externalID, sku string, refused bool) (int, any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, first := s.take(externalID, sku)
	if first && refused {
		o.reason = "refused"
	}
	s.finish(o)
	switch {
	case o.reason == "out_of_stock":
		delete(s.orders, externalID)
		return http.StatusConflict, map[string]any{"error": map[string]any{"code": o.reason}}
	case o.reason != "":
		return http.StatusUnprocessableEntity, map[string]any{"error": map[string]any{"code": o.reason}}
	}
	status := http.StatusOK
	if first {
		status = http.StatusCreated
	}
	return status, map[string]any{"order": map[string]any{"id": o.ref, "external_id": o.externalID, "status": o.status(), "code": o.code, "valid_until": s.Until}}
}
