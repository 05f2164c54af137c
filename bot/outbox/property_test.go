package outbox_test

import (
	"context"
	"fmt"
	"io"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"promobot/bot/outbox"
)

// mail is one message of a random day and how its tries go.
type mail struct {
	outbox.Delivery
	original int64  // of an edit of an edit, too
	plan     []fate // of its tries, in turn; then all is well
}

type fate string

// The fates of a try. "arrives" is an unknown outcome of a letter that has
// arrived, "lost" of one that has not.
var fates = []fate{"well", "well", "well", "fails", "arrives", "lost", "later", "account later", "gone", "content", "unreachable", "account", "panic", "unwanted"}

// screen is what a chat shows: messages by the channel's id, and what they say.
type screen struct {
	mu     sync.Mutex
	mails  map[int64]*mail
	tries  map[int64]int
	shows  map[string]int64 // message whose text it is
	copies map[int64]int    // that arrived as a new message
	first  []int64          // messages in the order of their first arrival
	next   int
}

// Carry does what the plan of the message says.
func (s *screen) Carry(_ context.Context, l outbox.Letter) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, f := s.mails[l.MessageID], fate("well")
	if n := s.tries[l.MessageID]; n < len(m.plan) {
		f = m.plan[n]
	}
	s.tries[l.MessageID]++
	switch f {
	case "fails":
		return "", io.ErrUnexpectedEOF
	case "lost":
		return "", fmt.Errorf("cut off: %w", outbox.ErrUnknown)
	case "later":
		return "", outbox.Later{After: time.Second}
	case "account later":
		return "", outbox.Later{After: time.Second, Account: true}
	case "gone":
		return "", outbox.ErrGone
	case "content":
		return "", outbox.ErrContent
	case "unreachable":
		return "", outbox.ErrUnreachable
	case "account":
		return "", outbox.ErrAccount
	case "unwanted":
		return "", outbox.ErrUnwanted
	case "panic":
		panic("poison")
	}
	id := s.show(l)
	if f == "arrives" {
		return "", outbox.ErrUnknown
	}
	return id, nil
}

func (s *screen) show(l outbox.Letter) string {
	id := l.Replaces
	if id == "" {
		s.next++
		id = fmt.Sprint("c", s.next)
		if s.copies[l.MessageID]++; s.copies[l.MessageID] == 1 {
			s.first = append(s.first, l.MessageID)
		}
	}
	s.shows[id] = l.MessageID
	return id
}

// had tells whether a try of the message had the fate.
func (s *screen) had(id int64, want ...fate) (n int) {
	plan := s.mails[id].plan
	for _, f := range plan[:min(len(plan), s.tries[id])] {
		for _, w := range want {
			if f == w {
				n++
			}
		}
	}
	return n
}

func drawMail(t *rapid.T, from int64) []*mail {
	var list []*mail
	for i := range rapid.IntRange(1, 25).Draw(t, "messages") {
		m := &mail{Delivery: outbox.Delivery{MessageID: from + int64(i), AddressID: rapid.Int64Range(1, 4).Draw(t, "address"),
			Lane: rapid.SampledFrom(outbox.Lanes()).Draw(t, "lane")}}
		m.plan = rapid.SliceOfN(rapid.SampledFrom(fates), 0, 4).Draw(t, "plan")
		if k := rapid.IntRange(0, 3*i).Draw(t, "edits"); k < i && m.Lane != outbox.Push && list[k].Lane != outbox.Push {
			o := list[k]
			m.AddressID, m.Edits, m.original = o.AddressID, o.MessageID, o.MessageID
			if o.original != 0 {
				m.original = o.original
			}
		}
		list = append(list, m)
	}
	return list
}

// Whatever becomes of the tries: a message arrives at most once and once more
// for each unknown outcome, a push once; none is lost, each chat keeps its
// order, and the last edit stands.
func TestAnyOutcomes(t *testing.T) {
	eachOffice(t, 5000, func(o *office) {
		o.addresses(4)
		from := int64(1)
		rapid.Check(o.T, func(t *rapid.T) {
			list := drawMail(t, from)
			from += 1000
			s := &screen{mails: map[int64]*mail{}, tries: map[int64]int{}, shows: map[string]int64{}, copies: map[int64]int{}}
			var deliveries []outbox.Delivery
			for _, m := range list {
				s.mails[m.MessageID] = m
				deliveries = append(deliveries, m.Delivery)
			}
			half := rapid.IntRange(0, len(list)).Draw(t, "written before the start")
			o.write(deliveries[:half]...)
			c := o.config()
			c.Look = 2 * time.Millisecond
			_, stop := o.dispatch(s, c)
			o.write(deliveries[half:]...)
			o.drained()
			stop()
			for _, m := range list {
				o.judge(t, s, m)
			}
			o.judgeOrder(t, s)
			o.judgeEdits(t, s, list)
		})
	})
}

func (o *office) judge(t *rapid.T, s *screen, m *mail) {
	r, copies := o.row(m.MessageID), s.copies[m.MessageID]
	unknowns := s.had(m.MessageID, "arrives", "lost", "panic")
	if copies > 1+unknowns || m.Lane == outbox.Push && copies > 1 {
		t.Errorf("message %d arrived %d times with %d unknown outcomes", m.MessageID, copies, unknowns)
	}
	closed := false // the address was, at some time
	for id := range s.mails {
		closed = closed || s.mails[id].AddressID == m.AddressID && s.had(id, "unreachable") > 0
	}
	switch r.Status {
	case outbox.Sent:
		if s.tries[m.MessageID] == 0 || copies == 0 && m.Edits == 0 {
			t.Errorf("message %d is called sent and did not arrive", m.MessageID)
		}
	case outbox.Superseded:
		if m.Edits == 0 {
			t.Errorf("message %d is superseded and no edit", m.MessageID)
		}
	case outbox.Dropped:
		if !(r.Error == "unknown" && unknowns > 0 || r.Error == "unreachable" && closed || r.Error == "unwanted" && s.had(m.MessageID, "unwanted") > 0) {
			t.Errorf("message %d is dropped: %s", m.MessageID, r.Error)
		}
	case outbox.Dead:
		if s.had(m.MessageID, "content", "unreachable", "gone") == 0 {
			t.Errorf("message %d is dead: %s", m.MessageID, r.Error)
		}
	default:
		t.Errorf("message %d is %s", m.MessageID, r.Status)
	}
}

// judgeOrder looks at answers and news; pushes stand back for both.
func (o *office) judgeOrder(t *rapid.T, s *screen) {
	last := map[int64]int64{}
	for _, id := range s.first {
		m := s.mails[id]
		if m.Lane == outbox.Push {
			continue
		}
		if id < last[m.AddressID] {
			t.Errorf("address %d got %d after %d", m.AddressID, id, last[m.AddressID])
		}
		last[m.AddressID] = id
	}
}

// judgeEdits looks at what a chat shows in the end where the last edit was
// sent.
func (o *office) judgeEdits(t *rapid.T, s *screen, list []*mail) {
	last := map[int64]int64{}
	for _, m := range list {
		if m.original != 0 {
			last[m.original] = m.MessageID
		}
	}
	for original, id := range last {
		if o.row(id).Status == outbox.Superseded {
			t.Errorf("the last edit %d of %d is superseded", id, original)
		}
		if o.row(id).Status == outbox.Sent && s.shows[o.row(original).ProviderID] != id {
			t.Errorf("in the place of %d stands %d, want %d", original, s.shows[o.row(original).ProviderID], id)
		}
	}
}
