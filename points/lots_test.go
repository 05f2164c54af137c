package points_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"promobot/internal/store"
	"promobot/internal/store/storetest"
	"promobot/points"
)

// spring is the clock of these tests.
var spring = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// lasting is an accrual that expires so many days after spring.
func lasting(source string, participant int64, n points.Amount, days int) points.Posting {
	p := accrual(source, participant, n)
	p.Expires = spring.AddDate(0, 0, days)
	return p
}

func set(source string, participant int64, n points.Amount) points.Posting {
	return points.Posting{Source: source, Kind: points.Hold, Legs: points.Move(points.Available(participant), points.Held(participant), n)}
}

func release(source, undoes string, participant int64, n points.Amount) points.Posting {
	return points.Posting{Source: source, Kind: points.Release, Undoes: undoes,
		Legs: points.Move(points.Held(participant), points.Available(participant), n)}
}

// left are what the participant's lots hold, in the order in which they are spent.
func left(t interface {
	Helper()
	Fatal(args ...any)
}, db *store.DB, participant int64) (list []string) {
	t.Helper()
	lots, err := ledger.Left(context.Background(), db.Read(context.Background()), participant)
	if err != nil {
		t.Fatal(err)
	}
	for _, lot := range lots {
		list = append(list, fmt.Sprintf("%s:%d", lot.Source, lot.Remaining))
	}
	return list
}

func TestLotsAreSpentInTheOrderOfTheirEnds(t *testing.T) {
	storetest.EachAt(t, func() time.Time { return spring }, func(t *testing.T, db *store.DB) {
		for _, step := range []struct {
			name    string
			posting points.Posting
			want    string
		}{
			{"one without an end", accrual("a", 5, 10), "[a:10]"},
			{"a later one with an end", lasting("b", 5, 10, 30), "[b:10 a:10]"},
			{"one that ends sooner", lasting("c", 5, 10, 20), "[c:10 b:10 a:10]"},
			{"one that ends with it", lasting("d", 5, 10, 20), "[c:10 d:10 b:10 a:10]"},
			{"a debit over two", spending("e", 5, 15), "[d:5 b:10 a:10]"},
			{"a hold over two", set("quote:1/hold", 5, 9), "[b:6 a:10]"},
			{"a release of a part: what ends last comes back first", release("quote:1/release", "quote:1/hold", 5, 6), "[d:2 b:10 a:10]"},
			{"the rest of it", release("quote:1/more", "quote:1/hold", 5, 3), "[d:5 b:10 a:10]"},
			{"a claw-back from its own lot", points.Posting{Source: "b/back", Kind: points.Correction, Undoes: "b",
				Legs: points.Move(points.Available(5), points.Issued(1), 8)}, "[d:5 b:2 a:10]"},
			{"more than its lot holds", points.Posting{Source: "b/back2", Kind: points.Correction, Undoes: "b",
				Legs: points.Move(points.Available(5), points.Issued(1), 4)}, "[d:3 a:10]"},
			{"a prize", spending("prize", 5, 12), "[a:1]"},
			{"a prize that is taken back", points.Posting{Source: "prize/back", Kind: points.Correction, Undoes: "prize",
				Legs: points.Move(points.Spent(1), points.Available(5), 12)}, "[d:3 a:10]"},
		} {
			if err := post(context.Background(), db, step.posting); err != nil {
				t.Fatalf("%s: %v", step.name, err)
			}
			if got := fmt.Sprint(left(t, db, 5)); got != step.want {
				t.Errorf("%s: %s, want %s", step.name, got, step.want)
			}
		}
		wantWhole(t, db)
	})
}

// What was set aside when it was earned has the end and the source of its hold.
func TestReleasedPointsKeepTheirEnd(t *testing.T) {
	storetest.EachAt(t, func() time.Time { return spring }, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		hold := points.Posting{Source: "receipt:1/lines", Kind: points.Hold, Legs: points.Move(points.Issued(7), points.Held(5), 10), Expires: spring.AddDate(0, 0, 9)}
		for _, p := range []points.Posting{hold, release("receipt:1/release", "receipt:1/lines", 5, 10), lasting("later", 5, 1, 30)} {
			if err := post(ctx, db, p); err != nil {
				t.Fatal(err)
			}
		}
		lots, err := ledger.Left(ctx, db.Read(ctx), 5)
		if err != nil || len(lots) != 2 || lots[0].Source != "receipt:1/lines" || !lots[0].ExpiresAt.Equal(hold.Expires) || lots[0].CampaignID != 7 {
			t.Errorf("%+v (%v), want the lot of the hold", lots, err)
		}
		wantWhole(t, db)
	})
}

