package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"promobot/internal/config"
	"promobot/prizes/supply/supplysim"
)

// How quick the demo's suppliers are: one as a shop's own till, the other slow
// enough for a person to read that his certificate is on its way.
const (
	demoInstantDelay = 300 * time.Millisecond
	demoSlowReady    = 4 * time.Second
)

// demoShops are the demo's suppliers, each on a socket of its own.
type demoShops struct {
	slow    *supplysim.Slow
	folder  string // of the operator's file and the secrets
	closers []func()
}

// demoSuppliers starts the simulators and writes the file by which the product
// finds them, as an operator would.
func demoSuppliers(c *config.Config) (*demoShops, error) {
	key, secret := rand.Text(), rand.Text()
	d := &demoShops{slow: supplysim.NewSlow(supplysim.Options{Key: key, Secret: secret, Prefix: "DEMO", Ready: demoSlowReady})}
	instant := supplysim.NewInstant(supplysim.Options{Key: key, Prefix: "DEMO", Delay: demoInstantDelay})
	d.closers = append(d.closers, d.slow.Close)
	urls := make([]string, 2)
	for i, sim := range []http.Handler{instant, d.slow} {
		url, stop, err := serveSimulator(sim)
		if err != nil {
			d.stop()
			return nil, fmt.Errorf("demo suppliers: %w", err)
		}
		urls[i], d.closers = url, append(d.closers, stop)
	}
	if err := d.write(c, urls[0], urls[1], key, secret); err != nil {
		d.stop()
		return nil, fmt.Errorf("demo suppliers: %w", err)
	}
	return d, nil
}

func (d *demoShops) write(c *config.Config, instant, slow, key, secret string) (err error) {
	if d.folder, err = os.MkdirTemp("", "promobot-suppliers-"); err != nil {
		return err
	}
	in := func(name string) string { return filepath.Join(d.folder, name) }
	text := fmt.Sprintf("suppliers:\n- {name: demo-instant, kind: instant, url: %q, token: {file: %q}}\n"+
		"- {name: demo-slow, kind: slow, url: %q, token: {file: %q}, webhook_secret: {file: %q}}\n", instant, in("key"), slow, in("key"), in("secret"))
	c.Suppliers.File = in("suppliers.yaml")
	return errors.Join(os.WriteFile(in("key"), []byte(key), 0o600), os.WriteFile(in("secret"), []byte(secret), 0o600),
		os.WriteFile(c.Suppliers.File, []byte(text), 0o600))
}

// hear opens a socket for the slow supplier's events.
func (d *demoShops) hear(a *app) error {
	mux := http.NewServeMux()
	a.openSuppliers(mux)
	url, stop, err := serveSimulator(mux)
	if err != nil {
		return err
	}
	d.closers = append(d.closers, stop)
	d.slow.Call(url + supplierPath + "demo-slow")
	return nil
}

func (d *demoShops) stop() {
	for _, stop := range d.closers {
		stop()
	}
	if d.folder != "" {
		_ = os.RemoveAll(d.folder)
	}
}
