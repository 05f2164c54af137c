package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"promobot/backtest"
	"promobot/campaigns"
	"promobot/campaigns/assortment"
	"promobot/fns"
	"promobot/fraud"
	"promobot/internal/money"
	"promobot/internal/store"
	"promobot/internal/store/storetest"
	"promobot/internal/vault"
	"promobot/participants"
	"promobot/points"
	"promobot/prizes"
	"promobot/receipts"
	"promobot/rewards"
)

// interplay is everything that moves points, on a clock and dice of its own.
type interplay struct {
	*testing.T
	db       *store.DB
	now      *atomic.Int64
	dice     *rand.Rand
	people   *participants.Service
	shop     *prizes.Shop
	desk     *rewards.Desk
	cashier  *rewards.Cashier
	book     *campaigns.Book
	receipts *receipts.Service

	tickets map[string]fns.Ticket // what was sold, by code
	sold    []fns.QR              // in their order
	buyers  map[fns.Key]int64
	ids     []int64
	n       int64
}

func newInterplay(t *testing.T, url string, seed uint64) *interplay {
	w := &interplay{T: t, now: &atomic.Int64{}, dice: rand.New(rand.NewPCG(seed, 1)), book: &campaigns.Book{},
		tickets: map[string]fns.Ticket{}, buyers: map[fns.Key]int64{}}
	w.now.Store(time.Date(2027, 3, 5, 12, 0, 0, 0, time.UTC).UnixMicro())
	db, err := store.Open(context.Background(), url, func() time.Time { return time.UnixMicro(w.now.Load()) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	v, err := vault.OpenOrCreate(filepath.Join(t.TempDir(), "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	rules, problems := fraud.Parse([]byte(`rules:
  - {id: fraud.slow_sum, when: 'total >= 126000 and total < 128000', tier: slow}
  - {id: fraud.hold_sum, when: 'total >= 130000 and total < 134000', tier: hold}
  - {id: fraud.odd_sum, when: 'total >= 140000 and total < 146000', tier: review}
`))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	w.db, w.people, w.shop = db, participants.NewService(db, v), prizes.NewShop(db, v)
	w.desk = rewards.NewDesk(w.shop, w.people)
	w.cashier = rewards.NewCashier(db, v, w.desk, w.book)
	w.receipts = receipts.NewService(db, receipts.Outside{Fiscal: w}, w.people, w.book, rules, w.desk)
	return w
}

// Send takes a question to the fiscal service; its id is the question itself.
func (w *interplay) Send(_ context.Context, q fns.QR) (string, error) { return q.String(), nil }

// Poll answers it.
func (w *interplay) Poll(_ context.Context, id string) (fns.Answer, error) {
	return fns.Answer{State: fns.Found, Code: 200, Ticket: w.tickets[id]}, nil
}

func (w *interplay) pass(d time.Duration) { w.now.Add(d.Microseconds()) }

func (w *interplay) must(fn func(ctx context.Context, tx *store.Tx) error) {
	w.Helper()
	ctx := context.Background()
	if err := w.db.InTx(ctx, func(tx *store.Tx) error { return fn(ctx, tx) }); err != nil {
		w.Fatal(err)
	}
}

func (w *interplay) apply(t campaigns.Terms) {
	w.Helper()
	w.must(func(ctx context.Context, tx *store.Tx) error {
		_, _, err := w.book.Apply(ctx, tx, t)
		return err
	})
}

// begin registers people, some with the same phone, and stocks prizes.
func (w *interplay) begin() {
	w.Helper()
	codes := "prize_id,code\n"
	for i := range 60 {
		codes += fmt.Sprintf("mug,mug-%04d\ntea,tea-%04d\n", i, i)
	}
	w.must(func(ctx context.Context, tx *store.Tx) error {
		err := errors.Join(w.shop.Put(ctx, tx, prizes.Prize{ID: "mug", Title: "Кружка", TitleEN: "Mug", Price: 60}),
			w.shop.Put(ctx, tx, prizes.Prize{ID: "tea", Title: "Чай", TitleEN: "Tea", Price: 90}),
			tx.Exec(`INSERT INTO tills (key_id, name, secret_sealed, created_at) VALUES ('k', 'Магазин', ?, ?)`, []byte("s"), tx.Now()).Error)
		_, err2 := w.shop.Import(ctx, tx, strings.NewReader(codes), "codes.csv")
		return errors.Join(err, err2)
	})
	for i := range 6 {
		w.must(func(ctx context.Context, tx *store.Tx) error {
			var id int64
			err := tx.Raw("INSERT INTO participants (language, created_at) VALUES ('ru', ?) RETURNING id", tx.Now()).Scan(&id).Error
			if err != nil {
				return err
			}
			w.ids = append(w.ids, id)
			_, err = w.people.SetPhone(ctx, tx, id, fmt.Sprintf("+7999000%04d", i*2/3), participants.ProofTyped)
			_, err2 := w.people.SetName(ctx, tx, id, "Анна")
			if err := errors.Join(err, err2, w.people.Register(ctx, tx, id)); err != nil {
				return err
			}
			v, err := w.book.Newest(ctx, tx.DB)
			if err != nil {
				return err
			}
			_, err = w.desk.Welcome(ctx, tx, v, id)
			return err
		})
	}
}

func (w *interplay) somebody() int64 { return w.ids[w.dice.IntN(len(w.ids))] }

// sell makes a ticket known to the fiscal service.
func (w *interplay) sell(t fns.Ticket) fns.QR {
	w.n++
	t.Key = fns.Key{FN: "9999000000000001", FD: w.n, FP: w.n + 7}
	for _, item := range t.Items {
		t.Total += item.Sum
	}
	q := fns.QR{Key: t.Key, Operation: t.Operation, At: t.At, Total: t.Total}
	w.tickets[q.String()] = t
	return q
}

// sends submits a code and follows it until it is judged.
func (w *interplay) sends(id int64, q fns.QR) {
	w.Helper()
	ctx := context.Background()
	w.n++
	var r receipts.Receipt
	w.must(func(ctx context.Context, tx *store.Tx) (err error) {
		if err = w.people.Lock(ctx, tx, id); err != nil {
			return err
		}
		r, err = w.receipts.Submit(ctx, tx, receipts.Submission{ParticipantID: id, Way: receipts.ByText, Text: q.String(), Source: fmt.Sprint("update:", w.n)})
		return err
	})
	for again := time.Duration(1); again > 0; w.pass(again) {
		var err error
		if again, err = w.receipts.Check(ctx, r.ID); err != nil {
			w.Fatal(err)
		}
	}
}

func (w *interplay) line(name, gtin string, most int, price money.Kopecks) fns.Item {
	n := fns.Quantity(1 + w.dice.IntN(most))
	return fns.Item{Name: name, GTIN: gtin, Quantity: n * fns.Unit, Price: price, Sum: price * money.Kopecks(n), PaymentType: 4}
}

// buys makes up a purchase and sends it.
func (w *interplay) buys() {
	t := fns.Ticket{Operation: fns.Sale, At: w.db.Now().Add(-time.Duration(1+w.dice.IntN(40)) * time.Hour).UTC().Truncate(time.Minute), SellerINN: "7700000001"}
	for _, item := range []fns.Item{w.line("КОЛА Я.КЛЮЧ", "04609990000012", 4, 50_00), w.line("ЧИПСЫ ХРУСТИК", "04609990000029", 2, 100_00),
		w.line("НП ЯСК 05", "", 3, 70_00), w.line("КОЛА ЯСНЫЙ КЛЮЧ", "", 2, 60_00)} {
		if w.dice.IntN(2) == 0 {
			t.Items = append(t.Items, item)
		}
	}
	t.Items = append(t.Items, w.line("ХЛЕБ РЖАНОЙ", "", 1, money.Kopecks(900_00+100*w.dice.IntN(500))))
	q := w.sell(t)
	w.sold = append(w.sold, q)
	w.buyers[q.Key] = w.somebody()
	w.sends(w.buyers[q.Key], q)
}

// brings something back that was bought.
func (w *interplay) brings() {
	q := w.sold[w.dice.IntN(len(w.sold))]
	t := fns.Ticket{Operation: fns.SaleReturn, At: q.At.Add(20 * time.Minute), SellerINN: "7700000001"}
	for _, item := range w.tickets[q.String()].Items {
		switch w.dice.IntN(3) {
		case 0:
			t.Items = append(t.Items, item)
		case 1:
			item.Quantity, item.Sum = fns.Unit, item.Price
			t.Items = append(t.Items, item)
		}
	}
	if len(t.Items) > 0 {
		w.sends(w.buyers[q.Key], w.sell(t))
	}
}

// names teaches a name, or undoes what was taught.
func (w *interplay) names() {
	ctx := context.Background()
	list, err := receipts.Aliases(ctx, w.db.Read(ctx), false, 10)
	if err != nil {
		w.Fatal(err)
	}
	var a receipts.Alias
	w.must(func(ctx context.Context, tx *store.Tx) (err error) {
		if len(list) == 0 {
			a, err = w.receipts.Teach(ctx, tx, receipts.Alias{Name: "НП ЯСК 05", SKU: "kola", TaughtBy: "anna"})
			return err
		}
		how := []receipts.Undo{receipts.UndoKeep, receipts.UndoTakeBack, receipts.UndoTakeBack}[w.dice.IntN(3)]
		a, err = w.receipts.UndoAlias(ctx, tx, list[0].ID, "anna", how)
		return err
	})
	if _, _, err := w.receipts.ApplyAlias(ctx, a.ID); err != nil {
		w.Fatal(err)
	}
}

// decides does some of what people and time decide.
func (w *interplay) decides() {
	ctx := context.Background()
	for _, waits := range []struct {
		query string
		end   func(id int64) error
	}{
		{"SELECT receipt_id FROM receipt_holds ORDER BY receipt_id", func(id int64) error {
			_, err := w.receipts.Release(ctx, id)
			return err
		}},
		{"SELECT id FROM return_windows WHERE ended_at IS NULL ORDER BY id", func(id int64) error {
			_, err := w.desk.EndWindow(ctx, w.db, w.book, id)
			return err
		}},
		{"SELECT id FROM pay_quotes WHERE status IN ('quoted', 'held') ORDER BY id", func(id int64) error {
			_, err := w.cashier.Expire(ctx, id)
			return err
		}},
		{"SELECT id FROM cases WHERE status = 'open' ORDER BY id", func(id int64) error {
			if w.dice.IntN(3) == 0 {
				return w.receipts.Refuse(ctx, id, "anna", "no")
			}
			err := w.receipts.Approve(ctx, id, "anna", "yes")
			if errors.Is(err, receipts.ErrTerms) {
				err = w.receipts.Refuse(ctx, id, "anna", "no")
			}
			return err
		}},
		{"SELECT l.id FROM receipt_lines l JOIN receipts r ON r.id = l.receipt_id WHERE l.review = 'open' AND r.status = 'accepted' ORDER BY l.id", func(id int64) error {
			return w.receipts.PlaceLine(ctx, id, receipts.LineApproved)
		}},
	} {
		var ids []int64
		if err := w.db.Read(ctx).Raw(waits.query).Scan(&ids).Error; err != nil {
			w.Fatal(err)
		}
		for _, id := range ids {
			if w.dice.IntN(2) == 0 {
				if err := waits.end(id); err != nil {
					w.Fatal(waits.query, id, err)
				}
			}
		}
	}
}

// pays with points at a till, and does not always end it.
func (w *interplay) pays() {
	w.must(func(ctx context.Context, tx *store.Tx) error {
		id := w.somebody()
		if err := w.people.Lock(ctx, tx, id); err != nil {
			return err
		}
		code, _, err := w.cashier.Code(ctx, tx, id)
		if err != nil {
			return err
		}
		q, err := w.cashier.Quote(ctx, tx, rewards.Shop{ID: 1, Name: "Магазин"}, code, "order", []rewards.PayItem{{Price: 100_00, Quantity: 1}})
		if err != nil || q.Balance == 0 {
			return err
		}
		if q, err = w.cashier.Hold(ctx, tx, 1, q.ID, 1+points.Amount(w.dice.IntN(int(min(q.Balance, q.MaxPoints()))))); err != nil {
			return err
		}
		switch w.dice.IntN(3) {
		case 0:
			_, err = w.cashier.Capture(ctx, tx, 1, q.ID)
		case 1:
			_, err = w.cashier.Release(ctx, tx, 1, q.ID)
		}
		return err
	})
}

// chooses a prize, and may open a certificate.
func (w *interplay) chooses() {
	w.n++
	w.must(func(ctx context.Context, tx *store.Tx) error {
		id := w.somebody()
		if err := w.people.Lock(ctx, tx, id); err != nil {
			return err
		}
		v, err := w.book.Newest(ctx, tx.DB)
		if err != nil {
			return err
		}
		c, err := w.desk.Choose(ctx, tx, v, id, "mug", fmt.Sprint("update:", w.n))
		if err == nil && c.Issued && w.dice.IntN(3) == 0 {
			_, _, err = w.shop.Open(ctx, tx, id, c.Certificate.ID, prizes.View{Source: fmt.Sprint("update:", w.n)})
		}
		return err
	})
}

// lives lets all of it happen n times in any order.
func (w *interplay) lives(n int) {
	w.Helper()
	for range n {
		w.pass(time.Duration(w.dice.IntN(9*60)) * time.Minute)
		switch dice := w.dice.IntN(10); {
		case dice < 4 || len(w.sold) == 0:
			w.buys()
		case dice < 6:
			w.brings()
		case dice == 6:
			w.names()
		case dice == 7:
			w.pays()
		case dice == 8:
			w.chooses()
		default:
			if _, err := w.desk.Expire(context.Background(), w.db, 0); err != nil {
				w.Fatal(err)
			}
		}
		w.decides()
	}
}

// whole proves every promise of the books, and that a replay comes to them.
func (w *interplay) whole() {
	w.Helper()
	ctx := context.Background()
	rows, err := verify(ctx, w.db)
	if err != nil {
		w.Fatal(err)
	}
	for _, row := range rows {
		if row.Broken > 0 {
			w.Errorf("%s, %s: %d broken: %s", row.ID, row.promise, row.Broken, strings.Join(row.Examples, "; "))
		}
	}
	for what, query := range map[string]string{
		"participants owe and have":       `SELECT COUNT(*) FROM balances a JOIN balances d ON d.account = REPLACE(a.account, '/available', '/debt') WHERE a.account LIKE '%/available' AND a.balance > 0 AND d.balance < 0`,
		"lots are of no campaign":         `SELECT COUNT(*) FROM lots WHERE campaign_id = 0`,
		"lots never end under such terms": `SELECT COUNT(*) FROM lots WHERE expires_at IS NULL`,
	} {
		var n int64
		if err := w.db.Read(ctx).Raw(query).Scan(&n).Error; err != nil || n > 0 {
			w.Errorf("%d %s (%v)", n, what, err)
		}
	}
	live, err := backtest.Live(ctx, w.db.Read(ctx), &campaigns.Book{})
	if err != nil || live.Ledger != live.Replay || len(live.Differences) > 0 {
		w.Errorf("the ledger has %d, the replay %d (%v): %+v", live.Ledger, live.Replay, err, live.Differences)
	}
	w.tries()
}

// tries proves that no dry run of what is in force changes anything.
func (w *interplay) tries() {
	w.Helper()
	ctx := context.Background()
	var ids []int64
	if err := w.db.Read(ctx).Table("campaign_versions").Order("id").Pluck("id", &ids).Error; err != nil {
		w.Fatal(err)
	}
	for _, id := range ids {
		v, err := w.book.ByID(ctx, w.db.Read(ctx), id)
		if err != nil {
			w.Fatal(err)
		}
		effects, err := backtest.DryRun(ctx, w.db.Read(ctx), &campaigns.Book{}, v.Terms, backtest.Chosen{Last: 1000})
		if err != nil {
			w.Fatal(err)
		}
		var verified int64
		err = w.db.Read(ctx).Table("receipts").Where("campaign_id = ? AND verified_at IS NOT NULL", v.CampaignID).Count(&verified).Error
		if err != nil || int64(len(effects)) != verified {
			w.Errorf("%d of %d receipts of %s were tried (%v)", len(effects), verified, v.Slug, err)
		}
		for _, e := range effects {
			changed := slices.ContainsFunc(e.Lines, func(l backtest.Line) bool { return l.Was != l.Would })
			if changed || !reflect.DeepEqual(e.Was, e.Would) {
				w.Errorf("receipt %d was %+v and would be %+v by the same terms: %+v", e.ReceiptID, e.Was, e.Would, e.Lines)
			}
		}
	}
}

// terms draws a campaign in which everything may happen.
func (w *interplay) terms(slug string) campaigns.Terms {
	day := func(month time.Month, n int) time.Time { return time.Date(2027, month, n, 0, 0, 0, 0, time.UTC) }
	n := w.dice.IntN
	t := campaigns.Terms{
		Slug: slug, Title: slug, TitleEN: slug, Zone: "Europe/Moscow", Starts: day(3, 1), Ends: day(6, 1),
		Minimum: 700_00, MinimumOn: campaigns.OnReceipt, PerProduct: points.Amount(5 + n(15)), PerSKU: map[string]points.Amount{"chips": points.Amount(n(2) * 15)},
		Welcome: points.Amount(n(2) * 20), FirstReceipt: points.Amount(n(2) * 50),
		Products: []assortment.Product{
			{SKU: "kola", Brand: "Ясный Ключ", Title: "Кола Ясный Ключ", Volume: "0,5 л", GTIN: "04609990000012"},
			{SKU: "chips", Brand: "Хрустик", Title: "Чипсы Хрустик", Volume: "140 г", GTIN: "04609990000029"},
		},
		Bonus: []campaigns.BonusDay{{ID: "plus", Title: "Плюс", TitleEN: "Plus", By: campaigns.OfPurchase, From: day(3, 1), Until: day(6, 1),
			Weekdays: []time.Weekday{time.Monday, time.Friday, time.Saturday}, Add: 7}},
		Focus:  []campaigns.Focus{{ID: slug, Title: "Кола", TitleEN: "Kola", Products: []string{"kola"}, From: day(3, 1), Until: day(6, 1), Points: 3}},
		Budget: campaigns.Budget{Points: points.Amount(n(2) * 1500), Day: points.Amount(n(2) * 150), ParticipantDay: points.Amount(n(2) * 60)},
		Expiry: campaigns.Expiry{AfterDays: 1 + n(9)},
		Returns: campaigns.Returns{Points: []campaigns.PointsPolicy{campaigns.Debt, campaigns.Floor, campaigns.Block}[n(3)],
			Prizes: []campaigns.PrizesPolicy{campaigns.Keep, campaigns.Withdraw}[n(2)], WindowDays: n(2) * (1 + n(4))},
		Pay: campaigns.Pay{Share: 70, KopecksPerPoint: 100, HoldMinutes: 60},
	}
	t.Offers = []campaigns.Offer{{PrizeID: "mug", Issue: campaigns.ByChoice}, {PrizeID: "tea", Issue: campaigns.Automatically}}
	return t
}

// TestInterplay lets everything that moves points happen in any order: whatever
// it was, all promises hold and the back-test comes to the ledger.
func TestInterplay(t *testing.T) {
	for _, seed := range []uint64{0, 5, 9, 29, 33} {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			storetest.EachURL(t, func(t *testing.T, url string) {
				w := newInterplay(t, url, seed)
				w.apply(w.terms("spring"))
				if seed%2 == 1 {
					beside := w.terms("second")
					beside.Together = campaigns.Together{Policy: campaigns.CountAny, Priority: w.dice.IntN(2) * 9}
					w.apply(beside)
				}
				w.begin()
				w.lives(70)
				w.whole()
			})
		})
	}
}
