package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"promobot/fns"
	"promobot/fns/providers"
	"promobot/internal/store"
	"promobot/internal/store/storetest"
)

// silent is a provider that never answers.
type silent struct{}

func (silent) Send(context.Context, fns.QR) (string, error) {
	return "", &fns.TemporaryError{Op: "send", Err: errors.New("HTTP 503")}
}
func (silent) Poll(context.Context, string) (fns.Answer, error) { return fns.Answer{}, nil }

// failing makes a provider rest after twenty calls of its quota of fifty.
func failing(t *testing.T, db *store.DB, m *metrics) {
	t.Helper()
	r := providers.New(db, []providers.Provider{{Name: "fns", Client: silent{}, DailyQuota: 50, SendsPerSecond: 1e9, Official: true}}, providers.Options{Watch: m.watch})
	for range 20 {
		if _, err := r.Send(context.Background(), fns.QR{}); err == nil {
			t.Fatal("a silent provider answers")
		}
	}
}

func TestStatusOfTheProviders(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for _, tt := range []struct {
			lang, before, after string
		}{
			{"ru", "ни один сервис ещё не спрашивали", "много неудач"},
			{"en", "no provider was asked yet", "most calls failed"},
		} {
			if got, err := statusOf(t, db, tt.lang, false); tt.lang == "ru" && (err != nil || !strings.Contains(got, tt.before)) {
				t.Errorf("before: %v\n%s", err, got)
			}
			if tt.lang == "ru" {
				failing(t, db, newMetrics(db, quietLogger()))
			}
			got, err := statusOf(t, db, tt.lang, false)
			if !errors.Is(err, errFindings) || !strings.Contains(got, tt.after) || !strings.Contains(got, "30") {
				t.Errorf("after: %v, want findings, %q and 30 calls left:\n%s", err, tt.after, got)
			}
		}
		got, err := statusOf(t, db, "ru", true)
		if !errors.Is(err, errFindings) || !strings.Contains(got, `"breaker":"open"`) || !strings.Contains(got, `"left":30`) || !strings.Contains(got, `"oldest_seconds":0`) {
			t.Errorf("%v: %s", err, got)
		}
		for _, row := range mustVerify(t, db) {
			if row.ID == "Q1" && (row.Broken > 0 || row.Checked == 0) {
				t.Errorf("%+v, want a day that is whole", row)
			}
		}
		if err := db.InTx(context.Background(), func(tx *store.Tx) error { return tx.Exec("UPDATE fiscal_days SET used = 51").Error }); err != nil {
			t.Fatal(err)
		}
		for _, row := range mustVerify(t, db) {
			if row.ID == "Q1" && row.Broken != 1 {
				t.Errorf("%+v, want the day that used 51 of 50", row)
			}
		}
	})
}

func mustVerify(t *testing.T, db *store.DB) []verified {
	t.Helper()
	rows, err := verify(context.Background(), db)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func statusOf(t *testing.T, db *store.DB, lang string, asJSON bool) (string, error) {
	t.Helper()
	var out bytes.Buffer
	cmd := &cobra.Command{}
	cmd.Flags().Bool("json", asJSON, "")
	cmd.SetContext(t.Context())
	cmd.SetOut(&out)
	err := showStatus(cmd, db, statusWords[lang])
	return out.String(), err
}

func TestStatusWordsAreInBothLanguages(t *testing.T) {
	for key := range statusWords["ru"] {
		if statusWords["en"][key] == "" {
			t.Errorf("%s has no English words", key)
		}
	}
	if len(statusWords["en"]) != len(statusWords["ru"]) {
		t.Error("the languages have different words")
	}
}

// TestMetricsTellTheBoard over a socket of their own.
func TestMetricsTellTheBoard(t *testing.T) {
	storetest.OnSQLite(t, func(t *testing.T, db *store.DB) {
		m := newMetrics(db, quietLogger())
		failing(t, db, m)
		address := freeAddress(t)
		closeMetrics, err := m.open(address)
		if err != nil {
			t.Fatal(err)
		}
		defer closeMetrics()
		answer, err := http.Get("http://" + address + "/metrics")
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range []string{
			`promobot_fiscal_breaker{provider="fns",state="open"} 1`, `promobot_fiscal_breaker{provider="fns",state="closed"} 0`,
			`promobot_fiscal_usable{provider="fns"} 0`, `promobot_fiscal_quota{provider="fns"} 50`, `promobot_fiscal_quota_used{provider="fns"} 20`,
			`promobot_fiscal_quota_left{provider="fns"} 30`, `promobot_fiscal_calls_total{op="send",outcome="failed",provider="fns"} 20`,
			`promobot_fiscal_call_seconds_count{op="send",provider="fns"} 20`, `promobot_fiscal_backlog{age="72h"} 0`, `promobot_fiscal_oldest_seconds 0`,
		} {
			if !strings.Contains(string(text), line+"\n") {
				t.Errorf("no line %s in\n%s", line, text)
			}
		}
	})
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return fmt.Sprint(l.Addr())
}
