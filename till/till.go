// Package till is the door for shops: a small signed HTTP API by which a till
// or a site takes points as payment and reports goods that went back.
//
// Every request but that for the API's description is signed with a key of the
// shop. What changes something carries an Idempotency-Key, which is kept for
// ever: a repeat gets the first answer, byte for byte, and changes nothing.
package till

import (
	"context"
	_ "embed"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"promobot/internal/store"
	"promobot/internal/vault"
	"promobot/receipts"
	"promobot/rewards"
)

// Prefix is where the door stands.
const Prefix = "/till/v1/"

//go:embed openapi.yaml
var description []byte

// Rooms are what the door speaks for.
type Rooms struct {
	Cashier  *rewards.Cashier
	Receipts *receipts.Service
}

// Door answers shops. It is safe for use by many goroutines.
type Door struct {
	db     *store.DB
	vault  *vault.Vault
	rooms  Rooms
	log    *slog.Logger
	routes http.Handler
}

// call is a request whose signature was found right.
type call struct {
	shop shopRow
	id   int64 // out of the path, 0 where it has none
	body []byte
}

// verb does what a POST asks for, once for its Idempotency-Key: everything that
// it writes and its answer are one transaction. An error that is a *Problem is
// an answer like any other, and what was written stands; one that says Again is
// not, and neither is any other error.
type verb func(d *Door, ctx context.Context, tx *store.Tx, c call) (any, error)

// reading answers a GET.
type reading func(d *Door, ctx context.Context, c call) (any, error)

// route is one address and what stands behind it; exactly one of do and read is
// set. While the campaign offers nothing of the kind, gate refuses even before
// the signature is looked at.
type route struct {
	path string // below Prefix
	do   verb
	read reading
	gate func(d *Door, ctx context.Context) error
}

func (r route) method() string {
	if r.read != nil {
		return http.MethodGet
	}
	return http.MethodPost
}

var routes = []route{
	{path: "quotes", do: (*Door).quote, gate: (*Door).payOffered},
	{path: "quotes/{id}", read: (*Door).find},
	{path: "quotes/{id}/hold", do: (*Door).hold},
	{path: "quotes/{id}/capture", do: (*Door).capture},
	{path: "quotes/{id}/release", do: (*Door).release},
	{path: "refunds", do: (*Door).refund, gate: (*Door).returnsTaken},
}

// New returns a door. The log hears of our own faults and of requests that were
// not signed as they must be, never of codes or secrets.
func New(db *store.DB, v *vault.Vault, rooms Rooms, log *slog.Logger) *Door {
	d := &Door{db: db, vault: v, rooms: rooms, log: log}
	mux := http.NewServeMux()
	for _, r := range routes {
		mux.HandleFunc(r.method()+" "+Prefix+r.path, func(w http.ResponseWriter, req *http.Request) { d.serve(w, req, r) })
		mux.HandleFunc(Prefix+r.path, func(w http.ResponseWriter, _ *http.Request) { d.refuse(w, problemMethod(r.method())) })
	}
	mux.HandleFunc("GET "+Prefix+"openapi.yaml", describe)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { d.refuse(w, problemAddress) })
	d.routes = mux
	return d
}

// ServeHTTP answers one request.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	d.routes.ServeHTTP(w, r)
}

func describe(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/yaml")
	_, _ = w.Write(description)
}

// serve finds out who asks and what, has it done, and answers.
func (d *Door) serve(w http.ResponseWriter, r *http.Request, to route) {
	ctx := r.Context()
	if to.gate != nil {
		if err := to.gate(d, ctx); err != nil {
			d.refuse(w, err)
			return
		}
	}
	c, err := d.admit(w, r, to.do != nil)
	if err != nil {
		d.refuse(w, err)
		return
	}
	if c.id, err = pathID(r); err != nil {
		d.refuse(w, err)
		return
	}
	if to.read != nil {
		d.answerOnce(w, func() (answer, error) { return answerOf(to.read(d, ctx, c)) })
		return
	}
	key := r.Header.Get(headerKey)
	d.answerOnce(w, func() (answer, error) {
		return d.once(ctx, c, key, r.Method+" "+r.URL.EscapedPath(), func(tx *store.Tx) (any, error) { return to.do(d, ctx, tx, c) })
	})
}

// pathID is the number in the path. What is no number names nothing.
func pathID(r *http.Request) (int64, error) {
	text := r.PathValue("id")
	if text == "" {
		return 0, nil
	}
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id < 1 || strings.TrimLeft(text, "0123456789") != "" {
		return 0, problemNoQuote
	}
	return id, nil
}

func (d *Door) answerOnce(w http.ResponseWriter, ask func() (answer, error)) {
	a, err := ask()
	if err != nil {
		d.refuse(w, err)
		return
	}
	a.write(w)
}
