package till_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"promobot/campaigns"
	"promobot/internal/store"
	"promobot/points"
	"promobot/till"
)

func (r reply) want(t testing.TB, status int, code string) {
	t.Helper()
	if r.status != status || r.Code != code {
		t.Errorf("%d %q, want %d %q: %s", r.status, r.Code, status, code, r.body)
	}
	if code == "" {
		return
	}
	if r.kind != "application/problem+json" || r.Type != "urn:promobot:till:"+code || r.Next == "" {
		t.Errorf("%s of type %s, next %q: want a problem with a next step", r.kind, r.Type, r.Next)
	}
}

// ok is a quote in the status.
func (r reply) ok(t testing.TB, status string) reply {
	t.Helper()
	if r.status != 200 || r.Status != status {
		t.Fatalf("%d %s, want 200 and %s", r.status, r.body, status)
	}
	return r
}

func at(q reply, verb string) string { return fmt.Sprintf("quotes/%d%s", q.Quote, verb) }

func TestAPurchaseIsPaidWithPoints(t *testing.T) {
	eachWorld(t, func(w world) {
		anna, shop := w.rich(500), w.shop("Чайка")
		q := shop.quote(w.code(anna), 999_99, 100_00, 33).ok(w, "quoted")
		if q.BalancePoints != 500 || q.MaxPoints != 500 || q.Items[0].MaxKopecks != 699_99 || q.Items[0].MaxPoints != 699 || q.Items[2].MaxKopecks != 23 {
			w.Errorf("quote %s", q.body)
		}
		w.wantBalance(anna, 500, 0)
		held := shop.post(at(q, "/hold"), `{"points":400}`).ok(w, "held")
		if held.Points != 400 || held.Kopecks != 400_00 || held.Items[0].Kopecks+held.Items[1].Kopecks+held.Items[2].Kopecks != 400_00 {
			w.Errorf("hold %s", held.body)
		}
		w.wantBalance(anna, 100, 400)
		shop.post(at(q, "/capture"), `{}`).ok(w, "captured")
		w.wantBalance(anna, 100, 0)
		if got := shop.get(at(q, "")).ok(w, "captured"); got.Points != 400 || got.Hold != fmt.Sprintf("quote:%d/hold", q.Quote) {
			w.Errorf("found %s", got.body)
		}
		if told := w.told(anna); !slices.Equal(told, []string{"pay.held", "pay.paid"}) {
			w.Errorf("told %v", told)
		}
	})
}

func TestAQuoteMovesOnlyForward(t *testing.T) {
	steps := map[string]string{"hold": `{"points":40}`, "capture": "", "release": "", "late": ""}
	for _, tt := range []struct {
		path   string // steps in their order, the last one is judged
		status int
		word   string // status of the quote, or code of the problem
		left   int64
		told   int
	}{
		{"capture", 409, "quote_not_held", 100, 0},
		{"release", 200, "released", 100, 0},
		{"release hold", 409, "quote_released", 100, 0},
		{"release capture", 409, "quote_released", 100, 0},
		{"late hold", 409, "quote_expired", 100, 0},
		{"late release", 200, "expired", 100, 0},
		{"hold hold", 200, "held", 60, 1},
		{"hold release", 200, "released", 100, 2},
		{"hold release release", 200, "released", 100, 2},
		{"hold release capture", 409, "quote_released", 100, 2},
		{"hold capture", 200, "captured", 60, 2},
		{"hold capture capture", 200, "captured", 60, 2},
		{"hold capture release", 409, "quote_captured", 60, 2},
		{"hold capture hold", 409, "quote_captured", 60, 2},
		{"hold capture late capture", 200, "captured", 60, 2},
		{"hold late capture", 409, "quote_expired", 100, 2},
		{"hold late release", 200, "expired", 100, 2},
		{"hold late hold", 409, "quote_expired", 100, 2},
	} {
		t.Run(tt.path, func(t *testing.T) {
			w := newWorld(t, sqlite(t)) // no step of these is the engine's
			anna, shop := w.rich(100), w.shop("Чайка")
			q := shop.quote(w.code(anna), 100_00).ok(w, "quoted")
			var last reply
			for name := range strings.FieldsSeq(tt.path) {
				if name == "late" {
					w.pass(15 * time.Minute)
					continue
				}
				last = shop.post(at(q, "/"+name), steps[name])
			}
			if got := last.Code + fmt.Sprint(last.Status); last.status != tt.status || !strings.Contains(got, tt.word) {
				t.Errorf("%d %s, want %d %s", last.status, last.body, tt.status, tt.word)
			}
			if b, told := w.balance(anna), w.told(anna); int64(b.Available) != tt.left || len(told) != tt.told {
				t.Errorf("available %d, told %v; want %d and %d notices", b.Available, told, tt.left, tt.told)
			}
		})
	}
}

