package receipts_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"promobot/campaigns"
	"promobot/fns"
	"promobot/fraud"
	"promobot/internal/store"
	"promobot/points"
	"promobot/receipts"
	"promobot/rewards"
)

// appeal disputes a refusal as the talk does.
func (w world) appeal(person, id int64) (a receipts.Appeal, err error) {
	err = w.in(func(ctx context.Context, tx *store.Tx) error {
		if err := w.people.Lock(ctx, tx, person); err != nil {
			return err
		}
		a, err = w.receipts.Appeal(ctx, tx, person, id)
		return err
	})
	return a, err
}

// strictly puts other rules in force.
func (w *world) strictly(rules fraud.Rules) {
	w.receipts = receipts.NewService(w.db, receipts.Outside{Scanner: camera{}, Fiscal: w.office}, w.people, w.book, rules, rewards.NewDesk(w.shop, w.people))
}

// TestAppealGranted: the service said no and says yes when it is asked anew.
func TestAppealGranted(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		w.office.always(fns.Answer{State: fns.Forged, Code: 406}, nil)
		id := w.person()
		r := w.bought(id, w.office.good())
		w.is(r, receipts.Rejected, receipts.ReasonForged, 0)
		a, err := w.appeal(id, r.ID)
		if err != nil || !a.DueAt.Equal(w.clock().Add(24*time.Hour)) || a.Reason != receipts.ReasonForged {
			w.Fatalf("%+v, %v; want an answer within a day", a, err)
		}
		w.is(w.get(r.ID), receipts.Review, receipts.ReasonForged, 0)
		c := w.openCase(r.ID)
		if c.Kind != fraud.KindAppeal || c.Hits[0].Rule != receipts.ReasonForged || c.DueAt == nil {
			w.Errorf("%+v, want the appeal's case", c)
		}
		w.office.set(func() { w.office.answer = nil })
		if err := w.approve(c.ID); err != nil {
			w.Fatal(err)
		}
		w.is(w.check(r.ID), receipts.Accepted, "", 80)
		w.told(r.ID, receipts.NoticeRead, receipts.ReasonForged)
		w.toldOf(receipts.Subject(r.ID)+"/appeal", receipts.NoticeAgain, receipts.NoticeAccepted)
	})
}

// TestAppealOfWhatWasNeverAskedAbout: the code was denied to somebody else, so
// that it was refused unasked.
func TestAppealOfWhatWasNeverAskedAbout(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		w.office.always(fns.Answer{State: fns.Forged, Code: 406}, nil)
		code := w.office.good()
		w.bought(w.person(), code)
		id := w.person()
		r := w.text(id, code.String())
		w.is(r, receipts.Rejected, receipts.ReasonForged, 0)
		if _, err := w.appeal(id, r.ID); err != nil {
			w.Fatal(err)
		}
		w.office.set(func() { w.office.answer = nil })
		if err := w.approve(w.openCase(r.ID).ID); err != nil {
			w.Fatal(err)
		}
		w.is(w.check(r.ID), receipts.Accepted, "", 80)
	})
}

// TestAppealRefused: the person hears the reason again, once, and cannot appeal
// for ever.
func TestAppealRefused(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		id := w.person()
		r := w.bought(id, w.office.sell(bread(1500)))
		w.is(r, receipts.Rejected, campaigns.RuleNoPromo, 0)
		if _, err := w.appeal(id, r.ID); err != nil {
			w.Fatal(err)
		}
		if err := w.refuse(w.openCase(r.ID).ID); err != nil {
			w.Fatal(err)
		}
		r = w.get(r.ID)
		w.is(r, receipts.Rejected, receipts.ReasonAppealRefused, 0)
		if r.Facts["was"] != campaigns.RuleNoPromo {
			w.Errorf("facts %v, want the first reason", r.Facts)
		}
		w.toldOf(receipts.Subject(r.ID)+"/appeal", receipts.ReasonAppealRefused)
		if _, err := w.appeal(id, r.ID); !errors.Is(err, receipts.ErrAppealed) {
			w.Errorf("a second appeal: %v, want ErrAppealed", err)
		}
	})
}

