package receipts_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"promobot/campaigns"
	"promobot/fns"
	"promobot/fraud"
	"promobot/internal/notify"
	"promobot/internal/store"
	"promobot/points"
	"promobot/prizes"
	"promobot/receipts"
)

func (w world) approve(caseID int64) error {
	return w.receipts.Approve(context.Background(), caseID, "agent", "looks fine")
}

func (w world) refuse(caseID int64) error {
	return w.receipts.Refuse(context.Background(), caseID, "agent", "looks odd")
}

// TestSixthReceiptOfAnHourIsHeld: the limit does not leak when all are settled
// at the same moment.
func TestSixthReceiptOfAnHourIsHeld(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		person, ids := w.person(), make([]int64, 8)
		for i := range ids {
			ids[i] = w.photo(person, w.office.good().String()).ID // typed ones are not asked about all at once
			w.step(ids[i])
		}
		w.pass(2 * time.Second)
		atOnce(len(ids), func(i int) {
			if _, err := w.receipts.Check(context.Background(), ids[i]); err != nil {
				w.Error(err)
			}
		})
		var held []receipts.Receipt
		for _, id := range ids {
			if r := w.get(id); r.Status == receipts.Review {
				held = append(held, r)
			} else if r.Status != receipts.Accepted {
				w.Errorf("receipt %d is %s %s", id, r.Status, r.Reason)
			}
		}
		if len(held) != 3 || w.balance(person) != (points.Balance{Available: 5*30 + 50, Held: 3 * 30}) {
			w.Fatalf("%d are held, balance %+v; want three of eight, their 90 points set aside", len(held), w.balance(person))
		}
		for _, r := range held {
			w.is(r, receipts.Review, fraud.RuleReceiptsPerHour, 30)
			w.told(r.ID, receipts.NoticeRead, receipts.NoticeReview)
		}
		w.pass(time.Hour)
		w.is(w.bought(person, w.office.good()), receipts.Accepted, "", 30)
		if err := errors.Join(w.approve(w.openCase(held[0].ID).ID), w.refuse(w.openCase(held[1].ID).ID)); err != nil {
			w.Fatal(err)
		}
		w.is(w.get(held[0].ID), receipts.Accepted, "", 30)
		w.is(w.get(held[1].ID), receipts.Rejected, receipts.ReasonCaseRefused, 0)
		w.told(held[0].ID, receipts.NoticeRead, receipts.NoticeReview, receipts.NoticeAccepted)
		w.told(held[1].ID, receipts.NoticeRead, receipts.NoticeReview, receipts.ReasonCaseRefused)
		if got := w.balance(person); got != (points.Balance{Available: 7*30 + 50, Held: 30}) {
			w.Errorf("balance %+v, want one held receipt left", got)
		}
	})
}

// TestHeldFirstReceipt: approval pays the bonus of the first receipt, too.
func TestHeldFirstReceipt(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		w.registered("+79990000001", "Анна")
		id := w.registered("+79990000001", "Борис")
		r := w.bought(id, w.office.good())
		w.is(r, receipts.Review, fraud.RuleNamesPerPhone, 30)
		if got := w.balance(id); got != (points.Balance{Held: 30}) {
			w.Errorf("balance %+v, want 30 held", got)
		}
		c := w.openCase(r.ID)
		if err := w.approve(c.ID); err != nil {
			w.Fatal(err)
		}
		r = w.get(r.ID)
		w.is(r, receipts.Accepted, "", 80)
		if got := fmt.Sprint(r.Facts["points"], r.Facts["first"], r.Facts["lines_points"]); got != "80 50 30" && w.balance(id).Available != 80 {
			w.Errorf("facts %v, balance %+v", r.Facts, w.balance(id))
		}
		for i, err := range []error{w.approve(c.ID), w.refuse(c.ID)} {
			if !errors.Is(err, fraud.ErrDecided) {
				w.Errorf("decision %d after the first: %v, want ErrDecided", i+1, err)
			}
		}
		if err := w.approve(999); !errors.Is(err, fraud.ErrNoCase) {
			w.Errorf("no such case: %v, want ErrNoCase", err)
		}
	})
}

// TestCaseIsDecidedOnce: several people decide at the same moment.
func TestCaseIsDecidedOnce(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		w.registered("+79990000001", "Анна")
		id := w.registered("+79990000001", "Борис")
		cases := []int64{w.openCase(w.bought(id, w.office.good()).ID).ID, w.openCase(w.bought(id, w.office.good()).ID).ID}
		var decided atomic.Int64
		atOnce(12, func(i int) {
			decide := w.approve
			if i%3 == 0 {
				decide = w.refuse
			}
			err := decide(cases[i%2])
			if err != nil && !errors.Is(err, fraud.ErrDecided) {
				w.Error(err)
			}
			if err == nil {
				decided.Add(1)
			}
		})
		if decided.Load() != 2 || w.balance(id).Held != 0 {
			w.Errorf("%d decisions on two cases, balance %+v; nothing may stay held", decided.Load(), w.balance(id))
		}
	})
}

