package till_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"promobot/campaigns"
	"promobot/fns"
	"promobot/internal/store"
	"promobot/points"
	"promobot/receipts"
	"promobot/till"
)

// office is a fiscal service that answers from memory.
type office map[string]fns.Ticket

// Send takes a question.
func (o office) Send(_ context.Context, q fns.QR) (string, error) { return q.Key.String(), nil }

// Poll answers it.
func (o office) Poll(_ context.Context, id string) (fns.Answer, error) {
	if t, known := o[id]; known {
		return fns.Answer{State: fns.Found, Code: 200, Ticket: t}, nil
	}
	return fns.Answer{State: fns.Forged, Code: 406}, nil
}

const inn = "7700000001"

// sale is a purchase of three kolas: 30 points.
func (w world) sale(fd int64) fns.Ticket {
	t := fns.Ticket{Key: fns.Key{FN: "9999000000000001", FD: fd, FP: fd + 7}, Operation: fns.Sale, At: w.db.Now().Add(-time.Hour).Truncate(time.Minute), SellerINN: inn,
		Total: 300_00, Items: []fns.Item{{Name: "Кола Ясный Ключ 0,5 л", Price: 100_00, Sum: 300_00, Quantity: 3 * fns.Unit, PaymentType: 4}}}
	w.office[t.Key.String()] = t
	return t
}

// sends has somebody send the receipt of a sale.
func (w world) sends(t fns.Ticket) (participantID int64) {
	w.Helper()
	id := w.rich(1)
	var r receipts.Receipt
	w.must(func(ctx context.Context, tx *store.Tx) (err error) {
		if err := w.people.Lock(ctx, tx, id); err != nil {
			return err
		}
		r, err = w.receipts.Submit(ctx, tx, receipts.Submission{Source: fmt.Sprint("update:", id), ParticipantID: id, Way: receipts.ByText,
			Text: fns.QR{Key: t.Key, Operation: t.Operation, At: t.At, Total: t.Total}.String()})
		return err
	})
	for range 2 {
		if _, err := w.receipts.Check(context.Background(), r.ID); err != nil {
			w.Fatal(err)
		}
		w.pass(5 * time.Second)
	}
	return id
}

func refundBody(id string, sale fns.Ticket, items string) string {
	return fmt.Sprintf(`{"id":%q,"sale":{"fn":%q,"fd":%d,"fp":%d},"items":[%s]}`, id, sale.FN, sale.FD, sale.FP, items)
}

const oneKola = `{"name":"КОЛА ЯСНЫЙ КЛЮЧ 0.5 Л","quantity_thousandths":1000,"price_kopecks":10000}`

// takes makes the campaign take returns and gives keys of two sellers.
func (w world) takes() (mine, other shop) {
	w.Helper()
	t := terms()
	t.Returns = campaigns.Returns{Points: campaigns.Debt, Prizes: campaigns.Keep}
	w.apply(t)
	w.pass(2 * time.Hour) // what is sold from now on is sold under these terms
	mine, other = shop{world: w}, shop{world: w}
	w.must(func(ctx context.Context, tx *store.Tx) (err error) {
		if mine.id, mine.secret, err = till.Add(ctx, tx, w.vault, "Чайка", inn); err != nil {
			return err
		}
		other.id, other.secret, err = till.Add(ctx, tx, w.vault, "Сорока", "7700000002")
		return err
	})
	return mine, other
}

func (r reply) refunded(t testing.TB, status string, n points.Amount) {
	t.Helper()
	if r.status != 200 || r.Status != status || r.Points != n {
		t.Errorf("%d %s, want %s with %d points", r.status, r.body, status, n)
	}
}

func TestRefundsAreReported(t *testing.T) {
	eachWorld(t, func(w world) {
		none := w.shop("Без ИНН")
		none.post("refunds", refundBody("r", w.sale(1), "")).want(w, 404, "returns_off")
		mine, other := w.takes()
		sale := w.sale(2)
		anna := w.sends(sale)
		w.wantBalance(anna, 31, 0)

		none.post("refunds", refundBody("r", sale, "")).want(w, 403, "no_inn")
		other.post("refunds", refundBody("r", sale, oneKola)).want(w, 403, "sale_foreign")
		mine.post("refunds", refundBody("r0", sale, `{"name":"Чай","quantity_thousandths":1000}`)).want(w, 422, "not_sold")
		mine.post("refunds", refundBody("r0", sale, `{"name":"КОЛА ЯСНЫЙ КЛЮЧ 0.5 Л","quantity_thousandths":3001,"price_kopecks":10000}`)).want(w, 422, "not_sold")
		w.wantBalance(anna, 31, 0)

		mine.post("refunds", refundBody("r1", sale, oneKola)).refunded(w, "applied", 10)
		mine.post("refunds", refundBody("r1", sale, oneKola)).refunded(w, "applied", 10) // under another Idempotency-Key
		w.wantBalance(anna, 21, 0)
		mine.post("refunds", refundBody("r1", sale, "")).want(w, 409, "refund_reused")
		mine.post("refunds", refundBody("r2", sale, "")).refunded(w, "applied", 20)
		mine.post("refunds", refundBody("r3", sale, "")).want(w, 422, "not_sold")
		w.wantBalance(anna, 1, 0)
		for _, body := range []string{`{}`, `{"id":"x"}`, refundBody("", sale, ""), `{"id":"x","sale":{"fn":"1","fd":1}}`,
			`{"id":"x","sale":{"fn":"9999000000000001","fd":0}}`, refundBody("x", sale, `{"name":"x","quantity_thousandths":0}`),
			refundBody("x", sale, `{"quantity_thousandths":1000}`), refundBody("x", sale, `{"gtin":"4609990000013","quantity_thousandths":1000}`),
			`{"id":"x","sale":{"fn":"9999000000000001","fd":1},"at":"yesterday"}`} {
			mine.post("refunds", body).want(w, 400, "body")
		}
	})
}

// TestARefundMayComeFirst: it waits for its sale.
func TestARefundMayComeFirst(t *testing.T) {
	eachWorld(t, func(w world) {
		mine, other := w.takes()
		sale := w.sale(3)
		mine.post("refunds", refundBody("r1", sale, oneKola)).refunded(w, "kept", 0)
		other.post("refunds", refundBody("r1", sale, "")).refunded(w, "kept", 0) // what it says is seen when the sale is there
		anna := w.sends(sale)
		for id := range int64(3) {
			if _, err := w.receipts.ApplyReturn(context.Background(), id+1); err != nil && id < 2 {
				t.Error(err)
			}
		}
		w.wantBalance(anna, 21, 0)
		mine.post("refunds", refundBody("r1", sale, oneKola)).refunded(w, "applied", 10)
		other.post("refunds", refundBody("r1", sale, "")).want(w, 403, "sale_foreign")
	})
}

// TestOneRefundAtOnce: many reports of one refund, under keys of their own.
func TestOneRefundAtOnce(t *testing.T) {
	eachWorld(t, func(w world) {
		mine, _ := w.takes()
		sale := w.sale(4)
		anna := w.sends(sale)
		atOnce(20, func(int) { mine.post("refunds", refundBody("r1", sale, oneKola)).refunded(w, "applied", 10) })
		w.wantBalance(anna, 21, 0)
		atOnce(20, func(i int) { mine.post("refunds", refundBody(fmt.Sprint("s", i), sale, oneKola)) })
		w.wantBalance(anna, 1, 0) // two were left
	})
}
