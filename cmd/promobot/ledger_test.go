package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"promobot/internal/store"
	"promobot/internal/vault"
	"promobot/points"
)

// sealed makes a root in the program's database, as the bot does once a day.
func (p program) sealed() points.Root {
	p.Helper()
	ctx := context.Background()
	v, err := vault.OpenOrCreate(filepath.Join(p.TempDir(), "keys.json"))
	if err != nil {
		p.Fatal(err)
	}
	tomorrow := func() time.Time { return time.Now().AddDate(0, 0, 1) } // the bot may have sealed today
	db, err := store.Open(ctx, "sqlite:"+p.database(), tomorrow)
	if err != nil {
		p.Fatal(err)
	}
	var r points.Root
	err = db.InTx(ctx, func(tx *store.Tx) (err error) {
		r, _, err = points.Ledger{}.Seal(ctx, tx, v)
		return err
	})
	if err := errors.Join(err, db.Close()); err != nil {
		p.Fatal(err)
	}
	return r
}

// query reads one number out of the program's database.
func (p program) query(statement string) (n int64) {
	p.Helper()
	db, err := sql.Open("sqlite", p.database())
	if err != nil {
		p.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow(statement).Scan(&n); err != nil {
		p.Fatal(err)
	}
	return n
}

func TestBooksFromTheCommandLine(t *testing.T) {
	p := newProgram(t)
	p.run(0, "demo", "--receipt", "--text", codeText(0, "1587.40"), codeText(1, "1200.00"))
	root, export := p.sealed(), filepath.Join(t.TempDir(), "roots.jsonl")
	out := p.run(0, "ledger", "root", "--export", export)
	var printed points.Root
	if err := json.Unmarshal([]byte(out), &printed); err != nil || printed.Root != root.Root || printed.Signature == "" || printed.Day != root.Day {
		t.Errorf("%s (%v), want the root %+v", out, err, root)
	}
	p.run(0, "ledger", "verify", "--against", export)

	var report liabilityReport
	if err := json.Unmarshal([]byte(p.run(0, "report", "liability", "--json", "--roubles-per-point", "5.50")), &report); err != nil {
		t.Fatal(err)
	}
	available := p.query("SELECT SUM(balance) FROM balances WHERE account LIKE '%/available'")
	held := p.query("SELECT COALESCE(SUM(balance), 0) FROM balances WHERE account LIKE '%/held'")
	spent := p.query("SELECT COALESCE(SUM(amount), 0) FROM ledger_entries WHERE account LIKE 'campaign:%/spent'")
	if int64(report.Available) != available || int64(report.Held) != held || int64(report.Spent) != spent || int64(report.Open) != available ||
		int64(*report.Cost) != (available+held)*550 || *report.BreakageThousandths != 0 || *report.ExpectedCost != *report.Cost {
		t.Errorf("%+v, the ledger says %d available, %d held, %d spent", report, available, held, spent)
	}
	if text := p.run(0, "report", "liability", "--at", "2020-01-01"); !strings.Contains(text, "unknown: nothing was spent") {
		t.Errorf("before the first posting: %s", text)
	}
	p.run(exitUsage, "report", "liability", "--at", "yesterday")
	p.run(exitUsage, "report", "liability", "--roubles-per-point", "much")
	if text := p.run(0, "prizes", "unused", "--json"); !strings.Contains(text, `"unopened":2`) {
		t.Errorf("%s", text)
	}

	// Whoever makes the last root anew with a key of his own is found by the export.
	p.execute("UPDATE ledger_roots SET root = 'x', signature = '', public_key = '' WHERE day = '" + root.Day + "'")
	p.run(1, "ledger", "verify", "--against", export)
	p.run(exitUsage, "ledger", "verify", "--against", "no such file")
}

func TestLiabilityByMonthOfTheLastDay(t *testing.T) {
	moscow := time.FixedZone("MSK", 3*3600)
	end := func(day int) time.Time { return time.Date(2026, 6, day, 0, 0, 0, 0, moscow).UTC() }
	l := points.Liability{Available: 100, Held: 20, Open: 40, Spent: 300, Expired: 100,
		Ending: []points.Due{{At: end(30), Points: 10}, {At: end(31), Points: 20}, {At: end(32), Points: 30}}}
	now := time.Date(2026, 6, 14, 12, 0, 0, 0, moscow)
	r := newLiabilityReport(l, now, nil)
	if len(r.Ending) != 2 || r.Ending[0] != (monthDue{"2026-06", 30}) || r.Ending[1] != (monthDue{"2026-07", 30}) {
		t.Errorf("%+v, want what ends on 30 June in June", r.Ending)
	}
	if *r.BreakageThousandths != 250 || *r.ExpectedBreakage != 30 || r.Cost != nil || r.ExpectedCost != nil {
		t.Errorf("%+v, want a quarter of 120 and no cost", r)
	}
	if r := newLiabilityReport(points.Liability{Available: 5}, now, nil); r.BreakageThousandths != nil || r.ExpectedBreakage != nil {
		t.Errorf("%+v, want an unknown breakage", r)
	}
}