func TestStrangeAnswerGoesToAPerson(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		ask := func() receipts.Receipt {
			w.office.always(fns.Answer{State: fns.Strange, Code: 777, Text: "?"}, nil)
			return w.bought(w.person(), w.office.good())
		}
		r := ask()
		w.is(r, receipts.Review, receipts.ReasonStrange, 0)
		c := w.openCase(r.ID)
		if got := fmt.Sprint(c.Hits[0].Args); got != "map[answer:? code:777]" {
			w.Errorf("the case shows %s, want the service's words", got)
		}
		// Days later somebody has it asked about anew: 72 hours begin again.
		w.pass(4 * 24 * time.Hour)
		if err := w.approve(c.ID); err != nil {
			w.Fatal(err)
		}
		w.is(w.get(r.ID), receipts.Checking, "", 0)
		w.office.untilFound(w.clock().Add(2 * time.Hour))
		w.is(w.check(r.ID), receipts.Accepted, "", 80)

		refused := ask()
		if err := w.refuse(w.openCase(refused.ID).ID); err != nil {
			w.Fatal(err)
		}
		w.is(w.get(refused.ID), receipts.Rejected, receipts.ReasonCaseRefused, 0)
	})
}

func TestStrangeAgainOpensTheCaseAgain(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		w.office.always(fns.Answer{State: fns.Strange, Code: 777}, nil)
		r := w.bought(w.person(), w.office.good())
		if err := w.approve(w.openCase(r.ID).ID); err != nil {
			w.Fatal(err)
		}
		w.is(w.check(r.ID), receipts.Review, receipts.ReasonStrange, 0)
		if err := w.refuse(w.openCase(r.ID).ID); err != nil {
			w.Error(err)
		}
	})
}

// TestOnlyUnsureLinesGoToAPerson, who decides with the case.
func TestOnlyUnsureLinesGoToAPerson(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		id := w.person()
		buy := func() receipts.Receipt {
			r := w.bought(id, w.office.sell(doubtful(2, 500), bread(500)))
			w.is(r, receipts.Review, campaigns.RuleUnsureLines, 0)
			return r
		}
		yes, no := buy(), buy()
		ctx := context.Background()
		if open, err := receipts.OpenLines(ctx, w.db.Read(ctx), 10); err != nil || len(open) != 0 {
			w.Errorf("%d lines (%v) are asked about beside their case", len(open), err)
		}
		lines, err := w.receipts.Lines(ctx, w.db.Read(ctx), yes.ID)
		if err != nil {
			w.Fatal(err)
		}
		if err := w.receipts.PlaceLine(ctx, lines[0].ID, receipts.LineApproved); !errors.Is(err, receipts.ErrDecided) {
			w.Errorf("a line of a held receipt: %v, want ErrDecided", err)
		}
		if err := errors.Join(w.approve(w.openCase(yes.ID).ID), w.refuse(w.openCase(no.ID).ID)); err != nil {
			w.Fatal(err)
		}
		w.is(w.get(yes.ID), receipts.Accepted, "", 70)
		w.is(w.get(no.ID), receipts.Rejected, receipts.ReasonCaseRefused, 0)
		lines, err = w.receipts.Lines(ctx, w.db.Read(ctx), yes.ID)
		if err != nil || lines[0].SKU != "kola" || lines[0].Points != 20 || lines[0].Review != receipts.LineApproved {
			w.Errorf("%+v (%v), want the line placed for 20 points", lines[0], err)
		}
	})
}

// TestApprovalThatTermsForbid: placed by a person, the lines still miss the
// minimum; the case stays open.
func TestApprovalThatTermsForbid(t *testing.T) {
	eachWorld(t, func(t *campaigns.Terms) { t.MinimumOn = campaigns.OnPromo }, func(w world) {
		r := w.bought(w.person(), w.office.sell(kola(1, 100), doubtful(1, 800), bread(200)))
		w.is(r, receipts.Review, campaigns.RuleUnsureLines, 0)
		if err := w.approve(w.openCase(r.ID).ID); err == nil || !strings.Contains(err.Error(), campaigns.RulePromoMin) {
			w.Errorf("%v, want a refusal that names the rule", err)
		}
		w.is(w.get(r.ID), receipts.Review, campaigns.RuleUnsureLines, 0)
		if err := w.refuse(w.openCase(r.ID).ID); err != nil {
			w.Error(err)
		}
	})
}

// line returns the n-th line of a receipt.
func (w world) line(id int64, n int) receipts.Line {
	w.Helper()
	lines, err := w.receipts.Lines(context.Background(), w.db.Read(context.Background()), id)
	if err != nil || n >= len(lines) {
		w.Fatalf("line %d of receipt %d: %v", n, id, err)
	}
	return lines[n]
}

