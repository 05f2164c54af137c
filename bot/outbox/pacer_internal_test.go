package outbox

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

var monday = time.Date(2026, 6, 15, 9, 0, 0, 0, time.UTC)

func at(seconds float64) time.Time { return monday.Add(time.Duration(seconds * float64(time.Second))) }

func letter(id, address int64, lane Lane) *head {
	return &head{Row: deliveryRow{MessageID: id, AddressID: address, Lane: lane}}
}

func never() float64 { return 0 }

func TestChatTakesThreeAndThenOneASecond(t *testing.T) {
	p := newPacer(Telegram(), never)
	for i, want := range []float64{0, 0, 0, 1, 2, 3} {
		if got := latest(monday, p.chat(7)); !got.Equal(at(want)) {
			t.Errorf("message %d may leave after %s, want %g s", i+1, got.Sub(monday), want)
		}
		p.leave(at(want), 7, Answer)
	}
	if got := p.chat(8); got.After(monday) {
		t.Errorf("another chat waits until %s", got)
	}
	if got := p.chat(7); !got.Equal(at(4)) {
		t.Errorf("the next may leave after %s, want 4 s", got.Sub(monday))
	}
}

func TestAccountTakesThirtyInAnySecond(t *testing.T) {
	p := newPacer(Telegram(), never)
	for i := range 30 {
		if p.account(Answer).After(at(0.1)) {
			t.Fatalf("message %d waits", i+1)
		}
		p.leave(at(0.1), int64(i), Answer)
	}
	if got := p.account(Answer); !got.Equal(at(0.1 + slack)) {
		t.Errorf("the 31st may leave after %s", got.Sub(monday))
	}
	if !p.account(Push).Equal(p.account(Answer)) {
		t.Error("a push does not wait for the account")
	}
}

func TestPushesLeaveAGap(t *testing.T) {
	p, pushes := newPacer(Telegram(), never), 0
	for ms := range 1000 {
		now := monday.Add(time.Duration(ms) * time.Millisecond)
		for address := int64(ms * 100); !p.account(Push).After(now); address++ {
			p.leave(now, address, Push)
			pushes++
		}
	}
	if pushes < 23 || pushes > 25 {
		t.Errorf("%d pushes in a second, want 25 and not more", pushes)
	}
	answers := 0
	for now := at(1); !p.account(Answer).After(now); answers++ {
		p.leave(now, int64(1e6+answers), Answer)
	}
	if answers < 5 {
		t.Errorf("%d answers beside the pushes, want at least 5", answers)
	}
}

func TestTold(t *testing.T) {
	for _, tt := range []struct {
		name  string
		told  []int64 // chats, one a step
		step  float64
		later Later
		chat1 float64
		other float64 // the whole account
	}{
		{"one chat", []int64{1}, 0, Later{After: 7 * time.Second}, 7, 0},
		{"the account", []int64{1}, 0, Later{After: 7 * time.Second, Account: true}, 7, 7},
		{"one chat twice", []int64{1, 1}, 0.1, Later{After: 7 * time.Second}, 7.1, 0},
		{"two chats within a second", []int64{1, 2}, 1, Later{After: 7 * time.Second}, 7, 8},
		{"two chats, a second and a bit apart", []int64{1, 2}, 1.001, Later{After: 7 * time.Second}, 7, 0},
		{"a negative time", []int64{1}, 0, Later{After: -time.Second}, 0, 0},
		{"an hour", []int64{1}, 0, Later{After: time.Hour}, 3600, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPacer(Telegram(), never)
			for i, address := range tt.told {
				p.later(at(float64(i)*tt.step), address, tt.later)
			}
			if got := p.chat(1); !got.Equal(at(tt.chat1)) {
				t.Errorf("the chat waits %s, want %g s", got.Sub(monday), tt.chat1)
			}
			if got := latest(monday, p.account(Answer)); !got.Equal(at(tt.other)) {
				t.Errorf("the account waits %s, want %g s", got.Sub(monday), tt.other)
			}
		})
	}
}

func TestToldTimesAreStretchedByAFifthAtMost(t *testing.T) {
	for _, chance := range []float64{0, 0.5, 0.999999} {
		p := newPacer(Telegram(), func() float64 { return chance })
		got := p.later(monday, 1, Later{After: 10 * time.Second}).Sub(monday)
		if want := 10*time.Second + time.Duration(chance*2*float64(time.Second)); (got - want).Abs() > time.Microsecond {
			t.Errorf("at %g: %s, want %s", chance, got, want)
		}
	}
}

