package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"promobot/campaigns"
	"promobot/internal/store"
	"promobot/internal/store/storetest"
	"promobot/internal/vault"
	"promobot/till"
)

// payer is somebody with points who shows codes to one shop.
type payer struct {
	*house
	id         int64
	keyID, key string
}

// newPayer adds a shop by the command, and a participant with 100 points.
func newPayer(t *testing.T, h *house) *payer {
	t.Helper()
	var added struct{ ID, Secret string }
	out := program{t, h.environment()}.run(0, "till", "add", "Чайка", "--inn", "7700000001", "--json")
	if err := json.Unmarshal([]byte(out), &added); err != nil || added.ID == "" {
		t.Fatalf("%s: %v", out, err)
	}
	p := &payer{house: h, keyID: added.ID, key: added.Secret}
	h.within(t, func(ctx context.Context, tx *store.Tx, a *app) error {
		err := tx.Raw("INSERT INTO participants (language, created_at) VALUES ('ru', ?) RETURNING id", tx.Now()).Scan(&p.id).Error
		if err != nil {
			return err
		}
		v, err := a.book.Newest(ctx, tx.DB)
		if err != nil {
			return err
		}
		_, err = a.desk.Grant(ctx, tx, v, p.id, "receipt:1", campaigns.Reward{Points: 100})
		return err
	})
	return p
}

// within runs fn with the services over the house's database.
func (h *house) within(t *testing.T, fn func(ctx context.Context, tx *store.Tx, a *app) error) {
	t.Helper()
	if err := h.in(t, fn); err != nil {
		t.Fatal(err)
	}
}

func (h *house) in(t *testing.T, fn func(ctx context.Context, tx *store.Tx, a *app) error) error {
	t.Helper()
	ctx := t.Context()
	db, err := store.Open(ctx, h.url, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	v, err := vault.OpenFile(h.keyset)
	if err != nil {
		t.Fatal(err)
	}
	a, err := newApp(testConfig(t, h.url), db, v, quietLogger())
	if err != nil {
		t.Fatal(err)
	}
	return db.InTx(ctx, func(tx *store.Tx) error { return fn(ctx, tx, a) })
}

func (p *payer) code(t *testing.T) (code string) {
	t.Helper()
	p.within(t, func(ctx context.Context, tx *store.Tx, a *app) (err error) {
		if err := a.people.Lock(ctx, tx, p.id); err != nil {
			return err
		}
		code, _, err = a.cashier.Code(ctx, tx, p.id)
		return err
	})
	return code
}

// ask sends a signed request to the running program.
func (p *payer) ask(t *testing.T, at *process, method, path, key, body string) (status int, answer map[string]any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, at.url+till.Prefix+path, bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	for name, value := range map[string]string{"Till-Id": p.keyID, "Till-Timestamp": stamp, "Idempotency-Key": key, "Content-Type": "application/json",
		"Till-Signature": till.Sign(p.key, method, till.Prefix+path, stamp, key, []byte(body))} {
		r.Header.Set(name, value)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || json.Unmarshal(text, &answer) != nil {
		t.Fatalf("%s %s: %d %s (%v)", method, path, res.StatusCode, text, err)
	}
	return res.StatusCode, answer
}

// want asks and wants a quote in the status.
func (p *payer) want(t *testing.T, at *process, status, path, key, body string) map[string]any {
	t.Helper()
	code, answer := p.ask(t, at, "POST", path, key, body)
	if code != 200 || answer["status"] != status {
		t.Fatalf("%s: %d %v, want %s", path, code, answer, status)
	}
	return answer
}

func (p *payer) holds(t *testing.T, at *process, order string, points int) string {
	t.Helper()
	q := p.want(t, at, "quoted", "quotes", order, fmt.Sprintf(`{"code":%q,"order":%q,"items":[{"price_kopecks":10000,"quantity":1}]}`, p.code(t), order))
	path := fmt.Sprintf("quotes/%.0f", q["quote"])
	p.want(t, at, "held", path+"/hold", order+"/hold", fmt.Sprintf(`{"points":%d}`, points))
	return path
}

// The bot dies by SIGKILL with two payments under way: one is captured after
// the restart, the other is over meanwhile and its points return by themselves.
func TestPaymentsSurviveAKill(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		h := newHouse(t, url)
		p := newPayer(t, h)
		at := h.start(t)
		first, second := p.holds(t, at, "1", 40), p.holds(t, at, "2", 30)
		if err := at.command.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		<-at.done
		h.within(t, func(_ context.Context, tx *store.Tx, _ *app) error { // its fifteen minutes pass
			if err := tx.Exec("UPDATE pay_quotes SET expires_at = created_at WHERE order_name = '2'").Error; err != nil {
				return err
			}
			return tx.Exec("UPDATE river_job SET scheduled_at = created_at WHERE kind = 'pay_expire'").Error
		})
		at = h.start(t)
		p.want(t, at, "captured", first+"/capture", "1/capture", "{}")
		p.want(t, at, "captured", first+"/capture", "1/capture", "{}")
		for end := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
			if _, q := p.ask(t, at, "GET", second, "", ""); q["status"] == "expired" {
				break
			}
			if time.Now().After(end) {
				t.Fatal("the points do not return")
			}
		}
		at.drain(t)
		p.wantTold(t, "pay.held", "pay.held", "pay.paid", "pay.back")
		if strings.Contains(at.log.String(), p.key) {
			t.Error("the secret is in the log")
		}
		p.wantVerified(t)
	})
}

