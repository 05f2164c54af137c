package fnssim

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"promobot/fns"
)

func (s *Sim) putControl(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxRequest))
	if err == nil {
		err = s.Control(body)
	}
	if err != nil {
		writeJSON(w, http.StatusBadRequest, map[string]any{"error": err.Error(), "known": SwitchNames()})
		return
	}
	s.getControl(w)
}

func (s *Sim) getControl(w http.ResponseWriter) {
	s.mu.Lock()
	text, err := json.Marshal(s.switches)
	s.mu.Unlock()
	if err != nil {
		writeJSON(w, http.StatusInternalServerError, map[string]any{"error": err.Error()})
		return
	}
	writeJSON(w, http.StatusOK, json.RawMessage(text))
}

func (s *Sim) postMint(w http.ResponseWriter, r *http.Request) {
	q, err := s.mint(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		writeJSON(w, http.StatusBadRequest, map[string]any{"error": err.Error()})
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"text": q.String()})
}

func (s *Sim) mint(r io.Reader) (fns.QR, error) {
	body, err := io.ReadAll(r)
	if err != nil {
		return fns.QR{}, fmt.Errorf("%w: %w", ErrMint, err)
	}
	o, err := readOrder(body)
	if err != nil {
		return fns.QR{}, err
	}
	return s.Mint(o)
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	_ = out.Encode(value) // if the client has gone there is nobody to tell
}
