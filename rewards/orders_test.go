package rewards_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"promobot/internal/store"
	"promobot/points"
	"promobot/prizes"
	"promobot/prizes/supply"
	"promobot/prizes/supply/supplysim"
	"promobot/rewards"
)

// depot is a supplier in this process: it keeps what was ordered by the external
// id, and meets what a test says after it has taken an order in.
type depot struct {
	sync.Mutex
	codes map[string]prizes.Code
	then  func(o supply.Order, a supply.Answer) (supply.Answer, error)
}

func (d *depot) Order(_ context.Context, o supply.Order) (supply.Answer, error) {
	d.Lock()
	if d.codes == nil {
		d.codes = map[string]prizes.Code{}
	}
	if d.codes[o.ExternalID] == "" {
		d.codes[o.ExternalID] = prizes.Code(fmt.Sprintf("DEPOT-%s-%04d", o.SKU, len(d.codes)))
	}
	a, then := supply.Answer{ExternalID: o.ExternalID, Ref: "1", State: supply.Completed, Code: d.codes[o.ExternalID]}, d.then
	d.Unlock()
	if then == nil {
		return a, nil
	}
	return then(o, a)
}

func (d *depot) meets(then func(o supply.Order, a supply.Answer) (supply.Answer, error)) {
	d.Lock()
	defer d.Unlock()
	d.then = then
}

func (d *depot) delivered() int {
	d.Lock()
	defer d.Unlock()
	return len(d.codes)
}

func failing(reason string) func(supply.Order, supply.Answer) (supply.Answer, error) {
	return func(o supply.Order, _ supply.Answer) (supply.Answer, error) {
		return supply.Answer{ExternalID: o.ExternalID, State: supply.Failed, Reason: reason}, nil
	}
}

func silent(supply.Order, supply.Answer) (supply.Answer, error) {
	return supply.Answer{}, &supply.Trouble{Err: errors.New("no answer")}
}

// put changes the mug of the catalogue.
func (w world) put(change func(p *prizes.Prize)) {
	w.Helper()
	p := prizes.Prize{ID: "mug", Title: "Кружка", TitleEN: "Mug", Price: 300}
	change(&p)
	w.must(func(ctx context.Context, tx *store.Tx) error { return w.shop.Put(ctx, tx, p) })
}

func (w world) sources(names ...string) { w.put(func(p *prizes.Prize) { p.Sources = names }) }

// supplied are orders at depots with a patience of a day.
func (w world) supplied(depots map[string]supply.Supplier) *rewards.Orders {
	sources := map[string]rewards.Source{}
	for name, d := range depots {
		sources[name] = rewards.Source{Supplier: d, Patience: 24 * time.Hour}
	}
	return rewards.NewOrders(w.db, w.desk, sources)
}

func (w world) openOrders() (ids []int64) {
	w.Helper()
	if err := w.db.Read(context.Background()).Raw("SELECT id FROM supply_orders WHERE status IN ('new', 'sent', 'late') ORDER BY id").Scan(&ids).Error; err != nil {
		w.Fatal(err)
	}
	return ids
}

func (w world) n(query string, args ...any) (n int64) {
	w.Helper()
	if err := w.db.Read(context.Background()).Raw(query, args...).Scan(&n).Error; err != nil {
		w.Fatal(err)
	}
	return n
}

func (w world) advance(o *rewards.Orders, id int64) time.Duration {
	w.Helper()
	again, _, err := o.Advance(context.Background(), id)
	if err != nil {
		w.Fatal(err)
	}
	return again
}

// owned proves that every award that is issued has one certificate, and none
// other has.
func (w world) owned(issued int64) {
	w.Helper()
	if n := w.n("SELECT COUNT(*) FROM awards WHERE status = 'issued'"); n != issued {
		w.Errorf("%d awards are issued, want %d", n, issued)
	}
	if n := w.n("SELECT COUNT(DISTINCT c.award_id) FROM certificates c JOIN awards a ON a.id = c.award_id WHERE a.status = 'issued' AND c.status = 'issued'"); n != issued {
		w.Errorf("%d of them have a certificate, want %d", n, issued)
	}
}

