package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"promobot/fns/fnssim"
	"promobot/fraud"
	"promobot/internal/config"
	"promobot/internal/store"
	"promobot/internal/store/storetest"
	"promobot/internal/vault"
	"promobot/migrations"
	"promobot/participants"
	"promobot/receipts"
)

// desk is a house with its services open in this process and its jobs at work.
type desk struct {
	*testing.T
	*house
	app *app
	p   program
}

func newDesk(t *testing.T, url string) desk {
	t.Helper()
	h := newHouse(t, url)
	v, err := vault.OpenFile(h.keyset)
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(context.Background(), url, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := testConfig(t, url)
	c.FNS.URL, c.FNS.MasterToken, c.FNS.SendsPerSecond = h.fiscal.URL, config.Secret(fnssim.DefaultMasterToken), 200
	a, err := newApp(c, db, v, quietLogger())
	if err != nil {
		t.Fatal(err)
	}
	if err := a.worker.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = a.worker.Stop(context.Background())
		_ = db.Close()
	})
	return desk{t, h, a, program{t, h.environment()}}
}

// person is registered with a name and a phone.
func (d desk) person(name, phone string) (id int64) {
	d.Helper()
	err := d.app.db.InTx(context.Background(), func(tx *store.Tx) error {
		address, err := d.app.people.Meet(context.Background(), tx, "webchat", name+phone, "")
		if err != nil {
			return err
		}
		id = address.ParticipantID
		if _, err := d.app.people.SetPhone(context.Background(), tx, id, phone, participants.ProofTyped); err != nil {
			return err
		}
		if _, err := d.app.people.SetName(context.Background(), tx, id, name); err != nil {
			return err
		}
		return d.app.people.Register(context.Background(), tx, id)
	})
	if err != nil {
		d.Fatal(err)
	}
	return id
}

// sends submits a code and waits until the receipt is decided.
func (d desk) sends(person int64, text string) receipts.Receipt {
	d.Helper()
	var r receipts.Receipt
	err := d.app.db.InTx(context.Background(), func(tx *store.Tx) (err error) {
		if err = d.app.people.Lock(context.Background(), tx, person); err != nil {
			return err
		}
		r, err = d.app.receipts.Submit(context.Background(), tx, receipts.Submission{Source: fmt.Sprint("test:", person, text), ParticipantID: person, Way: receipts.ByText, Text: text})
		return err
	})
	if err != nil {
		d.Fatal(err)
	}
	return d.decided(r.ID)
}

func (d desk) decided(id int64) receipts.Receipt {
	d.Helper()
	for range 600 {
		r, err := d.app.receipts.ByID(context.Background(), d.app.db.Read(context.Background()), id)
		if err != nil {
			d.Fatal(err)
		}
		if r.Status.Final() || r.Status == receipts.Review {
			return r
		}
		time.Sleep(50 * time.Millisecond)
	}
	d.Fatalf("receipt %d is not decided", id)
	return receipts.Receipt{}
}

func (d desk) appeals(person, id int64) {
	d.Helper()
	err := d.app.db.InTx(context.Background(), func(tx *store.Tx) error {
		if err := d.app.people.Lock(context.Background(), tx, person); err != nil {
			return err
		}
		_, err := d.app.receipts.Appeal(context.Background(), tx, person, id)
		return err
	})
	if err != nil {
		d.Fatal(err)
	}
}

// An agent sees everything that belongs to a case, and nothing that is secret;
// a document that stands for another cannot be paid twice.
func TestCaseIsShownAndDecided(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		d := newDesk(t, url)
		anna, boris := d.person("Анна Иванова", "+79990000001"), d.person("Борис Орлов", "+79990000001")
		q, err := d.sim.Mint(fnssim.Order{Sum: 1587_40})
		if err != nil {
			t.Fatal(err)
		}
		d.sends(anna, q.String())
		r := d.sends(boris, q.String())
		if r.Reason != receipts.ReasonDuplicate {
			t.Fatalf("%s %s, want another's duplicate", r.Status, r.Reason)
		}
		d.appeals(boris, r.ID)
		list := d.p.run(0, "case", "list")
		if !strings.Contains(list, "appeal") {
			t.Errorf("no appeal in %s", list)
		}
		number := "1"
		if strings.Contains(list, "fraud.names_per_phone") {
			number = "2"
		}
		shown := d.p.run(0, "case", "show", number)
		for _, want := range []string{"appeal of receipt:2", "Борис Орлов", "+7•••••••01", "Анна Иванова", "receipt.duplicate", "THE DOCUMENT IS TAKEN by receipt 1", "receipt.appealed", "answer promised"} {
			if !strings.Contains(shown, want) {
				t.Errorf("%q is not shown:\n%s", want, shown)
			}
		}
		if strings.Contains(shown, "9990000001") {
			t.Errorf("the phone stands open:\n%s", shown)
		}
		var object map[string]any
		if err := json.Unmarshal([]byte(d.p.run(0, "case", "show", number, "--json")), &object); err != nil || object["kind"] != "appeal" || object["other"] == nil || object["phone"] != "+7•••••••01" {
			t.Errorf("%v: %v", err, object)
		}
		out, _ := programCommand(t, d.p.environment, "case", "approve", number).CombinedOutput()
		if !strings.Contains(string(out), "another verified receipt") {
			t.Errorf("approved with %q, want a refusal in words", out)
		}
		d.p.run(1, "case", "approve", number)
		d.p.run(0, "case", "refuse", number, "--by", "olga", "--note", "the other one was first")
		d.p.run(1, "case", "refuse", number)
		if shown := d.p.run(0, "case", "show", number, "--language", "ru"); !strings.Contains(shown, "by olga") || !strings.Contains(shown, "appeal.refused") {
			t.Errorf("the decision is not shown:\n%s", shown)
		}
		d.p.run(0, "verify")
	})
}

