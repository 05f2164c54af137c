package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"promobot/bot/outbox"
	"promobot/internal/store"
)

// times returns a script that refuses the first n tries.
func times(n int, err error) func(int, outbox.Letter) error {
	return func(try int, _ outbox.Letter) error {
		if try <= n {
			return err
		}
		return nil
	}
}

func TestOutcomes(t *testing.T) {
	always := 1 << 30
	wrapped := func(err error) error { return fmt.Errorf("telegram: sendMessage: %w", err) }
	tests := []struct {
		name   string
		lane   outbox.Lane
		script func(int, outbox.Letter) error
		status string
		said   string
		tries  int
	}{
		{"at once", outbox.Answer, nil, outbox.Sent, "", 1},
		{"not delivered five times", outbox.News, times(5, io.ErrUnexpectedEOF), outbox.Sent, "", 6},
		{"a push not delivered", outbox.Push, times(3, io.ErrUnexpectedEOF), outbox.Sent, "", 4},
		{"unknown once", outbox.Answer, times(1, wrapped(outbox.ErrUnknown)), outbox.Sent, "", 2},
		{"unknown seven times", outbox.Answer, times(7, outbox.ErrUnknown), outbox.Sent, "", 8},
		{"unknown eight times", outbox.Answer, times(8, outbox.ErrUnknown), outbox.Dropped, "unknown", 8},
		{"news always unknown", outbox.News, times(always, outbox.ErrUnknown), outbox.Dropped, "unknown", 8},
		{"a proxy for long", outbox.News, times(9, outbox.ErrProxy), outbox.Sent, "", 10},
		{"a push at a proxy", outbox.Push, times(1, outbox.ErrProxy), outbox.Dropped, "unknown", 1},
		{"a push unknown", outbox.Push, times(1, outbox.ErrUnknown), outbox.Dropped, "unknown", 1},
		{"a push broken off", outbox.Push, times(1, context.DeadlineExceeded), outbox.Dropped, "unknown", 1},
		{"a panic", outbox.Answer, func(n int, _ outbox.Letter) error {
			if n == 1 {
				panic("poison")
			}
			return nil
		}, outbox.Sent, "", 2},
		{"a push that panics", outbox.Push, func(int, outbox.Letter) error { panic("poison") }, outbox.Dropped, "unknown", 1},
		{"told to wait ten times", outbox.Push, times(10, wrapped(outbox.Later{After: time.Second})), outbox.Sent, "", 11},
		{"content", outbox.Answer, times(1, wrapped(outbox.ErrContent)), outbox.Dead, "sendMessage", 1},
		{"unreachable", outbox.Answer, times(1, wrapped(outbox.ErrUnreachable)), outbox.Dead, "unreachable", 1},
		{"unwanted", outbox.Push, times(1, outbox.ErrUnwanted), outbox.Dropped, "unwanted", 1},
		{"gone without an edit", outbox.Answer, times(1, outbox.ErrGone), outbox.Dead, "gone", 1},
		{"the account, then well", outbox.Push, times(1, outbox.ErrAccount), outbox.Sent, "", 2},
		{"a long refusal", outbox.Answer, times(always, fmt.Errorf("%s: %w", strings.Repeat("ю", 300), outbox.ErrContent)), outbox.Dead, "ююю", 1},
	}
	eachOffice(t, 500, func(o *office) { // each message at an address of its own
		o.addresses(len(tests))
		p := &postman{script: func(n int, l outbox.Letter) error {
			if script := tests[l.MessageID-1].script; script != nil {
				return script(n, l)
			}
			return nil
		}}
		for i, tt := range tests {
			o.write(outbox.Delivery{MessageID: int64(i + 1), AddressID: int64(i + 1), Lane: tt.lane})
		}
		o.dispatch(p, o.config())
		o.drained()
		for i, tt := range tests {
			o.Run(tt.name, func(t *testing.T) {
				r, calls := o.row(int64(i+1)), p.of(int64(i+1))
				if r.Status != tt.status || !strings.Contains(r.Error, tt.said) || len(calls) != tt.tries {
					t.Errorf("%+v after %d tries, want %s %q after %d", r, len(calls), tt.status, tt.said, tt.tries)
				}
				for n, c := range calls {
					if c.Again != (r.Unknowns > 0 && n > 0) {
						t.Errorf("try %d says again: %t", n+1, c.Again)
					}
				}
			})
		}
	})
}

func TestUnknownEditsAreRepeated(t *testing.T) {
	eachOffice(t, 200, func(o *office) {
		o.addresses(1)
		o.write(outbox.Delivery{MessageID: 1, AddressID: 1}, outbox.Delivery{MessageID: 2, AddressID: 1, Edits: 1})
		p := &postman{script: func(n int, l outbox.Letter) error {
			if l.MessageID == 2 && n < 5 {
				return outbox.ErrUnknown
			}
			return nil
		}}
		o.dispatch(p, o.config())
		o.drained()
		o.wants(2, outbox.Sent, "")
		if n := p.count(); n != 6 || p.call(5).Replaces != "p1.1" {
			t.Errorf("%d calls, the last %+v", n, p.call(n-1))
		}
	})
}