// TestUnsureLineIsPlacedOnce, though many press the button.
func TestUnsureLineIsPlacedOnce(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		ctx, id := context.Background(), w.person()
		r := w.bought(id, w.office.sell(kola(1, 300), doubtful(2, 300), doubtful(1, 400)))
		w.is(r, receipts.Accepted, "", 60)
		open, err := receipts.OpenLines(ctx, w.db.Read(ctx), 10)
		if err != nil || len(open) != 2 || open[0].Candidate != "kola" {
			w.Fatalf("%+v (%v), want two open lines", open, err)
		}
		var placed atomic.Int64
		atOnce(10, func(i int) {
			to := receipts.LineApproved
			if i%2 == 1 { // the second line is no kola
				to = receipts.LineRefused
			}
			err := w.receipts.PlaceLine(ctx, open[i%2].ID, to)
			if err != nil && !errors.Is(err, receipts.ErrDecided) {
				w.Error(err)
			}
			if err == nil {
				placed.Add(1)
			}
		})
		r = w.get(r.ID)
		w.is(r, receipts.Accepted, "", 80)
		if placed.Load() != 2 || w.balance(id).Available != 80 || w.line(r.ID, 1).Points != 20 || w.line(r.ID, 2).Points != 0 {
			w.Errorf("%d placed, balance %+v", placed.Load(), w.balance(id))
		}
		var told []notify.Notice
		if err := w.db.Read(ctx).Find(&told, "key = ?", receipts.NoticeLine).Error; err != nil || len(told) != 1 || fmt.Sprint(told[0].Args["points"]) != "20" {
			w.Errorf("told %+v (%v), want once of 20 points", told, err)
		}
		for _, to := range []receipts.LineReview{receipts.LineOpen, receipts.LineSure, "maybe"} {
			if err := w.receipts.PlaceLine(ctx, open[0].ID, to); err == nil || errors.Is(err, receipts.ErrDecided) {
				w.Errorf("%q: %v, want a refusal of the word", to, err)
			}
		}
		if err := w.receipts.PlaceLine(ctx, 999, receipts.LineApproved); !errors.Is(err, receipts.ErrNone) {
			w.Errorf("no such line: %v, want ErrNone", err)
		}
	})
}

// TestPlacedLineUnderALimit: a line that displaces a dearer one takes nothing
// back, and what is placed next is reckoned from what was paid.
func TestPlacedLineUnderALimit(t *testing.T) {
	limit := func(t *campaigns.Terms) {
		t.UnitsReceipt, t.PerSKU, t.KopecksPerPoint = 2, map[string]points.Amount{"chips": 100}, 100_00
	}
	eachWorld(t, limit, func(w world) {
		ctx, id := context.Background(), w.person()
		chips := fns.Item{Name: "ЧИПСЫ", GTIN: chipsGTIN, Quantity: 2 * fns.Unit, Sum: 200_00, PaymentType: 4}
		r := w.bought(id, w.office.sell(doubtful(1, 300), doubtful(1, 500), chips))
		w.is(r, receipts.Accepted, "", 252) // two chips, two hundred roubles, the first receipt
		for n, want := range []points.Amount{252, 252} {
			if err := w.receipts.PlaceLine(ctx, w.line(r.ID, n).ID, receipts.LineApproved); err != nil {
				w.Fatal(err)
			}
			w.is(w.get(r.ID), receipts.Accepted, "", want)
		}
		if got := w.balance(id).Available; got != 252 {
			w.Errorf("%d points, want 252", got)
		}
	})
}

// TestPlacedLineBringsAnAutomaticPrize as soon as the points suffice.
func TestPlacedLineBringsAnAutomaticPrize(t *testing.T) {
	tea := func(t *campaigns.Terms) {
		t.Offers = []campaigns.Offer{{PrizeID: "tea", Issue: campaigns.Automatically}}
	}
	eachWorld(t, tea, func(w world) {
		w.must(func(ctx context.Context, tx *store.Tx) error {
			if err := w.shop.Put(ctx, tx, prizes.Prize{ID: "tea", Title: "Чай", Price: 70}); err != nil {
				return err
			}
			_, err := w.shop.Import(ctx, tx, strings.NewReader("prize_id,code\ntea,TEA-CODE-0001\n"), "tea.csv")
			return err
		})
		id := w.person()
		r := w.bought(id, w.office.sell(kola(1, 500), doubtful(1, 500)))
		if w.is(r, receipts.Accepted, "", 60); w.balance(id).Available != 60 {
			w.Errorf("balance %+v, want 60", w.balance(id))
		}
		if err := w.receipts.PlaceLine(t.Context(), w.line(r.ID, 1).ID, receipts.LineApproved); err != nil {
			w.Fatal(err)
		}
		if got := w.balance(id).Available; got != 0 {
			w.Errorf("%d points, want none after a tea for 70", got)
		}
	})
}
