// Package fnssim is a simulator of the tax service's open API: real HTTP, real
// SOAP, its limits and its faults. An unmodified client cannot tell it from the
// description it was written from, except that its receipts are invented.
//
// # Control
//
// PUT /control takes a JSON object of switches and changes only those it names;
// an unknown one is 400 with the list of the known. null restores a default.
// A duration is text ("1h30m", "75d") or a bare number, which is in seconds; a
// rate is true, false or a probability from 0 to 1. A refusal names the switch
// and what it takes. GET /control shows them all.
//
//	dialect          words: prefixes (reference, prefixed, bare, local, random),
//	                 ticket text (escaped, cdata), dateTime (number, date, iso);
//	                 a string of words or an object of them
//	latency          pause before every answer
//	stuckProcessing  rate of messages that are never ready
//	lostAnswer       rate of messages that are forgotten when they are ready
//	fault            "name@rate", several with commas or as a list; a name alone
//	                 is at rate 1. Names: timeout, unmarshal, ip, token, headers,
//	                 method, appQuota, methodQuota, rate, notFound, internal,
//	                 http500, http502, http503, drop, wrongJSON, otherReceipt,
//	                 and code followed by a result code, as code503
//	http429          rate of bare 429 with HTML and Retry-After: 2
//	slowBody         time that a body takes; true is ten seconds
//	truncatedBody    rate of bodies cut in the middle
//	tokenRevoked     true revokes all tokens issued so far, once
//	clockSkew        added to the times the service tells
//	quotaLeft        sends left to every application today, until midnight in Moscow
//	lateArrival      how long after it was first asked for a document arrives
//	itemsMissing     true leaves the lines out of tickets
//	extendedCodes    true answers 452, 454, 455 for 400, 406 and what is late
//	storeDepth       age at which documents leave the store; 0 never (default 75 days)
//	invent           true answers any well-formed code with an invented ticket
//	requireGeoInfo, requireUserToken  true refuses requests without them
//
// Additions to the service's description, for tests of limits; they hold for
// every application, 0 is no limit, null restores the application's own:
//
//	dayQuota         sends a Moscow day, those of today included
//	sendPerSecond    sends a second
//
// POST /control/mint makes a receipt and answers {"text": its code}. Its fields
// are optional: "sum" (text in roubles, or a whole number of kopecks), "at"
// ("2026-03-14T18:42", with seconds if wanted), "operation" (1…4), "sale" (the
// code of a sale that was made here: this is its refund, by the same till, of
// all its items unless others are named), "genuine" (false: a forged sign), "stored" (false: genuine, but the store does not have
// it), "items": a list of {"name", "gtin", "price", "quantity", "sum"} with
// amounts written as sum; each needs a price or a sum. What the items leave of
// the sum is filled with ordinary goods; items that cost more than it are
// refused.
//
// GET /control/state counts what has happened.
package fnssim

import (
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"promobot/fns"
	"promobot/internal/money"
)

// Options describe a simulator. All may be left out.
type Options struct {
	MasterToken        string // of the application "promobot"; default DefaultMasterToken
	Apps               []App  // further applications
	Clock              func() time.Time
	Seed               uint64        // of everything invented, and of the key of fiscal signs
	Goods              []Good        // promoted goods in invented tickets; default a few invented ones
	Invent             bool          // the switch's first position
	StoreDepth         time.Duration // the switch's first position; 0: 75 days, negative: none
	ReadyMin, ReadyMax time.Duration // how long an answer takes; both 0: 0.5 s to 6 s
	Log                *slog.Logger  // default: silent
}

// App is an application that may call. Zero quotas and rates are unlimited.
type App struct {
	ID, MasterToken       string
	IPs                   []string // allowed callers; none: all
	DayQuota, MethodQuota int      // per Moscow day
	SendPerSecond         int
}

// Good is an article that invented tickets may list. GTIN may be empty.
type Good struct {
	Name, GTIN string
	Price      money.Kopecks
}