// TestAppealOfAVerifiedReceipt is judged from its lines without the disputed
// rule, and paid once though many decide.
func TestAppealOfAVerifiedReceipt(t *testing.T) {
	shop := func(t *campaigns.Terms) { t.ShopsDenied = []string{"7700000001"} }
	eachWorld(t, shop, func(w world) {
		id := w.person()
		r := w.bought(id, w.office.good())
		w.is(r, receipts.Rejected, campaigns.RuleShop, 0)
		if _, err := w.appeal(id, r.ID); err != nil {
			w.Fatal(err)
		}
		c := w.openCase(r.ID)
		var granted atomic.Int64
		atOnce(6, func(int) {
			err := w.approve(c.ID)
			if err == nil {
				granted.Add(1)
			} else if !errors.Is(err, fraud.ErrDecided) {
				w.Error(err)
			}
		})
		w.is(w.get(r.ID), receipts.Accepted, "", 80)
		if granted.Load() != 1 || w.balance(id) != (points.Balance{Available: 80}) {
			w.Errorf("granted %d times, balance %+v", granted.Load(), w.balance(id))
		}
		w.toldOf(receipts.Subject(r.ID)+"/appeal", receipts.NoticeAccepted)
	})
}

// TestAppealPlacesALine: an agent says what the line is; without that there is
// nothing to pay for.
func TestAppealPlacesALine(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		id := w.person()
		r := w.bought(id, w.office.sell(bread(700), fns.Item{Name: "НАПИТОК 0.5", Quantity: 2 * fns.Unit, Sum: 800_00, PaymentType: 4}))
		w.is(r, receipts.Rejected, campaigns.RuleNoPromo, 0)
		if _, err := w.appeal(id, r.ID); err != nil {
			w.Fatal(err)
		}
		c := w.openCase(r.ID)
		ctx := context.Background()
		if err := w.receipts.ApprovePlacing(ctx, c.ID, "agent", "", map[int]string{9: "kola"}); !errors.Is(err, receipts.ErrNone) {
			w.Errorf("a line that is not there: %v, want ErrNone", err)
		}
		if err := w.receipts.ApprovePlacing(ctx, c.ID, "agent", "", map[int]string{1: "whisky"}); !errors.Is(err, receipts.ErrTerms) {
			w.Errorf("no such product: %v, want ErrTerms", err)
		}
		if err := w.approve(c.ID); !errors.Is(err, receipts.ErrTerms) {
			w.Errorf("nothing is placed: %v, want ErrTerms", err)
		}
		w.is(w.get(r.ID), receipts.Review, campaigns.RuleNoPromo, 0)
		if err := w.receipts.ApprovePlacing(ctx, c.ID, "agent", "", map[int]string{1: "kola"}); err != nil {
			w.Fatal(err)
		}
		w.is(w.get(r.ID), receipts.Accepted, "", 70)
		if l := w.line(r.ID, 1); l.SKU != "kola" || l.Points != 20 || l.Review != receipts.LineApproved {
			w.Errorf("%+v, want the line placed", l)
		}
	})
}

// TestAppealAgainstAnothersReceipt: both are seen, none is paid twice.
func TestAppealAgainstAnothersReceipt(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		anna, boris, code := w.person(), w.person(), w.office.good()
		first := w.bought(anna, code)
		r := w.bought(boris, code)
		w.is(r, receipts.Rejected, receipts.ReasonDuplicate, 0)
		a, err := w.appeal(boris, r.ID)
		if err != nil || a.OtherID == nil || *a.OtherID != first.ID {
			w.Fatalf("%+v, %v; want the other receipt named", a, err)
		}
		c := w.openCase(r.ID)
		if err := w.approve(c.ID); !errors.Is(err, receipts.ErrTaken) {
			w.Errorf("approved: %v, want ErrTaken", err)
		}
		if c := w.openCase(r.ID); c.DecidedBy != "" {
			w.Errorf("%+v, want the case as open as before", c)
		}
		if err := w.refuse(c.ID); err != nil {
			w.Error(err)
		}
		w.is(w.get(r.ID), receipts.Rejected, receipts.ReasonAppealRefused, 0)
		if w.balance(boris).Available != 0 {
			w.Errorf("balance %+v, want nothing", w.balance(boris))
		}
	})
}

// TestAppealAgainstAMismatch: the service's numbers count.
func TestAppealAgainstAMismatch(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		code := w.office.good()
		for _, tt := range []struct {
			total  int
			status receipts.Status
			reason string
		}{{1600, receipts.Accepted, ""}, {900, receipts.Rejected, campaigns.RuleMinimum}} {
			w.office.set(func() {
				ticket := w.office.tickets[code.Key]
				ticket.Total = kopecks(tt.total)
				w.office.tickets[code.Key] = ticket
			})
			id := w.person()
			r := w.bought(id, code)
			w.is(r, receipts.Rejected, receipts.ReasonMismatch, 0)
			if _, err := w.appeal(id, r.ID); err != nil {
				w.Fatal(err)
			}
			if err := w.approve(w.openCase(r.ID).ID); err != nil {
				w.Fatal(err)
			}
			if r = w.check(r.ID); r.Status != tt.status || r.Reason != tt.reason {
				w.Errorf("%d roubles: %s %s, want %s %s", tt.total, r.Status, r.Reason, tt.status, tt.reason)
			}
			code = w.office.good()
		}
	})
}