func TestPickKeepsTheOrderOfUrgency(t *testing.T) {
	p := newPacer(Telegram(), never)
	p.hold(monday, 2, at(3))
	heads := []*head{letter(1, 1, Answer), letter(2, 2, Answer), letter(3, 3, News), letter(4, 4, Push), letter(5, 5, Push)}
	c := p.pick(monday, heads, 3)
	if got := ids(c.leave); !slices.Equal(got, []int64{1, 3, 4}) || !c.next.Equal(at(3)) || c.short {
		t.Errorf("%v leave, the next at %s, short %t", got, c.next, c.short)
	}
	for i := range 27 {
		p.leave(monday, int64(100+i), Answer)
	}
	c = p.pick(at(0.5), []*head{letter(6, 6, News), letter(7, 7, Push)}, 10)
	if len(c.leave) != 0 || !c.next.Equal(at(slack)) || c.short {
		t.Errorf("%v leave over the limit, the next at %s", ids(c.leave), c.next.Sub(monday))
	}
}

func ids(list []*head) (ids []int64) {
	for _, h := range list {
		ids = append(ids, h.Row.MessageID)
	}
	return ids
}

func TestQuietChatsAreForgotten(t *testing.T) {
	p := newPacer(Limits{PerSecond: 1000, Pushes: 1000, ChatEvery: time.Second, ChatBurst: 3}, never)
	p.hold(monday, 1, at(1e6))
	for i := range 20_000 {
		p.leave(at(float64(i)/1000), int64(i+10), Push)
	}
	if n := len(p.chats); n > 5000 {
		t.Errorf("%d chats are remembered", n)
	}
	if !p.chat(1).Equal(at(1e6)) {
		t.Error("a chat that was told to wait is forgotten")
	}
}

// plan runs pushes and answers through the pacer in virtual time: what the
// dispatcher does, with a messenger that obeys nobody.
type plan struct {
	*testing.T
	p       *pacer
	random  *rand.Rand
	now     time.Time
	pushes  []*head // that wait, in their order
	answers []*head
	since   map[int64]time.Time // answers
	before  map[int64]int       // answers that waited already
	paused  bool

	told   map[int64]time.Time // by address, 0 the account
	left   []time.Time
	bulk   []time.Time
	chats  map[int64][]time.Time
	waited time.Duration // the longest that an answer waited without being told to
	toldN  int
	last   int64 // id of an answer
}

const (
	planned = 100_000
	room    = 16
	stride  = 200 * time.Millisecond // the longest that the plan sleeps
)

// A plan of 100,000 pushes, with answers and refusals among them and pauses,
// keeps every limit in every second.
func TestPlanOfPushesKeepsEveryLimit(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	s := &plan{T: t, p: newPacer(Telegram(), random.Float64), random: random, now: monday, since: map[int64]time.Time{}, before: map[int64]int{},
		told: map[int64]time.Time{}, chats: map[int64][]time.Time{}, last: 1e9}
	for i := range planned {
		s.pushes = append(s.pushes, letter(int64(i+1), int64(i%(planned/2)+1), Push)) // everybody gets two
	}
	for s.now.Before(monday.Add(100*time.Hour)) && len(s.pushes)+len(s.answers) > 0 {
		s.step()
	}
	if n := len(s.pushes); n != 0 {
		t.Fatalf("%d pushes are left", n)
	}
	s.judge()
	took := s.now.Sub(monday)
	t.Logf("%d pushes and %d answers in %s of virtual time; most in a second: %d, of them pushes %d; in a chat: %d at once, %d in 10 s; an answer waited %s at most; told to wait %d times",
		planned, len(s.left)-planned, took.Round(time.Second), most(s.left, time.Second), most(s.bulk, time.Second), s.inChats(time.Second),
		s.inChats(10*time.Second), s.waited, s.toldN)
}

// step lets something happen and sends what may leave.
func (s *plan) step() {
	if s.random.IntN(2000) < 1+9*boolean(s.paused) {
		s.paused = !s.paused
	}
	if s.random.IntN(25) == 0 {
		s.write()
	}
	c := s.p.pick(s.now, s.heads(), room)
	for _, h := range c.leave {
		s.leave(h)
	}
	for _, h := range c.leave { // all were under way before the first word came back
		s.hear(h)
	}
	next := s.now.Add(time.Duration(s.random.Int64N(int64(stride))))
	if len(c.leave) > 0 {
		next = s.now.Add(time.Duration(s.random.Int64N(int64(stride / 10)))) // a letter is back
	}
	if !c.next.IsZero() && c.next.Before(next) {
		next = c.next
	}
	s.now = next
}

func boolean(fact bool) int {
	if fact {
		return 1
	}
	return 0
}

