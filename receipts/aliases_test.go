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
	"promobot/internal/store"
	"promobot/points"
	"promobot/receipts"
)

// shortened is kola as a till abbreviates it beyond any rule.
func shortened(n fns.Quantity, sum int) fns.Item {
	return fns.Item{Name: "НП ЯСК 05", Quantity: n * fns.Unit, Sum: kopecks(sum), PaymentType: 4}
}

func (w world) teach(a receipts.Alias) receipts.Alias {
	w.Helper()
	a.TaughtBy = "anna"
	w.must(func(ctx context.Context, tx *store.Tx) (err error) {
		a, err = w.receipts.Teach(ctx, tx, a)
		return err
	})
	return a
}

func (w world) learn(a receipts.Alias) receipts.AliasEffect {
	w.Helper()
	effect, _, err := w.receipts.ApplyAlias(context.Background(), a.ID)
	if err != nil {
		w.Fatal(err)
	}
	return effect
}

func (w world) unmatched() map[string]receipts.Unmatched {
	w.Helper()
	list, err := w.receipts.UnmatchedNames(context.Background(), 100)
	if err != nil {
		w.Fatal(err)
	}
	byName := map[string]receipts.Unmatched{}
	for _, u := range list {
		byName[u.Name] = u
	}
	return byName
}

// TestTeachingPaysThePast: refused, put aside and accepted receipts are judged
// again, paid once, and their people are told.
func TestTeachingPaysThePast(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		one, two, three, four := w.person(), w.person(), w.person(), w.person()
		refused := w.bought(one, w.office.sell(shortened(2, 400), bread(700)))
		again := w.bought(one, w.office.sell(shortened(1, 300), bread(700)))
		mixed := w.bought(two, w.office.sell(kola(3, 300), shortened(2, 300), bread(700)))
		other := w.bought(three, w.office.sell(bread(1700)))
		poor := w.bought(four, w.office.sellAt(noon.Add(-time.Hour), shortened(1, 100)))
		w.is(refused, receipts.Rejected, campaigns.RuleNoPromo, 0)
		w.is(mixed, receipts.Accepted, "", 80)
		if u := w.unmatched()["НП ЯСК 05"]; u.People != 1 || u.Receipts != 2 || u.Seller != "ООО Пример" || u.SellerINN != "7700000001" {
			w.Errorf("in the queue: %+v; want one who waits with two receipts", u)
		}
		name := receipts.Alias{Name: "нп яск  05", SKU: "kola", SellerINN: "7700000001"}
		preview, err := w.receipts.PreviewAlias(context.Background(), receipts.Alias{Name: name.Name, SKU: "kola", SellerINN: name.SellerINN, TaughtBy: "anna"})
		want := receipts.AliasEffect{Receipts: 3, Accepted: 2, People: 2, Points: 20 + 10 + 50 + 20}
		if err != nil || preview != want {
			w.Errorf("preview %+v, %v; want %+v", preview, err, want)
		}
		w.is(w.get(refused.ID), receipts.Rejected, campaigns.RuleNoPromo, 0)
		if list, err := receipts.Aliases(context.Background(), w.db.Read(context.Background()), true, 10); err != nil || len(list) != 0 {
			w.Errorf("the preview left %+v, %v", list, err)
		}
		a := w.teach(name)
		var paid [6]receipts.AliasEffect
		atOnce(len(paid), func(i int) {
			var err error
			if paid[i], _, err = w.receipts.ApplyAlias(context.Background(), a.ID); err != nil {
				w.Error(err)
			}
		})
		var sum points.Amount
		for _, e := range paid {
			sum += e.Points
		}
		if sum != want.Points {
			w.Errorf("%d points were paid by six at once, want %d", sum, want.Points)
		}
		w.is(w.get(refused.ID), receipts.Accepted, "", 70)
		w.is(w.get(again.ID), receipts.Accepted, "", 10)
		w.is(w.get(mixed.ID), receipts.Accepted, "", 100)
		w.is(w.get(other.ID), receipts.Rejected, campaigns.RuleNoPromo, 0)
		w.is(w.get(poor.ID), receipts.Rejected, campaigns.RuleMinimum, 0)
		for id, want := range map[int64]points.Amount{one: 80, two: 100, three: 0, four: 0} {
			if b := w.balance(id); b.Available != want {
				w.Errorf("participant %d has %d points, want %d", id, b.Available, want)
			}
		}
		late := fmt.Sprintf("%s/alias:%d", receipts.Subject(refused.ID), a.ID)
		if n := w.count("SELECT COUNT(*) FROM notices WHERE subject = ? AND key = ?", late, receipts.NoticeAccepted); n != 1 {
			w.Errorf("told %d times of the late receipt, want a message of its own", n)
		}
		if n := w.count("SELECT COUNT(*) FROM notices WHERE participant_id = ? AND key = ?", two, receipts.NoticeLine); n != 1 {
			w.Errorf("told %d times of the late line, want 1", n)
		}
		if _, waits := w.unmatched()["НП ЯСК 05"]; waits {
			w.Error("the name is in the queue still")
		}
	})
}

func (w world) count(query string, args ...any) (n int) {
	w.Helper()
	if err := w.db.Read(context.Background()).Raw(query, args...).Scan(&n).Error; err != nil {
		w.Fatal(err)
	}
	return n
}

// TestTaughtNameHoldsForTheFuture: the next receipt needs nobody.
func TestTaughtNameHoldsForTheFuture(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		w.teach(receipts.Alias{Name: "НП ЯСК 05", SKU: "kola"})
		r := w.bought(w.person(), w.office.sell(shortened(2, 400), bread(700)))
		w.is(r, receipts.Accepted, "", 70)
		if line := w.line(r.ID, 0); line.SKU != "kola" || line.AliasID == nil {
			w.Errorf("%+v; want kola by the alias", line)
		}
	})
}

