package tgsim_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"promobot/bot/telegram/tgsim"
)

// poll asks for updates and returns their numbers.
func (w *world) poll(pairs ...string) []int64 {
	w.t.Helper()
	var updates []struct {
		ID int64 `json:"update_id"`
	}
	w.form("getUpdates", pairs...).into(w.t, &updates)
	ids := []int64{}
	for _, u := range updates {
		ids = append(ids, u.ID)
	}
	return ids
}

// say makes n updates and returns the first one's number.
func (w *world) say(n int) int64 {
	w.t.Helper()
	first := int64(0)
	for range n {
		d := must(w.t)(w.Say(anna, "слово"))
		if first == 0 {
			first = d.Updates[0]
		}
	}
	return first
}

func (w *world) wantPoll(want []int64, pairs ...string) {
	w.t.Helper()
	if got := w.poll(pairs...); !slices.Equal(got, want) {
		w.t.Errorf("getUpdates %v: %v, want %v", pairs, got, want)
	}
}

func TestPollConfirms(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	a := w.say(5)
	w.wantPoll([]int64{a, a + 1}, "limit", "2")
	w.Advance(time.Second)
	w.wantPoll([]int64{a, a + 1, a + 2, a + 3, a + 4}, "limit", "0", "offset", "0", "limit", "100")
	w.wantPoll([]int64{a + 2, a + 3, a + 4}, "offset", text(a+2))
	w.Advance(time.Second)
	w.wantPoll([]int64{a + 2, a + 3, a + 4}, "offset", text(a)) // what was confirmed does not come back
	w.wantPoll([]int64{a + 4}, "offset", "-1")
	if n := w.Pending(); n != 1 {
		t.Errorf("%d wait, want 1: a negative offset deletes the others", n)
	}
	w.wantPoll([]int64{}, "offset", text(a+5))
}

func text(n int64) string { out, _ := json.Marshal(n); return string(out) }

// The same question again within half a second is answered with one update.
func TestPollHurried(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	a := w.say(3)
	w.wantPoll([]int64{a, a + 1, a + 2})
	w.wantPoll([]int64{a})
	w.Advance(600 * time.Millisecond)
	w.wantPoll([]int64{a, a + 1, a + 2})
}

func TestPollWaits(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	got := make(chan []int64)
	go func() { got <- w.poll("timeout", "30") }()
	time.Sleep(50 * time.Millisecond)
	a := w.say(1)
	select {
	case ids := <-got:
		if !slices.Equal(ids, []int64{a}) {
			t.Errorf("%v, want %d", ids, a)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the poll did not hear of the update")
	}
	started := time.Now()
	w.wantPoll([]int64{}, "offset", text(a+1), "timeout", "1")
	if waited := time.Since(started); waited < time.Second || waited > 5*time.Second {
		t.Errorf("waited %s, want the second that was asked for", waited)
	}
}

// The older of two pollers is told, and so is one when a webhook is set.
func TestPollConflicts(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	for _, second := range []struct {
		method, words string
		pairs         []string
	}{
		{"getUpdates", "terminated by other getUpdates request", []string{"timeout", "0", "offset", "7"}},
		{"setWebhook", "terminated by setWebhook request", []string{"url", "http://127.0.0.1:1/"}},
	} {
		got, before := make(chan answer), len(w.Requests(0))
		go func() { got <- w.form("getUpdates", "timeout", "30") }()
		eventually(t, "the poll", func() bool { return len(w.Requests(0)) > before })
		time.Sleep(50 * time.Millisecond) // until it waits
		if a := w.form(second.method, second.pairs...); !a.OK {
			t.Errorf("%s: %s", second.method, a.Description)
		}
		(<-got).wantRefused(t, 409, second.words)
	}
	w.form("getUpdates").wantRefused(t, 409, "can't use getUpdates method while webhook is active")
}

func TestPollSizeAndKinds(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	for range 3 {
		must(t)(w.Raw(anna, map[string]any{"story": strings.Repeat("x", 2<<20)}))
	}
	if n := len(w.poll()); n != 2 {
		t.Errorf("%d updates, want the answer to stop at 4 MiB", n)
	}
	w.poll("offset", "99999999", "allowed_updates", `["callback_query"]`)
	if d := must(t)(w.Say(anna, "слово")); len(d.Updates) != 0 {
		t.Errorf("a message made update %v, which the bot does not take", d.Updates)
	}
	w.poll("offset", "99999998") // is remembered
	if d := must(t)(w.PressForged(anna, 1, "x")); len(d.Updates) != 1 {
		t.Errorf("a press made updates %v, want one", d.Updates)
	}
	w.poll("offset", "99999997", "allowed_updates", `[]`)
	if d := must(t)(w.Say(anna, "слово")); len(d.Updates) != 1 {
		t.Errorf("a message made updates %v, want one again", d.Updates)
	}
	w.form("getUpdates", "allowed_updates", "message").wantRefused(t, 400, "can't parse allowed updates")
}

func TestUpdatesExpire(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	w.say(1)
	must(t)(w.PressForged(anna, 1, "x"))
	w.Advance(149 * time.Second)
	if n := w.Pending(); n != 2 {
		t.Errorf("%d wait after 149 s, want 2", n)
	}
	w.Advance(time.Second)
	if n := w.Pending(); n != 1 {
		t.Errorf("%d wait after 150 s, want the message alone", n)
	}
	w.Advance(24 * time.Hour)
	if n := w.Pending(); n != 0 {
		t.Errorf("%d wait after a day, want none", n)
	}
	before := w.say(1)
	w.Advance(8 * 24 * time.Hour)
	if after := w.say(1); after == before+1 {
		t.Errorf("after a quiet week the next number is %d, want any", after)
	}
}

// Updates come again, twice, held back and in another order.
func TestRedeliveryAndDisorder(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	a := w.say(2)
	w.wantPoll([]int64{a, a + 1})
	w.wantPoll([]int64{}, "offset", text(a+2), "timeout", "0")
	if err := w.Redeliver(a); err != nil {
		t.Fatal(err)
	}
	w.wantPoll([]int64{a}, "offset", text(a+2))
	w.Advance(time.Minute)
	if n := len(w.poll("offset", text(a+3))); n != 0 {
		t.Errorf("%d updates, want none: the second delivery is confirmed too", n)
	}
	if err := w.Redeliver(1); err == nil {
		t.Error("an update that never was is delivered again")
	}

	w.Hold()
	b := w.say(3)
	w.wantPoll([]int64{}, "offset", text(b))
	w.ReleaseReversed()
	w.wantPoll([]int64{b + 2, b + 1, b}, "offset", text(b-1))
	w.Hold()
	w.say(3)
	w.Release(b+4, b+3)
	w.wantPoll([]int64{b + 4, b + 3, b + 5}, "offset", text(b+3))

	if err := w.AddFault(tgsim.Fault{Kind: tgsim.Duplicate}); err != nil {
		t.Fatal(err)
	}
	c := w.say(2)
	w.wantPoll([]int64{c, c + 1}, "offset", text(c))
	w.wantPoll([]int64{c}, "offset", text(c+2))
}