// A forged sign that was none: the service is asked anew and the receipt paid.
// The lines, the rule and its numbers are shown of a held one, and a family is
// exempt.
func TestAppealIsGrantedAtTheDesk(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		d := newDesk(t, url)
		anna, boris := d.person("Анна Иванова", "+79990000001"), d.person("Борис Орлов", "+79990000001")
		mint := func(forged bool) string {
			q, err := d.sim.Mint(fnssim.Order{Sum: 1587_40, Forged: forged})
			if err != nil {
				t.Fatal(err)
			}
			return q.String()
		}
		held := d.sends(anna, mint(false))
		if held.Status != receipts.Review {
			t.Fatalf("%s %s, want it held for two names on a phone", held.Status, held.Reason)
		}
		shown := d.p.run(0, "case", "show", "1", "--language", "ru")
		for _, want := range []string{"на одном телефоне 2 имени, проходит 1", "SAME PHONE", "LINES", "receipt.judged", "rules ", "terms demo/1"} {
			if !strings.Contains(shown, want) {
				t.Errorf("%q is not shown:\n%s", want, shown)
			}
		}
		d.p.run(1, "case", "exempt", "1", "--rule", "fraud.till_people", "--by", "olga")
		d.p.run(0, "case", "exempt", "1", "--rule", "fraud.names_per_phone", "--by", "olga", "--note", "spouses")
		d.p.run(0, "case", "approve", "1")
		if r := d.sends(anna, mint(false)); r.Status != receipts.Accepted {
			t.Errorf("%s %s, want the exempt one accepted", r.Status, r.Reason)
		}
		forged := d.sends(boris, mint(true))
		if forged.Reason != receipts.ReasonForged {
			t.Fatalf("%s %s, want it denied", forged.Status, forged.Reason)
		}
		d.appeals(boris, forged.ID)
		d.p.run(2, "case", "approve", "2", "--place", "x")
		d.p.run(0, "case", "approve", "2")
		if r := d.decided(forged.ID); r.Reason != receipts.ReasonForged || r.AppealedAt == nil {
			t.Errorf("%s %s, want it asked about again and denied again", r.Status, r.Reason)
		}
		d.p.run(0, "verify")
	})
}

// What was verified before the desk kept sightings is counted, too.
func TestOldReceiptsAreSighted(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		d := newDesk(t, url)
		q, err := d.sim.Mint(fnssim.Order{Sum: 1587_40})
		if err != nil {
			t.Fatal(err)
		}
		d.sends(d.person("Анна Иванова", "+79990000001"), q.String())
		text, err := migrations.Files.ReadFile("00012_fraud.sql")
		if err != nil {
			t.Fatal(err)
		}
		_, statement, _ := strings.Cut(string(text), "INSERT INTO sightings")
		statement, _, _ = strings.Cut(statement, ";")
		read := func() (s fraud.Sighting) {
			if err := d.app.db.Read(context.Background()).Take(&s).Error; err != nil {
				t.Fatal(err)
			}
			s.ID, s.Rules, s.SeenAt, s.SubmittedAt, s.BoughtAt = 0, "", time.Time{}, s.SubmittedAt.UTC(), s.BoughtAt.UTC()
			return s
		}
		before := read()
		err = d.app.db.InTx(context.Background(), func(tx *store.Tx) error {
			if err := tx.Exec("DELETE FROM sightings").Error; err != nil {
				return err
			}
			return tx.Exec("INSERT INTO sightings" + statement).Error
		})
		if err != nil {
			t.Fatal(err)
		}
		if after := read(); after != before {
			t.Errorf("%+v, want %+v", after, before)
		}
	})
}

func TestRulesAreLinted(t *testing.T) {
	write := func(text string) string {
		file := filepath.Join(t.TempDir(), "rules.yaml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	bad := write("rules: [{id: fraud.x, measure: count receipts, by: till, window: 1h, limit: 0, tier: review}]")
	if out, _, code := call("rules", "lint", bad); code != 1 || !strings.Contains(out, "error: fraud.x limit: 0 is not") {
		t.Errorf("exit %d: %s", code, out)
	}
	if out, _, code := call("rules", "lint", bad, "--json"); code != 1 || !strings.Contains(out, `"rule":"fraud.x"`) {
		t.Errorf("exit %d: %s", code, out)
	}
	for _, file := range []string{"standard", write("rules: []")} {
		if out, _, code := call("rules", "lint", file); code != 0 || !strings.Contains(out, "rules, version") {
			t.Errorf("%s: exit %d: %s", file, code, out)
		}
	}
	if _, _, code := call("rules", "lint", "no such file"); code != 2 {
		t.Errorf("no such file: exit %d", code)
	}
	for file, want := range map[string]string{bad: "limit: 0 is not", "no such file": "no such file"} {
		if _, err := newRules(config.Fraud{RulesFile: file}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", file, err, want)
		}
	}
	for perHour, want := range map[int]int{0: 1, 5: 2} {
		if rules, err := newRules(config.Fraud{RulesFile: "standard", ReceiptsPerHour: perHour}); err != nil || len(rules.Velocity) != want {
			t.Errorf("%d an hour: %d rules (%v), want %d", perHour, len(rules.Velocity), err, want)
		}
	}
}