// TestTaughtNameOfOneSeller: tills of others may mean something else by it.
func TestTaughtNameOfOneSeller(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		w.teach(receipts.Alias{Name: "НП ЯСК 05", SKU: "kola", SellerINN: "7700000099"})
		w.is(w.bought(w.person(), w.office.sell(shortened(2, 1400))), receipts.Rejected, campaigns.RuleNoPromo, 0)
		w.teach(receipts.Alias{Name: "НП ЯСК 05", SKU: "chips", SellerINN: "7700000001"})
		w.teach(receipts.Alias{Name: "НП ЯСК 05", SKU: receipts.NotOurs})
		r := w.bought(w.person(), w.office.sell(shortened(2, 1400)))
		if line := w.line(r.ID, 0); line.SKU != "chips" {
			w.Errorf("%+v; want what its own seller means", line)
		}
	})
}

// TestTaughtIntoOldTerms: a receipt is judged again by the version it was
// bought under, not by the newest.
func TestTaughtIntoOldTerms(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		r := w.bought(w.person(), w.office.sell(shortened(2, 400), bread(700)))
		next := spring()
		next.PerProduct, next.EffectiveFrom = 500, noon.AddDate(0, 0, 1)
		w.apply(next)
		w.pass(48 * time.Hour)
		w.learn(w.teach(receipts.Alias{Name: "НП ЯСК 05", SKU: "kola"}))
		w.is(w.get(r.ID), receipts.Accepted, "", 70)
	})
}

// TestTeachingDecidesCases: of a case that only the name has opened.
func TestTeachingDecidesCases(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		yes, no := w.bought(w.person(), w.office.sell(doubtful(2, 1400))), w.bought(w.person(), w.office.sell(fns.Item{
			Name: "ЧИПСЫ ХРУСТИК", Quantity: fns.Unit, Sum: kopecks(1400), PaymentType: 4}))
		w.is(yes, receipts.Review, campaigns.RuleUnsureLines, 0)
		w.is(no, receipts.Review, campaigns.RuleUnsureLines, 0)
		if u := w.unmatched()["КОЛА ЯСНЫЙ КЛЮЧ"]; u.Unsure != 1 || u.Candidate != "kola" {
			w.Errorf("%+v; want an unsure name with its candidate", u)
		}
		w.learn(w.teach(receipts.Alias{Name: "КОЛА ЯСНЫЙ КЛЮЧ", SKU: "kola"}))
		w.learn(w.teach(receipts.Alias{Name: "ЧИПСЫ ХРУСТИК", SKU: receipts.NotOurs}))
		w.is(w.get(yes.ID), receipts.Accepted, "", 70)
		w.is(w.get(no.ID), receipts.Review, campaigns.RuleUnsureLines, 0)
		if line := w.line(no.ID, 0); line.Review != receipts.LineRefused {
			w.Errorf("%+v; want the question answered", line)
		}
	})
}

// TestWhatCannotBeTaught names what is wrong.
func TestWhatCannotBeTaught(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		first := w.teach(receipts.Alias{Name: "НП ЯСК 05", SKU: "kola"})
		if again := w.teach(receipts.Alias{Name: "нп яск 05", SKU: "kola"}); again.ID != first.ID {
			w.Errorf("alias %d, want the first, %d", again.ID, first.ID)
		}
		for _, tt := range []struct {
			alias receipts.Alias
			want  error
		}{
			{receipts.Alias{Name: "НП ЯСК 05", SKU: "chips"}, receipts.ErrTaught},
			{receipts.Alias{Name: "* **", SKU: "kola"}, receipts.ErrAlias},
			{receipts.Alias{Name: "НП", SKU: "car"}, receipts.ErrAlias},
			{receipts.Alias{Name: "НП"}, receipts.ErrAlias},
		} {
			err := w.in(func(ctx context.Context, tx *store.Tx) error {
				_, err := w.receipts.Teach(ctx, tx, tt.alias)
				return err
			})
			if !errors.Is(err, tt.want) {
				w.Errorf("%+v: %v, want %v", tt.alias, err, tt.want)
			}
		}
		barred := shortened(2, 400)
		barred.GTIN = "04609990000036"
		w.is(w.bought(w.person(), w.office.sell(barred, bread(700))), receipts.Rejected, campaigns.RuleNoPromo, 0)
	})
}

// TestTeachingBesideSettlements: what is settled while a name is taught is
// judged with it at once, or again within minutes.
func TestTeachingBesideSettlements(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		const n = 12
		ids := make([]int64, n)
		for i := range ids {
			ids[i] = w.photo(w.person(), w.office.sell(shortened(2, 400), bread(700)).String()).ID
			w.step(ids[i])
		}
		w.pass(2 * time.Second)
		var alias atomic.Int64
		atOnce(n+1, func(i int) {
			if i == n {
				a := w.teach(receipts.Alias{Name: "НП ЯСК 05", SKU: "kola"})
				alias.Store(a.ID)
				w.learn(a)
				return
			}
			if _, err := w.receipts.Check(context.Background(), ids[i]); err != nil {
				w.Error(err)
			}
		})
		_, again, err := w.receipts.ApplyAlias(context.Background(), alias.Load())
		if err != nil || again != 2*time.Minute {
			w.Fatalf("again after %s, %v; want two minutes", again, err)
		}
		w.pass(again)
		if _, again, err = w.receipts.ApplyAlias(context.Background(), alias.Load()); err != nil || again != 0 {
			w.Fatalf("again after %s, %v; want an end", again, err)
		}
		for _, id := range ids {
			w.is(w.get(id), receipts.Accepted, "", 70)
		}
	})
}