func TestOrderedPrizeArrives(t *testing.T) {
	eachWorld(t, func(w world) {
		w.sources("supplier:alpha/kruzhka")
		d := &depot{}
		orders := w.supplied(map[string]supply.Supplier{"alpha": d})
		id := w.rich(1000)
		c, err := w.choose(id, "mug", "update:1")
		if err != nil || !c.Ordered || c.Balance.Available != 700 {
			w.Fatalf("%+v, %v; want it ordered and paid", c, err)
		}
		if again, err := w.choose(id, "mug", "update:1"); err != nil || !again.Ordered || again.Balance.Available != 700 {
			w.Errorf("the same update again: %+v, %v; want nothing more", again, err)
		}
		order := w.openOrders()[0]
		for range 3 {
			if again := w.advance(orders, order); again != 0 {
				w.Errorf("a finished order is looked at again in %s", again)
			}
		}
		w.owned(1)
		if got := w.told(rewards.NoticeIssued); !slices.Equal(got, []int64{id}) || d.delivered() != 1 {
			w.Errorf("told %v, %d codes left the supplier; want one each", got, d.delivered())
		}
		list, err := w.shop.Issued(context.Background(), w.db.Read(context.Background()), id)
		if err != nil || len(list) != 1 || list[0].Price != 300 {
			w.Fatalf("%+v, %v", list, err)
		}
		if again, err := w.choose(id, "mug", "update:1"); err != nil || !again.Issued || again.Certificate.ID != list[0].ID {
			w.Errorf("the same update at last: %+v, %v; want the certificate", again, err)
		}
	})
}

// Jobs and webhooks at once, all about one order: one certificate, one owner,
// one notice.
func TestOrderIsSettledOnce(t *testing.T) {
	eachWorld(t, func(w world) {
		w.sources("supplier:alpha")
		d := &depot{}
		orders := w.supplied(map[string]supply.Supplier{"alpha": d})
		id := w.rich(300)
		if _, err := w.choose(id, "mug", "update:1"); err != nil {
			w.Fatal(err)
		}
		ctx := context.Background()
		order, err := w.shop.Order(ctx, w.db.Read(ctx), w.openOrders()[0])
		if err != nil {
			w.Fatal(err)
		}
		answer, err := d.Order(ctx, supply.Order{ExternalID: order.ExternalID, SKU: order.SKU})
		if err != nil {
			w.Fatal(err)
		}
		atOnce(12, func(i int) {
			if i%2 == 0 {
				if err := orders.Hear(ctx, "alpha", answer); err != nil {
					w.Error(err)
				}
			} else if _, _, err := orders.Advance(ctx, order.ID); err != nil {
				w.Error(err)
			}
		})
		w.owned(1)
		if got := w.told(rewards.NoticeIssued); len(got) != 1 || d.delivered() != 1 {
			w.Errorf("told %d times, %d codes left the supplier; want 1 each", len(got), d.delivered())
		}
		answer.Code = "ANOTHER-CODE"
		if err := orders.Hear(ctx, "alpha", answer); !errors.Is(err, prizes.ErrOtherCode) {
			w.Errorf("a second code: %v, want ErrOtherCode", err)
		}
		if err := orders.Hear(ctx, "beta", answer); !errors.Is(err, prizes.ErrNoOrder) {
			w.Errorf("of another supplier: %v, want ErrNoOrder", err)
		}
		failed := supply.Answer{ExternalID: order.ExternalID, State: supply.Failed, Reason: "refused"}
		if err := orders.Hear(ctx, "alpha", failed); err != nil {
			w.Errorf("a failure that comes after the code: %v", err)
		}
		w.owned(1)
	})
}

// A process that dies between the call and the commit leaves an order that is
// asked about again under the same id.
func TestCrashAfterTheCallOrdersNoSecond(t *testing.T) {
	eachWorld(t, func(w world) {
		w.sources("supplier:alpha")
		d := &depot{}
		d.meets(func(supply.Order, supply.Answer) (supply.Answer, error) { panic("killed") })
		orders := w.supplied(map[string]supply.Supplier{"alpha": d})
		id := w.rich(300)
		if _, err := w.choose(id, "mug", "update:1"); err != nil {
			w.Fatal(err)
		}
		order := w.openOrders()[0]
		for range 3 {
			func() {
				defer func() {
					if recover() == nil {
						w.Error("the process did not die")
					}
				}()
				w.advance(orders, order)
			}()
		}
		var asked []bool
		d.meets(func(o supply.Order, a supply.Answer) (supply.Answer, error) {
			asked = append(asked, o.Again)
			return a, nil
		})
		w.advance(orders, order)
		if d.delivered() != 1 || !slices.Equal(asked, []bool{true}) {
			w.Errorf("%d codes left the supplier, asked as a repetition: %v; want one", d.delivered(), asked)
		}
		w.owned(1)
	})
}

