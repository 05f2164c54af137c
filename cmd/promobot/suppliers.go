package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"

	"promobot/internal/config"
	"promobot/prizes"
	"promobot/prizes/supply"
	"promobot/rewards"
)

// supplier is one that is configured, with its secrets.
type supplier struct {
	supply.Entry
	token, webhookSecret string
}

type suppliers []supplier

// joinSuppliers connects the orders with the suppliers of the operator's file.
func (a *app) joinSuppliers(c config.Suppliers) (err error) {
	if a.suppliers, err = readSuppliers(c); err != nil {
		return err
	}
	sources := map[string]rewards.Source{}
	for _, s := range a.suppliers {
		sources[s.Name] = rewards.Source{Supplier: s.Open(s.token), Patience: s.Patience}
	}
	a.orders = rewards.NewOrders(a.db, a.desk, sources)
	return nil
}

// readSuppliers reads the file and the secrets that it names places of.
func readSuppliers(c config.Suppliers) (suppliers, error) {
	if c.File == "" {
		return nil, nil
	}
	file, err := os.Open(c.File)
	if err != nil {
		return nil, fmt.Errorf("suppliers: %w", err)
	}
	defer file.Close()
	entries, err := supply.ParseFile(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.File, err)
	}
	list := make(suppliers, len(entries))
	for i, e := range entries {
		list[i].Entry = e
		if list[i].token, err = secretAt(e.Token); err != nil {
			return nil, fmt.Errorf("%s: the token of %q: %w", c.File, e.Name, err)
		}
		if e.Kind != supply.KindSlow {
			continue
		}
		if list[i].webhookSecret, err = secretAt(e.WebhookSecret); err != nil {
			return nil, fmt.Errorf("%s: the webhook secret of %q: %w", c.File, e.Name, err)
		}
	}
	return list, nil
}

var errNoSecret = errors.New("there is none at its place")

// secretAt reads a secret from its variable or its file.
func secretAt(place supply.SecretPlace) (string, error) {
	text := os.Getenv(place.Env)
	if place.File != "" {
		content, err := os.ReadFile(place.File)
		if err != nil {
			return "", err
		}
		text = strings.TrimSpace(string(content))
	}
	if text == "" {
		return "", errNoSecret
	}
	return text, nil
}

// supplierPath begins the address of a supplier's events; its name follows.
const supplierPath = "/suppliers/"

// openSuppliers adds a door for each supplier that tells of its orders.
func (a *app) openSuppliers(mux *http.ServeMux) {
	for _, s := range a.suppliers {
		if s.Kind == supply.KindSlow {
			mux.Handle("POST "+supplierPath+s.Name, &supply.Webhook{Supplier: s.Name, Secret: s.webhookSecret, Hear: a.orders.Hear, Log: a.log})
		}
	}
}

// warnSuppliers tells of suppliers that prizes name and nobody has configured:
// their orders would wait, and then be served from elsewhere.
func (a *app) warnSuppliers(ctx context.Context) error {
	list, err := a.shop.List(ctx, a.db.Read(ctx))
	if err != nil {
		return err
	}
	for _, name := range a.suppliers.unknown(list) {
		a.log.Warn("a prize names a supplier that is not configured", "supplier", name, "next", "suppliers.file")
	}
	return nil
}

// unknown are the suppliers that a catalogue names and the file does not.
func (list suppliers) unknown(catalogue []prizes.Prize) (names []string) {
	for _, p := range catalogue {
		for _, name := range p.Suppliers() {
			known := slices.ContainsFunc(list, func(s supplier) bool { return s.Name == name })
			if !known && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}