func TestTheMomentOfExpiry(t *testing.T) {
	w := newWorld(t, sqlite(t))
	for late, want := range map[time.Duration]int{-time.Microsecond: 200, 0: 409, time.Microsecond: 409} {
		anna, shop := w.rich(100), w.shop("Чайка")
		q := shop.quote(w.code(anna), 100_00).ok(w, "quoted")
		w.pass(14 * time.Minute)
		shop.post(at(q, "/hold"), `{"points":1}`).ok(w, "held") // the hold has its own time
		w.pass(15*time.Minute + late)
		if got := shop.post(at(q, "/capture"), ""); got.status != want {
			t.Errorf("%s after the end: %d, want %d", late, got.status, want)
		}
	}
}

func TestHoldsAreBounded(t *testing.T) {
	w := newWorld(t, sqlite(t))
	anna, shop := w.rich(90), w.shop("Чайка")
	q, other := shop.quote(w.code(anna), 100_00).ok(w, "quoted"), shop.quote(w.code(anna), 100_00).ok(w, "quoted")
	if q.MaxPoints != 70 {
		t.Errorf("max_points %d, want 70", q.MaxPoints)
	}
	for _, body := range []string{`{"points":71}`, `{"points":0}`, `{"points":-1}`, `{"points":9223372036854775807}`} {
		got := shop.post(at(q, "/hold"), body)
		got.want(t, 422, "points_over")
		if got.MaxPoints != 70 {
			t.Errorf("%s: max_points %d, want 70", body, got.MaxPoints)
		}
	}
	shop.post(at(q, "/hold"), `{"points":70}`).ok(w, "held")
	shop.post(at(q, "/hold"), `{"points":69}`).want(t, 409, "quote_held")
	short := shop.post(at(other, "/hold"), `{"points":21}`)
	short.want(t, 409, "points_short")
	if short.MaxPoints != 20 {
		t.Errorf("max_points %d, want the 20 that are left", short.MaxPoints)
	}
	shop.post(at(other, "/hold"), `{"points":20}`).ok(w, "held")
	w.wantBalance(anna, 0, 90)
}

// TestADebtBarsAHold: also one that came after the quote.
func TestADebtBarsAHold(t *testing.T) {
	w := newWorld(t, sqlite(t))
	blocking := terms()
	blocking.Returns = campaigns.Returns{Points: campaigns.Block, Prizes: campaigns.Keep}
	w.apply(blocking)
	anna, shop := w.rich(90), w.shop("Чайка")
	q := shop.quote(w.code(anna), 100_00).ok(w, "quoted")
	w.must(func(ctx context.Context, tx *store.Tx) error {
		_, err := points.Ledger{}.Post(ctx, tx, points.Posting{Source: "receipt:1/return:1/lines", Kind: points.Return,
			Legs: points.Move(points.Debt(anna), points.Issued(1), 5)})
		return err
	})
	short := shop.post(at(q, "/hold"), `{"points":5}`)
	short.want(t, 409, "points_short")
	if short.MaxPoints != 0 {
		t.Errorf("max_points %d, want none", short.MaxPoints)
	}
}