// An edit whose original is not there becomes a message; the next edit edits
// that one.
func TestEditOfWhatIsNotThereIsANewMessage(t *testing.T) {
	for _, tt := range []struct {
		name   string
		script func(n int, l outbox.Letter) error
	}{
		{"refused for ever", func(_ int, l outbox.Letter) error {
			if l.MessageID == 1 {
				return outbox.ErrContent
			}
			return nil
		}},
		{"gone", func(_ int, l outbox.Letter) error {
			if l.Replaces == "p1.1" {
				return outbox.ErrGone
			}
			return nil
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			eachOffice(t, 200, func(o *office) {
				o.addresses(1)
				o.write(outbox.Delivery{MessageID: 1, AddressID: 1}, outbox.Delivery{MessageID: 2, AddressID: 1, Edits: 1})
				p := &postman{script: tt.script}
				o.dispatch(p, o.config())
				o.drained()
				o.write(outbox.Delivery{MessageID: 3, AddressID: 1, Edits: 2})
				o.drained()
				last := p.call(p.count() - 1)
				if second := p.call(p.count() - 2); second.MessageID != 2 || second.Replaces != "" || last.Replaces != o.row(2).ProviderID {
					t.Errorf("calls %+v, then %+v; message 2 has the id %s", second.Letter, last.Letter, o.row(2).ProviderID)
				}
			})
		})
	}
}

func TestUnreachableAddressIsClosed(t *testing.T) {
	eachOffice(t, 200, func(o *office) {
		o.addresses(2)
		var list []outbox.Delivery
		for i := range 30 {
			lane := outbox.Lanes()[i%3]
			list = append(list, outbox.Delivery{MessageID: int64(i + 1), AddressID: int64(i%2 + 1), Lane: lane})
		}
		o.write(list...)
		p := &postman{script: func(_ int, l outbox.Letter) error {
			if l.AddressID == 1 {
				return outbox.ErrUnreachable
			}
			return nil
		}}
		var closed atomic.Int64
		c := o.config()
		c.Unreachable = func(ctx context.Context, tx *store.Tx, addressID int64) error {
			if closed.Add(1) == 1 {
				return errors.New("a transaction that fails once")
			}
			return tx.WithContext(ctx).Exec("UPDATE addresses SET closed_at = ? WHERE id = ?", tx.Now(), addressID).Error
		}
		o.dispatch(p, c)
		o.drained()
		for i := range list {
			switch id := int64(i + 1); {
			case i == 0:
				o.wants(id, outbox.Dead, "unreachable")
			case i%2 == 0:
				o.wants(id, outbox.Dropped, "unreachable")
			default:
				o.wants(id, outbox.Sent, "")
			}
		}
		var open int64
		if err := o.db.Read(context.Background()).Table("addresses").Where("closed_at IS NULL").Count(&open).Error; err != nil || open != 1 {
			t.Errorf("%d addresses are open (%v), want one", open, err)
		}
		if n := p.count(); n != 16 {
			t.Errorf("%d calls, want 16", n)
		}
	})
}

func TestRefusedAccountStopsTheChannelForAMinute(t *testing.T) {
	eachOffice(t, 100, func(o *office) { // a minute is 0.6 s
		o.addresses(40)
		var list []outbox.Delivery
		for i := range 40 {
			list = append(list, outbox.Delivery{MessageID: int64(i + 1), AddressID: int64(i + 1)})
		}
		o.write(list...)
		var ill atomic.Bool
		ill.Store(true)
		p := &postman{script: func(int, outbox.Letter) error {
			if ill.Load() {
				return outbox.ErrAccount
			}
			return nil
		}}
		start := time.Now()
		o.dispatch(p, o.config())
		o.until("the third time it is tried", func() bool { return p.count() >= 18 })
		ill.Store(false)
		if took := time.Since(start); took < 1200*time.Millisecond {
			t.Errorf("three tries within %s, want two minutes of 600 ms between", took)
		}
		if n := p.count(); n > 18 {
			t.Errorf("%d calls to a channel that refuses us, want 16 and then one a minute", n)
		}
		if n := o.open(); n != 40 {
			t.Errorf("%d wait, want all", n)
		}
		o.drained()
		if r := o.row(1); r.Attempts != 1 || r.Status != outbox.Sent {
			t.Errorf("%+v", r)
		}
		if n := strings.Count(o.log.String(), "level=ERROR"); n != 3 {
			t.Errorf("logged %d times, want once a minute:\n%s", n, o.log)
		}
	})
}

