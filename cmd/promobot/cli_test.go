package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"promobot/internal/store/storetest"
)

// call runs a command in this process, as main does, and returns what it wrote
// and its exit code.
func call(args ...string) (out, errs string, code int) {
	var stdout, stderr bytes.Buffer
	root := newRootCommand()
	root.SetArgs(args)
	root.SetOut(&stdout)
	root.SetErr(&stderr)
	err := root.ExecuteContext(context.Background())
	return stdout.String(), stderr.String(), exit(err)
}

func codeText(n int, sum string) string {
	return "t=20260314T1842&s=" + sum + "&fn=9999078900001234&i=" + string(rune('1'+n)) + "0&fp=2874106593&n=1"
}

// lines decodes a JSON line for each answer.
func lines(t *testing.T, out string) (list []answered) {
	t.Helper()
	for _, line := range strings.Split(strings.TrimSpace(out), "\n") {
		var a answered
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		list = append(list, a)
	}
	return list
}

func TestDemoAnswersEachText(t *testing.T) {
	good, refund := codeText(0, "1587.40"), strings.Replace(codeText(1, "1587.40"), "&n=1", "&n=2", 1)
	out, _, code := call("demo", "--receipt", "--text", good, good, codeText(2, "999.99"), codeText(3, "1000.00"), refund, "hello")
	if code != 0 {
		t.Fatalf("exit %d, want 0", code)
	}
	got := lines(t, out)
	for i, want := range []struct{ verdict, reason string }{
		{"accepted", ""}, {"duplicate", "receipt.duplicate_own"}, {"rejected", "campaign.minimum"},
		{"accepted", ""}, {"rejected", "return.no_sale"}, {"unreadable", "code.not_receipt"},
	} {
		if got[i].Verdict != want.verdict || got[i].Reason != want.reason {
			t.Errorf("%s: %s %s, want %s %s", got[i].File, got[i].Verdict, got[i].Reason, want.verdict, want.reason)
		}
	}
	if total := got[0].Points + got[3].Points; total <= 50 || got[0].Points == 0 || got[3].Points == 0 {
		t.Errorf("the receipts brought %d points, want both some and the bonus for the first among them", total)
	}
	if !strings.Contains(out, `"certificate":"••••`) || strings.Contains(out, "DEMO-") {
		t.Errorf("want a masked certificate: %s", out)
	}
	if got[5].Text != nil || *got[0].Text != good {
		t.Errorf("texts %v and %v, want the code and null", *got[0].Text, got[5].Text)
	}
}

// The sixth verified receipt of an hour waits for a person, who decides it from
// the console; the ledger stays whole.
func TestSixthReceiptIsDecidedByAPerson(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		dir := t.TempDir()
		environment := append(os.Environ(), "PROMOBOT_DATABASE_URL="+url, "PROMOBOT_KEYSET_FILE="+filepath.Join(dir, "keys.json"))
		p := program{t, environment}
		texts := []string{"demo", "--receipt", "--text", "--fraud"}
		for i := range 6 {
			texts = append(texts, codeText(i, "1587.40"))
		}
		verdicts := map[string]int{}
		for _, a := range lines(t, p.run(0, texts...)) {
			verdicts[a.Verdict]++
		}
		if verdicts["accepted"] != 5 || verdicts["review"] != 1 {
			t.Fatalf("verdicts %v, want five accepted and one review", verdicts)
		}
		if list := p.run(0, "case", "list"); !strings.Contains(list, "fraud.receipts_per_hour") {
			t.Errorf("the case does not say why: %s", list)
		}
		p.run(0, "case", "approve", "1", "--by", "anna")
		p.run(1, "case", "refuse", "1")
		p.run(1, "case", "approve", "99")
		p.run(2, "case", "approve", "one")
		if list := p.run(0, "case", "list", "--all", "--json"); !strings.Contains(list, `"status":"approved"`) || !strings.Contains(list, `"decided_by":"anna"`) {
			t.Errorf("the decision is not on record: %s", list)
		}
		p.run(0, "verify")
	})
}

