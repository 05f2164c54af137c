package soap_test

import (
	"errors"
	"testing"
	"time"

	"promobot/fns"
	"promobot/fns/fnssim"
	"promobot/fns/soap"
	"promobot/internal/money"
)

func TestResultCodes(t *testing.T) {
	w := newWorld(t)
	old := time.Date(2025, 12, 1, 10, 0, 0, 0, time.UTC)
	wrongSum := w.mint(fnssim.Order{Sum: 587_40})
	wrongSum.Total++
	wrongMinute := w.mint(fnssim.Order{})
	wrongMinute.At = wrongMinute.At.Add(time.Minute)
	wrongOperation := w.mint(fnssim.Order{})
	wrongOperation.Operation = fns.SaleReturn
	malformed := w.mint(fnssim.Order{})
	malformed.FN = "738044080012345"
	for _, tt := range []struct {
		name     string
		q        fns.QR
		code     int
		state    fns.State
		extended int
	}{
		{"genuine", w.mint(fnssim.Order{}), 200, fns.Found, 200},
		{"a return", w.mint(fnssim.Order{Operation: fns.SaleReturn}), 200, fns.Found, 200},
		{"forged", w.mint(fnssim.Order{Forged: true}), 406, fns.Forged, 454},
		{"wrong sum", wrongSum, 406, fns.Forged, 454},
		{"wrong minute", wrongMinute, 406, fns.Forged, 454},
		{"wrong operation", wrongOperation, 406, fns.Forged, 454},
		{"genuine, not in the store", w.mint(fnssim.Order{Unstored: true}), 404, fns.NotYet, 404},
		{"older than the store", w.mint(fnssim.Order{At: old}), 404, fns.NotYet, 404},
		{"malformed", malformed, 400, fns.Malformed, 452},
	} {
		for extended, want := range map[string]int{"false": tt.code, "true": tt.extended} {
			w.control(`{"extendedCodes":%s}`, extended)
			a, err := w.ask(tt.q)
			if err != nil || a.Code != want || a.State != tt.state {
				t.Errorf("%s, extended %s: got %+v, %v; want %d %v", tt.name, extended, a, err, want, tt.state)
			}
			if a.State != fns.Found && a.Text == "" {
				t.Errorf("%s: the service's words are lost", tt.name)
			}
		}
	}
}

func TestUnknownCodeIsStrange(t *testing.T) {
	w := newWorld(t)
	w.control(`{"fault":"code777"}`)
	if a, err := w.ask(w.mint(fnssim.Order{})); err != nil || a.State != fns.Strange || a.Code != 777 {
		t.Errorf("got %+v, %v; want strange 777", a, err)
	}
	w.config.Codes = map[int]fns.State{777: fns.Busy}
	w.client = soap.NewClient(w.config)
	if a, err := w.ask(w.mint(fnssim.Order{})); err != nil || a.State != fns.Busy {
		t.Errorf("the configuration's reading is not obeyed: %+v, %v", a, err)
	}
	w.control(`{"fault":"code503"}`)
	if a, err := w.ask(w.mint(fnssim.Order{})); err != nil || a.State != fns.Busy || a.RetryIn <= 0 {
		t.Errorf("got %+v, %v; want busy with a pause", a, err)
	}
}

func TestLateArrival(t *testing.T) {
	w := newWorld(t)
	q := w.mint(fnssim.Order{})
	w.control(`{"lateArrival":"24h","extendedCodes":true}`)
	for range 6 {
		a, err := w.ask(q)
		if err != nil || a.State != fns.NotYet || a.Code != 455 || a.RetryIn <= 0 {
			t.Fatalf("got %+v, %v; want not yet", a, err)
		}
		w.clock.Advance(4*time.Hour - 10*time.Second)
	}
	w.clock.Advance(time.Minute)
	w.found(q)
}

// TestDialects fetches one receipt with awkward names in every dialect.
func TestDialects(t *testing.T) {
	items := []fns.Item{
		{Name: `Сыр "Соль & <перец>" ]]> 1кг`, GTIN: "04609990000012", Price: 899_90, Quantity: 294, Sum: 264_57, PaymentType: 4, ProductType: 33},
		{Name: "Бананы                      1кг", Price: 129_99, Quantity: 1162, Sum: 151_05, PaymentType: 4, ProductType: 1},
	}
	for range 24 {
		items = append(items, fns.Item{Name: "КОЛА 0,33 ж/б", GTIN: "04609990000029", Price: 60_00, Quantity: 1000, Sum: 60_00, PaymentType: 4, ProductType: 1})
	}
	w := newWorld(t)
	q := w.mint(fnssim.Order{Items: items})
	for _, prefix := range []string{"reference", "prefixed", "bare", "local", "random"} {
		for _, text := range []string{"escaped", "cdata"} {
			for _, dateTime := range []string{"number", "date", "iso"} {
				w.control(`{"dialect":"%s %s %s"}`, prefix, text, dateTime)
				got := w.found(q)
				if len(got.Items) != len(items) || len(got.SellerINN) != 10 {
					t.Fatalf("%s %s %s: %+v", prefix, text, dateTime, got)
				}
				for i := range items {
					if got.Items[i] != items[i] {
						t.Errorf("%s %s %s: line %d is %+v, want %+v", prefix, text, dateTime, i, got.Items[i], items[i])
					}
				}
			}
		}
	}
	w.control(`{"itemsMissing":true}`)
	if got := w.found(q); len(got.Items) != 0 {
		t.Errorf("%d lines, want none", len(got.Items))
	}
}

func TestInventedTicket(t *testing.T) {
	w := newWorld(t)
	w.control(`{"invent":true,"storeDepth":0}`)
	q, err := fns.ParseQR("t=20171224T2359&s=1234.56&fn=8710000100186516&i=0000000001&fp=1&n=1")
	if err != nil {
		t.Fatal(err)
	}
	got := w.found(q)
	var sum money.Kopecks
	for _, item := range got.Items {
		sum += item.Sum
	}
	if sum != q.Total || !got.At.Equal(q.At) {
		t.Errorf("lines sum to %s at %s: %+v", sum, got.At, got)
	}
}

func TestOldContracts(t *testing.T) {
	w := newWorld(t)
	q := w.mint(fnssim.Order{})
	w.control(`{"requireUserToken":true,"requireGeoInfo":true}`)
	var access *fns.AccessError
	if _, err := w.client.Send(t.Context(), q); !errors.As(err, &access) {
		t.Errorf("got %v, want an AccessError: the request itself is wrong", err)
	}
	w.config.UserToken, w.config.SendGeoInfo = "constant", true
	w.client = soap.NewClient(w.config)
	w.found(q)
}
