package receipts_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"promobot/campaigns"
	"promobot/fns"
	"promobot/points"
	"promobot/receipts"
)

// march is the day of these tests, with half as many points again for kola and
// a point a week for chips.
func march(t *campaigns.Terms) {
	day := time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC)
	t.Bonus = []campaigns.BonusDay{{ID: "fifth", Title: "Пятое марта", TitleEN: "The fifth", By: campaigns.OfBoth, From: day, Until: day.AddDate(0, 0, 1),
		Regions: []string{"36"}, Multiply: 1500}}
	t.Focus = []campaigns.Focus{{ID: "chips", Title: "Неделя чипсов", TitleEN: "Chips week", Products: []string{"chips"}, From: t.Starts, Until: t.Ends, Points: 1}}
}

// voronezh moves the shop of a purchase to another region.
func (w world) voronezh(q fns.QR) fns.QR {
	w.office.set(func() {
		t := w.office.tickets[q.Key]
		t.Address = "394000, г Воронеж, ул Примерная, д 1"
		w.office.tickets[q.Key] = t
	})
	return q
}

func chips(n fns.Quantity, sum int) fns.Item {
	return fns.Item{Name: "ЧИПСЫ", GTIN: chipsGTIN, Quantity: n * fns.Unit, Sum: kopecks(sum), PaymentType: 4}
}

// posted are the postings of a participant's points, with what each moved.
func (w world) posted(id int64) string {
	w.Helper()
	var rows []struct {
		Source string
		Amount points.Amount
	}
	err := w.db.Read(context.Background()).Raw(`SELECT p.source, e.amount FROM postings p JOIN ledger_entries e ON e.posting_id = p.id
		WHERE e.account IN (?, ?) ORDER BY e.id`, points.Available(id), points.Held(id)).Scan(&rows).Error
	if err != nil {
		w.Fatal(err)
	}
	var list []string
	for _, row := range rows {
		_, part, _ := strings.Cut(row.Source, "/")
		list = append(list, fmt.Sprint(part, " ", row.Amount))
	}
	return strings.Join(list, ", ")
}

func (w world) wantPosted(id int64, want string) {
	w.Helper()
	if got := w.posted(id); got != want {
		w.Errorf("participant %d: posted %s\nwant %s", id, got, want)
	}
}

func (w world) wantParts(r receipts.Receipt, want campaigns.Parts) {
	w.Helper()
	if !maps.Equal(r.Parts, want) || r.Points != want.Sum() {
		w.Errorf("receipt %d: parts %v of %d, want %v", r.ID, r.Parts, r.Points, want)
	}
}

func TestExtrasStandByThemselves(t *testing.T) {
	eachWorld(t, march, func(w world) {
		anna, twin := w.registered("+79990000001", "Анна Примерова"), w.registered("+79990000001", "Анна Примерова")
		r := w.bought(anna, w.voronezh(w.office.sell(kola(3, 300), chips(1, 100), bread(700))))
		w.is(r, receipts.Accepted, "", 111)
		w.wantParts(r, campaigns.Parts{"lines": 40, "bonus-day:fifth": 20, "focus:chips:2026-W10": 1, "first-receipt": 50})
		w.wantPosted(anna, "lines 40, bonus-day:fifth 20, focus:chips:2026-W10 1, first-receipt 50")
		want := "[map[points:20 title:Пятое марта title_en:The fifth] map[points:1 title:Неделя чипсов title_en:Chips week]] 40"
		if got := fmt.Sprint(r.Facts["extra"], r.Facts["lines_points"]); got != want {
			w.Errorf("told %s, want %s", got, want)
		}
		w.wantParts(w.bought(anna, w.office.sell(chips(1, 100), bread(900))), campaigns.Parts{"lines": 10}) // another region, and the week is paid
		w.wantParts(w.bought(twin, w.office.sell(chips(1, 100), bread(900))), campaigns.Parts{"lines": 10}) // another account of the phone
		w.wantParts(w.bought(w.person(), w.office.sell(chips(1, 100), bread(900))), campaigns.Parts{"lines": 10, "focus:chips:2026-W10": 1, "first-receipt": 50})
		w.pass(4 * 24 * time.Hour) // a Monday
		next := w.office.sellAt(w.clock(), chips(1, 100), bread(900))
		w.wantParts(w.bought(anna, next), campaigns.Parts{"lines": 10, "focus:chips:2026-W11": 1})
	})
}

// Receipts of one person that are settled at the same moment get the focus's
// point once.
func TestFocusIsPaidOnceAWeek(t *testing.T) {
	eachWorld(t, march, func(w world) {
		people := []int64{w.registered("+79990000001", "Анна Примерова"), w.registered("+79990000001", "Анна Примерова")}
		ids := make([]int64, 8)
		for i := range ids {
			ids[i] = w.photo(people[i%2], w.office.sell(chips(1, 100), bread(900)).String()).ID
			w.step(ids[i])
		}
		w.pass(2 * time.Second)
		atOnce(len(ids), func(i int) {
			if _, err := w.receipts.Check(context.Background(), ids[i]); err != nil {
				w.Error(err)
			}
		})
		if got := w.posted(people[0]) + ", " + w.posted(people[1]); strings.Count(got, "focus:") != 1 {
			w.Errorf("posted %s, want one focus part", got)
		}
	})
}