func TestDemoRefusesRealData(t *testing.T) {
	p := newProgram(t)
	p.run(0, "campaign", "apply", filepath.Join("..", "..", "demo", "season", "campaign.yaml"))
	if out := p.run(2, "demo", "--receipt", "--text", "x"); !strings.Contains(out, "not a demo's") {
		t.Errorf("refused with %q, want words about the data", out)
	}
}

// verify finds what was tampered with, names it, and ends with 1.
func TestVerifyNamesWhatIsBroken(t *testing.T) {
	whole := demoDatabase(t)
	for _, tt := range []struct{ id, sql, example string }{
		{"I0", "DELETE FROM updates WHERE id = 2", "updates:2"},
		{"I0", "DELETE FROM receipts WHERE id = 2", "receipts:2"},
		{"I3", "INSERT INTO postings (source, kind, hash, posted_at) VALUES ('gift:1', 'accrual', '', '2026-01-01')", "gift:1"},
		{"I3", "UPDATE lots SET remaining = remaining + 1 WHERE id = 1", "lot:1"},
		{"I10", "UPDATE ledger_entries SET amount = amount + 1 WHERE id = 2", "entry:2"},
		{"I10", "UPDATE postings SET kind = 'correction' WHERE id = 1", "posting:1"},
		{"I10", "UPDATE ledger_links SET hash = 'x' WHERE id = 1", "participant:1/link:1"},
		{"I5", "UPDATE certificates SET prize_id = 'cinema-500' WHERE award_id = 1", "award:1"},
		{"I1", "UPDATE updates SET status = 'stored' WHERE id = 1", "update:1"},
		{"I2", "UPDATE receipts SET points = points + 1 WHERE id = 1", "receipt:1"},
		{"I2", "UPDATE receipts SET verified_at = NULL WHERE id = 1", "receipt:1"},
		{"I3", "DELETE FROM ledger_entries WHERE id = 1", "participant:1/"},
		{"I3", "UPDATE balances SET balance = balance + 1", "participant:1/available"},
		{"I5", "UPDATE certificates SET status = 'free', award_id = NULL", "award:1"},
		{"I5", "DELETE FROM certificates WHERE id = 7", "imported"},
		{"I5", "UPDATE awards SET status = 'ordered' WHERE id = 1", "award:1"},
		{"I5", "UPDATE awards SET status = 'gated' WHERE id = 1", "award:1"},
		{"I5", "UPDATE awards SET status = 'returned' WHERE id = 1", "award:1"},
		{"I5", "UPDATE awards SET status = 'replaced' WHERE id = 1", "award:1"},
		{"I5", "INSERT INTO supply_orders (external_id, award_id, supplier, sku, status, ordered_at) SELECT 'x', id, 'alpha', 's', 'sent', awarded_at FROM awards WHERE id = 1", "order:1"},
		{"I6", "DELETE FROM messages WHERE update_id = 2", "update:2"},
		{"I6", "UPDATE addresses SET channel = 'telegram'", "message:1"},
		{"I14", `INSERT INTO deliveries (message_id, address_id, channel, lane, status, not_before, expires_at, created_at, claimed_at)
			SELECT id, address_id, 'telegram', 'push', 'sent', created_at, created_at, created_at, created_at FROM messages WHERE id = 1`, "message:1"},
		{"I11", "UPDATE receipts SET hour_limit = 1, submitted_at = (SELECT submitted_at FROM receipts WHERE id = 1)", "participant 1"},
		{"I12", "UPDATE receipts SET status = 'checking' WHERE id = 1", "receipt:1"},
		{"I12", "UPDATE receipts SET status = 'review' WHERE id = 1", "receipt:1"},
	} {
		t.Run(tt.id+" "+tt.sql, func(t *testing.T) {
			p := newProgram(t)
			p.restore(whole)
			p.execute(tt.sql)
			out := p.run(1, "verify", "--json")
			for _, line := range strings.Split(strings.TrimSpace(out), "\n") {
				var row verified
				if err := json.Unmarshal([]byte(line), &row); err != nil {
					t.Fatal(err)
				}
				if row.ID == tt.id && (row.Broken == 0 || !strings.Contains(strings.Join(row.Examples, " "), tt.example)) {
					t.Errorf("%s, want a break that names %s", line, tt.example)
				}
			}
		})
	}
}

