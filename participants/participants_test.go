package participants_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"promobot/internal/store"
	"promobot/internal/store/storetest"
	"promobot/internal/vault"
	"promobot/participants"
)

type world struct {
	*testing.T
	db     *store.DB
	people *participants.Service
}

func each(t *testing.T, test func(w world)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v, err := vault.OpenOrCreate(filepath.Join(t.TempDir(), "keys.json"))
		if err != nil {
			t.Fatal(err)
		}
		test(world{t, db, participants.NewService(db, v)})
	})
}

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

func (w world) meet(address, source string) (got participants.Address) {
	w.Helper()
	w.must(func(ctx context.Context, tx *store.Tx) (err error) {
		got, err = w.people.Meet(ctx, tx, "webchat", address, source)
		return err
	})
	return got
}

// register makes a registered participant; an empty phone is not set.
func (w world) register(name, phone string) int64 {
	w.Helper()
	id := w.meet(fmt.Sprintf("%s/%s/%d", name, phone, w.count("SELECT COUNT(*) FROM participants")), "").ParticipantID
	w.must(func(ctx context.Context, tx *store.Tx) error {
		if _, err := w.people.SetName(ctx, tx, id, name); err != nil {
			return err
		}
		if phone != "" {
			if _, err := w.people.SetPhone(ctx, tx, id, phone, participants.ProofTyped); err != nil {
				return err
			}
		}
		return w.people.Register(ctx, tx, id)
	})
	return id
}

func (w world) get(id int64) participants.Participant {
	w.Helper()
	ctx := context.Background()
	p, err := w.people.Get(ctx, w.db.Read(ctx), id)
	if err != nil {
		w.Fatal(err)
	}
	return p
}

func (w world) count(query string) (n int) {
	w.Helper()
	if err := w.db.Read(context.Background()).Raw(query).Scan(&n).Error; err != nil {
		w.Fatal(err)
	}
	return n
}

// race runs fn for all numbers at once.
func race(n int, fn func(i int)) {
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-start
			fn(i)
		})
	}
	close(start)
	all.Wait()
}

func TestMeetKeepsTheFirstSource(t *testing.T) {
	each(t, func(w world) {
		first := w.meet("anna", "qr-poster")
		if again := w.meet("anna", "banner"); again != first {
			w.Errorf("met again as %+v, first as %+v", again, first)
		}
		if other := w.meet("boris", ""); other.ParticipantID == first.ParticipantID {
			w.Error("two addresses share a participant")
		}
		p := w.get(first.ParticipantID)
		if p.Source != "qr-poster" || p.Language != "ru" || p.Registered || p.Phone != "" || p.Name != "" {
			w.Errorf("a new participant is %+v", p)
		}
		if age := w.db.Now().Sub(p.CreatedAt); age < 0 || age > time.Minute || p.CreatedAt.Location() != time.UTC {
			w.Errorf("created at %v", p.CreatedAt)
		}
	})
}

func TestMeetRaced(t *testing.T) {
	each(t, func(w world) {
		got, errs := make([]participants.Address, 40), make([]error, 40)
		race(40, func(i int) {
			errs[i] = w.in(func(ctx context.Context, tx *store.Tx) (err error) {
				got[i], err = w.people.Meet(ctx, tx, "webchat", "anna", fmt.Sprint("source-", i))
				return err
			})
		})
		for i := range got {
			if errs[i] != nil || got[i] != got[0] || got[i].ID == 0 {
				w.Fatalf("%d met %+v (%v), 0 met %+v", i, got[i], errs[i], got[0])
			}
		}
		if n := w.count("SELECT COUNT(*) FROM participants"); n != 1 {
			w.Errorf("%d participants, want 1", n)
		}
	})
}

func TestAddresses(t *testing.T) {
	each(t, func(w world) {
		ctx := context.Background()
		anna := w.meet("anna", "")
		if _, ok, err := w.people.Find(ctx, w.db.Read(ctx), "telegram", "anna"); ok || err != nil {
			w.Errorf("found in a channel that nobody used: %v, %v", ok, err)
		}
		if byID, err := w.people.AddressByID(ctx, w.db.Read(ctx), anna.ID); err != nil || byID != anna {
			w.Errorf("by id %+v, %v; want %+v", byID, err, anna)
		}
		if _, err := w.people.AddressByID(ctx, w.db.Read(ctx), anna.ID+1); !errors.Is(err, gorm.ErrRecordNotFound) {
			w.Errorf("an address that is not there: %v", err)
		}
		w.must(func(ctx context.Context, tx *store.Tx) error { return w.people.Close(ctx, tx, anna.ID) })
		if open, err := w.people.Addresses(ctx, w.db.Read(ctx), anna.ParticipantID); err != nil || len(open) != 0 {
			w.Errorf("open after Close: %+v, %v", open, err)
		}
		if found, ok, err := w.people.Find(ctx, w.db.Read(ctx), "webchat", "anna"); !ok || !found.Closed || err != nil {
			w.Errorf("found %+v, %v, %v; want closed", found, ok, err)
		}
		if again := w.meet("anna", ""); again.ID != anna.ID || !again.Closed {
			w.Errorf("writing from a closed address: %+v, want it still closed", again)
		}
		w.must(func(ctx context.Context, tx *store.Tx) error { return w.people.Open(ctx, tx, anna.ID) })
		open, err := w.people.Addresses(ctx, w.db.Read(ctx), anna.ParticipantID)
		if err != nil || len(open) != 1 || open[0] != anna {
			w.Errorf("open %+v, %v; want %+v", open, err, anna)
		}
	})
}