func TestWhatCannotBeAppealed(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		anna, boris := w.person(), w.person()
		accepted := w.bought(anna, w.office.good())
		small := w.bought(anna, w.office.sell(kola(1, 500)))
		blurred := w.photo(anna, `{"hint":"blurred"}`)
		foreign := w.bought(boris, w.office.sell(bread(1500)))
		for name, tt := range map[string]struct {
			id   int64
			want error
		}{
			"accepted": {accepted.ID, receipts.ErrNoAppeal}, "below the minimum": {small.ID, receipts.ErrNoAppeal}, "a blurred photo": {blurred.ID, receipts.ErrNoAppeal},
			"another's": {foreign.ID, receipts.ErrNone}, "none": {9999, receipts.ErrNone},
		} {
			if _, err := w.appeal(anna, tt.id); !errors.Is(err, tt.want) {
				w.Errorf("%s: %v, want %v", name, err, tt.want)
			}
		}
	})
}

// TestAppealsOfADay are few; the next day there are more.
func TestAppealsOfADay(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		id := w.person()
		var ids []int64
		for range 5 {
			ids = append(ids, w.bought(id, w.office.sell(bread(1500))).ID)
		}
		var taken atomic.Int64
		atOnce(5, func(i int) {
			_, err := w.appeal(id, ids[i])
			if err == nil {
				taken.Add(1)
			} else if !errors.Is(err, receipts.ErrManyAppeals) {
				w.Error(err)
			}
		})
		if taken.Load() != 3 {
			w.Errorf("%d appeals, want three a day", taken.Load())
		}
		w.pass(24 * time.Hour)
		for _, r := range ids {
			if _, err := w.appeal(id, r); err != nil && !errors.Is(err, receipts.ErrAppealed) {
				w.Errorf("the next day: %v", err)
			}
		}
	})
}

// TestAppealIsTakenOnce though the button is pressed by many fingers.
func TestAppealIsTakenOnce(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		id := w.person()
		r := w.bought(id, w.office.sell(bread(1500)))
		var taken atomic.Int64
		atOnce(8, func(int) {
			_, err := w.appeal(id, r.ID)
			if err == nil {
				taken.Add(1)
			} else if !errors.Is(err, receipts.ErrAppealed) {
				w.Error(err)
			}
		})
		if taken.Load() != 1 {
			w.Errorf("taken %d times", taken.Load())
		}
	})
}

// TestAppealAgainstAFraudRule: refused by a rule, even after a hold, it is paid
// when a person says so.
func TestAppealAgainstAFraudRule(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		rules := must(fraud.Parse([]byte(`rules:
  - {id: fraud.night, when: 'total == 100000', tier: hold}
  - {id: fraud.second, measure: count receipts, by: participant, window: 24h, limit: 1, tier: refuse}`)))
		w.strictly(rules)
		id := w.person()
		held := w.bought(id, w.office.good())
		w.is(held, receipts.Held, "fraud.night", 30)
		refused := w.bought(id, w.office.good())
		w.is(refused, receipts.Rejected, "fraud.second", 0)
		w.told(refused.ID, receipts.NoticeRead, receipts.ReasonFraud)
		w.pass(24 * time.Hour)
		w.release(held.ID) // two of one day now: what was held is refused
		w.is(w.get(held.ID), receipts.Rejected, "fraud.second", 0)
		if got := w.balance(id); got != (points.Balance{}) {
			w.Errorf("balance %+v, want nothing", got)
		}
		for i, r := range []int64{held.ID, refused.ID} {
			if _, err := w.appeal(id, r); err != nil {
				w.Fatal(err)
			}
			if err := w.approve(w.openCase(r).ID); err != nil {
				w.Fatal(err)
			}
			w.is(w.get(r), receipts.Accepted, "", []points.Amount{80, 30}[i])
		}
		if got := w.balance(id); got != (points.Balance{Available: 110}) {
			w.Errorf("balance %+v, want both paid", got)
		}
	})
}

func must(rules fraud.Rules, problems []fraud.Problem) fraud.Rules {
	if len(problems) > 0 {
		panic(fmt.Sprint(problems))
	}
	return rules
}