func TestWhatMayNotBeDiscountedIsPaidInMoney(t *testing.T) {
	w := newWorld(t, sqlite(t))
	anna, shop := w.rich(500), w.shop("Чайка")
	q := shop.post("quotes", fmt.Sprintf(`{"code":%q,"order":"1-77","items":[
		{"name":"Табак","price_kopecks":20000,"quantity":1,"discountable":false},
		{"name":"Чай","gtin":"4609990000012","price_kopecks":10000,"quantity":2,"discountable":true}]}`, w.code(anna))).ok(t, "quoted")
	if q.MaxPoints != 140 || q.Items[0].MaxKopecks != 0 || q.Items[1].MaxKopecks != 140_00 {
		t.Errorf("quote %s", q.body)
	}
	if held := shop.post(at(q, "/hold"), `{"points":140}`).ok(t, "held"); held.Items[0].Kopecks != 0 || held.Items[1].Kopecks != 140_00 {
		t.Errorf("hold %s", held.body)
	}
}

func TestACodeIsGoodOnceAndBriefly(t *testing.T) {
	eachWorld(t, func(w world) {
		anna, shop := w.rich(100), w.shop("Чайка")
		used, old := w.code(anna), ""
		shop.quote(used[:4]+" "+used[4:], 100_00).ok(w, "quoted")
		old, late := w.code(anna), w.code(anna)
		var answers []string
		for _, code := range []string{used, old, "00000000000", "x", "１２３４５６７８"} {
			got := shop.quote(code, 100_00)
			got.want(w, 404, "code_unknown")
			answers = append(answers, got.body)
		}
		w.pass(5 * time.Minute)
		got := shop.quote(late, 100_00)
		got.want(w, 404, "code_unknown")
		if answers = slices.Compact(append(answers, got.body)); len(answers) != 1 {
			w.Errorf("answers differ: %v", answers)
		}
		w.pass(-time.Microsecond)
		shop.quote(late, 100_00).ok(w, "quoted")
		for _, secret := range []string{used, old, late, shop.secret} {
			if strings.Contains(w.log.String(), secret) {
				w.Error("a code or secret is in the log")
			}
		}
	})
}

func TestGuessingEndsForAWhile(t *testing.T) {
	eachWorld(t, func(w world) {
		anna, shop, other := w.rich(100), w.shop("Чайка"), w.shop("Другой")
		good := w.code(anna)
		statuses := make([]int, 40)
		atOnce(len(statuses), func(i int) { statuses[i] = shop.quote(fmt.Sprintf("no-code-%d", i), 100_00).status })
		missed := 0
		for _, s := range statuses {
			if s == 404 {
				missed++
			} else if s != 429 {
				w.Errorf("status %d", s)
			}
		}
		if missed != 20 {
			w.Errorf("%d guesses were answered, want 20", missed)
		}
		blocked := shop.quote(good, 100_00)
		blocked.want(w, 429, "too_many_codes")
		if blocked.header.Get("Retry-After") != "600" {
			w.Errorf("Retry-After %q, want 600", blocked.header.Get("Retry-After"))
		}
		other.quote(good, 100_00).ok(w, "quoted")
		w.pass(10 * time.Minute)
		shop.quote(w.code(anna), 100_00).ok(w, "quoted")
	})
}