func TestSettingsOfAStranger(t *testing.T) {
	each(t, func(w world) {
		const stranger = 4711
		for name, set := range map[string]func(ctx context.Context, tx *store.Tx) error{
			"lock":     func(ctx context.Context, tx *store.Tx) error { return w.people.Lock(ctx, tx, stranger) },
			"language": func(ctx context.Context, tx *store.Tx) error { return w.people.SetLanguage(ctx, tx, stranger, "en") },
			"register": func(ctx context.Context, tx *store.Tx) error { return w.people.Register(ctx, tx, stranger) },
			"name": func(ctx context.Context, tx *store.Tx) error {
				_, err := w.people.SetName(ctx, tx, stranger, "Анна")
				return err
			},
		} {
			if err := w.in(set); !errors.Is(err, gorm.ErrRecordNotFound) {
				w.Errorf("%s: %v, want no such record", name, err)
			}
		}
	})
}

func TestLanguageAndRegistration(t *testing.T) {
	each(t, func(w world) {
		id := w.meet("anna", "").ParticipantID
		w.must(func(ctx context.Context, tx *store.Tx) error { return w.people.SetLanguage(ctx, tx, id, "en") })
		for _, language := range []string{"", "de", "RU", "ru "} {
			err := w.in(func(ctx context.Context, tx *store.Tx) error { return w.people.SetLanguage(ctx, tx, id, language) })
			if !errors.Is(err, participants.ErrLanguage) {
				w.Errorf("language %q: %v, want ErrLanguage", language, err)
			}
		}
		var moments []time.Time
		for range 2 {
			w.must(func(ctx context.Context, tx *store.Tx) error { return w.people.Register(ctx, tx, id) })
			var at time.Time
			if err := w.db.Read(context.Background()).Raw("SELECT registered_at FROM participants").Scan(&at).Error; err != nil {
				w.Fatal(err)
			}
			moments = append(moments, at)
		}
		if p := w.get(id); !p.Registered || p.Language != "en" {
			w.Errorf("got %+v, want registered in English", p)
		}
		if moments[0].IsZero() || !moments[0].Equal(moments[1]) {
			w.Errorf("registered at %v, then at %v", moments[0], moments[1])
		}
	})
}

func TestConsents(t *testing.T) {
	each(t, func(w world) {
		id := w.meet("anna", "").ParticipantID
		steps := []struct {
			name    string
			version string // "" withdraws
			stands  bool
			rows    int // all that were ever granted
		}{
			{"withdrawn before it was given", "", false, 0},
			{"given", "1", true, 1},
			{"given again", "1", true, 1},
			{"another version", "2", true, 2},
			{"withdrawn", "", false, 2},
			{"withdrawn again", "", false, 2},
			{"given anew", "2", true, 3},
		}
		for i, step := range steps {
			w.must(func(ctx context.Context, tx *store.Tx) error {
				if step.version == "" {
					return w.people.Withdraw(ctx, tx, id, participants.DocumentData)
				}
				return w.people.Consent(ctx, tx, id, participants.DocumentData, step.version, int64(i))
			})
			ctx := context.Background()
			if stands, err := w.people.Consented(ctx, w.db.Read(ctx), id, participants.DocumentData); err != nil || stands != step.stands {
				w.Errorf("%s: stands %v (%v), want %v", step.name, stands, err, step.stands)
			}
			if n := w.count("SELECT COUNT(*) FROM consents"); n != step.rows {
				w.Errorf("%s: %d rows, want %d", step.name, n, step.rows)
			}
		}
		ctx := context.Background()
		if news, err := w.people.Consented(ctx, w.db.Read(ctx), id, participants.DocumentNews); err != nil || news {
			w.Errorf("consent to data became consent to news: %v, %v", news, err)
		}
	})
}

func TestConsentRaced(t *testing.T) {
	each(t, func(w world) {
		id := w.meet("anna", "").ParticipantID
		race(20, func(i int) {
			err := w.in(func(ctx context.Context, tx *store.Tx) error {
				return w.people.Consent(ctx, tx, id, participants.DocumentRules, "1", int64(i))
			})
			if err != nil {
				w.Error(err)
			}
		})
		if n := w.count("SELECT COUNT(*) FROM consents"); n != 1 {
			w.Errorf("%d consents, want 1", n)
		}
	})
}