func TestFailedOrderIsServedElsewhere(t *testing.T) {
	eachWorld(t, func(w world) {
		w.sources("supplier:alpha", "supplier:beta", prizes.SourcePool)
		alpha, beta := &depot{}, &depot{}
		alpha.meets(failing(prizes.ReasonNoStock))
		beta.meets(failing("refused"))
		orders := w.supplied(map[string]supply.Supplier{"alpha": alpha, "beta": beta})
		w.stock("mug", "a", 1)
		first, second := w.rich(300), w.rich(300)
		if c, err := w.choose(first, "mug", "update:1"); err != nil || !c.Ordered {
			w.Fatalf("%+v, %v; want it ordered", c, err)
		}
		for range 2 { // alpha has none, beta refuses: the pool serves
			for _, id := range w.openOrders() {
				w.advance(orders, id)
			}
		}
		w.owned(1)
		if n := w.n("SELECT COUNT(*) FROM certificates WHERE order_id IS NOT NULL"); n != 0 {
			w.Errorf("%d certificates were ordered, want the pool's", n)
		}
		// Alpha is passed over for a while, so beta is asked first; then there is nothing.
		if c, err := w.choose(second, "mug", "update:2"); err != nil || !c.Ordered {
			w.Fatalf("%+v, %v; want it ordered", c, err)
		}
		for range 2 {
			for _, id := range w.openOrders() {
				w.advance(orders, id)
			}
		}
		if n := w.n("SELECT COUNT(*) FROM supply_orders o JOIN awards a ON a.id = o.award_id WHERE a.source = 'update:2'"); n != 1 {
			w.Errorf("%d suppliers were asked, want beta alone", n)
		}
		if got := w.told(rewards.NoticeReturned); !slices.Equal(got, []int64{second}) || w.available(second) != 300 {
			w.Errorf("told %v, %d points; want the price back", got, w.available(second))
		}
		if n := w.n("SELECT COUNT(*) FROM awards WHERE status = 'returned'"); n != 1 {
			w.Errorf("%d awards are returned, want 1", n)
		}
		w.now.Add((16 * time.Minute).Microseconds())
		alpha.meets(nil)
		if c, err := w.choose(second, "mug", "update:3"); err != nil || !c.Ordered {
			w.Fatalf("%+v, %v; want it ordered", c, err)
		}
		w.advance(orders, w.openOrders()[0])
		w.owned(2)
	})
}

// An order that nobody answers is given up after its patience; the code that
// comes yet is stocked and given to who asks next.
func TestSilenceIsGivenUpAndALateCodeIsStocked(t *testing.T) {
	eachWorld(t, func(w world) {
		w.sources("supplier:alpha", prizes.SourcePool)
		d := &depot{}
		d.meets(silent)
		orders := w.supplied(map[string]supply.Supplier{"alpha": d})
		id := w.rich(300)
		if _, err := w.choose(id, "mug", "update:1"); err != nil {
			w.Fatal(err)
		}
		order := w.openOrders()[0]
		if again := w.advance(orders, order); again < time.Second || again > time.Minute {
			w.Errorf("looked at again in %s", again)
		}
		w.now.Add((24*time.Hour - time.Second).Microseconds())
		if w.advance(orders, order); w.available(id) != 0 {
			w.Error("given up a second too early")
		}
		w.now.Add(time.Minute.Microseconds())
		if again := w.advance(orders, order); again != time.Hour || w.available(id) != 300 {
			w.Errorf("again in %s, %d points; want the price back and another look", again, w.available(id))
		}
		d.meets(nil)
		if again := w.advance(orders, order); again != 0 {
			w.Errorf("again in %s, want an end", again)
		}
		if n := w.n("SELECT COUNT(*) FROM certificates WHERE status = 'free' AND order_id = ?", order); n != 1 {
			w.Fatalf("%d late codes in stock, want 1", n)
		}
		d.meets(failing(prizes.ReasonNoStock))
		if _, err := w.choose(id, "mug", "update:2"); err != nil {
			w.Fatal(err)
		}
		w.advance(orders, w.openOrders()[0])
		w.owned(1)
	})
}

