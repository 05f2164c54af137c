package prizes_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"promobot/internal/store"
	"promobot/prizes"
)

func TestIssueOncePerSource(t *testing.T) {
	eachShop(t, func(w world) {
		w.stock("mug", 3)
		people := w.people(2)
		first, err := w.issue(people[0], "mug", "choice:1")
		if err != nil {
			w.Fatal(err)
		}
		want := prizes.Certificate{ID: first.ID, AwardID: first.AwardID, ParticipantID: people[0], PrizeID: "mug", Title: "Кружка",
			TitleEN: "Mug", HowToUse: "Покажите код", HowToUseEN: "Show the code", IssuedAt: noon, Price: 300}
		if first != want || first.ID == 0 || first.AwardID == 0 {
			w.Errorf("issued %+v, want %+v", first, want)
		}
		w.put(prizes.Prize{ID: "mug", Title: "Кружка", TitleEN: "Mug", Price: 999, HowToUse: "Покажите код", HowToUseEN: "Show the code"})
		for _, prizeID := range []string{"mug", "tea"} {
			if again, err := w.issue(people[0], prizeID, "choice:1"); err != nil || again != first {
				w.Errorf("the same source with %s: %+v, %v; want the first", prizeID, again, err)
			}
		}
		if _, err := w.issue(people[1], "mug", "choice:1"); !errors.Is(err, prizes.ErrNotYours) {
			w.Errorf("another's source: %v, want ErrNotYours", err)
		}
		if second, err := w.issue(people[0], "mug", "choice:2"); err != nil || second.ID == first.ID || second.Price != 999 {
			w.Errorf("another source: %+v, %v; want another certificate at the new price", second, err)
		}
		if n := w.count("SELECT COUNT(*) FROM certificates WHERE status = 'free'"); n != 1 {
			w.Errorf("%d left, want 1", n)
		}
	})
}

// Two transactions for one source, though nobody locked the participant.
func TestIssueOfOneSourceRaced(t *testing.T) {
	eachShop(t, func(w world) {
		w.stock("mug", 20)
		participant, got := w.people(1)[0], make([]prizes.Certificate, 20)
		race(20, func(i int) {
			var err error
			if got[i], err = w.issue(participant, "mug", "receipt:1/prize"); err != nil {
				w.Error(err)
			}
		})
		for _, c := range got {
			if c != got[0] || c.ID == 0 {
				w.Fatalf("got %+v and %+v", c, got[0])
			}
		}
		if n := w.count("SELECT COUNT(*) FROM certificates WHERE status = 'free'"); n != 19 {
			w.Errorf("%d left, want 19", n)
		}
	})
}

func TestIssueRefused(t *testing.T) {
	eachShop(t, func(w world) {
		participant := w.people(1)[0]
		w.must(func(ctx context.Context, tx *store.Tx) error { // the transaction goes on after a refusal
			if _, err := w.shop.Issue(ctx, tx, prizes.Claim{ParticipantID: participant, PrizeID: "tea", Source: "a"}); !errors.Is(err, prizes.ErrOutOfStock) {
				w.Errorf("no stock: %v, want ErrOutOfStock", err)
			}
			if _, err := w.shop.Issue(ctx, tx, prizes.Claim{ParticipantID: participant, PrizeID: "car", Source: "b"}); !errors.Is(err, prizes.ErrUnknown) {
				w.Errorf("no such prize: %v, want ErrUnknown", err)
			}
			_, err := w.shop.Wait(ctx, tx, participant, "tea")
			return err
		})
		if n := w.count("SELECT COUNT(*) FROM awards"); n != 0 {
			w.Errorf("%d awards, want none", n)
		}
	})
}

// A transaction that falls over after the issue gives the code back.
func TestCodeGivenBackIsNotLost(t *testing.T) {
	eachShop(t, func(w world) {
		w.stock("mug", 1)
		people, fallen := w.people(2), errors.New("fell over")
		err := w.in(func(ctx context.Context, tx *store.Tx) error {
			if _, err := w.shop.Issue(ctx, tx, prizes.Claim{ParticipantID: people[0], PrizeID: "mug", Source: "first"}); err != nil {
				return err
			}
			return fallen
		})
		if !errors.Is(err, fallen) {
			w.Fatal(err)
		}
		if _, err := w.issue(people[1], "mug", "second"); err != nil {
			w.Errorf("the second: %v, want the code that was given back", err)
		}
	})
}

// 1 June is the clock's day: a code that is good to its end still goes out,
// one that ended in May does not, though it came in when it was good.
func TestExpiredCodesStay(t *testing.T) {
	eachShop(t, func(w world) {
		participant := w.people(1)[0]
		if _, err := w.load("prize_id,code,valid_until\nmug,ENDS-TODAY,2026-06-01\nmug,ENDS-LATER,2026-06-02\n"); err != nil {
			w.Fatal(err)
		}
		w.must(func(_ context.Context, tx *store.Tx) error {
			late := time.Date(2026, 5, 31, 20, 59, 59, 0, time.UTC)
			return tx.Exec("UPDATE certificates SET valid_until = ? WHERE valid_until > ?", late, noon.Add(24*time.Hour)).Error
		})
		c, err := w.issue(participant, "mug", "1")
		if err != nil {
			w.Fatal(err)
		}
		if got := c.ValidUntil.Format(time.RFC3339); got != "2026-06-01T23:59:59+03:00" {
			w.Errorf("valid until %s, want the last second of the day in Moscow", got)
		}
		if _, err := w.issue(participant, "mug", "2"); !errors.Is(err, prizes.ErrOutOfStock) {
			w.Errorf("only an expired one left: %v, want ErrOutOfStock", err)
		}
	})
}

