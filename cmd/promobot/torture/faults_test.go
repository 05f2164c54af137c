package torture

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"promobot/bot/telegram/tgsim"
)

// How many seconds the messenger tells to wait; by them the two are told apart.
const chatWaits, accountWaits = 6, 5

// troubles are what befalls the bot's requests to the messenger; what would
// stop everything lets some pass first.
var troubles = map[string]func(dice *rand.Rand) tgsim.Fault{
	"429 for a chat": func(*rand.Rand) tgsim.Fault {
		return tgsim.Fault{Kind: tgsim.Refuse, Method: "sendMessage", Code: 429, RetryAfter: chatWaits}
	},
	"429 for the account": func(*rand.Rand) tgsim.Fault {
		return tgsim.Fault{Kind: tgsim.Refuse, Method: "editMessageText", Code: 429, RetryAfter: accountWaits, Account: true, Skip: 5}
	},
	"500": func(*rand.Rand) tgsim.Fault {
		return tgsim.Fault{Kind: tgsim.Refuse, Code: 500, Text: "Internal Server Error"}
	},
	"502 from a proxy":          func(*rand.Rand) tgsim.Fault { return tgsim.Fault{Kind: tgsim.HTML} },
	"502 after success":         func(*rand.Rand) tgsim.Fault { return tgsim.Fault{Kind: tgsim.HTML, Accepted: true} },
	"broken after success":      func(*rand.Rand) tgsim.Fault { return tgsim.Fault{Kind: tgsim.Cut} },
	"broken before the request": func(*rand.Rand) tgsim.Fault { return tgsim.Fault{Kind: tgsim.Reset} },
	"slow":                      func(d *rand.Rand) tgsim.Fault { return tgsim.Fault{Kind: tgsim.Slow, DelayMS: 100 + d.IntN(1500)} },
	"refused markup": func(*rand.Rand) tgsim.Fault {
		return tgsim.Fault{Kind: tgsim.Refuse, Method: "sendMessage", Text: "Bad Request: can't parse entities: unsupported start tag"}
	},
	"another poller": func(*rand.Rand) tgsim.Fault {
		return tgsim.Fault{Kind: tgsim.Refuse, Method: "getUpdates", Code: 409, Text: "Conflict: terminated by other getUpdates request", Skip: 5}
	},
	"502 for a poll": func(*rand.Rand) tgsim.Fault { return tgsim.Fault{Kind: tgsim.HTML, Method: "getUpdates", Skip: 3} },
	"502 for a file": func(*rand.Rand) tgsim.Fault { return tgsim.Fault{Kind: tgsim.HTML, Method: "file"} },
}

// The messenger refuses, breaks off, slows down and tells to wait. Every answer
// arrives, once more at most for each unknown outcome, and nothing is sent
// before the time that was told.
func TestMessengerTrouble(t *testing.T) {
	t.Parallel()
	url := "sqlite:" + filepath.Join(t.TempDir(), "bot.db")
	migrated(t, url)
	h := newHouse(t, url)
	h.openMessenger(t)
	c := newCrowd(t, h)
	p := launch(t, h.environment()).serving(t)
	c.at.open(p.url)
	ordered := c.suffer(t)
	c.done(t, 3*time.Minute)
	h.rests(t, 5*time.Minute)
	p.drain(t)
	for i, f := range h.telegram.Faults() {
		seen.add("messenger: "+ordered[i], f.Met)
	}
	seen.add("messenger: sends", h.telegram.Rates().Sent)
	c.patient(t)
	c.check(t)
	h.verify(t)
}

// patient wants nothing to be sent to a chat before the time that was told, and
// counts what is sent to others after the whole account was told to wait: the
// messenger does not say whom it means, and what is on its way cannot be called
// back.
func (c *crowd) patient(t *testing.T) {
	t.Helper()
	told := map[string]tgsim.Request{} // by chat; "" is the account
	early := func(scope string, at time.Time) bool {
		was, ok := told[scope]
		return ok && at.Before(was.At.Add(retryAfter(was)))
	}
	for _, r := range c.house.telegram.Requests(0) {
		chat := r.Params["chat_id"]
		if chat == "" || r.Method == "sendChatAction" {
			continue
		}
		if early(chat, r.At) {
			t.Errorf("%s to chat %s came %s after a 429 that told to wait %s", r.Method, chat, r.At.Sub(told[chat].At), retryAfter(told[chat]))
		}
		if early("", r.At) {
			seen.add("messenger: early for the account", 1)
		}
		switch retryAfter(r) {
		case accountWaits * time.Second:
			told[""] = r
		case chatWaits * time.Second:
			told[chat] = r
		}
	}
}

func retryAfter(r tgsim.Request) time.Duration {
	var seconds int
	if r.Code == 429 {
		_, _ = fmt.Sscanf(r.Description, "Too Many Requests: retry after %d", &seconds)
	}
	return time.Duration(seconds) * time.Second
}

// suffer orders one trouble after another while people chat, until enough was
// sent, and returns their names.
func (c *crowd) suffer(t *testing.T) (ordered []string) {
	t.Helper()
	dice := rand.New(rand.NewPCG(*seed, 5))
	names := slices.Sorted(maps.Keys(troubles))
	sim := c.house.telegram
	end := time.Now().Add(time.Minute + time.Duration(*sends)*time.Second/5)
	for begun := 0; sim.Rates().Sent < *sends || !allMet(sim, ordered); {
		if sim.Rates().Sent >= (begun-12)*sendsOfOne { // a dozen people at a time
			begun++
			c.joinMessenger()
		}
		if time.Now().After(end) {
			t.Fatalf("%d messages were sent, %d troubles ordered, and not all kinds met", sim.Rates().Sent, len(ordered))
		}
		time.Sleep(time.Duration(100+dice.IntN(200)) * time.Millisecond)
		name := names[dice.IntN(len(names))]
		if waits(sim, ordered, name) {
			continue
		}
		if err := sim.AddFault(troubles[name](dice)); err != nil {
			t.Fatal(err)
		}
		ordered = append(ordered, name)
	}
	return ordered
}

// allMet tells whether every trouble was met.
func allMet(sim *tgsim.Sim, ordered []string) bool {
	met := map[string]bool{}
	for i, f := range sim.Faults() {
		if f.Met > 0 {
			met[ordered[i]] = true
		}
	}
	return len(met) == len(troubles)
}

// waits tells whether such a trouble is ordered and was not met yet.
func waits(sim *tgsim.Sim, ordered []string, name string) bool {
	for i, f := range sim.Faults() {
		if ordered[i] == name && f.Met == 0 {
			return true
		}
	}
	return false
}

// sendsOfOne is about how many messages and edits a person of the messenger gets.
const sendsOfOne = 15
