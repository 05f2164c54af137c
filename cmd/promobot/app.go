package main

import (
	"log/slog"

	"github.com/riverqueue/river"

	"promobot/bot"
	"promobot/campaigns"
	"promobot/fraud"
	"promobot/internal/config"
	"promobot/internal/store"
	"promobot/internal/vault"
	"promobot/participants"
	"promobot/points"
	"promobot/prizes"
	"promobot/qr"
	"promobot/receipts"
	"promobot/rewards"
	"promobot/till"
)

// app is the product's services, built from the ground up.
type app struct {
	db        *store.DB
	log       *slog.Logger
	book      *campaigns.Book
	people    *participants.Service
	shop      *prizes.Shop
	desk      *rewards.Desk
	cashier   *rewards.Cashier
	receipts  *receipts.Service
	till      *till.Door
	bot       *bot.Bot
	telegram  *messenger // nil: not configured
	worker    *store.Worker
	signer    points.Signer
	orders    *rewards.Orders
	suppliers suppliers
	metrics   *metrics
	monitor   string // address of the metrics; "": none
}

func newApp(c config.Config, db *store.DB, v *vault.Vault, log *slog.Logger) (*app, error) {
	a := &app{db: db, log: log, book: &campaigns.Book{}, people: participants.NewService(db, v), shop: prizes.NewShop(db, v), signer: v}
	rules, err := newRules(c.Fraud)
	if err != nil {
		return nil, err
	}
	a.desk = rewards.NewDesk(a.shop, a.people)
	if err := a.joinSuppliers(c.Suppliers); err != nil {
		return nil, err
	}
	a.cashier = rewards.NewCashier(db, v, a.desk, a.book)
	a.telegram = newMessenger(c.Telegram, db, log)
	a.metrics, a.monitor = newMetrics(db, log), c.Metrics.Listen
	a.receipts = newReceipts(c, rules, a)
	a.till = till.New(db, v, till.Rooms{Cashier: a.cashier, Receipts: a.receipts}, log)
	a.bot = bot.New(db, v, bot.Rooms{People: a.people, Receipts: a.receipts, Desk: a.desk, Cashier: a.cashier, Shop: a.shop, Book: a.book, Channels: traits}, log)
	a.telegram.join(c.Telegram, a)
	a.worker, err = db.NewWorker(store.WorkerConfig{Workers: a.workers(log), Parallel: c.Work.Parallel, Lease: c.Database.Lease, Logger: log, Periodic: periodic})
	return a, err
}

func newReceipts(c config.Config, rules fraud.Rules, a *app) *receipts.Service {
	return receipts.NewService(a.db, receipts.Outside{
		Scanner: qr.Scanner{Accept: isReceipt, Budget: c.Scan.Budget},
		Fiscal:  newFiscal(c.FNS, a.db, a.metrics.watch, a.log),
		Files:   keptFiles{a.telegram},
		Mark:    qr.Marked,
	}, a.people, a.book, rules, a.desk)
}

// workers are all kinds of jobs. A process that does not know a kind would
// discard it, so every role registers all of them.
func (a *app) workers(log *slog.Logger) *river.Workers {
	workers := river.NewWorkers()
	river.AddWorker(workers, &receipts.ScanWorker{Receipts: a.receipts, Logger: log})
	river.AddWorker(workers, &receipts.CheckWorker{Receipts: a.receipts, Logger: log})
	river.AddWorker(workers, &receipts.ReleaseWorker{Receipts: a.receipts})
	river.AddWorker(workers, &receipts.ForgetWorker{Receipts: a.receipts})
	river.AddWorker(workers, &receipts.AliasWorker{Receipts: a.receipts})
	river.AddWorker(workers, &receipts.ReturnWorker{Receipts: a.receipts})
	river.AddWorker(workers, &rewards.WindowWorker{DB: a.db, Desk: a.desk, Book: a.book})
	river.AddWorker(workers, &rewards.RestockedWorker{DB: a.db, Desk: a.desk, Book: a.book})
	a.addBooks(workers, log)
	river.AddWorker(workers, &rewards.OrderWorker{Orders: a.orders, Logger: log})
	river.AddWorker(workers, &rewards.LowWorker{DB: a.db, Shop: a.shop, Logger: log})
	river.AddWorker(workers, &rewards.PayExpireWorker{Cashier: a.cashier})
	a.bot.Register(workers)
	return workers
}
