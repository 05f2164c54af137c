package backtest_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"sync"
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

var noon = time.Date(2027, 3, 5, 12, 0, 0, 0, time.UTC)

// world is the product's services on a clock that a test moves.
type world struct {
	*testing.T
	db       *store.DB
	now      *atomic.Int64
	people   *participants.Service
	desk     *rewards.Desk
	book     *campaigns.Book
	office   *office
	receipts *receipts.Service
	dice     *rand.Rand
}

func eachWorld(t *testing.T, seed uint64, test func(w *world)) {
	t.Helper()
	storetest.EachURL(t, func(t *testing.T, url string) { test(newWorld(t, url, seed)) })
}

func newWorld(t *testing.T, url string, seed uint64) *world {
	w := &world{T: t, now: &atomic.Int64{}, book: &campaigns.Book{}, office: &office{tickets: map[string]fns.Ticket{}},
		dice: rand.New(rand.NewPCG(seed, 1))}
	w.now.Store(noon.UnixMicro())
	db, err := store.Open(context.Background(), url, w.clock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	v, err := vault.OpenOrCreate(filepath.Join(t.TempDir(), "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	w.db, w.people = db, participants.NewService(db, v)
	w.desk = rewards.NewDesk(prizes.NewShop(db, v), w.people)
	rules, problems := fraud.Parse([]byte(`rules:
  - {id: fraud.slow_sum, when: 'total >= 126000 and total < 130000', tier: slow}
  - {id: fraud.hold_sum, when: 'total >= 131000 and total < 136000', tier: hold}
  - {id: fraud.odd_sum, when: 'total >= 140000 and total < 145000', tier: review}
  - {id: fraud.bad_sum, when: 'total >= 146000 and total < 148500', tier: refuse}
`))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	w.receipts = receipts.NewService(db, receipts.Outside{Fiscal: w.office}, w.people, w.book, rules, w.desk)
	return w
}

func (w *world) clock() time.Time     { return time.UnixMicro(w.now.Load()).UTC() }
func (w *world) pass(d time.Duration) { w.now.Add(d.Microseconds()) }

func (w *world) must(fn func(ctx context.Context, tx *store.Tx) error) {
	w.Helper()
	ctx := context.Background()
	if err := w.db.InTx(ctx, func(tx *store.Tx) error { return fn(ctx, tx) }); err != nil {
		w.Fatal(err)
	}
}

func (w *world) apply(t campaigns.Terms) {
	w.Helper()
	w.must(func(ctx context.Context, tx *store.Tx) error {
		_, _, err := w.book.Apply(ctx, tx, t)
		return err
	})
}

// registers makes a participant; several may share a phone.
func (w *world) registers(phone int) (id int64) {
	w.Helper()
	w.must(func(ctx context.Context, tx *store.Tx) error {
		err := tx.Raw("INSERT INTO participants (language, created_at) VALUES ('ru', ?) RETURNING id", tx.Now()).Scan(&id).Error
		if err != nil {
			return err
		}
		_, err = w.people.SetPhone(ctx, tx, id, fmt.Sprintf("+7999000%04d", phone), participants.ProofTyped)
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
	return id
}

var sources atomic.Int64

// sends submits what was bought and has it checked.
func (w *world) sends(id int64, q fns.QR) receipts.Receipt {
	w.Helper()
	var r receipts.Receipt
	w.must(func(ctx context.Context, tx *store.Tx) (err error) {
		if err = w.people.Lock(ctx, tx, id); err != nil {
			return err
		}
		r, err = w.receipts.Submit(ctx, tx, receipts.Submission{ParticipantID: id, Way: receipts.ByText, Text: q.String(), Source: fmt.Sprint("update:", sources.Add(1))})
		return err
	})
	w.checks(r.ID)
	return w.get(r.ID)
}

func (w *world) checks(id int64) {
	w.Helper()
	for {
		again, err := w.receipts.Check(context.Background(), id)
		if err != nil {
			w.Fatal(err)
		}
		if again == 0 {
			return
		}
		w.pass(again)
	}
}

func (w *world) get(id int64) receipts.Receipt {
	w.Helper()
	ctx := context.Background()
	r, err := w.receipts.ByID(ctx, w.db.Read(ctx), id)
	if err != nil {
		w.Fatal(err)
	}
	return r
}

// reproduces proves that the replay of what was in force comes to the ledger.
func (w *world) reproduces() backtest.Comparison {
	w.Helper()
	ctx := context.Background()
	c, err := backtest.Live(ctx, w.db.Read(ctx), &campaigns.Book{})
	if err != nil {
		w.Fatal(err)
	}
	for _, d := range c.Differences {
		w.Errorf("%s: ledger %d, replay %d", d.Source, d.Ledger, d.Replay)
	}
	if c.Ledger != c.Replay {
		w.Errorf("the ledger has %d, the replay %d", c.Ledger, c.Replay)
	}
	w.tries()
	return c
}

// tries proves that no dry run of what was in force changes anything.
func (w *world) tries() {
	w.Helper()
	ctx, book := context.Background(), &campaigns.Book{}
	var ids []int64
	if err := w.db.Read(ctx).Table("campaign_versions").Order("id").Pluck("id", &ids).Error; err != nil {
		w.Fatal(err)
	}
	for _, id := range ids {
		v, err := book.ByID(ctx, w.db.Read(ctx), id)
		if err != nil {
			w.Fatal(err)
		}
		for _, e := range w.dry(v.Terms, backtest.Chosen{Last: 1000}) {
			if e.Version == v.Number && !reflect.DeepEqual(e.Was, e.Would) {
				w.Errorf("receipt %d was %+v and would be %+v by the same terms", e.ReceiptID, e.Was, e.Would)
			}
			for _, line := range e.Lines {
				if e.Version == v.Number && line.Was != line.Would {
					w.Errorf("receipt %d: %+v by the same terms", e.ReceiptID, line)
				}
			}
		}
	}
}

func (w *world) dry(draft campaigns.Terms, which backtest.Chosen) []backtest.Effect {
	w.Helper()
	ctx := context.Background()
	effects, err := backtest.DryRun(ctx, w.db.Read(ctx), &campaigns.Book{}, draft, which)
	if err != nil {
		w.Fatal(err)
	}
	return effects
}

// office is a fiscal service that knows what it sold, and denies all else.
type office struct {
	sync.Mutex
	tickets map[string]fns.Ticket
	sold    int64
}

func (o *office) sell(t fns.Ticket) fns.QR {
	o.Lock()
	defer o.Unlock()
	o.sold++
	t.Key = fns.Key{FN: "9999000000000001", FD: o.sold, FP: o.sold + 7}
	if t.Operation == 0 {
		t.Operation = fns.Sale
	}
	for _, item := range t.Items {
		t.Total += item.Sum
	}
	q := fns.QR{Key: t.Key, Operation: t.Operation, At: t.At, Total: t.Total}
	o.tickets[q.String()] = t
	return q
}

// Send takes a question; its id is the question itself.
func (o *office) Send(_ context.Context, q fns.QR) (string, error) { return q.String(), nil }

// Poll answers it.
func (o *office) Poll(_ context.Context, id string) (fns.Answer, error) {
	o.Lock()
	defer o.Unlock()
	if t, known := o.tickets[id]; known {
		return fns.Answer{State: fns.Found, Code: 200, Ticket: t}, nil
	}
	return fns.Answer{State: fns.Forged, Code: 406}, nil
}

func item(name, gtin string, n fns.Quantity, sum money.Kopecks) fns.Item {
	return fns.Item{Name: name, GTIN: gtin, Quantity: n * fns.Unit, Sum: sum, PaymentType: 4}
}

func kola(n fns.Quantity, sum money.Kopecks) fns.Item {
	return item("КОЛА Я.КЛЮЧ", "04609990000012", n, sum)
}
func chips(n fns.Quantity, sum money.Kopecks) fns.Item {
	return item("ЧИПСЫ ХРУСТИК", "04609990000029", n, sum)
}
func bread(sum money.Kopecks) fns.Item { return item("ХЛЕБ РЖАНОЙ", "", 1, sum) }

// doubtful names kola without its volume: a person must look.
func doubtful(n fns.Quantity, sum money.Kopecks) fns.Item {
	return item("КОЛА ЯСНЫЙ КЛЮЧ", "", n, sum)
}

// spring are terms in which everything can happen.
func spring() campaigns.Terms {
	day := func(text string) time.Time {
		at, err := time.Parse(time.DateOnly, text)
		if err != nil {
			panic(err)
		}
		return at
	}
	return campaigns.Terms{
		Slug: "spring", Title: "Весна", TitleEN: "Spring", Zone: "Europe/Moscow", Starts: day("2027-03-01"), Ends: day("2027-05-01"),
		Minimum: 1000_00, MinimumOn: campaigns.OnReceipt, MaxAgeDays: 5, ShopsDenied: []string{"7700000009"},
		ReceiptsDay: 3, ReceiptsTotal: 25, UnitsReceipt: 12, PerProduct: 10, PerSKU: map[string]points.Amount{"chips": 15},
		Welcome: 20, FirstReceipt: 50,
		Products: []assortment.Product{
			{SKU: "kola", Brand: "Ясный Ключ", Title: "Кола Ясный Ключ", Volume: "0,5 л", GTIN: "04609990000012"},
			{SKU: "chips", Brand: "Хрустик", Title: "Чипсы Хрустик", Volume: "140 г", GTIN: "04609990000029"},
		},
		Bonus: []campaigns.BonusDay{
			{ID: "double", Title: "Вдвое", TitleEN: "Double", By: campaigns.OfPurchase, From: day("2027-03-07"), Until: day("2027-03-10"), Multiply: 2000},
			{ID: "plus", Title: "Плюс", TitleEN: "Plus", By: campaigns.OfRegistration, From: day("2027-03-08"), Until: day("2027-03-20"),
				Weekdays: []time.Weekday{time.Monday, time.Friday}, Add: 7, Stack: true},
		},
		Focus:  []campaigns.Focus{{ID: "kola", Title: "Кола", TitleEN: "Kola", Products: []string{"kola"}, From: day("2027-03-01"), Until: day("2027-04-01"), Points: 3}},
		Budget: campaigns.Budget{Points: 6000, Day: 900, Participant: 700, ParticipantDay: 220},
	}
}
