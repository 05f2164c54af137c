package main

import (
	"log/slog"
	"time"

	"promobot/fns/providers"
	"promobot/fns/resale"
	"promobot/fns/soap"
	"promobot/internal/config"
	"promobot/internal/store"
)

// unpaced leaves the pace of sends to the providers' shared one.
const unpaced = 1e6

// newFiscal returns the providers of fiscal answers, the tax service first. A
// resale service stands behind it only where the operator has configured one.
func newFiscal(c config.FNS, db *store.DB, watch func(providers.Call), log *slog.Logger) *providers.Router {
	list := []providers.Provider{{
		Name:       "fns",
		Client:     soap.NewClient(soap.Config{BaseURL: c.URL, MasterToken: c.MasterToken.Reveal(), Clock: time.Now, SendsPerSecond: unpaced}),
		DailyQuota: c.DailyQuota, SendsPerSecond: c.SendsPerSecond, Official: true,
	}}
	if c.ResaleURL != "" {
		list = append(list, providers.Provider{
			Name:       "resale",
			Client:     resale.NewClient(resale.Config{BaseURL: c.ResaleURL, Token: c.ResaleToken.Reveal(), Clock: time.Now}),
			DailyQuota: c.ResaleDailyQuota, SendsPerSecond: c.ResaleSendsPerSecond, PaidPolls: true,
		})
	}
	return providers.New(db, list, providers.Options{Log: log, Watch: watch})
}
