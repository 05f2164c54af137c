package receipts_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"promobot/fraud"
	"promobot/qr"
	"promobot/receipts"
	"promobot/rewards"
)

// unwell is a camera in trouble, until it is not.
type unwell struct {
	camera
	err error
}

func (u *unwell) Scan(ctx context.Context, picture []byte) (qr.Result, error) {
	if u.err != nil {
		return qr.Result{}, u.err
	}
	return u.camera.Scan(ctx, picture)
}

// TestTroubleOfTheRendererRefusesNobody: the receipt waits unseen and is read
// when the renderer runs.
func TestTroubleOfTheRendererRefusesNobody(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		scanner := &unwell{err: fmt.Errorf("%w: start: no memory", qr.ErrRenderer)}
		w.receipts = receipts.NewService(w.db, receipts.Outside{Scanner: scanner, Fiscal: w.office}, w.people, w.book,
			fraud.DefaultRules, rewards.NewDesk(w.shop, w.people))
		code := w.office.good().String()
		r := w.send(receipts.Submission{ParticipantID: w.person(), Way: receipts.ByFile, Picture: []byte(code)})
		for range 2 {
			if err := w.receipts.Scan(context.Background(), r.ID); !errors.Is(err, qr.ErrRenderer) {
				w.Errorf("%v, want %v, so that the job runs again and the log tells", err, qr.ErrRenderer)
			}
			w.is(w.get(r.ID), receipts.Submitted, "", 0)
			w.told(r.ID)
		}
		scanner.err = nil
		if err := w.receipts.Scan(context.Background(), r.ID); err != nil {
			w.Fatal(err)
		}
		w.is(w.check(r.ID), receipts.Accepted, "", 80)
	})
}
