package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"promobot/fns/providers"
	"promobot/internal/store"
	"promobot/receipts"
)

// metrics are what a monitoring reads. Calls are counted by this process; how
// the providers stand and what waits is read from the database, so that every
// replica shows the same. No label names a person or a receipt.
type metrics struct {
	registry *prometheus.Registry
	calls    *prometheus.CounterVec
	took     *prometheus.HistogramVec
}

func newMetrics(db *store.DB, log *slog.Logger) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "promobot_fiscal_calls_total", Help: "Calls of a provider by this process, by how they ended.",
		}, []string{"provider", "op", "outcome"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "promobot_fiscal_call_seconds", Help: "How long calls of a provider take.",
			Buckets: []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"provider", "op"}),
	}
	m.registry.MustRegister(m.calls, m.took, fiscalBoard{db, log})
	return m
}

// watch counts a call.
func (m *metrics) watch(c providers.Call) {
	m.calls.WithLabelValues(c.Provider, c.Op, string(c.Outcome)).Inc()
	m.took.WithLabelValues(c.Provider, c.Op).Observe(c.Took.Seconds())
}

// open serves /metrics at the address until close is called; at "" nobody can
// read them.
func (m *metrics) open(address string) (close func(), err error) {
	if address == "" {
		return func() {}, nil
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("metrics: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	server := &http.Server{Handler: mux, ReadHeaderTimeout: headTimeout}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	return func() { _ = errors.Join(server.Close(), <-ended) }, nil
}

// boardTime is how long a scrape waits for the database.
const boardTime = 5 * time.Second

// fiscalBoard collects from the database.
type fiscalBoard struct {
	db  *store.DB
	log *slog.Logger
}

func gauge(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("promobot_fiscal_"+name, help, labels, nil)
}

var (
	descBreaker = gauge("breaker", "1 for the state that the provider's breaker is in.", "provider", "state")
	descUsable  = gauge("usable", "1 while the provider may be called.", "provider")
	descQuota   = gauge("quota", "Calls that the provider allows a Moscow day; absent: unknown.", "provider")
	descUsed    = gauge("quota_used", "Calls of the Moscow day that cost quota.", "provider")
	descLeft    = gauge("quota_left", "Calls of the Moscow day that are left; absent: unknown.", "provider")
	descBacklog = gauge("backlog", "Receipts that wait for the fiscal service, by age; the groups add up.", "age")
	descLine    = gauge("line", "Receipts among them that wait for their turn to be asked about.")
	descOldest  = gauge("oldest_seconds", "Age of the oldest receipt that waits.")
)

// Describe lists what Collect gives.
func (b fiscalBoard) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{descBreaker, descUsable, descQuota, descUsed, descLeft, descBacklog, descLine, descOldest} {
		to <- d
	}
}

// Collect reads the board. What cannot be read is left out and logged.
func (b fiscalBoard) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), boardTime)
	defer cancel()
	g, now := b.db.Read(ctx), b.db.Now()
	boards, err := providers.Boards(ctx, g, now)
	backlog, err2 := receipts.ReadBacklog(ctx, g, now)
	if err := errors.Join(err, err2); err != nil {
		b.log.Error("metrics", "error", err)
		return
	}
	for _, one := range boards {
		collectProvider(to, one)
	}
	for _, group := range backlog.Ages {
		to <- value(descBacklog, group.N, ageName(group.UpTo))
	}
	to <- value(descLine, backlog.InLine)
	to <- prometheus.MustNewConstMetric(descOldest, prometheus.GaugeValue, backlog.Oldest.Seconds())
}

func collectProvider(to chan<- prometheus.Metric, b providers.Board) {
	for _, state := range []string{providers.Closed, providers.HalfOpen, providers.Open} {
		to <- value(descBreaker, one(b.Breaker == state), b.Provider, state)
	}
	to <- value(descUsable, one(b.Until == nil), b.Provider)
	to <- value(descUsed, b.Used, b.Provider)
	if b.Left != nil {
		to <- value(descQuota, b.Quota, b.Provider)
		to <- value(descLeft, *b.Left, b.Provider)
	}
}

func value(d *prometheus.Desc, n int, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(n), labels...)
}

func one(is bool) int {
	if is {
		return 1
	}
	return 0
}

// ageName names a group of the backlog by its bound.
func ageName(upTo time.Duration) string {
	switch {
	case upTo == 0:
		return "older"
	case upTo < time.Hour:
		return fmt.Sprintf("%dm", upTo/time.Minute)
	}
	return fmt.Sprintf("%dh", upTo/time.Hour)
}
