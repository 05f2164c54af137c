package demo

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"promobot/campaigns"
	"promobot/fns"
	"promobot/fns/fnssim"
	"promobot/internal/money"
	"promobot/qr"
)

var scanner = qr.Scanner{Budget: time.Minute, Accept: func(text string) bool {
	_, err := fns.ParseQR(text)
	return err == nil
}}

func demoTerms(t *testing.T) campaigns.Terms {
	t.Helper()
	terms, _, err := Season()
	if err != nil {
		t.Fatal(err)
	}
	return terms
}

func TestEveryPictureOfTheTrayIsRead(t *testing.T) {
	tray, err := newTray(newSim(t), demoTerms(t), noon)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range tray.slips {
		t.Run(s.id, func(t *testing.T) {
			t.Parallel()
			picture := s.picture()
			if folder := os.Getenv("PROMOBOT_PAPER_DIR"); folder != "" {
				if err := os.WriteFile(filepath.Join(folder, s.id+s.ext), picture, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			result, err := scanner.Scan(context.Background(), picture)
			if s.hidden {
				if !errors.Is(err, qr.ErrTooManyPixels) {
					t.Errorf("%v, want %v", err, qr.ErrTooManyPixels)
				}
				return
			}
			if err != nil || result.Text != s.receipt.Code {
				t.Errorf("read %q, %v, hint %s; want %q", result.Text, err, result.Hint, s.receipt.Code)
			}
		})
	}
}

// codes are those of a tray's receipts.
func codes(t *testing.T, sim *fnssim.Sim, terms campaigns.Terms) map[string]fns.QR {
	t.Helper()
	tray, err := newTray(sim, terms, noon)
	if err != nil {
		t.Fatal(err)
	}
	read := map[string]fns.QR{}
	for _, s := range tray.slips {
		if s.hidden {
			continue
		}
		if read[s.id], err = fns.ParseQR(s.receipt.Code); err != nil {
			t.Errorf("%s: %q, %v", s.id, s.receipt.Code, err)
		}
	}
	return read
}

// verdicts is what the terms say about each receipt of the tray: from the code
// alone, or from the ticket that the simulator holds; "" is accepted.
func verdicts(t *testing.T, sim *fnssim.Sim, terms campaigns.Terms, read map[string]fns.QR) map[string]string {
	t.Helper()
	judge, err := campaigns.NewJudge(terms)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for id, q := range read {
		if refusal := terms.Precheck(q, noon, time.Time{}); refusal != nil {
			got[id] = refusal.Rule
			continue
		}
		ticket := fetch(t, sim, q)
		if reward := judge.Reward(ticket, campaigns.History{}); reward.Refusal != nil {
			got[id] = reward.Refusal.Rule
		} else if got[id] = ""; reward.Points == 0 {
			t.Errorf("%s earns nothing: %+v", id, reward.Lines)
		}
	}
	return got
}

func TestTrayShowsWhatItSays(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*campaigns.Terms)
		want   map[string]string
	}{
		{"the season", func(*campaigns.Terms) {}, map[string]string{"good": "", "faded": "", "torn": "", "duplicate": "",
			"refund": "", "old": campaigns.RulePeriod, "small": campaigns.RuleMinimum, "foreign": campaigns.RuleNoPromo}},
		{"dear, on promo lines, in one shop", func(terms *campaigns.Terms) {
			terms.Minimum, terms.MinimumOn, terms.ShopsAllowed = 1500_00, campaigns.OnPromo, []string{"5000000018"}
			terms.Returns = campaigns.Returns{}
		}, map[string]string{"good": "", "faded": "", "torn": "", "duplicate": "",
			"refund": campaigns.RuleOperation, "old": campaigns.RulePeriod, "small": campaigns.RuleMinimum, "foreign": campaigns.RuleNoPromo}},
		{"ended, nothing too small", func(terms *campaigns.Terms) {
			terms.Minimum, terms.Ends = 0, time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
		}, map[string]string{"good": "", "faded": "", "torn": "", "duplicate": "",
			"refund": "", "old": campaigns.RulePeriod, "foreign": campaigns.RuleNoPromo}},
		{"since tills print codes, at most 14 days old", func(terms *campaigns.Terms) {
			terms.Starts, terms.MaxAgeDays = firstReceipts, 14
		}, map[string]string{"good": "", "faded": "", "torn": "", "duplicate": "",
			"refund": "", "old": campaigns.RuleTooOld, "small": campaigns.RuleMinimum, "foreign": campaigns.RuleNoPromo}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			terms := demoTerms(t)
			tt.change(&terms)
			sim := newSim(t)
			read := codes(t, sim, terms)
			got := verdicts(t, sim, terms, read)
			for id, want := range tt.want {
				if said, made := got[id]; !made || said != want {
					t.Errorf("%s: %q (made: %t), want %q", id, said, made, want)
				}
			}
			if len(got) != len(tt.want) {
				t.Errorf("%v, want %v", got, tt.want)
			}
			if read["refund"].FN != read["good"].FN || read["refund"].Total != read["good"].Total {
				t.Errorf("the refund is %+v, the good one %+v", read["refund"], read["good"])
			}
			if read["duplicate"] != read["good"] {
				t.Errorf("the duplicate is %+v, the good one %+v", read["duplicate"], read["good"])
			}
		})
	}
}

