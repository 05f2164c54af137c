package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"promobot/bot/webchat"
	"promobot/demo"
	"promobot/internal/bench"
	"promobot/internal/config"
	"promobot/internal/store"
	"promobot/internal/vault"
)

// unlimited is a rate that no bench reaches: all its people come from one
// network address.
const unlimited = 1 << 30

// benchHouse is the whole product with the demo's season, on a database of its
// own and with a simulated fiscal service, behind the door of the web chat.
type benchHouse struct {
	*app
	folder string
	url    string // of the chat
	bare   string // address of a database beside the product's, on the same disk or server

	closing []func()
}

// newHouse opens a house on the engine; the caller closes it. Its jobs are not
// worked yet.
func (b *benchRun) newHouse(ctx context.Context, engine store.Engine) (*benchHouse, error) {
	h := &benchHouse{}
	if err := h.open(ctx, b, engine); err != nil {
		h.close()
		return nil, fmt.Errorf("house on %s: %w", engine, err)
	}
	return h, nil
}

func (h *benchHouse) open(ctx context.Context, b *benchRun, engine store.Engine) (err error) {
	if h.folder, err = os.MkdirTemp("", "promobot-bench-"); err != nil {
		return err
	}
	h.later(func() { _ = os.RemoveAll(h.folder) })
	c := b.config
	c.Fraud = config.Fraud{} // people of a bench are quick
	if err := h.place(ctx, &c, b.postgres, engine); err != nil {
		return err
	}
	db, err := openStore(ctx, c)
	if err != nil {
		return err
	}
	h.later(func() { _ = db.Close() })
	v, err := vault.OpenOrCreate(filepath.Join(h.folder, "keyset.json"))
	if err != nil {
		return err
	}
	terms, catalogue, err := demo.Season()
	if err != nil {
		return err
	}
	_, stop, err := demoFiscal(&c, demoFlags{}, terms)
	if err != nil {
		return err
	}
	h.later(stop)
	log := slog.New(slog.NewTextHandler(b.err, &slog.HandlerOptions{Level: slog.LevelError}))
	if h.app, err = newApp(c, db, v, log); err != nil {
		return err
	}
	if err := h.season(ctx, terms, catalogue); err != nil {
		return err
	}
	return h.listen(log)
}

func (h *benchHouse) later(fn func()) { h.closing = append(h.closing, fn) }

// place says where the product's rows and those of the yardstick are.
func (h *benchHouse) place(ctx context.Context, c *config.Config, server string, engine store.Engine) error {
	if engine == store.SQLite {
		c.Database.URL = config.Address("sqlite:" + filepath.Join(h.folder, "product.db"))
		h.bare = "sqlite:" + filepath.Join(h.folder, "bare.db")
		return nil
	}
	d, err := bench.NewDatabase(ctx, server, "house")
	if err != nil {
		return err
	}
	h.later(func() { _ = d.Drop(context.WithoutCancel(ctx)) })
	c.Database.URL, h.bare = config.Address(d.URL), d.URL
	return nil
}

func (h *benchHouse) listen(log *slog.Logger) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	door := webchat.New(h.bot, time.Now, log, webchat.Options{MessagesPerMinute: unlimited, SessionsPerMinute: unlimited})
	server := &http.Server{Handler: door, ReadHeaderTimeout: headTimeout}
	go func() { _ = server.Serve(listener) }()
	h.url = "http://" + listener.Addr().String()
	h.later(func() { door.Close(); _ = server.Close() })
	return nil
}

// work begins to work the jobs, until stop is called.
func (h *benchHouse) work(ctx context.Context) (stop func() error, err error) {
	if err := h.worker.Start(context.WithoutCancel(ctx)); err != nil {
		return nil, err
	}
	return func() error {
		stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
		defer cancel()
		return h.worker.Stop(stopping)
	}, nil
}

// errBacklog reports updates that nobody has handled for long.
var errBacklog = errors.New("bench: updates are left unhandled")

// drained waits until every update is handled and says how long that took.
func (h *benchHouse) drained(ctx context.Context) (time.Duration, error) {
	began := time.Now()
	for time.Since(began) < patience {
		var left int64
		err := h.db.Read(ctx).Table("updates").Where("status = ?", "stored").Limit(1).Count(&left).Error
		if err != nil || left == 0 {
			return time.Since(began), err
		}
		time.Sleep(lookEvery)
	}
	return 0, errBacklog
}

// close ends everything, the last opened first.
func (h *benchHouse) close() {
	for i := range h.closing {
		h.closing[len(h.closing)-1-i]()
	}
}
