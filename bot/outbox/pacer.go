package outbox

import "time"

// together is how close two chats that are told to wait must be for the whole
// account to be meant.
const together = time.Second

// pacer knows when a letter may leave. It is pure: every moment is handed in,
// and none goes back.
type pacer struct {
	limits Limits
	rand   func() float64 // 0…1
	all    *window
	pushes *window
	chats  map[int64]*chat
	crowd  int // chats at which the idle ones are forgotten

	until    time.Time // the account is told to wait
	told     time.Time // when a chat was told to wait last, …
	toldChat int64     // … and which
}

type chat struct {
	bucket bucket
	until  time.Time // told to wait
}

// pushParts spreads the pushes over a second, so that an answer finds a gap.
const pushParts = 5

func newPacer(l Limits, rand func() float64) *pacer {
	second := time.Duration(slack * float64(time.Second))
	n := max(1, l.Pushes/pushParts)
	part := (time.Duration(n)*second + time.Duration(l.Pushes) - 1) / time.Duration(l.Pushes)
	return &pacer{
		limits: l,
		rand:   rand,
		all:    newWindow(l.PerSecond, second),
		pushes: newWindow(n, part),
		chats:  map[int64]*chat{},
		crowd:  1000,
	}
}

// account is the first moment at which the channel takes a letter of the lane,
// whoever it is for.
func (p *pacer) account(lane Lane) time.Time {
	free := latest(p.until, p.all.free())
	if lane == Push {
		free = latest(free, p.pushes.free())
	}
	return free
}

// chat is the first moment at which the address takes a letter.
func (p *pacer) chat(address int64) time.Time {
	c, ok := p.chats[address]
	if !ok {
		return time.Time{}
	}
	return latest(c.until, c.bucket.free(p.limits.ChatEvery, p.limits.ChatBurst))
}

// leave counts a letter that leaves.
func (p *pacer) leave(now time.Time, address int64, lane Lane) {
	p.all.pass(now)
	if lane == Push {
		p.pushes.pass(now)
	}
	p.of(now, address).bucket.take(now, p.limits.ChatEvery)
}

// later obeys a channel that told us to wait for the chat or the account, and
// returns the moment until which it does: as told, and up to a fifth more.
func (p *pacer) later(now time.Time, address int64, l Later) time.Time {
	after := max(l.After, 0)
	until := now.Add(after + time.Duration(p.rand()*float64(after)/5))
	p.hold(now, address, until)
	if l.Account || p.second(now, address) {
		p.until = latest(p.until, until)
	}
	return until
}

// second reports whether another chat was told to wait just before; then the
// account waits for both.
func (p *pacer) second(now time.Time, address int64) bool {
	other := p.toldChat
	again := other != 0 && other != address && now.Sub(p.told) <= together
	if again {
		p.until = latest(p.until, p.of(now, other).until)
	}
	p.told, p.toldChat = now, address
	return again
}

// hold lets nothing leave for the address until the moment.
func (p *pacer) hold(now time.Time, address int64, until time.Time) {
	c := p.of(now, address)
	c.until = latest(c.until, until)
}

func (p *pacer) of(now time.Time, address int64) *chat {
	c, ok := p.chats[address]
	if !ok {
		p.forget(now)
		c = &chat{}
		p.chats[address] = c
	}
	return c
}

// forget drops chats that are at rest, now and then: a quiet chat is like one
// that was never written to.
func (p *pacer) forget(now time.Time) {
	if len(p.chats) < p.crowd {
		return
	}
	for address, c := range p.chats {
		if !c.bucket.full.After(now) && !c.until.After(now) {
			delete(p.chats, address)
		}
	}
	p.crowd = max(1000, 2*len(p.chats))
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
