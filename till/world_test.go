package till_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"promobot/campaigns"
	"promobot/campaigns/assortment"
	"promobot/fraud"
	"promobot/internal/money"
	"promobot/internal/notify"
	"promobot/internal/store"
	"promobot/internal/store/storetest"
	"promobot/internal/vault"
	"promobot/participants"
	"promobot/points"
	"promobot/prizes"
	"promobot/receipts"
	"promobot/rewards"
	"promobot/till"
)

func terms() campaigns.Terms {
	return campaigns.Terms{
		Slug: "spring", Zone: "UTC", Starts: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Ends: time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC),
		PerProduct: 10, Pay: campaigns.Pay{Share: 70, KopecksPerPoint: 100, HoldMinutes: 15},
		Products: []assortment.Product{{SKU: "kola", Brand: "Ясный Ключ", Title: "Кола", Volume: "0,5 л"}},
	}
}

// world is the door on a real socket, with its clock at noon of 5 March.
type world struct {
	*testing.T
	db       *store.DB
	vault    *vault.Vault
	people   *participants.Service
	book     *campaigns.Book
	desk     *rewards.Desk
	cashier  *rewards.Cashier
	office   office
	receipts *receipts.Service
	door     *till.Door
	url      string
	log      *safeLog
	now      *atomic.Int64
	keys     *atomic.Int64
}

// safeLog keeps what the door has logged.
type safeLog struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *safeLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *safeLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func eachWorld(t *testing.T, test func(w world)) {
	t.Helper()
	storetest.EachURL(t, func(t *testing.T, url string) { test(newWorld(t, url)) })
}

func newWorld(t *testing.T, url string) world {
	t.Helper()
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
	w := world{T: t, db: db, vault: v, people: participants.NewService(db, v), book: &campaigns.Book{}, now: &now, keys: &atomic.Int64{}, log: &safeLog{}, office: office{}}
	w.desk = rewards.NewDesk(prizes.NewShop(db, v), w.people)
	w.cashier = rewards.NewCashier(db, v, w.desk, w.book)
	w.receipts = receipts.NewService(db, receipts.Outside{Fiscal: w.office}, w.people, w.book, fraud.Rules{}, w.desk)
	w.door = till.New(db, v, till.Rooms{Cashier: w.cashier, Receipts: w.receipts}, slog.New(slog.NewTextHandler(w.log, nil)))
	server := httptest.NewServer(w.door)
	t.Cleanup(server.Close)
	w.url = server.URL
	w.apply(terms())
	t.Cleanup(w.whole)
	return w
}

func (w world) must(fn func(ctx context.Context, tx *store.Tx) error) {
	w.Helper()
	ctx := context.Background()
	if err := w.db.InTx(ctx, func(tx *store.Tx) error { return fn(ctx, tx) }); err != nil {
		w.Fatal(err)
	}
}

func (w world) pass(d time.Duration) { w.now.Add(d.Microseconds()) }

func (w world) apply(t campaigns.Terms) {
	w.Helper()
	w.pass(time.Second)
	w.must(func(ctx context.Context, tx *store.Tx) error {
		_, _, err := w.book.Apply(ctx, tx, t)
		return err
	})
}

// rich makes a participant with points.
func (w world) rich(n points.Amount) (id int64) {
	w.Helper()
	w.must(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.Raw("INSERT INTO participants (language, created_at) VALUES ('ru', ?) RETURNING id", tx.Now()).Scan(&id).Error; err != nil {
			return err
		}
		v, err := w.book.Newest(ctx, tx.DB)
		if err != nil {
			return err
		}
		_, err = w.desk.Grant(ctx, tx, v, id, fmt.Sprintf("gift:%d", id), campaigns.Reward{Points: n})
		return err
	})
	return id
}

// code is what the participant shows to a till.
func (w world) code(id int64) (code string) {
	w.Helper()
	w.must(func(ctx context.Context, tx *store.Tx) (err error) {
		if err := w.people.Lock(ctx, tx, id); err != nil {
			return err
		}
		code, _, err = w.cashier.Code(ctx, tx, id)
		return err
	})
	return code
}

// shop is a till: a client of ten lines that signs as docs/till.md says.
type shop struct {
	world
	id, secret string
}

func (w world) shop(name string) (s shop) {
	w.Helper()
	s.world = w
	w.must(func(ctx context.Context, tx *store.Tx) (err error) {
		s.id, s.secret, err = till.Add(ctx, tx, w.vault, name, "")
		return err
	})
	return s
}