// All of it in one transaction, where nothing can be read back.
func TestLotsOfOneTransaction(t *testing.T) {
	storetest.EachAt(t, func() time.Time { return spring }, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		err := db.InTx(ctx, func(tx *store.Tx) error {
			for _, p := range []points.Posting{lasting("a", 5, 10, 30), lasting("b", 5, 10, 20), set("q/hold", 5, 15),
				lasting("c", 5, 3, 10), release("q/release", "q/hold", 5, 12), spending("s", 5, 4)} {
				if _, err := ledger.Post(ctx, tx, p); err != nil {
					return err
				}
			}
			return nil
		})
		if got := fmt.Sprint(left(t, db, 5)); err != nil || got != "[b:6 a:10]" {
			t.Errorf("%s (%v), want [b:6 a:10]", got, err)
		}
		wantWhole(t, db)
	})
}

func TestExpiryTakesWhatIsDue(t *testing.T) {
	storetest.EachAt(t, func() time.Time { return spring }, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		for _, p := range []points.Posting{lasting("past", 5, 3, -1), lasting("now", 5, 4, 0), lasting("next", 5, 5, 1), accrual("never", 5, 6)} {
			if err := post(ctx, db, p); err != nil {
				t.Fatal(err)
			}
		}
		expire := func(want int) {
			t.Helper()
			err := db.InTx(ctx, func(tx *store.Tx) error {
				done, err := ledger.Expire(ctx, tx, 5)
				if len(done) != want {
					t.Errorf("%d lots expired, want %d: %v", len(done), want, done)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		expire(2)
		expire(0)
		if got := fmt.Sprint(left(t, db, 5)); got != "[next:5 never:6]" {
			t.Errorf("left %s", got)
		}
		// A hold of before that is released afterwards expires too, under a source of its own.
		if err := post(ctx, db, set("q/hold", 5, 5)); err != nil {
			t.Fatal(err)
		}
		wantWhole(t, db)
	})
}

// modelLot is a lot of the oracle.
type modelLot struct {
	source string
	end    int // in days, 0: never
	age    int
	left   points.Amount
}

// model is the oracle: lists in memory, no rows.
type model struct {
	lots  []*modelLot
	held  points.Amount
	took  map[string]map[*modelLot]points.Amount // by hold
	holds map[string]points.Amount
}

func (m *model) ordered() []*modelLot {
	list := slices.Clone(m.lots)
	slices.SortFunc(list, func(a, b *modelLot) int {
		end := func(l *modelLot) int { return cmp.Or(l.end, 1<<30) }
		return cmp.Or(cmp.Compare(end(a), end(b)), cmp.Compare(a.age, b.age))
	})
	return list
}

func (m *model) sum() (n points.Amount) {
	for _, l := range m.lots {
		n += l.left
	}
	return n
}

func (m *model) take(n points.Amount, first string) map[*modelLot]points.Amount {
	took := map[*modelLot]points.Amount{}
	list := m.ordered()
	slices.SortStableFunc(list, func(a, b *modelLot) int {
		rank := func(l *modelLot) int {
			if l.source == first {
				return 0
			}
			return 1
		}
		return rank(a) - rank(b)
	})
	for _, l := range list {
		if part := min(n, l.left); part > 0 {
			l.left, n, took[l] = l.left-part, n-part, part
		}
	}
	return took
}

func (m *model) giveBack(hold string, n points.Amount) {
	for _, l := range slices.Backward(m.ordered()) {
		part := min(n, m.took[hold][l])
		l.left, n, m.took[hold][l] = l.left+part, n-part, m.took[hold][l]-part
	}
}

func (m *model) left() (list []string) {
	for _, l := range m.ordered() {
		if l.left > 0 {
			list = append(list, fmt.Sprintf("%s:%d", l.source, l.left))
		}
	}
	return list
}

// Whatever is earned, spent, set aside, released, clawed back and expired in
// whatever order, lots are those of the oracle, and their sum is the balance.
func TestLotsAgreeWithAnOracle(t *testing.T) {
	storetest.EachAt(t, func() time.Time { return spring }, func(t *testing.T, db *store.DB) {
		round := int64(0)
		rapid.Check(t, func(r *rapid.T) {
			round++
			agree(r, db, round, rapid.SliceOfN(rapid.Custom(drawStep), 1, 14).Draw(r, "steps"))
		})
		wantWhole(t, db)
	})
}

type step struct {
	verb string
	n    points.Amount
	days int
	pick int
}

func drawStep(r *rapid.T) step {
	return step{
		verb: rapid.SampledFrom([]string{"accrue", "accrue", "accrue", "spend", "hold", "release", "capture", "back", "expire", "correct"}).Draw(r, "verb"),
		n:    points.Amount(rapid.Int64Range(1, 30).Draw(r, "n")), days: rapid.IntRange(-2, 4).Draw(r, "days"), pick: rapid.IntRange(0, 5).Draw(r, "pick"),
	}
}

func agree(r *rapid.T, db *store.DB, id int64, steps []step) {
	ctx := context.Background()
	m := &model{took: map[string]map[*modelLot]points.Amount{}, holds: map[string]points.Amount{}}
	for i, s := range steps {
		p, short, then := m.plan(fmt.Sprintf("%d/%d", id, i), id, i, s)
		if s.verb == "expire" {
			m.expire(r, db, id)
		} else if p.Source != "" {
			err := post(ctx, db, p)
			if short != errors.Is(err, points.ErrShort) || err != nil && !short {
				r.Fatalf("step %d %+v: %v, short %t", i, s, err, short)
			}
			if err == nil {
				then()
			}
		}
		if got, want := fmt.Sprint(left(r, db, id)), fmt.Sprint(m.left()); got != want {
			r.Fatalf("step %d %+v: lots %s, the oracle has %s", i, s, got, want)
		}
		b, err := ledger.Balance(ctx, db.Read(ctx), id)
		if err != nil || b.Available != m.sum() || b.Held != m.held {
			r.Fatalf("step %d: balance %+v (%v), the oracle has %d and %d held", i, b, err, m.sum(), m.held)
		}
	}
}

// plan is the posting of a step, whether it is refused, and what it does to the
// oracle.
func (m *model) plan(source string, id int64, age int, s step) (p points.Posting, short bool, then func()) {
	hold := m.pickHold(s.pick)
	switch s.verb {
	case "accrue", "correct":
		p = accrual(source, id, s.n)
		end := 0
		if s.verb == "accrue" && s.days != 0 {
			p, end = lasting(source, id, s.n, s.days), s.days+100
		}
		return p, false, func() { m.lots = append(m.lots, &modelLot{source, end, age, s.n}) }
	case "spend":
		return spending(source, id, s.n), m.sum() < s.n, func() { m.take(s.n, "") }
	case "hold":
		return set(source, id, s.n), m.sum() < s.n, func() { m.took[source], m.holds[source], m.held = m.take(s.n, ""), s.n, m.held+s.n }
	case "back":
		if len(m.lots) == 0 {
			return p, false, nil
		}
		of := m.lots[s.pick%len(m.lots)].source
		p = points.Posting{Source: source, Kind: points.Correction, Undoes: of, Legs: points.Move(points.Available(id), points.Issued(1), s.n)}
		return p, m.sum() < s.n, func() { m.take(s.n, of) }
	}
	n := min(s.n, m.holds[hold])
	if n == 0 || s.verb == "expire" {
		return p, false, nil
	}
	if s.verb == "release" {
		return release(source, hold, id, n), false, func() { m.giveBack(hold, n); m.holds[hold] -= n; m.held -= n }
	}
	p = points.Posting{Source: source, Kind: points.Spending, Legs: points.Move(points.Held(id), points.Spent(1), n)}
	return p, false, func() { m.holds[hold] -= n; m.held -= n }
}

func (m *model) pickHold(pick int) string {
	var open []string
	for source, n := range m.holds {
		if n > 0 {
			open = append(open, source)
		}
	}
	if len(open) == 0 {
		return ""
	}
	slices.Sort(open)
	return open[pick%len(open)]
}

func (m *model) expire(r *rapid.T, db *store.DB, id int64) {
	want := 0
	for _, l := range m.lots {
		if l.left > 0 && l.end > 0 && l.end <= 100 {
			l.left, want = 0, want+1
		}
	}
	err := db.InTx(context.Background(), func(tx *store.Tx) error {
		done, err := ledger.Expire(context.Background(), tx, id)
		if len(done) != want {
			r.Fatalf("%d lots expired, the oracle says %d", len(done), want)
		}
		return err
	})
	if err != nil {
		r.Fatal(err)
	}
}