// write makes an answer, now and then many at once; some people write a lot.
func (s *plan) write() {
	n := 1
	if s.random.IntN(10) == 0 {
		n = s.random.IntN(40)
	}
	for range n {
		s.last++
		h := letter(s.last, s.random.Int64N([]int64{20, planned / 2}[s.random.IntN(2)])+1, Answer)
		s.answers = append(s.answers, h)
		s.since[s.last], s.before[s.last] = s.now, len(s.answers)-1
	}
}

// heads are what the rows would tell: the first that need not wait at each
// address, answers before pushes.
func (s *plan) heads() (heads []*head) {
	seen := map[int64]bool{}
	for _, list := range [][]*head{s.answers, s.pushes[:min(len(s.pushes), 4*room)]} {
		for _, h := range list {
			if address := h.Row.AddressID; !seen[address] && (h.Row.Lane == Answer || !s.paused) {
				seen[address] = true
				if !h.Row.NotBefore.After(s.now) {
					heads = append(heads, h)
				}
			}
		}
	}
	return heads
}

func (s *plan) leave(h *head) {
	address := h.Row.AddressID
	for _, who := range []int64{0, address} {
		if s.now.Before(s.told[who]) {
			s.Errorf("message %d leaves %s before the told time of %d", h.Row.MessageID, s.told[who].Sub(s.now), who)
		}
	}
	s.left = append(s.left, s.now)
	s.chats[address] = append(s.chats[address], s.now)
	if h.Row.Lane == Push {
		s.bulk = append(s.bulk, s.now)
	}
}

// hear is the messenger taking the letter, or telling to wait: now the chat,
// now the account.
func (s *plan) hear(h *head) {
	who := h.Row.AddressID
	if s.random.IntN(300) == 0 {
		s.toldN++
		l := Later{After: time.Duration(1+s.random.IntN(10)) * time.Second, Account: s.random.IntN(10) == 0}
		h.Row.NotBefore = s.p.later(s.now, who, l)
		if l.Account {
			who = 0
		}
		s.told[who] = latest(s.told[who], s.now.Add(l.After))
		return
	}
	s.pushes = without(s.pushes, h)
	s.answers = without(s.answers, h)
	if since, ok := s.since[h.Row.MessageID]; ok && !s.held(who, since) {
		s.waited = max(s.waited, s.now.Sub(since)-stride)
		if bound := s.bound(s.before[h.Row.MessageID]); s.now.Sub(since)-stride > bound {
			s.Errorf("an answer behind %d others waited %s, want at most %s", s.before[h.Row.MessageID], s.now.Sub(since)-stride, bound)
		}
	}
}

// bound is how long an answer may wait behind others: a second in which the
// account was full, and as long as they take.
func (s *plan) bound(others int) time.Duration {
	return time.Duration(float64(1+others/Telegram().PerSecond)*slack*float64(time.Second)) + stride/2
}

// held tells that the account or the chat was told to wait at some time since,
// or that the chat itself was busy.
func (s *plan) held(address int64, since time.Time) bool {
	times := s.chats[address]
	busy := len(times) > 3 && times[len(times)-4].After(since.Add(-10*time.Second))
	return busy || s.p.until.After(since) || s.p.of(s.now, address).until.After(since)
}

// without takes one of the first out.
func without(list []*head, h *head) []*head {
	i := slices.Index(list[:min(len(list), 300)], h)
	if i < 0 {
		return list
	}
	copy(list[1:i+1], list[:i])
	return list[1:]
}

// judge counts afterwards, without the pacer's help.
func (s *plan) judge() {
	limits := Telegram()
	if n := most(s.left, time.Second); n > limits.PerSecond {
		s.Errorf("%d messages in a second, want at most %d", n, limits.PerSecond)
	}
	if n := most(s.bulk, time.Second); n > limits.Pushes {
		s.Errorf("%d pushes in a second, want at most %d", n, limits.Pushes)
	}
	for _, window := range []int{1, 2, 5, 10, 60} {
		if n := s.inChats(time.Duration(window) * time.Second); n > limits.ChatBurst+window {
			s.Errorf("%d messages to a chat in %d s, want at most %d", n, window, limits.ChatBurst+window)
		}
	}
	if s.toldN < 100 {
		s.Errorf("told to wait only %d times: the test is blind", s.toldN)
	}
}

func (s *plan) inChats(window time.Duration) (n int) {
	for _, times := range s.chats {
		n = max(n, most(times, window))
	}
	return n
}

// most counts the most moments in any window, its end not included.
func most(times []time.Time, window time.Duration) (n int) {
	first := 0
	for i, at := range times {
		for !times[first].Add(window).After(at) {
			first++
		}
		n = max(n, i-first+1)
	}
	return n
}