func TestTheChannelIsObeyedToTheMoment(t *testing.T) {
	for _, tt := range []struct {
		name  string
		later outbox.Later
		free  bool // another chat may be written to meanwhile
	}{
		{"the chat", outbox.Later{After: time.Minute}, true},
		{"the account", outbox.Later{After: time.Minute, Account: true}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			eachOffice(t, 20, func(o *office) { // the told minute is 3 s
				o.addresses(2)
				o.write(outbox.Delivery{MessageID: 1, AddressID: 1, Lane: outbox.Push})
				p := &postman{script: func(n int, l outbox.Letter) error {
					if l.MessageID == 1 && n == 1 {
						return tt.later
					}
					return nil
				}}
				c := o.config()
				c.Rand = func() float64 { return 0 }
				_, stop := o.dispatch(p, c)
				o.until("it was told", func() bool { return p.count() == 1 && o.row(1).Error != "" })
				stop() // whoever comes next obeys too
				o.write(outbox.Delivery{MessageID: 2, AddressID: 1}, outbox.Delivery{MessageID: 3, AddressID: 2})
				o.dispatch(p, c)
				o.drained()
				told := p.call(0).at
				for i := 1; i < p.count(); i++ {
					call := p.call(i)
					if early := call.at.Before(told.Add(3 * time.Second)); early != (tt.free && call.AddressID == 2) {
						t.Errorf("message %d was tried %s after the word to wait 3 s", call.MessageID, call.at.Sub(told))
					}
				}
				if got := p.order(); len(got) != 3 || got[2] != 1 || tt.free && got[0] != 3 {
					t.Errorf("sent in the order %v, want the push last", got)
				}
			})
		})
	}
}

func TestExpiredMessagesAreDropped(t *testing.T) {
	eachOffice(t, 1, func(o *office) {
		o.addresses(1)
		o.write(outbox.Delivery{MessageID: 1, AddressID: 1, ExpiresAt: o.clock()},
			outbox.Delivery{MessageID: 2, AddressID: 1, Lane: outbox.Push, ExpiresAt: o.clock().Add(-time.Hour)},
			outbox.Delivery{MessageID: 3, AddressID: 1, ExpiresAt: o.clock().Add(time.Hour)})
		p := &postman{}
		o.dispatch(p, o.config())
		o.drained()
		o.wants(1, outbox.Dropped, "expired")
		o.wants(2, outbox.Dropped, "expired")
		o.wants(3, outbox.Sent, "")
	})
}

// What a killed process was sending has an unknown outcome.
func TestLettersOfADeadProcessAreUnknown(t *testing.T) {
	eachOffice(t, 100, func(o *office) {
		o.addresses(4)
		o.write(outbox.Delivery{MessageID: 1, AddressID: 1}, outbox.Delivery{MessageID: 2, AddressID: 2, Lane: outbox.Push},
			outbox.Delivery{MessageID: 3, AddressID: 3}, outbox.Delivery{MessageID: 4, AddressID: 3, Edits: 3}, outbox.Delivery{MessageID: 5, AddressID: 4})
		o.exec("UPDATE deliveries SET status = 'sending', claimed_by = 'dead', claimed_at = ?, unknowns = CASE WHEN message_id = 5 THEN 7 ELSE 0 END", o.clock())
		o.exec("UPDATE deliveries SET status = 'sent', provider_id = 'p3.1' WHERE message_id = 3")
		p := &postman{}
		o.dispatch(p, o.config())
		o.drained()
		o.wants(1, outbox.Sent, "")
		o.wants(2, outbox.Dropped, "unknown")
		o.wants(4, outbox.Sent, "")
		o.wants(5, outbox.Dropped, "unknown")
		for i := range p.count() {
			if c := p.call(i); !c.Again || c.MessageID == 4 && c.Replaces != "p3.1" {
				t.Errorf("%+v", c.Letter)
			}
		}
		if n := p.count(); n != 2 {
			t.Errorf("%d letters, want 2", n)
		}
	})
}

// Letters under way at the end are waited for, and written down.
func TestEndWaitsForLettersUnderWay(t *testing.T) {
	eachOffice(t, 1, func(o *office) {
		o.addresses(3)
		o.write(outbox.Delivery{MessageID: 1, AddressID: 1}, outbox.Delivery{MessageID: 2, AddressID: 2, Lane: outbox.Push})
		p := &postman{takes: 300 * time.Millisecond}
		_, stop := o.dispatch(p, o.config())
		o.until("both are under way", func() bool { return p.count() == 2 })
		stop()
		o.wants(1, outbox.Sent, "")
		o.wants(2, outbox.Sent, "")
		o.write(outbox.Delivery{MessageID: 3, AddressID: 3})
		time.Sleep(50 * time.Millisecond)
		o.wants(3, outbox.Waiting, "")
	})
}