func TestWrongCallsEndWithTwo(t *testing.T) {
	for _, args := range [][]string{
		{"nonsense"}, {"case"}, {"case", "nonsense"}, {"campaign", "nonsense"}, {"prizes"}, {"keys", "nonsense"}, {"line"},
		{"--config", "no such file", "config"}, {"serve", "--nonsense"}, {"demo", "file.jpg"}, {"demo", "--text"}, {"demo", "--receipt"},
		{"campaign", "lint"}, {"campaign", "lint", "no such file"}, {"scan"}, {"verify", "extra"}, {"--config", "no.yaml", "config", "extra"},
	} {
		if out, _, code := call(args...); code != 2 || out != "" {
			t.Errorf("%q: exit %d and %q, want 2 and nothing", args, code, out)
		}
	}
}

func TestConfigPrintsMasked(t *testing.T) {
	t.Setenv("PROMOBOT_FNS_MASTER_TOKEN", "CANARY")
	t.Setenv("PROMOBOT_LISTNE", "x")
	out, errs, code := call("config")
	if code != 0 || strings.Contains(out+errs, "CANARY") || !strings.Contains(out, "fns.master_token: ••") {
		t.Errorf("exit %d: %s", code, out)
	}
	if !strings.Contains(errs, "PROMOBOT_LISTNE") || !strings.Contains(errs, "PROMOBOT_LISTEN?") {
		t.Errorf("warned %q, want the nearest variable", errs)
	}
}

// program runs the built binary with an environment.
type program struct {
	*testing.T
	environment []string
}

// newProgram has an empty SQLite database and a new keyset.
func newProgram(t *testing.T) program {
	t.Helper()
	dir := t.TempDir()
	return program{t, append(os.Environ(), "PROMOBOT_DATABASE_URL=sqlite:"+filepath.Join(dir, "cli.db"), "PROMOBOT_KEYSET_FILE="+filepath.Join(dir, "keys.json"))}
}

// run wants the exit code and returns all output, standard output alone for 0
// and 1.
func (p program) run(want int, args ...string) string {
	p.Helper()
	command := programCommand(p.T, p.environment, args...)
	var errs bytes.Buffer
	command.Stderr = &errs
	out, _ := command.Output()
	if code := command.ProcessState.ExitCode(); code != want {
		p.Fatalf("%q: exit %d, want %d\n%s%s", args, code, want, out, &errs)
	}
	if want == exitUsage {
		return string(out) + errs.String()
	}
	return string(out)
}

func (p program) database() string {
	for _, entry := range p.environment {
		if file, ok := strings.CutPrefix(entry, "PROMOBOT_DATABASE_URL=sqlite:"); ok {
			return file
		}
	}
	p.Fatal("no database")
	return ""
}

func (p program) restore(file []byte) {
	p.Helper()
	if err := os.WriteFile(p.database(), file, 0o600); err != nil {
		p.Fatal(err)
	}
}

// execute changes rows behind the product's back.
func (p program) execute(statement string) {
	p.Helper()
	db, err := sql.Open("sqlite", p.database())
	if err != nil {
		p.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statement); err != nil {
		p.Fatal(err)
	}
}

// demoDatabase is a whole database after two receipts.
func demoDatabase(t *testing.T) []byte {
	t.Helper()
	p := newProgram(t)
	p.run(0, "demo", "--receipt", "--text", codeText(0, "1587.40"), codeText(1, "1200.00"))
	p.run(0, "verify")
	file, err := os.ReadFile(p.database())
	if err != nil {
		t.Fatal(err)
	}
	return file
}
