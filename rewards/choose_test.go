package rewards_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"

	"promobot/campaigns"
	"promobot/points"
	"promobot/prizes"
	"promobot/rewards"
)

func TestChoose(t *testing.T) {
	eachWorld(t, func(w world) {
		w.stock("mug", "a", 2)
		id := w.rich(350)
		first, err := w.choose(id, "mug", "update:1")
		if err != nil || !first.Issued || first.Short != 0 || first.Waiting || first.Balance.Available != 50 || first.Certificate.Price != 300 {
			w.Fatalf("%+v, %v; want a mug for 300 of 350 points", first, err)
		}
		if again, err := w.choose(id, "mug", "update:1"); err != nil || again != first {
			w.Errorf("the same source: %+v, %v; want the same mug", again, err)
		}
		if short, err := w.choose(id, "mug", "update:2"); err != nil || short.Issued || short.Short != 250 || short.Waiting || short.Balance.Available != 50 {
			w.Errorf("with 50 points: %+v, %v; want 250 missing", short, err)
		}
		if _, err := w.choose(w.rich(300), "mug", "update:1"); !errors.Is(err, prizes.ErrNotYours) {
			w.Errorf("another's source: %v, want ErrNotYours", err)
		}
		for _, prize := range []string{"car", ""} {
			if _, err := w.choose(id, prize, "update:3"); !errors.Is(err, prizes.ErrUnknown) {
				w.Errorf("%q: %v, want ErrUnknown", prize, err)
			}
		}
	})
}

func TestChooseExactlyThePrice(t *testing.T) {
	eachWorld(t, func(w world) {
		w.stock("mug", "a", 1)
		if c, err := w.choose(w.rich(299), "mug", "update:1"); err != nil || c.Short != 1 {
			w.Errorf("299 points: %+v, %v; want one missing", c, err)
		}
		if c, err := w.choose(w.rich(300), "mug", "update:2"); err != nil || !c.Issued || c.Balance.Available != 0 {
			w.Errorf("300 points: %+v, %v; want a mug and nothing left", c, err)
		}
	})
}

func TestOutOfStockKeepsThePoints(t *testing.T) {
	eachWorld(t, func(w world) {
		id := w.rich(300)
		for i := range 3 {
			c, err := w.choose(id, "mug", fmt.Sprint("update:", i))
			if err != nil || !c.Waiting || c.Issued || c.Short != 0 || c.Balance.Available != 300 {
				w.Errorf("%+v, %v; want a place in the list and 300 points", c, err)
			}
		}
		if got := w.waiting("mug"); !slices.Equal(got, []int64{id}) {
			w.Errorf("waiting %v, want %d once", got, id)
		}
	})
}

// TestLastCertificateIsClaimedByFifty is D13.
func TestLastCertificateIsClaimedByFifty(t *testing.T) {
	eachWorld(t, func(w world) {
		w.stock("mug", "a", 1)
		ids := make([]int64, 50)
		for i := range ids {
			ids[i] = w.rich(300)
		}
		var owner, waiting atomic.Int64
		atOnce(len(ids), func(i int) {
			c, err := w.choose(ids[i], "mug", fmt.Sprint("update:", i))
			switch {
			case err != nil:
				w.Error(err)
			case c.Issued:
				if !owner.CompareAndSwap(0, ids[i]) {
					w.Errorf("a second owner: %d", ids[i])
				}
			case c.Waiting:
				waiting.Add(1)
			}
		})
		if owner.Load() == 0 || waiting.Load() != 49 {
			w.Errorf("owner %d, %d told to wait; want one and 49", owner.Load(), waiting.Load())
		}
		for _, id := range ids {
			want := points.Amount(300)
			if id == owner.Load() {
				want = 0
			}
			if got := w.available(id); got != want {
				w.Errorf("participant %d has %d points, want %d", id, got, want)
			}
		}
		list := w.waiting("mug")
		slices.Sort(list)
		if want := slices.DeleteFunc(ids, func(id int64) bool { return id == owner.Load() }); !slices.Equal(list, want) {
			w.Errorf("waiting %v, want all but the owner", list)
		}
	})
}