func TestLateOrderEndsInAWeek(t *testing.T) {
	eachWorld(t, func(w world) {
		w.sources("supplier:alpha")
		d := &depot{}
		d.meets(silent)
		orders := w.supplied(map[string]supply.Supplier{"alpha": d})
		if _, err := w.choose(w.rich(300), "mug", "update:1"); err != nil {
			w.Fatal(err)
		}
		order := w.openOrders()[0]
		w.advance(orders, order)
		for range 8 {
			w.now.Add((24 * time.Hour).Microseconds())
			w.advance(orders, order)
		}
		if n := len(w.openOrders()); n != 0 {
			w.Errorf("%d orders are still looked after", n)
		}
		d.meets(nil)
		ctx := context.Background()
		o, err := w.shop.Order(ctx, w.db.Read(ctx), order)
		if err != nil || o.Status != prizes.OrderFailed {
			w.Fatalf("%+v, %v; want it failed", o, err)
		}
		stray := supply.Answer{ExternalID: o.ExternalID, State: supply.Completed, Code: "STRAY-CODE-0001"}
		for range 2 {
			if err := orders.Hear(ctx, "alpha", stray); err != nil {
				w.Fatal(err)
			}
		}
		if n := w.n("SELECT COUNT(*) FROM certificates WHERE status = 'free'"); n != 1 {
			w.Errorf("%d stray codes in stock, want 1: it is paid for", n)
		}
	})
}

// A supplier that delivers somebody else's code does not make two owners.
func TestKnownCodeIsNotIssuedTwice(t *testing.T) {
	eachWorld(t, func(w world) {
		w.sources("supplier:alpha")
		d := &depot{}
		d.meets(func(_ supply.Order, a supply.Answer) (supply.Answer, error) { a.Code = "THE-SAME-CODE"; return a, nil })
		orders := w.supplied(map[string]supply.Supplier{"alpha": d})
		first, second := w.rich(300), w.rich(300)
		for i, id := range []int64{first, second} {
			if _, err := w.choose(id, "mug", fmt.Sprintf("update:%d", i)); err != nil {
				w.Fatal(err)
			}
			w.advance(orders, w.openOrders()[0])
		}
		w.owned(1)
		if w.available(first) != 0 || w.available(second) != 300 {
			w.Errorf("%d and %d points; want the second one's price back", w.available(first), w.available(second))
		}
	})
}

// An empty pool switches to the supplier by itself, and back after an import.
func TestPoolSwitchesAndComesBack(t *testing.T) {
	eachWorld(t, func(w world) {
		w.sources(prizes.SourcePool, "supplier:alpha")
		w.stock("mug", "a", 5)
		people := make([]int64, 20)
		for i := range people {
			people[i] = w.rich(600)
		}
		choices := make([]rewards.Choice, len(people))
		atOnce(len(people), func(i int) {
			c, err := w.choose(people[i], "mug", fmt.Sprintf("update:%d", i))
			if err != nil {
				w.Error(err)
			}
			choices[i] = c
		})
		issued, ordered := 0, 0
		for _, c := range choices {
			if c.Issued {
				issued++
			}
			if c.Ordered {
				ordered++
			}
		}
		if issued != 5 || ordered != 15 {
			w.Errorf("%d issued and %d ordered, want 5 and 15", issued, ordered)
		}
		w.stock("mug", "b", 1)
		if c, err := w.choose(people[0], "mug", "update:20"); err != nil || !c.Issued {
			w.Errorf("after an import: %+v, %v; want a code of the pool", c, err)
		}
	})
}