// DefaultMasterToken is taken when the options name none.
const DefaultMasterToken = "SIMULATOR-MASTER-TOKEN"

const (
	defaultReadyMin      = 500 * time.Millisecond
	defaultReadyMax      = 6 * time.Second
	defaultStoreDepth    = 75 * 24 * time.Hour
	defaultSendPerSecond = 20
)

// Sim is a running simulator and its http.Handler.
type Sim struct {
	options Options
	closed  chan struct{}
	close   func()

	mu        sync.Mutex // guards all below
	rng       *rand.Rand
	switches  switches
	apps      []*appState
	tokens    map[string]*issued
	messages  map[string]*message
	documents map[fns.Key]fns.Ticket
	originals map[fns.Key]map[string]any // fields of loaded documents
	forged    map[fns.Key]bool
	askedAt   map[fns.Key]time.Time
	sweptAt   time.Time
	quotaDay  string // the day that the switch quotaLeft is for
	counts    Counts
}

// Counts is what has happened since the start.
type Counts struct {
	Auths       int `json:"auths"`
	Sends       int `json:"sends"` // taken, not refused
	Polls       int `json:"polls"` // all of them
	BatchPolls  int `json:"batch_polls"`
	RateFaults  int `json:"rate_faults"`
	QuotaFaults int `json:"quota_faults"`
	TokenFaults int `json:"token_faults"`
	Faults      int `json:"faults"` // every fault, those above too
	HTTP429     int `json:"http_429"`
	Calls       int `json:"calls"` // HTTP requests to the service
}

// New returns a simulator. Serve it with net/http and Close it at the end.
func New(o Options) *Sim {
	fillDefaults(&o)
	closed := make(chan struct{})
	s := &Sim{
		options:   o,
		closed:    closed,
		close:     sync.OnceFunc(func() { close(closed) }),
		rng:       rand.New(rand.NewPCG(o.Seed, 1)),
		tokens:    make(map[string]*issued),
		messages:  make(map[string]*message),
		documents: make(map[fns.Key]fns.Ticket),
		originals: make(map[fns.Key]map[string]any),
		forged:    make(map[fns.Key]bool),
		askedAt:   make(map[fns.Key]time.Time),
	}
	s.switches = s.defaults()
	first := App{ID: "promobot", MasterToken: o.MasterToken, SendPerSecond: defaultSendPerSecond}
	for _, a := range append([]App{first}, o.Apps...) {
		s.apps = append(s.apps, &appState{App: a, used: make(map[string]int)})
	}
	return s
}

func fillDefaults(o *Options) {
	if o.MasterToken == "" {
		o.MasterToken = DefaultMasterToken
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.ReadyMin == 0 && o.ReadyMax == 0 {
		o.ReadyMin, o.ReadyMax = defaultReadyMin, defaultReadyMax
	}
	if o.StoreDepth == 0 {
		o.StoreDepth = defaultStoreDepth
	}
	if o.Goods == nil {
		o.Goods = inventedGoods
	}
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
}

// Close ends the pauses of requests that are being answered. The listener is
// the caller's.
func (s *Sim) Close() { s.close() }

// Counts returns what has happened so far.
func (s *Sim) Counts() Counts {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counts
}

// ServeHTTP answers the service's addresses and the control ones.
func (s *Sim) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.Method + " " + r.URL.Path {
	case "POST /open-api/AuthService/0.1":
		s.serveSOAP(w, r, s.auth)
	case "POST /open-api/ais3/KktService/0.1":
		s.serveSOAP(w, r, s.kkt)
	case "PUT /control":
		s.putControl(w, r)
	case "GET /control":
		s.getControl(w)
	case "GET /control/state":
		writeJSON(w, http.StatusOK, s.Counts())
	case "POST /control/mint":
		s.postMint(w, r)
	default:
		http.NotFound(w, r)
	}
}
