package rewards_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"promobot/campaigns"
	"promobot/internal/store"
	"promobot/points"
	"promobot/prizes"
	"promobot/rewards"
)

// returning applies terms that take returns.
func (w world) returning(r campaigns.Returns) {
	w.Helper()
	t := terms()
	t.Returns = r
	w.apply(t)
}

// back takes points of a receipt back, once for n.
func (w world) back(id int64, receipt string, n int, parts campaigns.Parts) (t rewards.Taken, err error) {
	v := w.version()
	err = w.locked(id, func(ctx context.Context, tx *store.Tx) error {
		t, err = w.desk.TakeBack(ctx, tx, rewards.Back{Version: v, ParticipantID: id, Subject: receipt,
			Source: fmt.Sprintf("%s/return:%d", receipt, n), Parts: parts})
		return err
	})
	return t, err
}

func lines(n points.Amount) campaigns.Parts { return campaigns.Parts{campaigns.PartLines: n} }

// open shows the code of a certificate.
func (w world) open(id, certificate int64) error {
	return w.locked(id, func(ctx context.Context, tx *store.Tx) error {
		_, _, err := w.shop.Open(ctx, tx, id, certificate, prizes.View{Source: "update:9"})
		return err
	})
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

func (w world) legs(source string) map[points.Account]points.Amount {
	w.Helper()
	ctx := context.Background()
	list, err := points.Ledger{}.Legs(ctx, w.db.Read(ctx), source)
	if err != nil {
		w.Fatal(err)
	}
	legs := map[points.Account]points.Amount{}
	for _, l := range list {
		legs[l.Account] = l.Amount
	}
	return legs
}

// TestTakeBack is D09: every policy, with points unspent, partly spent and all
// spent, for a return in part and of the whole. A receipt brought 400 points;
// of 100 and 400 spent ones the codes are known.
func TestTakeBack(t *testing.T) {
	eachWorld(t, func(w world) {
		for _, tt := range []struct {
			policy        campaigns.PointsPolicy
			spent         string
			takes         points.Amount
			available     points.Amount // taken
			debt, short   points.Amount
			left, blocked points.Amount
		}{
			{campaigns.Debt, "nothing", 150, 150, 0, 0, 250, 0}, {campaigns.Debt, "nothing", 400, 400, 0, 0, 0, 0},
			{campaigns.Debt, "mug", 150, 100, 50, 0, 0, 0}, {campaigns.Debt, "mug", 400, 100, 300, 0, 0, 0},
			{campaigns.Debt, "mug, tea", 150, 0, 150, 0, 0, 0}, {campaigns.Debt, "mug, tea", 400, 0, 400, 0, 0, 0},
			{campaigns.Floor, "nothing", 150, 150, 0, 0, 250, 0}, {campaigns.Floor, "nothing", 400, 400, 0, 0, 0, 0},
			{campaigns.Floor, "mug", 150, 100, 0, 50, 0, 0}, {campaigns.Floor, "mug", 400, 100, 0, 300, 0, 0},
			{campaigns.Floor, "mug, tea", 150, 0, 0, 150, 0, 0}, {campaigns.Floor, "mug, tea", 400, 0, 0, 400, 0, 0},
			{campaigns.Block, "nothing", 150, 150, 0, 0, 250, 0}, {campaigns.Block, "nothing", 400, 400, 0, 0, 0, 0},
			{campaigns.Block, "mug", 150, 100, 50, 0, 0, 50}, {campaigns.Block, "mug", 400, 100, 300, 0, 0, 300},
			{campaigns.Block, "mug, tea", 150, 0, 150, 0, 0, 150}, {campaigns.Block, "mug, tea", 400, 0, 400, 0, 0, 400},
		} {
			w.T.Run(fmt.Sprintf("%s, %s spent, %d back", tt.policy, tt.spent, tt.takes), func(t *testing.T) {
				w := w
				w.T = t
				w.returning(campaigns.Returns{Points: tt.policy, Prizes: campaigns.Withdraw})
				id := w.paid(400)
				receipt := fmt.Sprint("receipt:", id)
				w.spend(id, tt.spent, true)
				got, err := w.back(id, receipt, 1, lines(tt.takes))
				if sum := got.Total(); err != nil || sum.Available != tt.available || sum.Debt != tt.debt || sum.Short != tt.short || len(got.Withdrawn) != 0 {
					t.Errorf("took %+v (%v), want %d, %d owed, %d short", got, err, tt.available, tt.debt, tt.short)
				}
				if b := w.balance(id); b != (points.Balance{Available: tt.left, Debt: -tt.debt}) || got.Balance != b {
					t.Errorf("balance %+v, said %+v; want %d and a debt of %d", b, got.Balance, tt.left, tt.debt)
				}
				want := map[points.Account]points.Amount{}
				put := func(a points.Account, n points.Amount) {
					if n != 0 {
						want[a] = n
					}
				}
				put(points.Available(id), -tt.available)
				put(points.Debt(id), -tt.debt)
				put(points.Issued(w.version().CampaignID), tt.available+tt.debt)
				if legs := w.legs(receipt + "/return:1/lines"); fmt.Sprint(legs) != fmt.Sprint(want) {
					t.Errorf("legs %v, want %v", legs, want)
				}
				ctx := context.Background()
				if owed, err := w.desk.Blocked(ctx, w.db.Read(ctx), w.version(), id); err != nil || owed != tt.blocked {
					t.Errorf("blocked for %d (%v), want %d", owed, err, tt.blocked)
				}
			})
		}
	})
}

// paid makes a participant whose receipt has brought points.
func (w world) paid(n points.Amount) int64 {
	w.Helper()
	id := w.person("")
	if _, err := w.grant(id, fmt.Sprint("receipt:", id), campaigns.Reward{Points: n}); err != nil {
		w.Fatal(err)
	}
	return id
}

// spend chooses prizes and opens their codes, or leaves them closed.
func (w world) spend(id int64, names string, opened bool) (got []prizes.Certificate) {
	w.Helper()
	for _, prize := range []string{"mug", "tea"} {
		if names != prize && names != "mug, tea" {
			continue
		}
		w.stock(prize, fmt.Sprint("of", id), 1)
		c, err := w.choose(id, prize, "update:"+prize+fmt.Sprint(id))
		if err != nil || !c.Issued {
			w.Fatalf("%s: %+v, %v", prize, c, err)
		}
		if opened {
			if err := w.open(id, c.Certificate.ID); err != nil {
				w.Fatal(err)
			}
		}
		got = append(got, c.Certificate)
	}
	return got
}

// TestUnopenedCertificatesAreWithdrawn: only where points lack, only unopened
// ones, and as few as that takes.
func TestUnopenedCertificatesAreWithdrawn(t *testing.T) {
	eachWorld(t, func(w world) {
		for _, tt := range []struct {
			name      string
			prizes    campaigns.PrizesPolicy
			spent     string
			takes     points.Amount
			withdrawn []string
			want      points.Balance
		}{
			{"enough points", campaigns.Withdraw, "mug", 100, nil, points.Balance{}},
			{"one lacks", campaigns.Withdraw, "mug", 101, []string{"mug"}, points.Balance{Available: 299}},
			{"the cheaper covers it", campaigns.Withdraw, "mug, tea", 100, []string{"tea"}, points.Balance{}},
			{"the dearer alone covers it", campaigns.Withdraw, "mug, tea", 101, []string{"mug"}, points.Balance{Available: 199}},
			{"both", campaigns.Withdraw, "mug, tea", 400, []string{"mug", "tea"}, points.Balance{}},
			{"they stay", campaigns.Keep, "mug, tea", 400, nil, points.Balance{Debt: -400}},
		} {
			w.T.Run(tt.name, func(t *testing.T) {
				w := w
				w.T = t
				w.returning(campaigns.Returns{Points: campaigns.Debt, Prizes: tt.prizes})
				id := w.paid(400)
				had := w.spend(id, tt.spent, false)
				got, err := w.back(id, fmt.Sprint("receipt:", id), 1, lines(tt.takes))
				var names []string
				for _, c := range got.Withdrawn {
					names = append(names, c.PrizeID)
				}
				if err != nil || !slices.Equal(names, tt.withdrawn) || w.balance(id) != tt.want {
					t.Errorf("withdrew %v, balance %+v (%v); want %v, %+v", names, w.balance(id), err, tt.withdrawn, tt.want)
				}
				for _, c := range had {
					gone := slices.Contains(tt.withdrawn, c.PrizeID)
					if err := w.open(id, c.ID); errors.Is(err, prizes.ErrNotYours) != gone {
						t.Errorf("%s withdrawn %v, opening it: %v", c.PrizeID, gone, err)
					}
				}
				for _, name := range tt.withdrawn {
					legs := w.legs(fmt.Sprint("update:", name, id, "/withdrawn"))
					if price := legs[points.Available(id)]; price != map[string]points.Amount{"mug": 300, "tea": 100}[name] || len(legs) != 2 {
						t.Errorf("%s gave %v back", name, legs)
					}
				}
			})
		}
	})
}

// TestDebtIsPaidFirst: of the next accruals, exactly, and seen in the statement.
func TestDebtIsPaidFirst(t *testing.T) {
	eachWorld(t, func(w world) {
		w.returning(campaigns.Returns{Points: campaigns.Block, Prizes: campaigns.Keep})
		id := w.paid(300)
		w.spend(id, "mug", true)
		if _, err := w.back(id, fmt.Sprint("receipt:", id), 1, lines(300)); err != nil {
			t.Fatal(err)
		}
		w.stock("mug", "more", 1)
		if c, err := w.choose(id, "mug", "update:9"); err != nil || c.Blocked != 300 || c.Issued || c.Short != 0 || c.Waiting {
			t.Errorf("%+v, %v; want a prize that is blocked by 300 points", c, err)
		}
		for i, want := range []struct{ repaid, available, debt points.Amount }{{120, 0, -180}, {120, 0, -60}, {60, 60, 0}, {0, 180, 0}} {
			g, err := w.grant(id, fmt.Sprint("receipt:", 100+i), campaigns.Reward{Points: 120})
			if err != nil || g.Points != 120 || g.Repaid != want.repaid || g.Balance != (points.Balance{Available: want.available, Debt: want.debt}) {
				t.Errorf("receipt %d: %+v, %v; want %+v", i, g, err, want)
			}
		}
		ctx := context.Background()
		statement, err := points.Ledger{}.Statement(ctx, w.db.Read(ctx), id, 3)
		if err != nil || len(statement) != 3 || statement[1].Kind != points.Repayment || statement[1].Amount != -60 {
			t.Errorf("%+v, %v; want the accrual before the last to be followed by a repayment of 60", statement, err)
		}
	})
}

// TestWindow is D04: points wait, are seen, and come once when the time is over.
func TestWindow(t *testing.T) {
	eachWorld(t, func(w world) {
		w.returning(campaigns.Returns{Points: campaigns.Debt, Prizes: campaigns.Keep, WindowDays: 14})
		w.stock("tea", "a", 1)
		id, ctx := w.person(""), context.Background()
		until := time.UnixMicro(w.now.Load()).UTC().Add(14 * 24 * time.Hour)
		g, err := w.grant(id, "receipt:1", campaigns.Reward{Points: 90, First: 50, Until: until})
		if err != nil || g.Points != 140 || !g.Until.Equal(until) || g.Balance != (points.Balance{Held: 140}) {
			t.Fatalf("%+v, %v; want 140 points that wait", g, err)
		}
		if _, err := w.grant(id, "receipt:1/line:3", campaigns.Reward{Points: 10, Until: until}); err != nil {
			t.Fatal(err)
		}
		waits, err := w.desk.Waits(ctx, w.db.Read(ctx), id)
		if err != nil || len(waits) != 1 || waits[0].Points != 150 || !waits[0].Until.Equal(until) {
			t.Fatalf("%+v, %v; want 150 points", waits, err)
		}
		if taken, err := w.back(id, "receipt:1", 1, lines(20)); err != nil || taken.Total().Held != 20 || w.balance(id) != (points.Balance{Held: 130}) {
			t.Errorf("%+v, %v, %+v; want 20 of what waits to go", taken, err, w.balance(id))
		}
		w.now.Store(until.UnixMicro() - 1)
		if again, err := w.desk.EndWindow(ctx, w.db, w.book, waits[0].ID); err != nil || again != time.Microsecond || w.balance(id).Held != 130 {
			t.Errorf("a microsecond before: again in %v, %v, %+v", again, err, w.balance(id))
		}
		w.now.Store(until.UnixMicro())
		atOnce(4, func(int) {
			if again, err := w.desk.EndWindow(ctx, w.db, w.book, waits[0].ID); err != nil || again != 0 {
				t.Errorf("again in %v, %v", again, err)
			}
		})
		if b := w.balance(id); b != (points.Balance{Available: 30}) { // a tea of 100 came by itself
			t.Errorf("%+v, want 130 points less a tea", b)
		}
		if told := w.told(rewards.NoticeFree); !slices.Equal(told, []int64{id}) {
			t.Errorf("told %v, want %d once", told, id)
		}
		if g, err := w.grant(id, "receipt:1/line:4", campaigns.Reward{Points: 10, Until: until}); err != nil || g.Balance.Available != 40 || g.Balance.Held != 0 {
			t.Errorf("after the window: %+v, %v; want them at once", g, err)
		}
	})
}

// TestFirstBonusGoesAndComesAgain: unless it could not be taken back whole.
func TestFirstBonusGoesAndComesAgain(t *testing.T) {
	eachWorld(t, func(w world) {
		w.returning(campaigns.Returns{Points: campaigns.Floor, Prizes: campaigns.Keep})
		id := w.person("+79990000001")
		with := func(n points.Amount) campaigns.Parts { return lines(n).With(campaigns.Parts{campaigns.PartFirst: 50}) }
		for i := range 3 {
			g, err := w.grant(id, fmt.Sprint("receipt:", i), campaigns.Reward{Points: 10, First: 50})
			if err != nil || g.First != 50 {
				t.Fatalf("round %d: %+v, %v; want the bonus", i, g, err)
			}
			if _, err := w.back(id, fmt.Sprint("receipt:", i), i, with(10)); err != nil || w.balance(id) != (points.Balance{}) {
				t.Fatalf("round %d: %v, %+v; want nothing left", i, err, w.balance(id))
			}
		}
		if _, err := w.grant(id, "receipt:8", campaigns.Reward{Points: 250, First: 50}); err != nil {
			t.Fatal(err)
		}
		w.spend(id, "mug", true)
		if taken, err := w.back(id, "receipt:8", 8, with(250)); err != nil || taken.Total().Short != 300 {
			t.Fatalf("%+v, %v; want 300 short", taken, err)
		}
		if g, err := w.grant(id, "receipt:9", campaigns.Reward{Points: 10, First: 50}); err != nil || g.First != 0 {
			t.Errorf("%+v, %v; want no bonus again", g, err)
		}
	})
}

// TestReturnRacesOpening: either the code was shown, and the price is owed, or
// the certificate is void, and nobody sees the code.
func TestReturnRacesOpening(t *testing.T) {
	eachWorld(t, func(w world) {
		w.returning(campaigns.Returns{Points: campaigns.Debt, Prizes: campaigns.Withdraw})
		var void, seen atomic.Int64
		for range 12 {
			id := w.paid(300)
			c := w.spend(id, "mug", false)[0]
			subject, opened := fmt.Sprint("receipt:", id), error(nil)
			atOnce(2, func(i int) {
				if i == 0 {
					opened = w.in(func(ctx context.Context, tx *store.Tx) error { // without the lock that the talk takes
						_, _, err := w.shop.Open(ctx, tx, id, c.ID, prizes.View{Source: "update:9"})
						return err
					})
					return
				}
				if _, err := w.back(id, subject, 1, lines(300)); err != nil {
					t.Error(err)
				}
			})
			switch b := w.balance(id); {
			case opened == nil && b == (points.Balance{Debt: -300}):
				seen.Add(1)
			case errors.Is(opened, prizes.ErrNotYours) && b == (points.Balance{}):
				void.Add(1)
			default:
				t.Errorf("opened: %v, balance %+v", opened, b)
			}
		}
		t.Logf("%d withdrawn, %d opened", void.Load(), seen.Load())
	})
}

// TestReturnRacesSpending: the points go once, to the prize or back.
func TestReturnRacesSpending(t *testing.T) {
	eachWorld(t, func(w world) {
		w.returning(campaigns.Returns{Points: campaigns.Debt, Prizes: campaigns.Keep})
		w.stock("mug", "race", 12)
		for i := range 12 {
			id := w.paid(300)
			receipt := fmt.Sprint("receipt:", id)
			var c rewards.Choice
			atOnce(2, func(j int) {
				var err error
				if j == 0 {
					c, err = w.choose(id, "mug", fmt.Sprint("update:", 100+i))
				} else {
					_, err = w.back(id, receipt, 1, lines(300))
				}
				if err != nil {
					t.Error(err)
				}
			})
			want := points.Balance{}
			if c.Issued {
				want.Debt = -300
			}
			if b := w.balance(id); b != want {
				t.Errorf("issued %v, balance %+v", c.Issued, b)
			}
		}
	})
}
