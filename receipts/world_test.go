package receipts_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"promobot/campaigns"
	"promobot/campaigns/assortment"
	"promobot/fns"
	"promobot/fraud"
	"promobot/internal/notify"
	"promobot/internal/store"
	"promobot/internal/store/storetest"
	"promobot/internal/vault"
	"promobot/participants"
	"promobot/points"
	"promobot/prizes"
	"promobot/qr"
	"promobot/receipts"
	"promobot/rewards"
)

// noon of 5 March 2026 is when these tests begin, in UTC and on every wall.
var noon = time.Date(2026, 3, 5, 12, 0, 0, 0, time.UTC)

// world is the room as the program builds it, with a clock that a test moves
// and a fiscal service that it commands.
type world struct {
	*testing.T
	db       *store.DB
	now      *atomic.Int64
	people   *participants.Service
	shop     *prizes.Shop
	book     *campaigns.Book
	office   *office
	cellar   *cellar
	film     *film
	receipts *receipts.Service
}

// spring are terms of ten points for a unit of kola, a thousand roubles at least.
func spring() campaigns.Terms {
	return campaigns.Terms{
		Slug: "spring", Zone: "UTC", Starts: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Ends: time.Date(2026, 4, 16, 0, 0, 0, 0, time.UTC),
		Minimum: 1000_00, MinimumOn: campaigns.OnReceipt, MaxAgeDays: 14, PerProduct: 10, FirstReceipt: 50,
		Products: []assortment.Product{
			{SKU: "kola", Brand: "Ясный Ключ", Title: "Кола Ясный Ключ", Volume: "0,5 л", GTIN: kolaGTIN},
			{SKU: "chips", Brand: "Хрустик", Title: "Чипсы Хрустик", Volume: "140 г", GTIN: chipsGTIN},
		},
	}
}

// eachWorld runs a test on both engines and proves the books behind it.
func eachWorld(t *testing.T, change func(*campaigns.Terms), test func(w world)) {
	t.Helper()
	storetest.EachURL(t, func(t *testing.T, url string) {
		w := newWorld(t, url)
		terms := spring()
		if change != nil {
			change(&terms)
		}
		w.apply(terms)
		test(w)
		w.whole()
	})
}

func newWorld(t *testing.T, url string) world {
	t.Helper()
	w := world{T: t, now: &atomic.Int64{}, book: &campaigns.Book{}}
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
	w.db, w.people, w.shop = db, participants.NewService(db, v), prizes.NewShop(db, v)
	w.office = &office{T: t, clock: w.clock, tickets: map[fns.Key]fns.Ticket{}, messages: map[string]*message{}}
	w.cellar, w.film = &cellar{files: map[string][]byte{}}, &film{}
	w.receipts = w.service(w.office)
	return w
}

// service is a fresh one on the same rows, as after a restart.
func (w world) service(fiscal receipts.Fiscal) *receipts.Service {
	return receipts.NewService(w.db, receipts.Outside{Scanner: camera{w.film}, Fiscal: fiscal, Files: w.cellar, Mark: marker}, w.people, w.book, fraud.DefaultRules, rewards.NewDesk(w.shop, w.people))
}

// ruled is a service with other rules.
func (w world) ruled(rules fraud.Rules) *receipts.Service {
	return receipts.NewService(w.db, receipts.Outside{Scanner: camera{}, Fiscal: w.office, Files: w.cellar}, w.people, w.book, rules, rewards.NewDesk(w.shop, w.people))
}

// each runs a case in this world, at noon and with a fiscal service that works.
func (w world) each(name string, test func(w world)) {
	w.T.Run(name, func(t *testing.T) {
		w := w
		w.T = t
		w.now.Store(noon.UnixMicro())
		w.office.set(func() { w.office.sends, w.office.sendErr, w.office.answer = 0, nil, nil })
		test(w)
	})
}

func (w world) clock() time.Time     { return time.UnixMicro(w.now.Load()).UTC() }
func (w world) pass(d time.Duration) { w.now.Add(d.Microseconds()) }

func (w world) in(fn func(ctx context.Context, tx *store.Tx) error) error {
	ctx := context.Background()
	return w.db.InTx(ctx, func(tx *store.Tx) error { return fn(ctx, tx) })
}

