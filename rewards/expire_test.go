package rewards_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"promobot/campaigns"
	"promobot/internal/notify"
	"promobot/internal/store"
	"promobot/points"
	"promobot/prizes"
	"promobot/rewards"
)

// expiring applies terms whose points live for so many days, in Moscow.
func (w world) expiring(days int, remind ...int) {
	w.Helper()
	t := terms()
	t.Zone, t.Expiry = "Europe/Moscow", campaigns.Expiry{AfterDays: days, RemindDays: remind}
	w.apply(t)
}

func (w world) at(moment string) {
	w.Helper()
	at, err := time.Parse(time.RFC3339, moment)
	if err != nil {
		w.Fatal(err)
	}
	w.now.Store(at.UnixMicro())
}

func (w world) expire() {
	w.Helper()
	if next, err := w.desk.Expire(context.Background(), w.db, 0); err != nil || next != 0 {
		w.Fatalf("next %d (%v), want all done", next, err)
	}
}

func (w world) remind() {
	w.Helper()
	for _, run := range []func(context.Context, *store.DB, *campaigns.Book, int64) (int64, error){w.desk.Remind, w.desk.RemindCertificates} {
		if next, err := run(context.Background(), w.db, w.book, 0); err != nil || next != 0 {
			w.Fatalf("next %d (%v), want all done", next, err)
		}
	}
}

func (w world) notices(key string) (list []notify.Notice) {
	w.Helper()
	if err := w.db.Read(context.Background()).Order("id").Find(&list, "key = ?", key).Error; err != nil {
		w.Fatal(err)
	}
	return list
}

func TestPointsExpireAfterTheirLastDay(t *testing.T) {
	eachWorld(t, func(w world) {
		w.expiring(10)
		id := w.rich(30) // on 5 March: the last day is the 15th, in Moscow
		w.at("2026-03-10T09:00:00Z")
		if _, err := w.grant(id, "receipt:2", campaigns.Reward{Points: 7}); err != nil {
			w.Fatal(err)
		}
		for _, step := range []struct {
			at   string
			want points.Amount
		}{{"2026-03-15T20:59:59Z", 37}, {"2026-03-15T21:00:00Z", 7}, {"2026-03-20T20:59:59Z", 7}, {"2026-03-20T21:00:00Z", 0}} {
			w.at(step.at)
			w.expire()
			w.expire()
			if got := w.available(id); got != step.want {
				t.Errorf("at %s: %d points, want %d", step.at, got, step.want)
			}
		}
		var lapsed int64
		err := w.db.Read(context.Background()).Raw("SELECT SUM(amount) FROM ledger_entries WHERE account LIKE 'campaign:%/expired'").Scan(&lapsed).Error
		if err != nil || lapsed != 37 {
			t.Errorf("the campaign has %d expired points (%v), want 37", lapsed, err)
		}
	})
}

// Two replicas that expire at once, and somebody who spends meanwhile.
func TestExpiryRacesWithAPurchase(t *testing.T) {
	eachWorld(t, func(w world) {
		w.expiring(1)
		w.stock("mug", "A", 10)
		var ids []int64
		for range 6 {
			ids = append(ids, w.rich(300))
		}
		w.at("2026-03-08T09:00:00Z")
		atOnce(8, func(i int) {
			if i < 2 {
				if _, err := w.desk.Expire(context.Background(), w.db, 0); err != nil {
					t.Error(err)
				}
				return
			}
			if _, err := w.choose(ids[i-2], "mug", fmt.Sprintf("update:%d", i)); err != nil {
				t.Error(err)
			}
		})
		w.expire()
		for _, id := range ids {
			if got := w.available(id); got != 0 {
				t.Errorf("%d points are left, want none", got)
			}
		}
	})
}

