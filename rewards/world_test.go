package rewards_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"promobot/campaigns"
	"promobot/campaigns/assortment"
	"promobot/internal/notify"
	"promobot/internal/store"
	"promobot/internal/store/storetest"
	"promobot/internal/vault"
	"promobot/participants"
	"promobot/points"
	"promobot/prizes"
	"promobot/rewards"
)

// terms of a campaign with a mug to be chosen and a tea that comes by itself.
func terms() campaigns.Terms {
	return campaigns.Terms{
		Slug: "spring", Zone: "UTC", Starts: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Ends: time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC),
		PerProduct: 10, Welcome: 100, FirstReceipt: 50,
		Offers:   []campaigns.Offer{{PrizeID: "mug", Issue: campaigns.ByChoice}, {PrizeID: "tea", Issue: campaigns.Automatically}},
		Products: []assortment.Product{{SKU: "kola", Brand: "Ясный Ключ", Title: "Кола", Volume: "0,5 л"}},
	}
}

// world is a desk as the program builds it, with its clock at noon of 5 March.
type world struct {
	*testing.T
	db     *store.DB
	people *participants.Service
	shop   *prizes.Shop
	book   *campaigns.Book
	desk   *rewards.Desk
	now    *atomic.Int64
}

func eachWorld(t *testing.T, test func(w world)) {
	t.Helper()
	storetest.EachURL(t, func(t *testing.T, url string) {
		var now atomic.Int64
		now.Store(time.Date(2026, 3, 5, 12, 0, 0, 0, time.UTC).UnixMicro())
		db, err := store.Open(context.Background(), url, func() time.Time { return time.UnixMicro(now.Load()) })
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		v, err := vault.OpenOrCreate(filepath.Join(t.TempDir(), "keys.json"))
		if err != nil {
			t.Fatal(err)
		}
		w := world{T: t, db: db, people: participants.NewService(db, v), shop: prizes.NewShop(db, v), book: &campaigns.Book{}, now: &now}
		w.desk = rewards.NewDesk(w.shop, w.people)
		w.apply(terms())
		w.must(func(ctx context.Context, tx *store.Tx) error {
			return errors.Join(w.shop.Put(ctx, tx, prizes.Prize{ID: "mug", Title: "Кружка", TitleEN: "Mug", Price: 300}),
				w.shop.Put(ctx, tx, prizes.Prize{ID: "tea", Title: "Чай", TitleEN: "Tea", Price: 100}))
		})
		test(w)
		w.whole()
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

func (w world) apply(t campaigns.Terms) {
	w.Helper()
	w.now.Add(time.Minute.Microseconds())
	w.must(func(ctx context.Context, tx *store.Tx) error {
		_, _, err := w.book.Apply(ctx, tx, t)
		return err
	})
}

func (w world) version() campaigns.Version {
	w.Helper()
	ctx := context.Background()
	v, err := w.book.Newest(ctx, w.db.Read(ctx))
	if err != nil {
		w.Fatal(err)
	}
	return v
}

// person makes a participant, with a phone unless it is "".
func (w world) person(phone string) (id int64) {
	w.Helper()
	w.must(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.Raw("INSERT INTO participants (language, created_at) VALUES ('ru', ?) RETURNING id", tx.Now()).Scan(&id).Error; err != nil {
			return err
		}
		return w.phone(ctx, tx, id, phone)
	})
	return id
}

func (w world) phone(ctx context.Context, tx *store.Tx, id int64, phone string) error {
	if phone == "" {
		return nil
	}
	_, err := w.people.SetPhone(ctx, tx, id, phone, participants.ProofTyped)
	return err
}

// locked runs fn as callers of the desk do: with the participant locked.
func (w world) locked(id int64, fn func(ctx context.Context, tx *store.Tx) error) error {
	return w.in(func(ctx context.Context, tx *store.Tx) error {
		if err := w.people.Lock(ctx, tx, id); err != nil {
			return err
		}
		return fn(ctx, tx)
	})
}

func (w world) welcome(id int64) (n points.Amount, err error) {
	v := w.version()
	err = w.locked(id, func(ctx context.Context, tx *store.Tx) error {
		n, err = w.desk.Welcome(ctx, tx, v, id)
		return err
	})
	return n, err
}

// grant gives points for a source.
func (w world) grant(id int64, source string, r campaigns.Reward) (g rewards.Granted, err error) {
	v := w.version()
	err = w.locked(id, func(ctx context.Context, tx *store.Tx) error {
		g, err = w.desk.Grant(ctx, tx, v, id, source, r)
		return err
	})
	return g, err
}

// rich makes a participant with points.
func (w world) rich(n points.Amount) int64 {
	w.Helper()
	id := w.person("")
	if _, err := w.grant(id, fmt.Sprintf("gift:%d", id), campaigns.Reward{Points: n}); err != nil {
		w.Fatal(err)
	}
	return id
}

func (w world) choose(id int64, prize, source string) (c rewards.Choice, err error) {
	v := w.version()
	err = w.locked(id, func(ctx context.Context, tx *store.Tx) error {
		c, err = w.desk.Choose(ctx, tx, v, id, prize, source)
		return err
	})
	return c, err
}

func (w world) automatic(id int64, source string) (made []rewards.Choice) {
	w.Helper()
	v := w.version()
	err := w.locked(id, func(ctx context.Context, tx *store.Tx) (err error) {
		made, err = w.desk.Automatic(ctx, tx, v, id, source)
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return made
}

// stock loads n codes of a prize, the batch named by a letter.
func (w world) stock(prize, batch string, n int) {
	w.Helper()
	file := "prize_id,code\n"
	for i := range n {
		file += fmt.Sprintf("%s,%s-%s-%04d\n", prize, prize, batch, i)
	}
	w.must(func(ctx context.Context, tx *store.Tx) error {
		_, err := w.shop.Import(ctx, tx, strings.NewReader(file), "codes.csv")
		return err
	})
}

func (w world) restocked(prize string) {
	w.Helper()
	if err := w.desk.Restocked(context.Background(), w.db, w.book, prize); err != nil {
		w.Fatal(err)
	}
}

func (w world) available(id int64) points.Amount {
	w.Helper()
	ctx := context.Background()
	b, err := w.desk.Balance(ctx, w.db.Read(ctx), id)
	if err != nil {
		w.Fatal(err)
	}
	return b.Available
}

func (w world) waiting(prize string) (ids []int64) {
	w.Helper()
	ctx := context.Background()
	list, err := w.shop.Waiting(ctx, w.db.Read(ctx), prize, 1000)
	if err != nil {
		w.Fatal(err)
	}
	for _, waiter := range list {
		ids = append(ids, waiter.ParticipantID)
	}
	return ids
}

// told lists who was told by a key, in order.
func (w world) told(key string) (ids []int64) {
	w.Helper()
	if err := w.db.Read(context.Background()).Model(&notify.Notice{}).Where("key = ?", key).Order("id").Pluck("participant_id", &ids).Error; err != nil {
		w.Fatal(err)
	}
	return ids
}

// whole proves the books.
func (w world) whole() {
	w.Helper()
	ctx := context.Background()
	var ledger points.Ledger
	_, wrong, err := ledger.Recount(ctx, w.db.Read(ctx), 10)
	_, signs, err2 := ledger.Signs(ctx, w.db.Read(ctx), 10)
	_, lots, err3 := ledger.Lots(ctx, w.db.Read(ctx), 10)
	_, chains, err4 := ledger.Chains(ctx, w.db.Read(ctx), 10)
	if err := errors.Join(err, err2, err3, err4); err != nil || len(wrong)+len(signs)+len(lots)+len(chains) > 0 {
		w.Errorf("recount %v, signs %v, lots %v, chains %v (%v); want whole books", wrong, signs, lots, chains, err)
	}
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
