package receipts_test

import (
	"context"
	"testing"
	"time"

	"promobot/receipts"
)

// TestAlbumIsScannedInItsOrder: a picture waits for the ones before it, of the
// same participant alone and not for ever.
func TestAlbumIsScannedInItsOrder(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		me, another := w.person(), w.person()
		sent := func(id int64) receipts.Receipt {
			return w.send(receipts.Submission{ParticipantID: id, Way: receipts.ByPhoto, Picture: []byte(`{"hint":"no_code"}`)})
		}
		first, second, strangers := sent(me), sent(me), sent(another)
		turn := func(r receipts.Receipt) bool {
			pause, err := w.receipts.ScanTurn(context.Background(), r.ID)
			if err != nil {
				w.Fatal(err)
			}
			return pause == 0
		}
		if !turn(first) || turn(second) || !turn(strangers) {
			w.Errorf("turns %t, %t and the stranger's %t, want true, false, true", turn(first), turn(second), turn(strangers))
		}
		if err := w.receipts.Scan(context.Background(), first.ID); err != nil {
			w.Fatal(err)
		}
		if !turn(second) {
			w.Error("the second is not scanned after the first")
		}
		behind := sent(another)
		w.pass(3 * time.Minute)
		if !turn(behind) {
			w.Error("a stuck picture bars others for ever")
		}
	})
}