// wantTold compares what the participant was told, and what he has left of 100
// after a payment of 40.
func (p *payer) wantTold(t *testing.T, want ...string) {
	t.Helper()
	var told []string
	p.within(t, func(ctx context.Context, tx *store.Tx, a *app) error {
		b, err := a.desk.Balance(ctx, tx.DB, p.id)
		if b.Available != 60 || b.Held != 0 {
			t.Errorf("available %d, held %d; want 60 and 0", b.Available, b.Held)
		}
		if err != nil {
			return err
		}
		return tx.Table("notices").Where("participant_id = ?", p.id).Order("id").Pluck("key", &told).Error
	})
	slices.Sort(told) // which of two payments ends first, nobody knows
	slices.Sort(want)
	if !slices.Equal(told, want) {
		t.Errorf("told %v, want %v", told, want)
	}
}

// wantVerified wants whole payments, and each break of them seen.
func (p *payer) wantVerified(t *testing.T) {
	t.Helper()
	undo := errors.New("only looked")
	for _, spoil := range []string{
		"", "UPDATE pay_quotes SET status = 'held' WHERE id = 1", "UPDATE pay_quotes SET points = 41 WHERE id = 1",
		"UPDATE pay_quotes SET status = 'captured' WHERE id = 2", "UPDATE till_answers SET status = 0 WHERE request_key = '1/capture'",
		"UPDATE pay_quotes SET status = 'quoted', points = 0 WHERE id = 2", "UPDATE postings SET source = 'quote:99/hold' WHERE source = 'quote:2/hold'",
		"DELETE FROM ledger_entries WHERE posting_id = (SELECT id FROM postings WHERE source = 'quote:1/capture')",
	} {
		var row verified
		err := p.in(t, func(ctx context.Context, tx *store.Tx, _ *app) error {
			if spoil != "" {
				if err := tx.Exec(spoil).Error; err != nil {
					return err
				}
			}
			return errors.Join(paymentsBooked(ctx, tx.DB, &row), undo)
		})
		if err == nil || err.Error() != undo.Error() || row.Checked != 2 || (row.Broken == 0) != (spoil == "") {
			t.Errorf("%q: %+v (%v)", spoil, row, err)
		}
	}
}

func TestKeysOfShopsAreKept(t *testing.T) {
	p := newProgram(t)
	p.run(0, "keys", "new", filepath.Join(filepath.Dir(p.database()), "keys.json"))
	p.run(2, "till", "add", "", "--json")
	p.run(2, "till", "add", "Чайка", "--inn", "12345678901")
	var added struct{ ID, Secret string }
	if err := json.Unmarshal([]byte(p.run(0, "till", "add", "Чайка", "--json")), &added); err != nil || len(added.Secret) != 64 {
		t.Fatalf("%+v %v", added, err)
	}
	if list := p.run(0, "till", "list", "--json"); !strings.Contains(list, added.ID) || strings.Contains(list, added.Secret) || strings.Contains(list, "revoked_at") {
		t.Errorf("listed %s", list)
	}
	p.run(0, "till", "revoke", added.ID)
	p.run(2, "till", "revoke", added.ID)
	if list := p.run(0, "till", "list"); !strings.Contains(list, "Чайка") {
		t.Errorf("a revoked key is not listed: %s", list)
	}
}

// The ready line names the door where the terms take points; where they do not,
// it answers with the reason.
func TestTheReadyLineNamesTheTill(t *testing.T) {
	for _, tt := range []struct {
		pay  campaigns.Pay
		want string
		code string
	}{
		{campaigns.Pay{}, "", "pay_off"},
		{campaigns.Pay{Share: 70, KopecksPerPoint: 100, HoldMinutes: 15}, till.Prefix, "unauthorized"},
	} {
		h := newHouse(t, storetest.SQLiteURL(t))
		h.within(t, func(ctx context.Context, tx *store.Tx, a *app) error {
			v, err := a.book.Newest(ctx, tx.DB)
			if err != nil {
				return err
			}
			terms := v.Terms
			terms.Pay, terms.Returns, terms.EffectiveFrom = tt.pay, campaigns.Returns{}, time.Time{}
			_, _, err = a.book.Apply(ctx, tx, terms)
			return err
		})
		at := h.start(t)
		res, err := http.Post(at.url+till.Prefix+"quotes", "application/json", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		var problem struct{ Code string }
		err = json.NewDecoder(res.Body).Decode(&problem)
		_ = res.Body.Close()
		if err != nil || problem.Code != tt.code {
			t.Errorf("answered %q (%v), want %q", problem.Code, err, tt.code)
		}
		if got := strings.TrimPrefix(at.till, at.url); got != tt.want {
			t.Errorf("the ready line says %q, want %q", got, tt.want)
		}
		at.drain(t)
	}
}
