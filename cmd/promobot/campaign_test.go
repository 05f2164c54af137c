package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"promobot/backtest"
	"promobot/internal/store"
	"promobot/internal/store/storetest"
)

const goodCampaigns = "../../campaigns/testdata/good"

// draftOf copies a campaign of the tests, with other words in its file.
func draftOf(t *testing.T, name string, change ...string) (folder, file string) {
	t.Helper()
	folder = t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(filepath.Join(goodCampaigns, name))); err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(folder, "campaign.yaml")
	rewrite(t, file, change...)
	return folder, file
}

func rewrite(t *testing.T, file string, change ...string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(strings.NewReplacer(change...).Replace(string(text))), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestCampaignLintExits(t *testing.T) {
	bad, err := filepath.Glob("../../campaigns/testdata/bad/*/campaign.yaml")
	if err != nil || len(bad) < 25 {
		t.Fatalf("%d bad campaigns (%v), want 25 at least", len(bad), err)
	}
	for _, file := range bad {
		want, err := os.ReadFile(filepath.Join(filepath.Dir(file), "finding"))
		if err != nil {
			t.Fatal(err)
		}
		if _, errs, code := call("campaign", "lint", file); code != 1 || !strings.Contains(errs, "["+strings.TrimSpace(string(want))+"]") {
			t.Errorf("%s: exit %d and %q, want 1 and %s", file, code, errs, want)
		}
	}
	out, _, code := call("campaign", "lint", "--json", bad[0])
	var said struct {
		Problems []struct{ Rule, Field, Text, Next string }
	}
	if err := json.Unmarshal([]byte(out), &said); err != nil || code != 1 || len(said.Problems) == 0 || said.Problems[0].Next == "" {
		t.Errorf("exit %d, %q (%v)", code, out, err)
	}
	good, _ := filepath.Glob(goodCampaigns + "/*/campaign.yaml")
	for _, file := range append(good, "../../demo/season/campaign.yaml") {
		if out, errs, code := call("campaign", "lint", file); code != 0 || out+errs != "" {
			t.Errorf("%s: exit %d, %s%s", file, code, out, errs)
		}
	}
}

// TestCampaignApplyRefusesErrorsOnly, unless it is told to be strict.
func TestCampaignApplyRefusesErrorsOnly(t *testing.T) {
	p := program{t, append(os.Environ(), "PROMOBOT_DATABASE_URL="+storetest.SQLiteURL(t))}
	doubtful := "../../campaigns/testdata/bad/no-budget/campaign.yaml"
	p.run(1, "campaign", "apply", "--strict", doubtful)
	p.run(0, "campaign", "apply", doubtful)
	p.run(1, "campaign", "apply", "../../campaigns/testdata/bad/unknown-key/campaign.yaml")
}

// TestRulesAndTextsCannotDiffer: what is made from the terms passes lint as a
// text of them, and no longer when the terms change.
func TestRulesAndTextsCannotDiffer(t *testing.T) {
	for _, name := range []string{"plain", "bonus-and-focus"} {
		folder, file := draftOf(t, name)
		for lang, text := range map[string]string{"ru": "rules.md", "en": "rules_en.md"} {
			out, errs, code := call("campaign", "rules", "--lang", lang, file)
			if code != 0 || errs != "" || !strings.HasPrefix(out, "# ") {
				t.Fatalf("%s: exit %d, %s", name, code, errs)
			}
			if err := os.WriteFile(filepath.Join(folder, text), []byte(out), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		yaml, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		kept, _, _ := strings.Cut(string(yaml), "texts:")
		if err := os.WriteFile(file, []byte(kept+"texts: {rules: rules.md, rules_en: rules_en.md}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, errs, code := call("campaign", "lint", file); code != 0 {
			t.Fatalf("%s: the rules contradict their own terms: %s", name, errs)
		}
		for _, change := range [][2]string{{"per_product: 10", "per_product: 9"}, {`"1000.00"`, `"900.00"`}, {"max_age_days: 14", "max_age_days: 13"},
			{"receipts_per_day: 5", "receipts_per_day: 4"}, {"receipts: 60", "receipts: 61"}, {"units_per_receipt: 24", "units_per_receipt: 23"},
			{"welcome: 20", "welcome: 21"}, {"first_receipt: 50", "first_receipt: 51"}, {"ends: 2027-04-30", "ends: 2027-04-29"}} {
			rewrite(t, file, change[0], change[1])
			_, errs, code := call("campaign", "lint", file)
			if code != 1 || strings.Count(errs, "[text.") != 2 {
				t.Errorf("%s, %s: exit %d, want both texts named:\n%s", name, change[1], code, errs)
			}
			rewrite(t, file, change[1], change[0])
		}
	}
	if _, _, code := call("campaign", "rules", "--lang", "fr", goodCampaigns+"/plain/campaign.yaml"); code != 2 {
		t.Errorf("another language: exit %d, want 2", code)
	}
}

// fingerprint is all that a database holds: of SQLite every byte of its files,
// of PostgreSQL every row of every table.
func fingerprint(t *testing.T, url string) string {
	t.Helper()
	if file, ok := strings.CutPrefix(url, "sqlite:"); ok {
		return fileSums(t, file)
	}
	ctx := context.Background()
	db, err := store.Open(ctx, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var tables []string
	g := db.Read(ctx)
	err = g.Raw("SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY 1").Scan(&tables).Error
	if err != nil || len(tables) < 20 {
		t.Fatalf("tables %v (%v)", tables, err)
	}
	sum := sha256.New()
	for _, table := range tables {
		var rows []string
		if err := g.Raw(fmt.Sprintf(`SELECT CAST(r AS TEXT) FROM %q AS r ORDER BY 1`, table)).Scan(&rows).Error; err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(sum, table, rows)
	}
	return fmt.Sprintf("%x", sum.Sum(nil))
}

func fileSums(t *testing.T, file string) (sums string) {
	t.Helper()
	list, err := filepath.Glob(file + "*")
	if err != nil || len(list) == 0 {
		t.Fatalf("files %v (%v)", list, err)
	}
	for _, name := range list {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		sums += fmt.Sprintf("%s %x\n", name, sha256.Sum256(text))
	}
	return sums
}

// TestTryingADraftChangesNothing: dry runs and back-tests leave every byte as it
// is, and the replay of the terms in force is the ledger.
func TestTryingADraftChangesNothing(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		dir := t.TempDir()
		p := program{t, append(os.Environ(), "PROMOBOT_DATABASE_URL="+url, "PROMOBOT_KEYSET_FILE="+filepath.Join(dir, "keys.json"))}
		texts := []string{"demo", "--receipt", "--text", "--fraud"}
		for i := range 7 {
			texts = append(texts, codeText(i, []string{"1587.40", "999.00"}[i/6]))
		}
		p.run(0, texts...)
		p.run(0, "case", "approve", "1", "--by", "anna")
		season := t.TempDir()
		if err := os.CopyFS(season, os.DirFS("../../demo/season")); err != nil {
			t.Fatal(err)
		}
		draft := filepath.Join(season, "campaign.yaml")
		rewrite(t, draft, "per_product: 6", "per_product: 12\n  value: 5.00", "1000.00", "1588.00")
		before := fingerprint(t, url)

		var tried struct{ Receipts []backtest.Effect }
		unmarshal(t, p.run(0, "campaign", "dry-run", draft, "--json"), &tried)
		if len(tried.Receipts) != 6 || tried.Receipts[0].Would.Reason != "campaign.minimum" || tried.Receipts[0].Was.Points == 0 {
			t.Errorf("%+v, want six receipts below the minimum", tried.Receipts)
		}
		rewrite(t, draft, "1588.00", "1000.00")
		if out := p.run(0, "campaign", "dry-run", draft, "--receipt", "1"); !strings.Contains(out, "6 → 12") {
			t.Errorf("%s\nwant a line that earns twice as much", out)
		}
		var report backtest.Report
		unmarshal(t, p.run(0, "campaign", "backtest", draft, "--json"), &report)
		if report.More != 6 || report.Would.All() <= report.Was.All() || report.Would.Kopecks == 0 {
			t.Errorf("%+v, want six receipts that bring more", report)
		}
		p.run(0, "campaign", "backtest", draft)
		var same backtest.Comparison
		unmarshal(t, p.run(0, "campaign", "backtest", "--json"), &same)
		if same.Ledger == 0 || same.Ledger != same.Replay || len(same.Differences) != 0 {
			t.Errorf("%+v, want the ledger", same)
		}
		if out := p.run(0, "campaign", "backtest", "--live"); !strings.Contains(out, "reproduced to the point") {
			t.Error(out)
		}
		if after := fingerprint(t, url); after != before {
			t.Errorf("the database was\n%s\nand is\n%s", before, after)
		}
		p.run(2, "campaign", "dry-run", draft, "--receipt", "7") // refused by its code: nobody knows its lines
		p.run(2, "campaign", "backtest", "--live", draft)
	})
}

func unmarshal(t *testing.T, text string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
}

// TestBacktestNamesWhatDiffers: a ledger that no terms explain ends with 1.
func TestBacktestNamesWhatDiffers(t *testing.T) {
	url := storetest.SQLiteURL(t)
	p := program{t, append(os.Environ(), "PROMOBOT_DATABASE_URL="+url, "PROMOBOT_KEYSET_FILE="+filepath.Join(t.TempDir(), "keys.json"))}
	p.run(0, "demo", "--receipt", "--text", codeText(0, "1587.40"))
	db, err := store.Open(context.Background(), url, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.InTx(context.Background(), func(tx *store.Tx) error {
		return tx.Exec("UPDATE ledger_entries SET amount = amount + 1 WHERE account LIKE 'participant:%' AND posting_id = (SELECT id FROM postings WHERE source = 'receipt:1/lines')").Error
	})
	if err != nil || db.Close() != nil {
		t.Fatal(err)
	}
	if out := p.run(1, "campaign", "backtest"); !strings.Contains(out, "receipt:1") {
		t.Errorf("%s\nwant the receipt named", out)
	}
}
