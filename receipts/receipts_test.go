package receipts_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"promobot/campaigns"
	"promobot/fns"
	"promobot/internal/events"
	"promobot/internal/notify"
	"promobot/internal/store"
	"promobot/points"
	"promobot/prizes"
	"promobot/receipts"
	"promobot/rewards"
)

func TestReceiptIsPaidAndExplained(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		ctx, id := context.Background(), w.person()
		q := w.office.sell(kola(2, 200), bread(700), kola(1, 100), doubtful(1, 100))
		r := w.photo(id, q.String())
		w.is(r, receipts.Checking, "", 0)
		r = w.check(r.ID)
		w.is(r, receipts.Accepted, "", 80)
		w.told(r.ID, receipts.NoticeRead, receipts.NoticeAccepted)
		if got := w.balance(id); got != (points.Balance{Available: 80}) {
			w.Errorf("balance %+v, want 80", got)
		}
		want := "map[balance:80 first:50 lines:[map[points:30 title:Кола Ясный Ключ units:3]] lines_points:30 points:80 unsure:1]"
		if got := fmt.Sprint(r.Facts); got != want {
			w.Errorf("facts %s, want %s", got, want)
		}
		w.happened(r.ID, receipts.EventSubmitted, receipts.EventRead, receipts.EventAsked, receipts.EventVerified, receipts.EventJudged,
			rewards.EventPosted, rewards.EventPosted, receipts.EventAccepted)
		lines, err := w.receipts.Lines(ctx, w.db.Read(ctx), r.ID)
		if err != nil || len(lines) != 4 || lines[0].SKU != "kola" || lines[0].Points != 20 || lines[1].SKU != "" || lines[3].Candidate != "kola" || lines[3].Review != receipts.LineOpen {
			w.Errorf("lines %+v (%v)", lines, err)
		}
		if r.SellerINN != "7700000001" || r.ScannedAt == nil || r.AskedAt == nil || r.AnsweredAt == nil || r.VerifiedAt == nil || r.DecidedAt == nil {
			w.Errorf("its moments or its seller are missing: %+v", r)
		}
		// All steps again change nothing.
		if err := w.receipts.Scan(ctx, r.ID); err != nil || w.step(r.ID) != 0 || w.office.sent() != 1 {
			w.Errorf("steps after the end: %v, %d questions", err, w.office.sent())
		}
	})
}

// happened compares the timeline of a receipt.
func (w world) happened(id int64, want ...events.Kind) {
	w.Helper()
	var got []events.Kind
	if err := w.db.Read(context.Background()).Model(&events.Event{}).Where("subject = ?", receipts.Subject(id)).Order("id").Pluck("kind", &got).Error; err != nil {
		w.Fatal(err)
	}
	if !slices.Equal(got, want) {
		w.Errorf("events %v, want %v", got, want)
	}
}

func TestSubmissionIsTakenOnce(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		id, q := w.person(), w.office.good()
		sub := receipts.Submission{Source: fmt.Sprint("update:", sources.Add(1)), ParticipantID: id, Way: receipts.ByText, Text: q.String()}
		first := w.send(sub)
		if again := w.send(sub); again.ID != first.ID {
			w.Errorf("receipt %d, want %d again", again.ID, first.ID)
		}
		w.is(w.check(first.ID), receipts.Accepted, "", 80)
		if again := w.send(sub); again.ID != first.ID || again.Status != receipts.Accepted {
			w.Errorf("%+v, want the accepted receipt", again)
		}
		ctx := context.Background()
		list, err := w.receipts.List(ctx, w.db.Read(ctx), id, 10)
		if err != nil || len(list) != 1 {
			w.Errorf("%d receipts (%v), want one", len(list), err)
		}
		if _, err := w.receipts.ByID(ctx, w.db.Read(ctx), 999); !errors.Is(err, receipts.ErrNone) {
			w.Errorf("%v, want ErrNone", err)
		}
		if _, found, err := w.receipts.BySource(ctx, w.db.Read(ctx), "update:none"); found || err != nil {
			w.Errorf("found %v, %v", found, err)
		}
	})
}