func TestRemindersAreToldOnceAndByDay(t *testing.T) {
	eachWorld(t, func(w world) {
		w.expiring(40, 30, 7)
		w.stock("tea", "A", 1)
		id := w.person("")
		for _, e := range []struct {
			at, source string
			n          points.Amount
		}{{"2026-03-05T12:00:00Z", "receipt:1", 60}, {"2026-03-05T18:00:00Z", "receipt:2", 45}, {"2026-03-06T12:00:00Z", "receipt:3", 9}} {
			w.at(e.at)
			if _, err := w.grant(id, e.source, campaigns.Reward{Points: e.n}); err != nil {
				w.Fatal(err)
			}
		}
		for _, step := range []struct {
			at   string
			told int
			why  string
		}{
			{"2026-03-15T20:59:00Z", 0, "before the thirtieth day"},
			{"2026-03-15T21:00:00Z", 0, "midnight is quiet"},
			{"2026-03-16T06:59:59Z", 0, "one second before ten in Moscow"},
			{"2026-03-16T07:00:00Z", 1, "ten o'clock"},
			{"2026-03-16T12:00:00Z", 1, "told once"},
			{"2026-03-17T12:00:00Z", 2, "the second day of points"},
			{"2026-04-07T18:00:00Z", 2, "seven days and three hours before, but at nine in the evening"},
			{"2026-04-08T12:00:00Z", 3, "the second reminder of the first day"},
			{"2026-04-09T12:00:00Z", 4, "and of the second"},
			{"2026-04-14T12:00:00Z", 4, "the last day itself"},
		} {
			w.at(step.at)
			w.remind()
			if got := w.notices(rewards.NoticeEnding); len(got) != step.told {
				t.Errorf("%s: %d reminders, want %d", step.why, len(got), step.told)
			}
		}
		first := w.notices(rewards.NoticeEnding)[0]
		if first.Args["points"] != 105.0 || first.Args["title"] != "Чай" || first.Args["until"] != "2026-04-14T21:00:00Z" {
			t.Errorf("%v, want both receipts of the day and what they suffice for", first.Args)
		}
	})
}

// Of two reminders that were missed only the last is told; of one that had
// passed when the points came, none.
func TestMissedRemindersAreNotMadeUpFor(t *testing.T) {
	eachWorld(t, func(w world) {
		w.expiring(20, 30, 7, 3)
		w.rich(30)
		w.at("2026-03-06T12:00:00Z")
		w.remind()
		if got := w.notices(rewards.NoticeEnding); len(got) != 0 {
			t.Errorf("%v of points that never had thirty days", got)
		}
		w.at("2026-03-24T12:00:00Z")
		w.remind()
		w.remind()
		if got := w.notices(rewards.NoticeEnding); len(got) != 1 {
			t.Errorf("%d reminders, want one for seven and three days", len(got))
		}
	})
}

func TestCertificatesAreRemindedOf(t *testing.T) {
	eachWorld(t, func(w world) {
		w.must(func(ctx context.Context, tx *store.Tx) error {
			_, err := w.shop.Import(ctx, tx, strings.NewReader("prize_id,code,valid_until\nmug,MUG-0001,2026-04-20\nmug,MUG-0002,2026-04-20\ntea,TEA-0001,2026-09-01\n"), "codes.csv")
			return err
		})
		id := w.rich(800)
		for i, prize := range []string{"mug", "mug", "tea"} {
			if c, err := w.choose(id, prize, fmt.Sprintf("update:%d", i)); err != nil || !c.Issued {
				w.Fatalf("%+v %v", c, err)
			}
		}
		w.must(func(ctx context.Context, tx *store.Tx) error {
			_, _, err := w.shop.Open(ctx, tx, id, 2, prizes.View{Source: "update:9"})
			return err
		})
		for _, step := range []struct {
			at   string
			told int
		}{{"2026-03-21T12:00:00Z", 0}, {"2026-03-22T12:00:00Z", 2}, {"2026-03-23T12:00:00Z", 2}, {"2026-04-14T12:00:00Z", 4}, {"2026-04-21T12:00:00Z", 4}} {
			w.at(step.at)
			w.remind()
			if got := w.notices(rewards.NoticeCertificate); len(got) != step.told {
				t.Errorf("at %s: %d reminders, want %d", step.at, len(got), step.told)
			}
		}
		if got := w.notices(rewards.NoticeCertificate); got[0].Args["opened"] != false || got[1].Args["opened"] != true {
			t.Errorf("%v", got)
		}
		w.at("2026-04-01T12:00:00Z")
		ctx := context.Background()
		list, err := w.shop.Unused(ctx, w.db.Read(ctx), w.db.Now())
		if err != nil || len(list) != 2 || list[0].PrizeID != "mug" || list[0].Issued != 2 || list[0].Unopened != 1 || list[0].Ending != 1 || list[0].Next != "2026-04-20" {
			t.Errorf("%+v (%v)", list, err)
		}
	})
}
