package outbox_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"promobot/bot/outbox"
	"promobot/internal/store"
)

// TestRefusalOlderThanTheReturn: whoever writes while a letter is refused that
// left before gets the answer, and the address stays open.
func TestRefusalOlderThanTheReturn(t *testing.T) {
	for _, tt := range []struct {
		name    string
		from    int64         // the address that wrote
		status  string        // of its update
		handled time.Duration // after the letter has left; 0: not yet
		closes  bool
	}{
		{"handled already", 1, "handled", time.Second, false},
		{"not handled yet", 1, "stored", 0, false},
		{"what the letter answered", 1, "handled", -time.Minute, true},
		{"gone", 1, "noted", time.Second, true},
		{"somebody else", 2, "handled", time.Second, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			eachOffice(t, 200, func(o *office) {
				o.addresses(2)
				o.write(outbox.Delivery{MessageID: 1, AddressID: 1, Lane: outbox.News})
				left, judged := make(chan struct{}), make(chan struct{})
				p := &postman{script: func(_ int, l outbox.Letter) error {
					if l.MessageID > 1 {
						return nil
					}
					close(left)
					<-judged
					return outbox.ErrUnreachable
				}}
				var closed atomic.Int64
				c := o.config()
				c.Unreachable = func(context.Context, *store.Tx, int64) error { closed.Add(1); return nil }
				o.dispatch(p, c)
				<-left
				var at *time.Time
				if tt.handled != 0 {
					moment := o.clock().Add(tt.handled)
					at = &moment
				}
				o.exec("INSERT INTO updates (address_id, event_id, body, status, received_at, handled_at) VALUES (?, '1', ?, ?, ?, ?)",
					tt.from, []byte("sealed"), tt.status, o.clock().Add(-time.Hour), at)
				o.write(outbox.Delivery{MessageID: 2, AddressID: 1})
				close(judged)
				o.drained()
				o.wants(1, outbox.Dead, "unreachable")
				if tt.closes {
					o.wants(2, outbox.Dropped, "unreachable")
				} else {
					o.wants(2, outbox.Sent, "")
				}
				if (closed.Load() > 0) != tt.closes {
					o.Errorf("closed %d times, want it closed: %t", closed.Load(), tt.closes)
				}
			})
		})
	}
}

// TestAnUpdateWaitsForTheClosing: what is stored while an address is closed is
// stored after it, so that its handling finds the address closed and opens it.
func TestAnUpdateWaitsForTheClosing(t *testing.T) {
	eachOffice(t, 200, func(o *office) {
		o.addresses(1)
		o.write(outbox.Delivery{MessageID: 1, AddressID: 1, Lane: outbox.News})
		var closed, early atomic.Bool
		stored := make(chan error, 1)
		c := o.config()
		c.Unreachable = func(ctx context.Context, tx *store.Tx, _ int64) error {
			go func() {
				err := o.db.InTx(context.Background(), func(tx *store.Tx) error {
					return tx.Exec("INSERT INTO updates (address_id, event_id, body, status, received_at) VALUES (1, '1', ?, 'stored', ?)", []byte("sealed"), tx.Now()).Error
				})
				early.Store(!closed.Load())
				stored <- err
			}()
			time.Sleep(200 * time.Millisecond)
			closed.Store(true)
			return nil
		}
		o.dispatch(&postman{script: times(1, outbox.ErrUnreachable)}, c)
		if err := <-stored; err != nil || early.Load() {
			o.Errorf("stored before the address was closed: %t (%v)", early.Load(), err)
		}
	})
}
