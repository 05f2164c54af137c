package outbox

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Whatever comes when, no second and no chat gets more than it takes, and who
// is told to wait is left alone.
func TestAnyTrafficKeepsAnyLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := Limits{PerSecond: rapid.IntRange(1, 40).Draw(t, "per second"), ChatEvery: time.Duration(rapid.IntRange(1, 3000).Draw(t, "chat every ms")) * time.Millisecond,
			ChatBurst: rapid.IntRange(1, 5).Draw(t, "chat burst")}
		l.Pushes = rapid.IntRange(1, l.PerSecond).Draw(t, "pushes")
		p := newPacer(l, func() float64 { return rapid.Float64Range(0, 1).Draw(t, "chance") })
		now, told := monday, map[int64]time.Time{}
		var all, bulk []time.Time
		chats := map[int64][]time.Time{}
		for i := range rapid.IntRange(1, 300).Draw(t, "letters") {
			address := rapid.Int64Range(1, 6).Draw(t, "address")
			lane := rapid.SampledFrom(Lanes()).Draw(t, "lane")
			c := p.pick(now, []*head{letter(int64(i), address, lane)}, 1)
			switch {
			case len(c.leave) == 1:
				if now.Before(told[address]) || now.Before(told[0]) {
					t.Fatalf("letter %d leaves before the told time", i)
				}
				all, chats[address] = append(all, now), append(chats[address], now)
				if lane == Push {
					bulk = append(bulk, now)
				}
				if rapid.IntRange(0, 9).Draw(t, "refused") == 0 {
					l := Later{After: time.Duration(rapid.IntRange(0, 5000).Draw(t, "told ms")) * time.Millisecond, Account: rapid.Bool().Draw(t, "account")}
					p.later(now, address, l)
					who := address
					if l.Account {
						who = 0
					}
					told[who] = latest(told[who], now.Add(l.After))
				}
			case !c.next.After(now):
				t.Fatalf("letter %d does not leave, and may at %s", i, c.next)
			case rapid.Bool().Draw(t, "waits"):
				now = c.next
			}
			now = now.Add(time.Duration(rapid.IntRange(0, 100).Draw(t, "pause ms")) * time.Millisecond)
		}
		if n := most(all, time.Second); n > l.PerSecond {
			t.Errorf("%d in a second, want %d", n, l.PerSecond)
		}
		if n := most(bulk, time.Second); n > l.Pushes {
			t.Errorf("%d pushes in a second, want %d", n, l.Pushes)
		}
		for address, times := range chats {
			for k := range 5 {
				if n := most(times, time.Duration(k+1)*l.ChatEvery); n > l.ChatBurst+k {
					t.Errorf("chat %d: %d in %d intervals, want %d", address, n, k+1, l.ChatBurst+k)
				}
			}
		}
	})
}