// reply is what came back, raw and read.
type reply struct {
	status int
	kind   string
	body   string
	header http.Header

	Quote         int64         `json:"quote"`
	Status        any           `json:"status"`
	BalancePoints points.Amount `json:"balance_points"`
	MaxPoints     points.Amount `json:"max_points"`
	Hold          string        `json:"hold"`
	Points        points.Amount `json:"points"`
	Kopecks       money.Kopecks `json:"kopecks"`
	Items         []struct {
		MaxPoints  points.Amount `json:"max_points"`
		MaxKopecks money.Kopecks `json:"max_kopecks"`
		Kopecks    money.Kopecks `json:"kopecks"`
	} `json:"items"`
	ExpiresAt time.Time `json:"expires_at"`

	Type        string `json:"type"`
	Code        string `json:"code"`
	Next        string `json:"next"`
	QuoteStatus string `json:"quote_status"`
}

// request builds and signs; change may spoil it afterwards.
func (s shop) request(method, path, key, body string) *http.Request {
	r, err := http.NewRequestWithContext(context.Background(), method, s.url+till.Prefix+path, bytes.NewReader([]byte(body)))
	if err != nil {
		panic(err)
	}
	stamp := strconv.FormatInt(s.db.Now().Unix(), 10)
	r.Header.Set("Till-Id", s.id)
	r.Header.Set("Till-Timestamp", stamp)
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("Till-Signature", till.Sign(s.secret, method, till.Prefix+path, stamp, key, []byte(body)))
	return r
}

func send(t testing.TB, r *http.Request) (got reply) {
	t.Helper()
	asked := []byte{}
	if r.GetBody != nil {
		body, err := r.GetBody()
		if err != nil {
			t.Error(err)
			return got
		}
		asked, _ = io.ReadAll(body)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Error(err)
		return got
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Error(err)
	}
	got.status, got.kind, got.body, got.header = res.StatusCode, res.Header.Get("Content-Type"), string(body), res.Header
	if err := json.Unmarshal(body, &got); err != nil {
		t.Errorf("%s: %v", body, err)
	}
	agrees(t, r, asked, got)
	return got
}

// post sends with a key of its own.
func (s shop) post(path, body string) reply {
	s.Helper()
	return send(s, s.request("POST", path, fmt.Sprintf("key-%d", s.keys.Add(1)), body))
}

func (s shop) get(path string) reply {
	s.Helper()
	return send(s, s.request("GET", path, "", ""))
}

// quote asks for one about items at these prices.
func (s shop) quote(code string, prices ...money.Kopecks) reply {
	s.Helper()
	return s.post("quotes", quoteBody(code, prices...))
}

func quoteBody(code string, prices ...money.Kopecks) string {
	items := []map[string]any{}
	for _, price := range prices {
		items = append(items, map[string]any{"price_kopecks": price, "quantity": 1})
	}
	body, err := json.Marshal(map[string]any{"code": code, "order": "1-77", "items": items})
	if err != nil {
		panic(err)
	}
	return string(body)
}

func (w world) balance(id int64) points.Balance {
	w.Helper()
	ctx := context.Background()
	b, err := w.desk.Balance(ctx, w.db.Read(ctx), id)
	if err != nil {
		w.Fatal(err)
	}
	return b
}

func (w world) wantBalance(id int64, available, held points.Amount) {
	w.Helper()
	if b := w.balance(id); b.Available != available || b.Held != held {
		w.Errorf("available %d, held %d; want %d and %d", b.Available, b.Held, available, held)
	}
}

// told lists what the participant was told, in order.
func (w world) told(id int64) (keys []string) {
	w.Helper()
	if err := w.db.Read(context.Background()).Model(&notify.Notice{}).Where("participant_id = ?", id).Order("id").Pluck("key", &keys).Error; err != nil {
		w.Fatal(err)
	}
	return keys
}

// count counts rows.
func (w world) count(table string) (n int64) {
	w.Helper()
	if err := w.db.Read(context.Background()).Table(table).Count(&n).Error; err != nil {
		w.Fatal(err)
	}
	return n
}

// whole proves the books.
func (w world) whole() {
	w.Helper()
	ctx := context.Background()
	var ledger points.Ledger
	_, wrong, err := ledger.Recount(ctx, w.db.Read(ctx), 10)
	_, signs, err2 := ledger.Signs(ctx, w.db.Read(ctx), 10)
	if err != nil || err2 != nil || len(wrong)+len(signs) > 0 {
		w.Errorf("recount %v, signs %v (%v, %v); want whole books", wrong, signs, err, err2)
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
