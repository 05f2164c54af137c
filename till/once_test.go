package till_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"promobot/internal/store/storetest"
)

func sqlite(t *testing.T) string {
	t.Helper()
	return storetest.SQLiteURL(t)
}

// The same key and content is the same answer for ever, byte for byte; with
// other content it is refused.
func TestARepeatGetsTheFirstAnswer(t *testing.T) {
	eachWorld(t, func(w world) {
		anna, shop, other := w.rich(100), w.shop("Чайка"), w.shop("Другой")
		body := quoteBody(w.code(anna), 100_00)
		q := send(w, shop.request("POST", "quotes", "q", body)).ok(w, "quoted")
		hold, capture := at(q, "/hold"), at(q, "/capture")
		held := send(w, shop.request("POST", hold, "h", `{"points":40}`)).ok(w, "held")
		captured := send(w, shop.request("POST", capture, "c", "")).ok(w, "captured")
		missed := send(w, shop.request("POST", "quotes", "m", quoteBody("x", 1)))
		w.pass(400 * 24 * time.Hour)
		for _, again := range []struct {
			path, key, body string
			want            reply
		}{{"quotes", "q", body, q}, {hold, "h", `{"points":40}`, held}, {capture, "c", "", captured}, {"quotes", "m", quoteBody("x", 1), missed}} {
			got := send(w, shop.request("POST", again.path, again.key, again.body))
			if got.status != again.want.status || got.body != again.want.body || got.kind != again.want.kind {
				t.Errorf("%s again: %d %s, want %d %s", again.path, got.status, got.body, again.want.status, again.want.body)
			}
		}
		send(w, shop.request("POST", hold, "h", `{"points":41}`)).want(w, 409, "key_reused")
		send(w, shop.request("POST", capture, "h", `{"points":40}`)).want(w, 409, "key_reused")
		send(w, other.request("POST", hold, "h", `{"points":40}`)).want(w, 404, "quote_unknown") // keys are each shop's own
		w.wantBalance(anna, 60, 0)
	})
}

// Fifty at once, of one key and of many: one effect.
func TestRacedStepsHaveOneEffect(t *testing.T) {
	eachWorld(t, func(w world) {
		anna, shop := w.rich(100), w.shop("Чайка")
		body := quoteBody(w.code(anna), 100_00)
		race := func(path, body string, key func(i int) string) (bodies []string) {
			bodies = make([]string, 50)
			atOnce(50, func(i int) {
				bodies[i] = send(w, shop.request("POST", path, key(i), body)).ok(w, statusAfter(path)).body
			})
			return bodies
		}
		same := func(name string) func(int) string { return func(int) string { return name } }
		own := func(name string) func(int) string { return func(i int) string { return fmt.Sprint(name, i) } }
		quoted := race("quotes", body, same("q"))
		if len(slices.Compact(quoted)) != 1 || w.count("pay_quotes") != 1 {
			t.Fatalf("%d quotes", w.count("pay_quotes"))
		}
		q := shop.get("quotes/1")
		for path, keys := range map[string]func(int) string{at(q, "/hold"): same("h")} {
			if held := race(path, `{"points":40}`, keys); len(slices.Compact(held)) != 1 {
				t.Errorf("answers differ: %v", held)
			}
		}
		race(at(q, "/hold"), `{"points":40}`, own("h"))
		w.wantBalance(anna, 60, 40)
		race(at(q, "/capture"), "", own("c"))
		w.wantBalance(anna, 60, 0)
		if told := w.told(anna); !slices.Equal(told, []string{"pay.held", "pay.paid"}) {
			t.Errorf("told %v", told)
		}
		if n := w.count("postings"); n != 3 {
			t.Errorf("%d postings, want the gift, the hold and the capture", n)
		}
	})
}

func statusAfter(path string) string {
	switch path[len(path)-4:] {
	case "hold":
		return "held"
	case "ture":
		return "captured"
	}
	return "quoted"
}

// Capture, release and the end of the time meet: exactly one of them counts.
func TestOneEndCounts(t *testing.T) {
	eachWorld(t, func(w world) {
		shop := w.shop("Чайка")
		for round := range 4 {
			anna := w.rich(100)
			q := shop.quote(w.code(anna), 100_00).ok(w, "quoted")
			shop.post(at(q, "/hold"), `{"points":40}`).ok(w, "held")
			if round%2 == 1 {
				w.pass(15 * time.Minute)
			}
			atOnce(50, func(i int) {
				switch i % 3 {
				case 0:
					shop.post(at(q, "/capture"), "")
				case 1:
					shop.post(at(q, "/release"), "")
				default:
					if _, err := w.cashier.Expire(w.Context(), q.Quote); err != nil {
						t.Error(err)
					}
				}
			})
			end := shop.get(at(q, "")).Status
			left := map[any]int64{"captured": 60, "released": 100, "expired": 100}[end]
			if b := w.balance(anna); int64(b.Available) != left || b.Held != 0 {
				t.Errorf("%v: available %d, held %d", end, b.Available, b.Held)
			}
			if told := w.told(anna); len(told) != 2 || round%2 == 1 && end != "expired" {
				t.Errorf("%v, told %v", end, told)
			}
		}
	})
}

// Two purchases at once cannot spend what is there once.
func TestTwoQuotesCannotOverspend(t *testing.T) {
	eachWorld(t, func(w world) {
		anna, shops := w.rich(100), []shop{w.shop("Чайка"), w.shop("Другой")}
		quotes := make([]reply, 10)
		for i := range quotes {
			quotes[i] = shops[i%2].quote(w.code(anna), 100_00).ok(w, "quoted")
		}
		statuses := make([]int, len(quotes))
		atOnce(len(quotes), func(i int) { statuses[i] = shops[i%2].post(at(quotes[i], "/hold"), `{"points":30}`).status })
		held := 0
		for _, s := range statuses {
			if s == 200 {
				held++
			} else if s != 409 {
				t.Errorf("status %d", s)
			}
		}
		if held != 3 {
			t.Errorf("%d holds of 30 out of 100, want 3", held)
		}
		w.wantBalance(anna, 10, 90)
	})
}