func TestDocumentsAreNewAtEveryStart(t *testing.T) {
	for _, tt := range []struct {
		name string
		sim  *fnssim.Sim
	}{{"in the simulator", newSim(t)}, {"plain, for a service that is not ours", nil}} {
		keys := map[fns.Key]bool{}
		for range 20 {
			s := shelf{counter: counter{tt.sim}, terms: demoTerms(t), now: noon}
			r, err := s.counter.sell(s.sale(0, time.Hour, 1240_00, 0))
			if err != nil {
				t.Fatal(err)
			}
			q, err := fns.ParseQR(r.Code)
			if err != nil || keys[q.Key] || q.Total != 1240_00 || !q.At.Equal(noon.Add(-time.Hour)) {
				t.Errorf("%s: %q, %v, seen before: %t", tt.name, r.Code, err, keys[q.Key])
			}
			keys[q.Key] = true
		}
	}
}

func TestTicketAgreesWithThePaper(t *testing.T) {
	sim := newSim(t)
	s := shelf{counter: counter{sim}, terms: demoTerms(t), goods: Goods(demoTerms(t)), now: noon}
	sale := s.sale(1, time.Hour, 1240_00, 2)
	r, err := s.counter.sell(sale)
	if err != nil {
		t.Fatal(err)
	}
	q, err := fns.ParseQR(r.Code)
	if err != nil {
		t.Fatal(err)
	}
	ticket := fetch(t, sim, q)
	if ticket.Seller != r.Seller || ticket.SellerINN != r.INN || len(ticket.Items) != len(r.Items) || ticket.Total != r.Total {
		t.Errorf("the service holds %+v, the paper says %+v", ticket, r)
	}
	for i := range r.Items {
		if ticket.Items[i] != r.Items[i] {
			t.Errorf("line %d is %+v, on paper %+v", i, ticket.Items[i], r.Items[i])
		}
	}
}

func TestShopping(t *testing.T) {
	goods := Goods(demoTerms(t))
	for _, tt := range []struct {
		name  string
		total money.Kopecks
		goods []fnssim.Good
		n     int
		promo int
	}{
		{"nothing", 0, goods, 2, 0},
		{"a kopeck", 1, goods, 2, 0},
		{"two", 1240_00, goods, 2, 2},
		{"room for one", 150_00, goods, 3, 1},
		{"none wanted", 1240_00, goods, 0, 0},
		{"none there", 1240_00, nil, 2, 0},
		{"a fortune", 1_000_000_00, goods, 3, 3},
	} {
		var sum money.Kopecks
		promo := 0
		for _, item := range shopping(tt.total, tt.goods, 3, tt.n) {
			sum += item.Sum
			for _, g := range goods {
				if g.Name == item.Name {
					promo++
				}
			}
		}
		if sum != tt.total || promo != tt.promo {
			t.Errorf("%s: %s with %d promo goods, want %s with %d", tt.name, sum, promo, tt.total, tt.promo)
		}
	}
}