// TestPointsAreSpentOnce is D14.
func TestPointsAreSpentOnce(t *testing.T) {
	eachWorld(t, func(w world) {
		w.stock("mug", "a", 20)
		id := w.rich(650)
		var issued atomic.Int64
		atOnce(20, func(i int) {
			c, err := w.choose(id, "mug", fmt.Sprint("update:", i))
			if err != nil {
				w.Error(err)
			}
			if c.Issued {
				issued.Add(1)
			}
		})
		if issued.Load() != 2 || w.available(id) != 50 {
			w.Errorf("%d mugs and %d points, want 2 and 50", issued.Load(), w.available(id))
		}
	})
}

func TestAutomaticPrizes(t *testing.T) {
	eachWorld(t, func(w world) {
		w.stock("tea", "a", 2)
		poor, rich := w.rich(99), w.rich(250)
		if made := w.automatic(poor, "receipt:1"); len(made) != 0 {
			w.Errorf("with 99 points: %+v, want nothing", made)
		}
		made := w.automatic(rich, "receipt:2")
		if len(made) != 1 || !made[0].Issued || made[0].Certificate.PrizeID != "tea" || made[0].Balance.Available != 150 {
			w.Errorf("%+v, want one tea for 100 of 250 points", made)
		}
		if made := w.automatic(rich, "receipt:3"); len(made) != 1 || made[0].Balance.Available != 50 {
			w.Errorf("the next receipt: %+v, want a second tea", made)
		}
		next := w.rich(100)
		if made := w.automatic(next, "receipt:4"); len(made) != 1 || !made[0].Waiting || w.available(next) != 100 {
			w.Errorf("out of stock: %+v, want a place in the list", made)
		}
		if got := w.told(rewards.NoticeIssued); !slices.Equal(got, []int64{rich, rich}) {
			w.Errorf("told %v, want %d twice", got, rich)
		}
	})
}

func TestRestockServesInOrder(t *testing.T) {
	eachWorld(t, func(w world) {
		ids := []int64{w.rich(300), w.rich(300), w.rich(300), w.rich(300)}
		order := []int64{ids[2], ids[0], ids[3], ids[1]}
		for i, id := range order {
			if c, err := w.choose(id, "mug", fmt.Sprint("update:", i)); err != nil || !c.Waiting {
				w.Fatalf("%+v, %v", c, err)
			}
		}
		w.restocked("mug")
		if got := w.told(rewards.NoticeBack); len(got) != 0 {
			w.Errorf("told %v without a certificate", got)
		}
		w.stock("mug", "a", 3)
		w.restocked("mug")
		if got := w.told(rewards.NoticeBack); !slices.Equal(got, order[:3]) {
			w.Errorf("told %v, want the first three of %v", got, order)
		}
		if got := w.waiting("mug"); !slices.Equal(got, order[3:]) {
			w.Errorf("still waiting %v, want %v", got, order[3:])
		}
	})
}

// TestRestockServesAutomaticPrizes: who cannot pay any more is passed over, and
// who finds the stock empty keeps the place.
func TestRestockServesAutomaticPrizes(t *testing.T) {
	eachWorld(t, func(w world) {
		spent, second, third := w.rich(300), w.rich(100), w.rich(100)
		for i, id := range []int64{spent, second, third} {
			w.automatic(id, fmt.Sprint("receipt:", i))
		}
		w.stock("mug", "a", 1)
		if c, err := w.choose(spent, "mug", "update:1"); err != nil || !c.Issued {
			w.Fatalf("%+v, %v", c, err)
		}
		w.stock("tea", "a", 1)
		w.restocked("tea")
		if got := w.told(rewards.NoticeIssued); !slices.Equal(got, []int64{second}) || w.available(second) != 0 {
			w.Errorf("told %v, want %d, whose points are spent", got, second)
		}
		if got := w.waiting("tea"); !slices.Equal(got, []int64{third}) {
			w.Errorf("waiting %v, want %d", got, third)
		}
	})
}