// What is held goes by part, a person's own parts come with the end, and the
// region is known then too.
func TestExtrasOfAHeldReceipt(t *testing.T) {
	eachWorld(t, march, func(w world) {
		w.strictly(rulesOf("hold"))
		id := w.person()
		r := w.bought(id, w.voronezh(w.office.sell(kola(3, 300), chips(1, 100), bread(600))))
		w.is(r, receipts.Held, "fraud.thousand", 60)
		w.wantParts(r, campaigns.Parts{"lines": 40, "bonus-day:fifth": 20})
		w.wantPosted(id, "lines 40, bonus-day:fifth 20")
		w.pass(w.release(r.ID))
		w.release(r.ID)
		w.wantParts(w.get(r.ID), campaigns.Parts{"lines": 40, "bonus-day:fifth": 20, "focus:chips:2026-W10": 1, "first-receipt": 50})
		w.is(w.get(r.ID), receipts.Accepted, "", 111)
		if got := w.balance(id); got != (points.Balance{Available: 111}) {
			w.Errorf("balance %+v", got)
		}
	})
}

// A placed line is paid with what it adds to every part.
func TestPlacedLineEarnsExtras(t *testing.T) {
	eachWorld(t, march, func(w world) {
		id, ctx := w.person(), context.Background()
		r := w.bought(id, w.voronezh(w.office.sell(kola(1, 300), doubtful(3, 100), bread(700))))
		w.wantParts(r, campaigns.Parts{"lines": 10, "bonus-day:fifth": 5, "first-receipt": 50})
		open, err := receipts.OpenLines(ctx, w.db.Read(ctx), 10)
		if err != nil || len(open) != 1 {
			w.Fatalf("%+v, %v", open, err)
		}
		if err := w.receipts.PlaceLine(ctx, open[0].ID, receipts.LineApproved); err != nil {
			w.Fatal(err)
		}
		w.wantParts(w.get(r.ID), campaigns.Parts{"lines": 40, "bonus-day:fifth": 20, "first-receipt": 50})
		w.wantPosted(id, "lines 10, bonus-day:fifth 5, first-receipt 50, line:1/lines 30, line:1/bonus-day:fifth 15")
	})
}

// What a person refuses gives the budget its points back, and the last receipt
// gets what is left and is accepted.
func TestBudgetOfReceipts(t *testing.T) {
	limited := func(t *campaigns.Terms) {
		march(t)
		t.Budget = campaigns.Budget{Points: 100}
	}
	eachWorld(t, limited, func(w world) {
		w.strictly(rulesOf("review"))
		anna, boris, vera := w.person(), w.person(), w.person()
		aside := w.bought(anna, w.voronezh(w.office.sell(kola(3, 300), bread(700))))
		w.is(aside, receipts.Review, "fraud.thousand", 45)
		w.receipts = w.service(w.office) // with rules that it passes
		r := w.bought(boris, w.office.good())
		w.wantParts(r, campaigns.Parts{"lines": 30, "first-receipt": 25})
		if got := fmt.Sprint(r.Facts["cut"], " ", r.Facts["cut_rule"]); got != "25 budget.points" {
			w.Errorf("cut %s, want 25 by the campaign's budget", got)
		}
		none := w.bought(vera, w.office.good())
		w.is(none, receipts.Accepted, "", 0)
		lines, err := w.receipts.Lines(context.Background(), w.db.Read(context.Background()), none.ID)
		if err != nil || slices.ContainsFunc(lines, func(l receipts.Line) bool { return l.Points > 0 }) {
			w.Errorf("lines %+v, %v; want no points", lines, err)
		}
		if err := w.refuse(w.openCase(aside.ID).ID); err != nil {
			w.Fatal(err)
		}
		w.wantParts(w.bought(vera, w.office.good()), campaigns.Parts{"lines": 30})
	})
}

// As many receipts at once as the budget has no room for: each is accepted.
func TestBudgetOfReceiptsAtOnce(t *testing.T) {
	eachWorld(t, func(t *campaigns.Terms) { t.Budget = campaigns.Budget{Points: 333, ParticipantDay: 85} }, func(w world) {
		ids, people := make([]int64, 12), make([]int64, 6)
		for i := range people {
			people[i] = w.person()
		}
		for i := range ids {
			ids[i] = w.photo(people[i%6], w.office.good().String()).ID
			w.step(ids[i])
		}
		w.pass(2 * time.Second)
		atOnce(len(ids), func(i int) {
			if _, err := w.receipts.Check(context.Background(), ids[i]); err != nil {
				w.Error(err)
			}
		})
		sum := points.Amount(0)
		for _, id := range ids {
			r := w.get(id)
			if r.Status != receipts.Accepted {
				w.Errorf("receipt %d is %s %s", id, r.Status, r.Reason)
			}
			sum += r.Points
		}
		if sum != 333 {
			w.Errorf("%d points in all, want 333", sum)
		}
		for _, id := range people {
			if n := w.balance(id).Available; n > 85 {
				w.Errorf("participant %d has %d, want at most 85", id, n)
			}
		}
	})
}

func TestNewParticipantHasGrace(t *testing.T) {
	eachWorld(t, func(t *campaigns.Terms) {
		t.Starts, t.MaxAgeDays, t.GraceDaysNew = t.Starts.AddDate(0, -1, 0), 2, 3
	}, func(w world) {
		anna, stranger := w.registered("+79990000001", "Анна"), w.person()
		bought := noon.AddDate(0, 0, -2)
		w.pass(3 * 24 * time.Hour)
		w.is(w.bought(anna, w.office.sellAt(bought, kola(3, 300), bread(700))), receipts.Accepted, "", 80)
		w.is(w.bought(stranger, w.office.sellAt(bought, kola(3, 300), bread(700))), receipts.Rejected, campaigns.RuleTooOld, 0)
		w.pass(24 * time.Hour)
		w.is(w.bought(anna, w.office.sellAt(bought, kola(3, 300), bread(700))), receipts.Rejected, campaigns.RuleTooOld, 0)
	})
}