func TestWhatIsNotSignedIsRefusedAndLeavesNothing(t *testing.T) {
	eachWorld(t, func(w world) {
		anna, shop, other := w.rich(100), w.shop("Чайка"), w.shop("Другой")
		revoked := w.shop("Ушёл")
		w.must(func(ctx context.Context, tx *store.Tx) error { return till.Revoke(ctx, tx, revoked.id) })
		body := quoteBody(w.code(anna), 100_00)
		for name, spoil := range map[string]func() reply{
			"no headers": func() reply {
				r := shop.request("POST", "quotes", "k", body)
				r.Header.Del("Till-Id")
				r.Header.Del("Till-Signature")
				return send(w, r)
			},
			"an id that is no text": func() reply {
				r := shop.request("POST", "quotes", "k", body)
				r.Header.Set("Till-Id", "till_\xff")
				return send(w, r)
			},
			"another shop's secret": func() reply { other.id = shop.id; return send(w, other.request("POST", "quotes", "k", body)) },
			"another key": func() reply {
				r := shop.request("POST", "quotes", "k", body)
				r.Header.Set("Idempotency-Key", "l")
				return send(w, r)
			},
			"another time": func() reply {
				r := shop.request("POST", "quotes", "k", body)
				r.Header.Set("Till-Timestamp", "1")
				return send(w, r)
			},
			"another path": func() reply {
				r := shop.request("POST", "quotes/1/hold", "k", body)
				r.URL.Path = till.Prefix + "quotes"
				return send(w, r)
			},
			"another body": func() reply {
				r := shop.request("POST", "quotes", "k", body)
				r.Body = shop.request("POST", "quotes", "k", strings.Replace(body, "1-77", "1-78", 1)).Body
				return send(w, r)
			},
			"a revoked key": func() reply { return send(w, revoked.request("POST", "quotes", "k", body)) },
			"an unknown key": func() reply {
				s := shop
				s.id = "till_0000000000000000"
				return send(w, s.request("POST", "quotes", "k", body))
			},
		} {
			got := spoil()
			if got.want(w, 401, "unauthorized"); w.Failed() {
				w.Fatal(name)
			}
		}
		if n := w.count("till_answers") + w.count("pay_quotes"); n != 0 {
			w.Errorf("%d rows were stored", n)
		}
		shop.post("quotes", body).ok(w, "quoted")
	})
}

func TestTheClockMayBeFiveMinutesOff(t *testing.T) {
	w := newWorld(t, sqlite(t))
	shop := w.shop("Чайка")
	for off, status := range map[time.Duration]int{0: 404, 5 * time.Minute: 404, -5 * time.Minute: 404, 301 * time.Second: 401, -301 * time.Second: 401} {
		now := w.now.Load()
		r := func() reply {
			w.pass(off)
			r := shop.request("GET", "quotes/1", "", "")
			w.now.Store(now)
			return send(w, r)
		}()
		if r.status != status {
			t.Errorf("%s off: %d %s, want %d", off, r.status, r.Code, status)
		}
		if status == 401 {
			r.want(w, 401, "clock")
		}
	}
}

func TestAnotherShopsQuoteIsNoQuote(t *testing.T) {
	w := newWorld(t, sqlite(t))
	anna, shop, other := w.rich(100), w.shop("Чайка"), w.shop("Другой")
	q := shop.quote(w.code(anna), 100_00).ok(w, "quoted")
	other.get(at(q, "")).want(t, 404, "quote_unknown")
	other.post(at(q, "/hold"), `{"points":1}`).want(t, 404, "quote_unknown")
	other.post(at(q, "/capture"), "").want(t, 404, "quote_unknown")
	other.post(at(q, "/release"), "").want(t, 404, "quote_unknown")
	for _, id := range []string{"0", "-1", "+1", "x", "999", "99999999999999999999"} {
		shop.get("quotes/"+id).want(t, 404, "quote_unknown")
	}
}

