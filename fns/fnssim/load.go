package fnssim

import (
	"bufio"
	"bytes"
	"fmt"
	"io"

	"promobot/fns"
	"promobot/fns/ticket"
)

// maxTicket bounds a line of a file of tickets.
const maxTicket = 4 << 20

// Load puts tickets into the store, one JSON document a line, in any dialect
// the ticket package reads. They are served with the fields they have, in the
// service's own form. Documents that are no receipts, or that no code can name,
// are skipped; the log says which line and why.
func (s *Sim) Load(r io.Reader) (loaded, skipped int, err error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxTicket)
	n := 0
	for lines.Scan() {
		n++
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		if err := s.store(lines.Bytes()); err != nil {
			s.options.Log.Warn("ticket skipped", "line", n, "reason", err)
			skipped++
			continue
		}
		loaded++
	}
	if err := lines.Err(); err != nil {
		return loaded, skipped, fmt.Errorf("tickets, line %d: %w", n+1, err)
	}
	return loaded, skipped, nil
}

// store keeps a ticket, and its fields as they are, if a code can name it.
func (s *Sim) store(document []byte) error {
	t, err := ticket.Parse(document)
	if err != nil {
		return err
	}
	fields, err := ticket.Fields(document)
	if err != nil {
		return err
	}
	q := fns.QR{Key: t.Key, Operation: t.Operation, At: t.At, Total: t.Total}
	if _, err := fns.ParseQR(q.String()); err != nil {
		return fmt.Errorf("no code can name it: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.documents[t.Key], s.originals[t.Key] = t, fields
	return nil
}