// TestEveryReason reaches the reasons that need no second receipt.
func TestEveryReason(t *testing.T) {
	const link = "https://example.org/check?fn=9999000000000001&i=1&fp=2"
	code := "t=20260305T1100&s=1000.00&fn=9999000000000001&i=4000000000&fp=3&n=1"
	text := func(text string) func(w world) receipts.Receipt {
		return func(w world) receipts.Receipt { return w.text(w.person(), text) }
	}
	photo := func(picture string) func(w world) receipts.Receipt {
		return func(w world) receipts.Receipt { return w.photo(w.person(), picture) }
	}
	sold := func(items ...fns.Item) func(w world) receipts.Receipt {
		return func(w world) receipts.Receipt { return w.bought(w.person(), w.office.sell(items...)) }
	}
	answers := func(a fns.Answer) func(w world) receipts.Receipt {
		return func(w world) receipts.Receipt {
			w.office.always(a, nil)
			return w.bought(w.person(), w.office.good())
		}
	}
	cases := []struct {
		name   string
		make   func(w world) receipts.Receipt
		reason string
		facts  string
	}{
		{"too large a file", photo(`{"error":"too_large"}`), receipts.ReasonPicture, "map[problem:too_large]"},
		{"a bomb", photo(`{"error":"bomb"}`), receipts.ReasonPicture, "map[problem:bomb]"},
		{"no picture at all", photo(`{"error":"format"}`), receipts.ReasonPicture, "map[problem:format]"},
		{"a PDF", photo(`{"error":"pdf"}`), receipts.ReasonPicture, "map[problem:pdf]"},
		{"a torn file", photo(`{"error":"other"}`), receipts.ReasonPicture, "map[problem:broken]"},
		{"no code", photo(`{"hint":"no_code"}`), "scan.no_code", "map[]"},
		{"cut off", photo(`{"hint":"cut"}`), "scan.cut", "map[]"},
		{"blurred", photo(`{"hint":"blurred"}`), "scan.blurred", "map[]"},
		{"glare", photo(`{"hint":"glare"}`), "scan.glare", "map[]"},
		{"too small", photo(`{"hint":"too_small"}`), "scan.too_small", "map[]"},
		{"another code", photo(`{"hint":"other_code"}`), "scan.other_code", "map[]"},
		{"damaged", photo(`{"hint":"damaged"}`), "scan.damaged", "map[]"},
		{"a joke", text("привет"), receipts.ReasonNotReceipt, "map[]"},
		{"bytes that are no text", text("\xff\xfe\x00"), receipts.ReasonNotReceipt, "map[]"},
		{"a link without time and total", text(link), receipts.ReasonIncomplete, "map[]"},
		{"a sum of letters", text(strings.Replace(code, "1000.00", "x", 1)), receipts.ReasonInvalid, "map[field:s]"},
		{"a refund", text(strings.Replace(code, "n=1", "n=2", 1)), campaigns.RuleOperation, "map[operation:2]"},
		{"of tomorrow night", text(strings.Replace(code, "0305T1100", "0306T0001", 1)), campaigns.RuleFuture, "map[at:2026-03-06T00:01:00Z]"},
		{"of last year", text(strings.Replace(code, "20260305", "20250305", 1)), campaigns.RulePeriod,
			"map[at:2025-03-05T11:00:00Z ends:2026-04-15T00:00:00Z starts:2026-03-01T00:00:00Z]"},
		{"a kopeck short", text(strings.Replace(code, "1000.00", "999.99", 1)), campaigns.RuleMinimum, "map[minimum:100000 missing:1 total:99999]"},
		{"a wrong sign", func(w world) receipts.Receipt { return w.check(w.text(w.person(), code).ID) }, receipts.ReasonForged, "map[]"},
		{"malformed", answers(fns.Answer{State: fns.Malformed, Code: 400}), receipts.ReasonMalformed, "map[]"},
		{"never in the store", answers(fns.Answer{State: fns.NotYet, Code: 404}), receipts.ReasonNotFound, "map[]"},
		{"none of ours", sold(bread(1000)), campaigns.RuleNoPromo, "map[lines:1]"},
	}
	eachWorld(t, nil, func(w world) {
		for _, tt := range cases {
			w.each(tt.name, func(w world) {
				r := w.get(tt.make(w).ID)
				w.is(r, receipts.Rejected, tt.reason, 0)
				if got := fmt.Sprint(r.Facts); got != tt.facts {
					w.Errorf("facts %s, want %s", got, tt.facts)
				}
				if told := w.notices(r.ID); len(told) == 0 || told[len(told)-1] != tt.reason {
					w.Errorf("told %v, want %s at last", told, tt.reason)
				}
			})
		}
	})
}

func TestWhatTheCodeShowsCostsNoQuestion(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		id := w.person()
		q := w.office.good()
		q.Operation = fns.SaleReturn
		w.is(w.text(id, q.String()), receipts.Rejected, campaigns.RuleOperation, 0)
		w.pass(15 * 24 * time.Hour)
		old := w.office.good()
		r := w.text(id, old.String())
		w.is(r, receipts.Rejected, campaigns.RuleTooOld, 0)
		if w.office.sent() != 0 {
			w.Errorf("%d questions, want none", w.office.sent())
		}
	})
}

// TestTermsThatNeedTheTicket: shop, limits and the minimum of promo lines.
func TestTermsThatNeedTheTicket(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*campaigns.Terms)
		want   []string // reasons of three receipts in turn
	}{
		{"a shop that is denied", func(t *campaigns.Terms) { t.ShopsDenied = []string{"7700000001"} }, []string{campaigns.RuleShop, campaigns.RuleShop, campaigns.RuleShop}},
		{"promo lines below the minimum", func(t *campaigns.Terms) { t.MinimumOn = campaigns.OnPromo }, []string{campaigns.RulePromoMin, campaigns.RulePromoMin, campaigns.RulePromoMin}},
		{"two a day", func(t *campaigns.Terms) { t.ReceiptsDay = 2 }, []string{"", "", campaigns.RuleDayLimit}},
		{"one at all", func(t *campaigns.Terms) { t.ReceiptsTotal, t.ReceiptsDay = 1, 2 }, []string{"", campaigns.RuleTotalLimit, campaigns.RuleTotalLimit}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			eachWorld(t, tt.change, func(w world) {
				id := w.person()
				for i, want := range tt.want {
					if got := w.bought(id, w.office.good()).Reason; got != want {
						w.Errorf("receipt %d: %q, want %q", i+1, got, want)
					}
				}
			})
		})
	}
}