func TestUnconfiguredSupplierWaits(t *testing.T) {
	eachWorld(t, func(w world) {
		w.sources("supplier:gone")
		orders := w.supplied(nil)
		id := w.rich(300)
		if _, err := w.choose(id, "mug", "update:1"); err != nil {
			w.Fatal(err)
		}
		order := w.openOrders()[0]
		again, trouble, err := orders.Advance(context.Background(), order)
		if err != nil || trouble == nil || again == 0 {
			w.Errorf("%s, %v, %v; want trouble and another look", again, trouble, err)
		}
		w.now.Add((25 * time.Hour).Microseconds())
		if again := w.advance(orders, order); again != 0 || w.available(id) != 300 { // it was never sent
			w.Errorf("again in %s, %d points; want an end and the price back", again, w.available(id))
		}
	})
}

// Both simulators over real sockets, with all their troubles, polls and webhooks
// at once: as many codes leave the suppliers as certificates are owned.
func TestSimulatedSuppliersUnderTrouble(t *testing.T) {
	eachWorld(t, func(w world) {
		fast := supplysim.NewInstant(supplysim.Options{Key: "k", Prefix: "FAST"})
		late := supplysim.NewSlow(supplysim.Options{Key: "k", Secret: "s", Prefix: "LATE", Ready: 5 * time.Millisecond})
		fastServer, lateServer := httptest.NewServer(fast), httptest.NewServer(late)
		defer fastServer.Close()
		defer lateServer.Close()
		defer late.Close()
		orders := w.supplied(map[string]supply.Supplier{
			"fast": supply.NewInstant(supply.Config{BaseURL: fastServer.URL, Token: "k"}),
			"late": supply.NewSlow(supply.Config{BaseURL: lateServer.URL, Token: "k"})})
		door := httptest.NewServer(&supply.Webhook{Supplier: "late", Secret: "s", Hear: orders.Hear, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
		defer door.Close()
		late.Call(door.URL)
		fast.Meet(supplysim.Lost, supplysim.Hidden, supplysim.Broken, supplysim.TooMany, supplysim.Garbled, supplysim.Lost)
		late.Meet(supplysim.Hidden, supplysim.Lost, supplysim.Garbled, supplysim.Broken)
		late.Bring(supplysim.Twice, supplysim.Never, supplysim.Forged, supplysim.Torn, supplysim.Twice)
		const each = 8
		for i := range 2 * each {
			w.sources([]string{"supplier:fast", "supplier:late"}[i%2])
			if c, err := w.choose(w.rich(300), "mug", fmt.Sprintf("update:%d", i)); err != nil || !c.Ordered {
				w.Fatalf("%+v, %v", c, err)
			}
		}
		for deadline := time.Now().Add(20 * time.Second); len(w.openOrders()) > 0 && time.Now().Before(deadline); {
			open := w.openOrders()
			atOnce(2*len(open), func(i int) { // every job twice
				if _, _, err := orders.Advance(context.Background(), open[i/2]); err != nil {
					w.Error(err)
				}
			})
		}
		w.owned(2 * each)
		if fast.Delivered() != each || late.Delivered() != each {
			w.Errorf("%d and %d codes left the suppliers, want %d each", fast.Delivered(), late.Delivered(), each)
		}
		if got := w.told(rewards.NoticeIssued); len(got) != 2*each {
			w.Errorf("%d were told, want %d", len(got), 2*each)
		}
	})
}

// The price of a prize that nobody can deliver pays first what was owed since.
func TestReturnedPricePaysADebt(t *testing.T) {
	eachWorld(t, func(w world) {
		w.sources("supplier:alpha")
		alpha := &depot{}
		alpha.meets(failing("refused"))
		orders, id := w.supplied(map[string]supply.Supplier{"alpha": alpha}), w.rich(300)
		if c, err := w.choose(id, "mug", "update:1"); err != nil || !c.Ordered {
			w.Fatalf("%+v, %v; want it ordered", c, err)
		}
		w.must(func(ctx context.Context, tx *store.Tx) error { // goods went back meanwhile
			_, err := points.Ledger{}.Post(ctx, tx, points.Posting{Source: "receipt:1/return:1/lines", Kind: points.Return,
				Legs: points.Move(points.Debt(id), points.Issued(1), 120)})
			return err
		})
		w.advance(orders, w.openOrders()[0])
		if b := w.balance(id); b != (points.Balance{Available: 180}) {
			w.Errorf("%+v, want the debt paid", b)
		}
	})
}
