package receipts_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/skip2/go-qrcode"

	"promobot/fns"
	"promobot/fraud"
	"promobot/qr"
	"promobot/qr/pdf/pdftest"
	"promobot/receipts"
	"promobot/rewards"
)

// TestEveryWayIn is A01: one minted receipt by six ways, read by the real
// scanner and the real parser, is one document: paid once, with the same key.
func TestEveryWayIn(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		w.receipts = w.seeing()
		q := w.office.good()
		text := q.String()
		reordered := fmt.Sprintf("fp=%d&i=%010d&fn=%s&n=1&s=%s&t=%s", q.FP, q.FD, q.FN, q.Total, q.At.Format("20060102T1504"))
		typed := fmt.Sprintf("ФН %s, ФД %d, ФПД %d\nИТОГ %s р.\n%s", q.FN, q.FD, q.FP, q.Total, q.At.Format("02.01.06 15:04"))
		photo := w.drawn(text)
		w.cellar.files["telegram:photo"], w.cellar.files["telegram:pdf"] = photo, pdftest.Pages(pdftest.A4, "", pdftest.Code(text, 90, 200, 300))
		draft, slips := fns.ParseTyped(typed, w.clock())
		fields, whole := draft.QR()
		if !whole || len(slips) > 0 {
			w.Fatalf("%q: %+v %+v", typed, draft, slips)
		}
		me := w.person()
		accepted, ways := 0, []receipts.Submission{
			{Way: receipts.ByTyped, Text: fields.String()},
			{Way: receipts.ByPhoto, Picture: photo},
			{Way: receipts.ByFile, File: "telegram:photo"},
			{Way: receipts.ByFile, File: "telegram:pdf"},
			{Way: receipts.ByPhoto, File: "telegram:photo", Forwarded: true},
			{Way: receipts.ByText, Text: reordered},
		}
		for _, sub := range ways {
			sub.ParticipantID = me
			r := w.send(sub)
			if err := w.receipts.Scan(context.Background(), r.ID); err != nil {
				w.Fatal(err)
			}
			if r = w.get(r.ID); r.Status == receipts.Checking {
				r = w.check(r.ID)
			}
			if r.FN != q.FN || r.FD != q.FD || r.FP != q.FP || !r.PurchasedAt.UTC().Equal(q.At) || r.TotalKopecks != q.Total {
				w.Errorf("%s: %+v, want the key %v", sub.Way, r, q)
			}
			switch {
			case r.Status == receipts.Accepted:
				accepted++
			case r.Reason != receipts.ReasonDuplicateOwn:
				w.Errorf("%s: %s %s", sub.Way, r.Status, r.Reason)
			}
		}
		if accepted != 1 || w.balance(me).Available != 80 {
			w.Errorf("%d accepted, %+v; want one and 80", accepted, w.balance(me))
		}
	})
}

// TestAlbumOfThree: three receipts of one album have three verdicts, told in
// their order, while the channel stumbles over the first.
func TestAlbumOfThree(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		me := w.person()
		var album []receipts.Receipt
		for i := range 3 {
			ref := fmt.Sprint("telegram:album-", i)
			w.cellar.files[ref] = []byte(w.office.good().String())
			album = append(album, w.remote(me, ref))
		}
		w.cellar.err = context.DeadlineExceeded
		for range 60 {
			for _, r := range album {
				w.turn(r.ID)
			}
			w.pass(time.Second)
			w.cellar.err = nil
		}
		var scanned []int64
		err := w.db.Read(context.Background()).Table("events").Where("kind = ?", receipts.EventRead).Order("id").
			Pluck("CAST(SUBSTR(subject, 9) AS INTEGER)", &scanned).Error
		if err != nil || fmt.Sprint(scanned) != fmt.Sprint([]int64{album[0].ID, album[1].ID, album[2].ID}) {
			w.Errorf("read in the order %v (%v)", scanned, err)
		}
		for i, r := range album {
			want := rewards.Points(30)
			if i == 0 {
				want = 80
			}
			w.is(w.check(r.ID), receipts.Accepted, "", want)
		}
	})
}

// turn does what the worker of a picture does.
func (w world) turn(id int64) {
	w.Helper()
	pause, err := w.receipts.ScanTurn(context.Background(), id)
	if err != nil {
		w.Fatal(err)
	}
	if pause == 0 {
		_ = w.receipts.Scan(context.Background(), id) // a trouble, after which the turn comes again
	}
}

// seeing is a service with the real scanner.
func (w world) seeing() *receipts.Service {
	scanner := qr.Scanner{Accept: func(text string) bool { _, err := fns.ParseQR(text); return err == nil }}
	return receipts.NewService(w.db, receipts.Outside{Scanner: scanner, Fiscal: w.office, Files: w.cellar}, w.people, w.book,
		fraud.DefaultRules, rewards.NewDesk(w.shop, w.people))
}

// drawn is a picture of a code.
func (w world) drawn(text string) []byte {
	w.Helper()
	picture, err := qrcode.Encode(text, qrcode.Medium, 400)
	if err != nil {
		w.Fatal(err)
	}
	return picture
}
