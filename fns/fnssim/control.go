package fnssim

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"promobot/fns"
	"promobot/fns/ticket"
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

func (s *Sim) mint(body io.Reader) (fns.QR, error) {
	var in mintRequest
	d := json.NewDecoder(body)
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil && !errors.Is(err, io.EOF) {
		return fns.QR{}, fmt.Errorf("%w: %w", ErrMint, err)
	}
	o, err := in.order()
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

// maxTicket bounds a line of a file of tickets.
const maxTicket = 4 << 20

// Load puts tickets into the store, one JSON document a line, in any dialect
// the ticket package reads. Documents that are no receipts, or have no fiscal
// key, cannot be asked for: they are counted as skipped.
func (s *Sim) Load(r io.Reader) (loaded, skipped int, err error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxTicket)
	for lines.Scan() {
		if len(lines.Bytes()) == 0 {
			continue
		}
		t, err := ticket.Parse(lines.Bytes())
		if err != nil || !s.store(t) {
			skipped++
			continue
		}
		loaded++
	}
	if err := lines.Err(); err != nil {
		return loaded, skipped, fmt.Errorf("tickets, line %d: %w", loaded+skipped+1, err)
	}
	return loaded, skipped, nil
}

// store keeps a ticket if a code can name it.
func (s *Sim) store(t fns.Ticket) bool {
	q := fns.QR{Key: t.Key, Operation: t.Operation, At: t.At, Total: t.Total}
	if _, err := fns.ParseQR(q.String()); err != nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.documents[t.Key] = t
	return true
}