func TestDayLimitIsOfTheDay(t *testing.T) {
	eachWorld(t, func(t *campaigns.Terms) { t.ReceiptsDay, t.Zone = 1, "Europe/Moscow" }, func(w world) {
		id := w.person()
		w.is(w.bought(id, w.office.good()), receipts.Accepted, "", 80)
		w.now.Store(noon.Add(9*time.Hour - time.Minute).UnixMicro()) // a minute to midnight in Moscow
		w.is(w.bought(id, w.office.good()), receipts.Rejected, campaigns.RuleDayLimit, 0)
		w.now.Store(noon.Add(9 * time.Hour).UnixMicro())
		w.is(w.bought(id, w.office.good()), receipts.Accepted, "", 30)
	})
}

// TestReceiptIsJudgedByTheVersionOfItsPurchase: terms of today do not reach back.
func TestReceiptIsJudgedByTheVersionOfItsPurchase(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		before := w.office.sellAt(noon.Add(-time.Minute), kola(3, 300), bread(700))
		after := w.office.sellAt(noon.Add(2*time.Minute), kola(3, 300), bread(700))
		richer := spring()
		richer.PerProduct, richer.FirstReceipt = 100, 500
		w.pass(time.Minute)
		w.apply(richer)
		w.pass(time.Hour)
		id := w.person()
		w.is(w.bought(id, before), receipts.Accepted, "", 80)
		w.is(w.bought(id, after), receipts.Accepted, "", 300)
	})
}

// TestFirstReceiptIsTheFirstEver: terms that bring in the bonus later do not
// make a second receipt the first.
func TestFirstReceiptIsTheFirstEver(t *testing.T) {
	eachWorld(t, func(t *campaigns.Terms) { t.FirstReceipt = 0 }, func(w world) {
		id := w.person()
		w.is(w.bought(id, w.office.good()), receipts.Accepted, "", 30)
		w.pass(time.Hour)
		w.apply(spring())
		w.pass(time.Hour)
		later := w.office.sellAt(w.clock(), kola(3, 300), bread(700))
		w.is(w.bought(id, later), receipts.Accepted, "", 30)
		w.is(w.bought(w.person(), w.office.sellAt(w.clock(), kola(3, 300), bread(700))), receipts.Accepted, "", 80)
	})
}

// TestFirstReceiptOfAPhoneIsRaced: one person with several accounts has one
// first receipt.
func TestFirstReceiptOfAPhoneIsRaced(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		ids := make([]int64, 6)
		for i := range ids {
			ids[i] = w.text(w.registered("+79990000001", "Анна"), w.office.good().String()).ID
			w.step(ids[i])
		}
		atOnce(len(ids), func(i int) {
			if _, err := w.receipts.Check(context.Background(), ids[i]); err != nil {
				w.Error(err)
			}
		})
		var sum points.Amount
		for _, id := range ids {
			r := w.get(id)
			if sum += r.Points; r.Status != receipts.Accepted {
				w.Errorf("receipt %d is %s %s", id, r.Status, r.Reason)
			}
		}
		if sum != 6*30+50 {
			w.Errorf("%d points, want one bonus among six receipts of 30", sum)
		}
	})
}

func TestAutomaticPrizeComesWithTheReceipt(t *testing.T) {
	tea := func(t *campaigns.Terms) {
		t.Offers = []campaigns.Offer{{PrizeID: "tea", Issue: campaigns.Automatically}}
	}
	eachWorld(t, tea, func(w world) {
		w.must(func(ctx context.Context, tx *store.Tx) error {
			if err := w.shop.Put(ctx, tx, prizes.Prize{ID: "tea", Title: "Чай", Price: 60}); err != nil {
				return err
			}
			_, err := w.shop.Import(ctx, tx, strings.NewReader("prize_id,code\ntea,TEA-CODE-0001\n"), "tea.csv")
			return err
		})
		id := w.person()
		r := w.bought(id, w.office.good())
		w.is(r, receipts.Accepted, "", 80)
		if got := w.balance(id).Available; got != 20 {
			w.Errorf("%d points are left, want 20 after a tea", got)
		}
		var told int64
		if err := w.db.Read(t.Context()).Model(&notify.Notice{}).Where("key = ? AND participant_id = ?", rewards.NoticeIssued, id).Count(&told).Error; err != nil || told != 1 {
			w.Errorf("told %d times of the tea (%v), want once", told, err)
		}
	})
}

func TestJunkBesideTheFieldsIsStored(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		r := w.check(w.text(w.person(), w.office.good().String()+"&memo=\xff\xfe").ID)
		w.is(r, receipts.Accepted, "", 80)
	})
}