// TestRestockIsRaced: two imports ring at once, everybody is served once.
func TestRestockIsRaced(t *testing.T) {
	eachWorld(t, func(w world) {
		for i := range 12 {
			id := w.rich(400)
			w.automatic(id, fmt.Sprint("receipt:", i))
			if c, err := w.choose(id, "mug", fmt.Sprint("update:", i)); err != nil || !c.Waiting {
				w.Fatalf("%+v, %v", c, err)
			}
		}
		w.stock("tea", "a", 8)
		w.stock("mug", "a", 30)
		atOnce(6, func(i int) { w.restocked([]string{"tea", "mug"}[i%2]) })
		for key, want := range map[string]int{rewards.NoticeIssued: 8, rewards.NoticeBack: 12} {
			got := w.told(key)
			slices.Sort(got)
			if n := len(slices.Compact(slices.Clone(got))); len(got) != want || n != want {
				w.Errorf("%s: %d notices to %d people, want %d", key, len(got), n, want)
			}
		}
		if got := w.waiting("tea"); len(got) != 4 {
			w.Errorf("%d wait for tea, want 4", len(got))
		}
	})
}

func TestRestockOfWhatIsNotOnOffer(t *testing.T) {
	eachWorld(t, func(w world) {
		id := w.rich(300)
		if c, err := w.choose(id, "mug", "update:1"); err != nil || !c.Waiting {
			w.Fatalf("%+v, %v", c, err)
		}
		other := terms()
		other.Offers = other.Offers[1:]
		w.apply(other)
		w.stock("mug", "a", 1)
		w.restocked("mug")
		if got := w.told(rewards.NoticeBack); len(got) != 0 {
			w.Errorf("told %v of a prize that cannot be chosen", got)
		}
	})
}

// TestBooksStayWholeUnderAnything throws verbs at a few people from many sides;
// eachWorld recounts the books.
func TestBooksStayWholeUnderAnything(t *testing.T) {
	eachWorld(t, func(w world) {
		w.stock("mug", "a", 5)
		w.stock("tea", "a", 9)
		ids := []int64{w.person("+79990000001"), w.person("+79990000001"), w.person(""), w.rich(1000)}
		atOnce(8, func(worker int) {
			dice := rand.New(rand.NewPCG(uint64(worker), 1))
			for range 25 {
				id, source := ids[dice.IntN(len(ids))], fmt.Sprint("source:", dice.IntN(60))
				var err error
				switch dice.IntN(5) {
				case 0:
					_, err = w.welcome(id)
				case 1:
					_, err = w.grant(id, source, campaigns.Reward{Points: 120, First: 50})
				case 2:
					_, err = w.choose(id, "mug", source+"/mug")
				case 3:
					w.automatic(id, fmt.Sprint(source, "/", id))
				case 4:
					w.restocked([]string{"tea", "mug"}[dice.IntN(2)])
				}
				// Two people may hit upon one source: that is refused, not booked.
				if err != nil && !errors.Is(err, points.ErrConflict) && !errors.Is(err, prizes.ErrNotYours) {
					w.Error(err)
				}
			}
		})
		var spent, issued int64
		for query, into := range map[string]*int64{
			"SELECT COALESCE(SUM(amount), 0) FROM ledger_entries WHERE account LIKE 'campaign:%/spent'": &spent,
			"SELECT COALESCE(SUM(price), 0) FROM awards":                                                &issued,
		} {
			if err := w.db.Read(t.Context()).Raw(query).Scan(into).Error; err != nil {
				w.Fatal(err)
			}
		}
		if spent != issued || issued == 0 {
			w.Errorf("%d points were spent on prizes of %d", spent, issued)
		}
	})
}
