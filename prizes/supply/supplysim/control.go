package supplysim

import (
	"encoding/json"
	"net/http"
)

// Control is what PUT /control takes: troubles and deliveries for what comes
// next, one each, in their order, and what is left of products.
type Control struct {
	Meet  []Fault          `json:"meet"`
	Bring []Delivery       `json:"bring"` // of a slow supplier
	Stock map[string]int64 `json:"stock"`
}

// State is what GET /control answers.
type State struct {
	Calls     int `json:"calls"`
	Orders    int `json:"orders"`
	Delivered int `json:"delivered"` // codes that have left
}

// Controlled serves a supplier with its control beside it, for programs that
// run it as a process.
func Controlled(supplier interface {
	http.Handler
	control(c Control)
	state() State
}) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", supplier)
	mux.HandleFunc("PUT /control", func(w http.ResponseWriter, r *http.Request) {
		var c Control
		if !read(r, &c) {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		supplier.control(c)
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET /control", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(supplier.state())
	})
	return mux
}

func (b *base) control(c Control) {
	b.Meet(c.Meet...)
	for sku, n := range c.Stock {
		b.Restock(sku, n)
	}
}

func (s *Slow) control(c Control) {
	s.base.control(c)
	s.Bring(c.Bring...)
}

func (b *base) state() State {
	b.mu.Lock()
	defer b.mu.Unlock()
	return State{Calls: b.calls, Orders: len(b.orders), Delivered: b.delivered}
}
