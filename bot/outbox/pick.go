package outbox

import "time"

// choice is what may leave now, and when to look again.
type choice struct {
	leave []*head
	next  time.Time // the first moment at which one more may leave; zero: nothing waits
	short bool      // room was left, and only chats that wait stood before it
}

// pick chooses from heads, which stand in the order of their urgency and hold
// at most one letter of an address, those that may leave now: at most room.
// What leaves is counted. Nothing overtakes a letter that waits for the
// account; a chat that waits lets others pass.
func (p *pacer) pick(now time.Time, heads []*head, room int) choice {
	var c choice
	c.short = true
	for _, h := range heads {
		if len(c.leave) == room {
			c.short = false
			break
		}
		if at := p.account(h.Row.Lane); at.After(now) {
			c.wait(at)
			c.short = false
			break
		}
		if at := p.chat(h.Row.AddressID); at.After(now) {
			c.wait(at)
			continue
		}
		p.leave(now, h.Row.AddressID, h.Row.Lane)
		c.leave = append(c.leave, h)
	}
	return c
}

func (c *choice) wait(at time.Time) {
	if c.next.IsZero() || at.Before(c.next) {
		c.next = at
	}
}
