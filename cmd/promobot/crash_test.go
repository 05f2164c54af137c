package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"promobot/demo/paper"
	"promobot/internal/config"
	"promobot/internal/failpoint"
	"promobot/internal/store"
	"promobot/internal/store/storetest"
	"promobot/receipts"
)

func testConfig(t *testing.T, url string) config.Config {
	t.Helper()
	c, _, err := config.Load("no such file", nil)
	if err != nil {
		t.Fatal(err)
	}
	c.Database.URL = config.Address(url)
	return c
}

// kills is how often each place kills in a run of the test: once, or as
// PROMOBOT_TEST_KILLS says.
func kills() int {
	if n, err := strconv.Atoi(os.Getenv("PROMOBOT_TEST_KILLS")); err == nil {
		return n
	}
	return 1
}

// A process that is killed at any of the places loses no acknowledged update,
// answers each once, pays each receipt once, and is back within seconds.
func TestKilledProcessLosesNothing(t *testing.T) {
	for _, point := range []string{failpoint.UpdateStored, failpoint.ReceiptScanned, failpoint.FiscalSent, failpoint.Settling} {
		t.Run(point, func(t *testing.T) {
			t.Parallel()
			storetest.EachURL(t, func(t *testing.T, url string) {
				for n := range kills() {
					killAndRecover(t, url, point, n+1)
				}
			})
		})
	}
}

// photosSent and textsSent are how many receipts each way a crash interrupts.
const photosSent, textsSent = 2, 6

func killAndRecover(t *testing.T, url, point string, pass int) {
	h := newHouse(t, url)
	p := h.start(t, "")
	c, err := newChatter(p.url)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.register("+7 999 000-00-01"); err != nil {
		t.Fatal(err)
	}
	p.drain(t)

	p = h.start(t, fmt.Sprintf("%s:%d", point, pass))
	c.url = p.url
	unsent := c.sendReceipts(t, h.receipts(t), nil)
	p.killed(t)

	p = h.start(t, "")
	began := time.Now()
	c.url = p.url
	if left := c.sendReceipts(t, h.receipts(t), unsent); len(left) > 0 {
		t.Fatalf("%d messages are refused after the restart", len(left))
	}
	h.settled(t, photosSent+textsSent)
	t.Logf("%s:%d: all settled %s after the restart", point, pass, time.Since(began).Round(100*time.Millisecond))
	p.drain(t)
	h.verify(t)
}

// receipts are the messages that one run sends: photos and codes as text. Asked
// again, they are the same.
func (h *house) receipts(t *testing.T) map[string][]byte {
	t.Helper()
	messages := map[string][]byte{}
	for i := range photosSent + textsSent {
		code := fmt.Sprintf("t=20260314T18%02d&s=1%03d.50&fn=9999078900001234&i=%d&fp=%d&n=1", i, i, 1000+i, 2000+i)
		if i >= photosSent {
			messages[fmt.Sprintf("text-%d", i)] = []byte(code)
			continue
		}
		messages[fmt.Sprintf("photo-%d", i)] = paper.JPEG(paper.Photo(paper.Receipt{Shop: "Магазин", INN: "7700000000", Address: "Москва", Code: code}, uint64(i)))
	}
	return messages
}

// sendReceipts sends the messages, or only those named, and returns the names
// of those that were not acknowledged.
func (c *chatter) sendReceipts(t *testing.T, messages map[string][]byte, only []string) (unsent []string) {
	t.Helper()
	if only == nil {
		for name := range messages {
			only = append(only, name)
		}
	}
	for _, name := range only {
		kind := "text"
		if name[0] == 'p' {
			kind = "photo"
		}
		if err := c.say(name, kind, messages[name]); err != nil {
			unsent = append(unsent, name)
		}
	}
	return unsent
}

// settled waits until n receipts exist and all are decided.
func (h *house) settled(t *testing.T, n int64) {
	t.Helper()
	ctx := context.Background()
	db, err := store.Open(ctx, h.url, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	count := func(where string, args ...any) (rows int64) {
		if err := db.Read(ctx).Model(&receipts.Receipt{}).Where(where, args...).Count(&rows).Error; err != nil {
			t.Fatal(err)
		}
		return rows
	}
	eventually(t, 60*time.Second, fmt.Sprintf("%d receipts accepted", n), func() bool {
		return count("status = ?", receipts.Accepted) == n
	})
	if all := count("1 = 1"); all != n {
		t.Errorf("%d receipts, want %d", all, n)
	}
}