func (w world) must(fn func(ctx context.Context, tx *store.Tx) error) {
	w.Helper()
	if err := w.in(fn); err != nil {
		w.Fatal(err)
	}
}

func (w world) apply(t campaigns.Terms) {
	w.Helper()
	w.must(func(ctx context.Context, tx *store.Tx) error {
		_, _, err := w.book.Apply(ctx, tx, t)
		return err
	})
}

// person makes a participant.
func (w world) person() (id int64) {
	w.Helper()
	w.must(func(_ context.Context, tx *store.Tx) error {
		return tx.Raw("INSERT INTO participants (language, created_at) VALUES ('ru', ?) RETURNING id", tx.Now()).Scan(&id).Error
	})
	return id
}

// registered makes a participant with a phone and a name.
func (w world) registered(phone, name string) int64 {
	w.Helper()
	id := w.person()
	w.must(func(ctx context.Context, tx *store.Tx) error {
		_, err := w.people.SetPhone(ctx, tx, id, phone, participants.ProofTyped)
		_, err2 := w.people.SetName(ctx, tx, id, name)
		return errors.Join(err, err2, w.people.Register(ctx, tx, id))
	})
	return id
}

// sources numbers submissions.
var sources atomic.Int64

func (w world) send(sub receipts.Submission) receipts.Receipt {
	w.Helper()
	if sub.Source == "" {
		sub.Source = fmt.Sprint("update:", sources.Add(1))
	}
	var r receipts.Receipt
	err := w.in(func(ctx context.Context, tx *store.Tx) (err error) {
		if err = w.people.Lock(ctx, tx, sub.ParticipantID); err != nil {
			return err
		}
		r, err = w.receipts.Submit(ctx, tx, sub)
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return r
}

func (w world) text(id int64, text string) receipts.Receipt {
	w.Helper()
	return w.send(receipts.Submission{ParticipantID: id, Way: receipts.ByText, Text: text})
}

func (w world) photo(id int64, picture string) receipts.Receipt {
	w.Helper()
	r := w.send(receipts.Submission{ParticipantID: id, Way: receipts.ByPhoto, Picture: []byte(picture)})
	if err := w.receipts.Scan(context.Background(), r.ID); err != nil {
		w.Fatal(err)
	}
	return w.get(r.ID)
}

// step does one step of the check and returns the pause after it.
func (w world) step(id int64) time.Duration {
	w.Helper()
	again, err := w.receipts.Check(context.Background(), id)
	if err != nil && again == 0 {
		w.Fatal(err)
	}
	return again
}

// check steps until the work is done, with the pauses that are asked for.
func (w world) check(id int64) receipts.Receipt {
	w.Helper()
	for range 100 {
		again := w.step(id)
		if again == 0 {
			return w.get(id)
		}
		w.pass(again)
	}
	w.Fatalf("receipt %d is still being checked: %+v", id, w.get(id))
	return receipts.Receipt{}
}

// bought submits a code and checks it.
func (w world) bought(id int64, q fns.QR) receipts.Receipt {
	w.Helper()
	return w.check(w.text(id, q.String()).ID)
}

func (w world) get(id int64) receipts.Receipt {
	w.Helper()
	ctx := context.Background()
	r, err := w.receipts.ByID(ctx, w.db.Read(ctx), id)
	if err != nil {
		w.Fatal(err)
	}
	return r
}

func (w world) balance(id int64) points.Balance {
	w.Helper()
	ctx := context.Background()
	b, err := points.Ledger{}.Balance(ctx, w.db.Read(ctx), id)
	if err != nil {
		w.Fatal(err)
	}
	return b
}

// notices are the keys of what was told about a receipt, in order.
func (w world) notices(id int64) (keys []string) {
	w.Helper()
	err := w.db.Read(context.Background()).Model(&notify.Notice{}).Where("subject = ?", receipts.Subject(id)).Order("id").Pluck("key", &keys).Error
	if err != nil {
		w.Fatal(err)
	}
	return keys
}

func (w world) told(id int64, want ...string) {
	w.Helper()
	if got := w.notices(id); !slices.Equal(got, want) {
		w.Errorf("receipt %d: told %v, want %v", id, got, want)
	}
}

// is compares where a receipt stands.
func (w world) is(r receipts.Receipt, status receipts.Status, reason string, n points.Amount) {
	w.Helper()
	if r.Status != status || r.Reason != reason || r.Points != n {
		w.Errorf("receipt %d: %s %q with %d points, want %s %q with %d", r.ID, r.Status, r.Reason, r.Points, status, reason, n)
	}
}

// openCase returns the case of a receipt.
func (w world) openCase(id int64) fraud.Case {
	w.Helper()
	ctx := context.Background()
	list, err := fraud.Cases(ctx, w.db.Read(ctx), fraud.CaseOpen, 100)
	if err != nil {
		w.Fatal(err)
	}
	for _, c := range list {
		if c.Subject == receipts.Subject(id) {
			return c
		}
	}
	w.Fatalf("receipt %d has no open case", id)
	return fraud.Case{}
}

// whole proves the books: they balance, every receipt is final or explained,
// only verified ones hold a document, and what receipts brought is what their
// participants have or spent.
func (w world) whole() {
	w.Helper()
	ctx := context.Background()
	g := w.db.Read(ctx)
	_, wrong, err := points.Ledger{}.Recount(ctx, g, 10)
	_, signs, err2 := points.Ledger{}.Signs(ctx, g, 10)
	if err != nil || err2 != nil || len(wrong)+len(signs) > 0 {
		w.Errorf("recount %v, signs %v (%v, %v); want whole books", wrong, signs, err, err2)
	}
	_, lots, err := points.Ledger{}.Lots(ctx, g, 10)
	_, chains, err2 := points.Ledger{}.Chains(ctx, g, 10)
	if err != nil || err2 != nil || len(lots)+len(chains) > 0 {
		w.Errorf("lots %v, chains %v (%v, %v); want whole books", lots, chains, err, err2)
	}
	w.resolved()
	for what, query := range map[string]string{
		"receipts that nothing explains": `SELECT COUNT(*) FROM receipts r WHERE
			status = 'submitted' AND NOT EXISTS (SELECT 1 FROM receipt_photos p WHERE p.receipt_id = r.id)
			OR status IN ('checking', 'waiting') AND NOT EXISTS (SELECT 1 FROM fiscal_requests q WHERE q.receipt_id = r.id)
			OR status = 'held' AND NOT EXISTS (SELECT 1 FROM receipt_holds h WHERE h.receipt_id = r.id)
			OR status = 'review' AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.subject = 'receipt:' || r.id AND c.status = 'open')
			OR status = 'rejected' AND (reason = '' OR points <> 0 OR decided_at IS NULL)
			OR status = 'accepted' AND (reason <> '' OR verified_at IS NULL OR decided_at IS NULL)
			OR status = 'reversed' AND (reason NOT IN ('return.reversed', 'alias.undone') OR verified_at IS NULL OR decided_at IS NULL)
			OR status = 'returned' AND (points <> 0 OR verified_at IS NULL OR decided_at IS NULL)`,
		"lines of which more went back than was bought": `SELECT COUNT(*) FROM receipt_lines WHERE returned_thousandths < 0 OR returned_kopecks < 0
			OR returned_thousandths > quantity_thousandths OR returned_kopecks > sum_kopecks`,
		"final receipts that were not told": `SELECT COUNT(*) FROM receipts r WHERE status IN ('accepted', 'rejected')
			AND NOT EXISTS (SELECT 1 FROM notices n WHERE (n.subject = 'receipt:' || r.id OR n.subject LIKE 'receipt:' || r.id || '/%')
				AND n.key IN (r.reason, 'receipt.accepted', 'fraud.refused'))`,
		"documents without a verified receipt, or the other way round": `SELECT COUNT(*) FROM fiscal_documents d FULL OUTER JOIN
			(SELECT * FROM receipts WHERE verified_at IS NOT NULL) r ON r.id = d.receipt_id WHERE r.id IS NULL OR d.fn IS NULL`,
		"participants whose points are not those of their receipts": `SELECT COUNT(*) FROM participants p WHERE
			(SELECT COALESCE(SUM(points), 0) FROM receipts r WHERE r.participant_id = p.id) +
			(SELECT COALESCE(SUM(points), 0) FROM receipt_campaigns c WHERE c.participant_id = p.id) <>
			(SELECT COALESCE(SUM(price), 0) FROM awards a JOIN certificates c ON c.award_id = a.id WHERE a.participant_id = p.id AND c.status <> 'void') + (SELECT COALESCE(SUM(balance), 0) FROM balances b
				WHERE b.account IN ('participant:' || p.id || '/available', 'participant:' || p.id || '/held', 'participant:' || p.id || '/debt'))`,
	} {
		var n int64
		if err := g.Raw(query).Scan(&n).Error; err != nil || n > 0 {
			w.Errorf("%d %s (%v)", n, what, err)
		}
	}
}

const (
	kolaGTIN  = "04609990000012"
	chipsGTIN = "04609990000029"
)

func kola(n fns.Quantity, sum int) fns.Item {
	return fns.Item{Name: "КОЛА Я.КЛЮЧ", GTIN: kolaGTIN, Quantity: n * fns.Unit, Sum: kopecks(sum), PaymentType: 4}
}

func bread(sum int) fns.Item {
	return fns.Item{Name: "ХЛЕБ РЖАНОЙ", Quantity: fns.Unit, Sum: kopecks(sum), PaymentType: 4}
}

// doubtful names kola without its volume: a person must look.
func doubtful(n fns.Quantity, sum int) fns.Item {
	return fns.Item{Name: "КОЛА ЯСНЫЙ КЛЮЧ", Quantity: n * fns.Unit, Sum: kopecks(sum), PaymentType: 4}
}

// atOnce runs fn n times at the same moment.
func atOnce(n int, fn func(i int)) {
	var group sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		group.Go(func() { <-start; fn(i) })
	}
	close(start)
	group.Wait()
}

// camera reads pictures that are texts, or orders as JSON what is to be read.
type camera struct{ *film }

// film keeps what a camera was handed of earlier pictures; nil keeps nothing.
type film struct {
	sync.Mutex
	handed [][]string
}

func (f *film) keep(earlier []qr.Trace) {
	if f == nil {
		return
	}
	var texts []string
	for _, t := range earlier {
		texts = append(texts, string(t))
	}
	f.Lock()
	defer f.Unlock()
	f.handed = append(f.handed, texts)
}

// taken empties the film.
func (f *film) taken() [][]string {
	f.Lock()
	defer f.Unlock()
	handed := f.handed
	f.handed = nil
	return handed
}

// order is what a picture of these tests says about itself.
type order struct {
	Text, Hint, Error string
	Look              qr.Look
	Trace             string
	Corner            qr.Corner
	Needs, Merged     string // beside the trace Needs it is read as Merged
	Marked            string // the marked picture; "error": it cannot be drawn
}

func (o order) picture() string {
	picture, _ := json.Marshal(struct { // plain data
		order
		N int64
	}{o, sources.Add(1)})
	return string(picture)
}

func ordered(picture []byte) (o order) {
	if json.Unmarshal(picture, &o) != nil {
		o.Text = string(picture)
	}
	return o
}

// marker draws what the order says.
func marker(_ context.Context, picture []byte, r qr.Result) ([]byte, error) {
	switch o := ordered(picture); {
	case o.Marked == "" || r.Text != "":
		return nil, nil
	case o.Marked == "error":
		return nil, errors.New("cannot draw")
	default:
		return []byte(o.Marked), nil
	}
}

var refusals = map[string]error{"too_large": qr.ErrTooLarge, "bomb": qr.ErrTooManyPixels, "format": qr.ErrFormat, "pdf": qr.ErrPDF}

func (camera) Scan(_ context.Context, picture []byte) (qr.Result, error) {
	o := ordered(picture)
	if o.Error != "" {
		return qr.Result{}, errors.Join(refusals[o.Error], errors.New(o.Error))
	}
	r := qr.Result{Text: o.Text, Hint: qr.Hint(o.Hint), Stage: "test", Look: o.Look, Flaw: qr.Flaw{Corner: o.Corner}}
	if o.Trace != "" && o.Text == "" {
		r.Trace = qr.Trace(o.Trace)
	}
	return r, nil
}

func (c camera) ScanAgain(ctx context.Context, picture []byte, earlier ...qr.Trace) (qr.Result, error) {
	c.keep(earlier)
	r, err := c.Scan(ctx, picture)
	o := ordered(picture)
	needed := func(t qr.Trace) bool { return string(t) == o.Needs }
	if err == nil && r.Text == "" && o.Merged != "" && slices.ContainsFunc(earlier, needed) {
		r = qr.Result{Text: o.Merged, Hint: qr.HintNone, Stage: "merged", Look: o.Look}
	}
	return r, err
}
