package bot_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"promobot/bot"
	"promobot/fns"
	"promobot/fraud"
	"promobot/qr"
	"promobot/receipts"
)

// paper stands for the scanner and the fiscal service: the picture is the
// code's text, and every well-formed code has a ticket of two packs of tea.
type paper struct{}

func (paper) Scan(_ context.Context, picture []byte) (qr.Result, error) {
	if strings.HasPrefix(string(picture), "t=") {
		return qr.Result{Text: string(picture), Hint: qr.HintNone}, nil
	}
	return qr.Result{Hint: qr.HintGlare}, nil
}

func (p paper) ScanAgain(ctx context.Context, picture []byte, _ ...qr.Trace) (qr.Result, error) {
	return p.Scan(ctx, picture)
}

func (paper) Send(_ context.Context, q fns.QR) (string, error) {
	return fmt.Sprintf("%s|%d|%d|%s|%d", q.FN, q.FD, q.FP, q.At.Format(time.RFC3339), q.Total), nil
}

func (paper) Poll(_ context.Context, id string) (fns.Answer, error) {
	parts := strings.Split(id, "|")
	t := fns.Ticket{Operation: fns.Sale, SellerINN: "7700000000"}
	t.FN = parts[0]
	if _, err := fmt.Sscan(parts[1]+" "+parts[2]+" "+parts[4], &t.FD, &t.FP, &t.Total); err != nil {
		return fns.Answer{}, err
	}
	t.At, _ = time.Parse(time.RFC3339, parts[3])
	t.Items = []fns.Item{{Name: "Чай черный Чайка 100г", Price: t.Total / 2, Sum: t.Total, Quantity: 2 * fns.Unit, PaymentType: 4}}
	return fns.Answer{State: fns.Found, Code: 200, Ticket: t}, nil
}

// The words fit what the receipts' room really tells, not only what these tests
// suppose.
func TestRealReceiptsAreTold(t *testing.T) {
	eachWorld(t, func(w *world) {
		service := receipts.NewService(w.db, receipts.Outside{Scanner: paper{}, Fiscal: paper{}}, w.rooms.People, w.rooms.Book, fraud.DefaultRules, w.rooms.Desk)
		w.rooms.Receipts = service
		w.restart()
		w.stock("AAAA-1111")
		anna, boris := w.person("anna").registers(), w.person("boris").registers()
		tr := &transcript{}
		anna.heard()
		boris.heard()
		var n int64
		hand := func(p *person, what string, u bot.Update) {
			t.Helper()
			p.send(u)
			n++
			settle(w, service, n)
			if err := w.bot.Render(context.Background(), p.id()); err != nil {
				t.Fatal(err)
			}
			tr.first = 0
			tr.add(what, p.heard())
		}
		code := "t=20260614T1305&s=%s&fn=9999078900001234&i=%d&fp=3522207165&n=%d"
		good := fmt.Sprintf(code, "1240.00", 1, 1)
		hand(anna, "a good photo", bot.Update{Picture: []byte(good)})
		hand(anna, "the same as text", bot.Update{Text: good})
		hand(boris, "another's receipt", bot.Update{Text: good})
		hand(anna, "a glaring photo", bot.Update{Picture: []byte("glare")})
		hand(anna, "a refund", bot.Update{Text: fmt.Sprintf(code, "1240.00", 2, 2)})
		hand(anna, "below the minimum", bot.Update{Text: fmt.Sprintf(code, "960.50", 3, 1)})
		hand(anna, "too old", bot.Update{Text: strings.Replace(fmt.Sprintf(code, "1240.00", 4, 1), "20260614", "20260520", 1)})
		hand(anna, "before the campaign", bot.Update{Text: strings.Replace(fmt.Sprintf(code, "1240.00", 5, 1), "20260614", "20251231", 1)})
		hand(anna, "not a receipt's code", bot.Update{Text: "fn=1&s=1"})
		for i := range 5 {
			hand(anna, fmt.Sprint("good photo ", i+2), bot.Update{Picture: fmt.Appendf(nil, code, "1500.00", 10+i, 1)})
		}
		tr.first = 0
		tr.add("мои чеки", anna.says("мои чеки"))
		tr.add("баланс", anna.says("баланс"))
		tr.compare(w.T, "receipts")
	})
}

// settle does the jobs of a receipt.
func settle(w *world, service *receipts.Service, id int64) {
	w.Helper()
	ctx := context.Background()
	if err := service.Scan(ctx, id); err != nil {
		w.Fatal(err)
	}
	for range 5 {
		if _, err := service.Check(ctx, id); err != nil {
			w.Fatal(err)
		}
	}
}
