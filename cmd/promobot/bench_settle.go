package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"promobot/campaigns"
	"promobot/demo"
	"promobot/fns"
	"promobot/internal/bench"
	"promobot/internal/store"
	"promobot/internal/vault"
	"promobot/migrations"
	"promobot/participants"
	"promobot/prizes"
	"promobot/receipts"
	"promobot/rewards"
)

// firstSize is how many receipts there are before any is settled.
const firstSize = 10_000

// benchSettle measures settlements on PostgreSQL beside those by hand.
func (b *benchRun) benchSettle(ctx context.Context) error {
	h, err := b.newSettling(ctx, firstSize)
	if err != nil {
		return err
	}
	defer h.close(ctx)
	rows, err := h.work.SameRows(ctx, h.settle, h.work.ByHand)
	if err != nil {
		return err
	}
	b.progress("settle: both sides write the same rows a receipt: %v", rows)
	tallies, err := bench.Interleave(ctx, b.slice, h.work.Side(h.settle), h.work.Side(h.work.ByHand))
	if err != nil {
		return err
	}
	f := bench.Throughput("settle", "receipts/s", tallies[0], tallies[1])
	f.Goal = "ratio ≥ 0.8 of a program by hand"
	return b.print(f)
}

// sizes are how many receipts there are already, the first that of the
// yardstick.
var sizes = []int64{firstSize, 100_000, 1_000_000}

// benchSettleSize measures settlements among many receipts beside those among
// few.
func (b *benchRun) benchSettleSize(ctx context.Context) error {
	sides := make([]bench.Side, len(sizes))
	for i, size := range sizes {
		h, err := b.newSettling(ctx, size)
		if err != nil {
			return err
		}
		defer h.close(ctx)
		sides[i] = h.work.Side(h.settle)
	}
	tallies, err := bench.Interleave(ctx, b.slice, sides...)
	if err != nil {
		return err
	}
	for i, size := range sizes {
		f := bench.Throughput(fmt.Sprintf("settle-size-%d", size), "receipts/s", tallies[i], tallies[0])
		f.Goal = fmt.Sprintf("≥ 0.9 of that among %d", firstSize)
		if err := b.print(f); err != nil {
			return err
		}
	}
	return nil
}

// settling is a database of receipts with the part of the product that settles
// them. The fiscal service's answers are there at once.
type settling struct {
	database *bench.Database
	folder   string
	db       *store.DB
	receipts *receipts.Service
	work     *bench.Settlement
}

// newSettling fills a database with so many settled receipts.
func (b *benchRun) newSettling(ctx context.Context, existing int64) (*settling, error) {
	b.progress("settle: fills a database with %d receipts", existing)
	began := time.Now()
	h := &settling{}
	err := h.open(ctx, b, existing)
	if err != nil {
		h.close(ctx)
		return nil, fmt.Errorf("database of %d receipts: %w", existing, err)
	}
	b.progress("settle: filled in %s", time.Since(began).Round(time.Second))
	return h, nil
}

func (h *settling) open(ctx context.Context, b *benchRun, existing int64) (err error) {
	if h.database, err = bench.NewDatabase(ctx, b.postgres, strconv.FormatInt(existing, 10)); err != nil {
		return err
	}
	if h.db, err = store.Open(ctx, h.database.URL, nil); err != nil {
		return err
	}
	if err := h.db.Migrate(ctx, migrations.Files); err != nil {
		return err
	}
	if h.folder, err = os.MkdirTemp("", "promobot-bench-"); err != nil {
		return err
	}
	v, err := vault.OpenOrCreate(filepath.Join(h.folder, "keyset.json"))
	if err != nil {
		return err
	}
	version, err := benchTerms(ctx, h.db)
	if err != nil {
		return err
	}
	tickets, err := bench.NewTickets(version, promoGoods(version.Terms))
	if err != nil {
		return err
	}
	rules, err := newRules(b.config.Fraud)
	if err != nil {
		return err
	}
	people := participants.NewService(h.db, v)
	h.receipts = receipts.NewService(h.db, receipts.Outside{Fiscal: tickets}, people, &campaigns.Book{}, rules,
		rewards.NewDesk(prizes.NewShop(h.db, v), people))
	h.work, err = bench.NewSettlement(ctx, h.database.URL, version, tickets, existing)
	return err
}

// benchTerms applies the demo's terms, but with no prize that is issued by
// itself: stocks would run out.
func benchTerms(ctx context.Context, db *store.DB) (version campaigns.Version, err error) {
	terms, _, err := demo.Season()
	if err != nil {
		return version, err
	}
	terms.Offers = nil
	terms.Bonus, terms.Focus = nil, nil // the yardstick pays lines
	book := &campaigns.Book{}
	err = db.InTx(ctx, func(tx *store.Tx) error {
		if _, _, err := book.Apply(ctx, tx, terms); err != nil {
			return err
		}
		version, err = book.Newest(ctx, tx.DB)
		return err
	})
	return version, err
}

// promoGoods are the terms' products as tills write them.
func promoGoods(terms campaigns.Terms) (items []fns.Item) {
	for _, good := range demo.Goods(terms) {
		items = append(items, fns.Item{Name: good.Name, GTIN: good.GTIN, Price: good.Price})
	}
	return items
}

// errUnsettled reports a receipt that is asked about still.
var errUnsettled = errors.New("bench: the receipt was not settled")

// settle lets the product fetch the answer and do everything that follows.
func (h *settling) settle(ctx context.Context, receiptID int64) error {
	again, err := h.receipts.Check(ctx, receiptID)
	if err == nil && again > 0 {
		err = errUnsettled
	}
	return err
}

func (h *settling) close(ctx context.Context) {
	if h.work != nil {
		h.work.Close()
	}
	if h.db != nil {
		_ = h.db.Close()
	}
	if h.database != nil {
		_ = h.database.Drop(ctx)
	}
	_ = os.RemoveAll(h.folder)
}