func TestOpen(t *testing.T) {
	eachShop(t, func(w world) {
		w.stock("mug", 2)
		people := w.people(2)
		issued, err := w.issue(people[0], "mug", "1")
		if err != nil {
			w.Fatal(err)
		}
		ctx := context.Background()
		if code, err := w.shop.Peek(ctx, w.db.Read(ctx), issued.ID); err != nil || code.Reveal() != "MUG-CODE-00000" {
			w.Errorf("peeked %s, %v", code.Reveal(), err)
		}
		if c, _, err := w.shop.BySource(ctx, w.db.Read(ctx), "1"); err != nil || c != issued {
			w.Errorf("after a peek: %+v, %v; want it unopened", c, err)
		}
		for name, wrong := range map[string][2]int64{
			"another's": {people[1], issued.ID}, "unknown": {people[0], issued.ID + 100},
			"in stock": {people[0], issued.ID + 1}, "nobody": {0, issued.ID},
		} {
			if code, _, err := w.open(wrong[0], wrong[1]); !errors.Is(err, prizes.ErrNotYours) || code != "" {
				w.Errorf("%s: %q, %v; want ErrNotYours", name, code.Reveal(), err)
			}
		}
		want := issued
		want.Opened, want.OpenedAt = true, noon
		for range 2 {
			code, c, err := w.open(people[0], issued.ID)
			if err != nil || code.Reveal() != "MUG-CODE-00000" || c != want {
				w.Errorf("opened %s, %+v, %v; want %+v", code.Reveal(), c, err, want)
			}
		}
	})
}

func TestIssuedNewestFirst(t *testing.T) {
	eachShop(t, func(w world) {
		w.stock("mug", 2)
		w.stock("tea", 1)
		people := w.people(2)
		for i, prizeID := range []string{"mug", "tea", "mug"} {
			if _, err := w.issue(people[0], prizeID, fmt.Sprint(i)); err != nil {
				w.Fatal(err)
			}
		}
		ctx := context.Background()
		got, err := w.shop.Issued(ctx, w.db.Read(ctx), people[0])
		if err != nil || len(got) != 3 || got[0].AwardID < got[1].AwardID || got[1].PrizeID != "tea" {
			w.Errorf("issued %+v, %v", got, err)
		}
		if got, err := w.shop.Issued(ctx, w.db.Read(ctx), people[1]); err != nil || len(got) != 0 {
			w.Errorf("of another: %+v, %v; want none", got, err)
		}
	})
}

func TestWaitingList(t *testing.T) {
	eachShop(t, func(w world) {
		people := w.people(3)
		wait := func(id int64, prizeID string) (first bool, err error) {
			err = w.in(func(ctx context.Context, tx *store.Tx) error {
				first, err = w.shop.Wait(ctx, tx, id, prizeID)
				return err
			})
			return first, err
		}
		for i, id := range []int64{people[2], people[0], people[2], people[1]} {
			if first, err := wait(id, "mug"); err != nil || first != (i != 2) {
				w.Errorf("wait %d: first %v, %v", i, first, err)
			}
		}
		if _, err := wait(people[0], "car"); !errors.Is(err, prizes.ErrUnknown) {
			w.Errorf("no such prize: %v, want ErrUnknown", err)
		}
		ctx := context.Background()
		list, err := w.shop.Waiting(ctx, w.db.Read(ctx), "mug", 2)
		if err != nil || len(list) != 2 || list[0].ParticipantID != people[2] || list[1].ParticipantID != people[0] || list[0].PrizeID != "mug" {
			w.Fatalf("the first two: %+v, %v", list, err)
		}
		for range 2 {
			w.must(func(ctx context.Context, tx *store.Tx) error { return w.shop.Told(ctx, tx, list[0].ID) })
		}
		list, err = w.shop.Waiting(ctx, w.db.Read(ctx), "mug", 10)
		if err != nil || len(list) != 2 || list[0].ParticipantID != people[0] {
			w.Errorf("after one was told: %+v, %v", list, err)
		}
		if first, err := wait(people[2], "mug"); err != nil || !first {
			w.Errorf("who was told waits again: first %v, %v", first, err)
		}
	})
}

func TestCodeIsMasked(t *testing.T) {
	type holder struct{ Code prizes.Code }
	code := prizes.Code("SECRET-CODE-7788")
	var printed []string
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%08.3v"} {
		printed = append(printed, fmt.Sprintf(verb, code), fmt.Sprintf(verb, holder{code}), fmt.Sprintf(verb, []prizes.Code{code}))
	}
	text, err := json.Marshal([]any{code, &code, holder{code}})
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("seen", "code", code, "holder", holder{code})
	slog.New(slog.NewTextHandler(&log, nil)).Info("seen", "code", code, "holder", holder{code})
	for _, p := range append(printed, string(text), log.String(), fmt.Errorf("code %s", code).Error()) {
		if strings.Contains(p, "SECRET") || strings.Contains(p, "CODE-") || !strings.Contains(p, "••••7788") {
			t.Errorf("printed as %s", p)
		}
	}
	for code, want := range map[prizes.Code]string{
		"": "", "1234": "••••4", "12345678": "••••78", "12345678901": "••••901", "123456789012": "••••9012", "кодкод": "••••од",
	} {
		if got := code.String(); got != want {
			t.Errorf("%s masked as %q, want %q", code.Reveal(), got, want)
		}
	}
}
