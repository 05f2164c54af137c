package receipts_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"promobot/internal/events"
	"promobot/internal/store"
	"promobot/receipts"
)

// shot is a picture as the camera of these tests reads it.
func shot(text, hint string, look uint64) string {
	picture, _ := json.Marshal(map[string]any{"text": text, "hint": hint, "look": look, "n": sources.Add(1)}) // plain data
	return string(picture)
}

// samePictures lists what was noticed about a receipt's picture.
func (w world) samePictures(id int64) (noticed []string) {
	w.Helper()
	list, err := events.After(context.Background(), w.db.Read(context.Background()), 0, 1000)
	if err != nil {
		w.Fatal(err)
	}
	for _, e := range list {
		if e.Kind == receipts.EventSamePicture && e.Subject == receipts.Subject(id) {
			noticed = append(noticed, fmt.Sprint(e.Data["whose"], " ", e.Data["receipt"], " ", e.Data["distance"], " ", e.Data["exact"]))
		}
	}
	return noticed
}

const aLook = 0x5a5a_1234_9876_f0f0

func TestSamePictureIsNoticed(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		for _, tt := range []struct {
			name         string
			first, again func(q string) string
			mine         bool
			reason       string // of the second one
			noticed      string // "whose distance exact"
		}{
			{"unreadable, nearly the same", hinted(aLook), hinted(aLook ^ 0b111), true, receipts.ReasonSame, "own 3 false"},
			{"unreadable, at the border", hinted(aLook), hinted(aLook ^ 0x10001_0001_0111), true, receipts.ReasonSame, "own 6 false"},
			{"unreadable, one bit beyond", hinted(aLook), hinted(aLook ^ 0x10001_0001_1111), true, "scan.blurred", ""},
			{"unreadable, another's", hinted(aLook), hinted(aLook), false, "scan.blurred", "other 0 false"},
			{"unreadable, without a look", hinted(0), hinted(0), true, "scan.blurred", ""},
			{"the very same file", same, same, true, receipts.ReasonSame, "own 0 true"},
			{"the very same file of another", same, same, false, "scan.glare", "other 0 true"},
			{"read and equal, mine", read(aLook), read(aLook ^ 1), true, receipts.ReasonDuplicateOwn, "own 1 false"},
			{"read and equal, another's", read(aLook), read(aLook), false, receipts.ReasonDuplicate, "other 0 false"},
			{"read and other, on paper that looks the same", another(w, aLook), another(w, aLook), true, "", ""},
			{"unreadable, for another reason", because("blurred", aLook), because("other_code", aLook), true, "scan.other_code", "own 0 false"},
			{"read, then unreadable", read(aLook), hinted(aLook), true, "scan.blurred", "own 0 false"},
		} {
			w.each(tt.name, func(w world) {
				q := w.office.good().String()
				w.forget()
				first, second := w.person(), w.person()
				if tt.mine {
					second = first
				}
				a := w.photo(first, tt.first(q))
				if a.Status == receipts.Checking {
					a = w.check(a.ID)
				}
				b := w.photo(second, tt.again(q))
				if b.Status == receipts.Checking {
					b = w.check(b.ID)
				}
				want := ""
				if tt.noticed != "" {
					var whose, distance, exact string
					_, _ = fmt.Sscan(tt.noticed, &whose, &distance, &exact)
					want = fmt.Sprint([]string{fmt.Sprint(whose, " ", a.ID, " ", distance, " ", exact)})
				} else {
					want = "[]"
				}
				if got := fmt.Sprint(w.samePictures(b.ID)); b.Reason != tt.reason || got != want {
					w.Errorf("%q and %s noticed, want %q and %s", b.Reason, got, tt.reason, want)
				}
				if noticed := w.samePictures(a.ID); len(noticed) > 0 {
					w.Errorf("the first picture was seen before: %v", noticed)
				}
			})
		}
	})
}

// forget ages the pictures of the cases before.
func (w world) forget() {
	w.Helper()
	w.must(func(_ context.Context, tx *store.Tx) error {
		if err := tx.Exec("DELETE FROM picture_looks").Error; err != nil {
			return err
		}
		return tx.Exec("UPDATE receipt_photos SET sha256 = 'gone-' || receipt_id").Error
	})
}

func hinted(look uint64) func(string) string { return because("blurred", look) }

func because(hint string, look uint64) func(string) string {
	return func(string) string { return shot("", hint, look) }
}

// TestSamePictureOverAndOver: the words stay those of a picture that came
// before, also the third time, until there is something new to say.
func TestSamePictureOverAndOver(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		me := w.person()
		for i, tt := range []struct{ hint, want string }{
			{"blurred", "scan.blurred"}, {"blurred", receipts.ReasonSame}, {"blurred", receipts.ReasonSame},
			{"glare", "scan.glare"}, {"glare", receipts.ReasonSame}, {"blurred", receipts.ReasonSame},
		} {
			if r := w.photo(me, shot("", tt.hint, aLook)); r.Reason != tt.want {
				w.Errorf("%d: %s, want %s", i, r.Reason, tt.want)
			}
		}
	})
}

func read(look uint64) func(string) string {
	return func(q string) string { return shot(q, "", look) }
}

func another(w world, look uint64) func(string) string {
	return func(string) string { return shot(w.office.good().String(), "", look) }
}

func same(string) string { return `{"hint":"glare"}` }