func TestBodiesAreReadStrictly(t *testing.T) {
	w := newWorld(t, sqlite(t))
	anna, shop := w.rich(100), w.shop("Чайка")
	code := w.code(anna)
	item := `{"price_kopecks":100,"quantity":1}`
	body := func(items string) string { return fmt.Sprintf(`{"code":%q,"order":"1","items":[%s]}`, code, items) }
	for _, tt := range []struct {
		body   string
		status int
		code   string
	}{
		{"", 400, "body"}, {"[]", 400, "body"}, {"null", 400, "body"}, {"{", 400, "body"}, {"1", 400, "body"}, {`{}`, 400, "body"},
		{body(item) + "{}", 400, "body"},
		{strings.Replace(body(item), `{"code"`, `{"extra":1,"code"`, 1), 400, "body"},
		{strings.Replace(body(item), `{"code"`, `{"order":"2","code"`, 1), 400, "body"},
		{strings.Replace(body(item), `"code"`, `"CODE"`, 1), 400, "body"},
		{body(`{"price_kopecks":100,"price_kopecks":1,"quantity":1}`), 400, "body"},
		{body(`{"price_kopecks":1.5,"quantity":1}`), 400, "body"},
		{body(`{"price_kopecks":1e2,"quantity":1}`), 400, "body"},
		{body(`{"price_kopecks":"100","quantity":1}`), 400, "body"},
		{body(`{"price_kopecks":9223372036854775808,"quantity":1}`), 400, "body"},
		{body(`{"price_kopecks":100,"quantity":null}`), 400, "body"},
		{body(`{"price_kopecks":100,"quantity":NaN}`), 400, "body"},
		{body(`{"name":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}`), 400, "body"},
		{body("{\"name\":\"\xff\",\"price_kopecks\":100,\"quantity\":1}"), 400, "body"},
		{body(`{"name":"a\u0000b","price_kopecks":100,"quantity":1}`), 400, "body"},
		{body(`{"name":"` + strings.Repeat("я", 201) + `","price_kopecks":100,"quantity":1}`), 400, "body"},
		{body(""), 422, "items"},
		{body(`{"price_kopecks":0,"quantity":1}`), 422, "items"},
		{body(`{"price_kopecks":100}`), 422, "items"},
		{body(`{"price_kopecks":1000000000,"quantity":2}`), 422, "items"},
		{body(`{"price_kopecks":1,"quantity":9223372036854775807}`), 422, "items"},
		{body(strings.Repeat(item+",", 200) + item), 422, "items"},
		{body(item + strings.Repeat(" ", 64<<10)), 413, "too_large"},
	} {
		if shop.post("quotes", tt.body).want(t, tt.status, tt.code); t.Failed() {
			t.Fatalf("%.120s", tt.body)
		}
	}
	r := shop.request("POST", "quotes", "k", body(item))
	r.Header.Set("Content-Type", "text/plain")
	send(t, r).want(t, 415, "media_type")
	for _, key := range []string{"", "a b", "ключ", strings.Repeat("k", 101)} {
		send(t, shop.request("POST", "quotes", key, body(item))).want(t, 400, "idempotency_key")
	}
	shop.post("quotes", body(strings.Repeat(item+",", 199)+item)).ok(w, "quoted") // none of these has used the code up
}

func TestAddressesAndMethods(t *testing.T) {
	w := newWorld(t, sqlite(t))
	shop := w.shop("Чайка")
	shop.get("nothing").want(t, 404, "no_such_address")
	got := shop.get("quotes")
	if got.want(t, 405, "method"); got.header.Get("Allow") != "POST" {
		t.Errorf("Allow %q", got.header.Get("Allow"))
	}
	shop.post("quotes/1", "{}").want(t, 405, "method")
	r := shop.request("GET", "quotes/1", "", "")
	r.URL.RawQuery = "a=b"
	send(t, r).want(t, 400, "query")
}

func TestWithoutTermsNothingIsQuoted(t *testing.T) {
	w := newWorld(t, sqlite(t))
	anna, shop := w.rich(100), w.shop("Чайка")
	q := shop.quote(w.code(anna), 100_00).ok(w, "quoted")
	shop.post(at(q, "/hold"), `{"points":10}`).ok(w, "held")
	off := terms()
	off.Pay = campaigns.Pay{}
	w.apply(off)
	shop.quote(w.code(anna), 100_00).want(t, 404, "pay_off")
	r := shop.request("POST", "quotes", "k", "{}")
	r.Header.Del("Till-Signature")
	send(t, r).want(t, 404, "pay_off")
	shop.post(at(q, "/capture"), "").ok(w, "captured") // what was promised before is kept
}
