package resale_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"promobot/fns"
	"promobot/fns/resale"
	"promobot/fns/resalesim"
)

const token = "R3saleT0ken"

var bought = fns.Ticket{
	Key: fns.Key{FN: "7380440800123456", FD: 45871, FP: 2874106593}, Operation: fns.Sale,
	At: time.Date(2026, 3, 14, 18, 42, 0, 0, time.UTC), Total: 587_40, SellerINN: "3600000006", Seller: `ООО "ПРИМЕР"`,
	Items: []fns.Item{
		{Name: "НАПИТОК 1.5л", GTIN: "04609990000012", Price: 129_90, Sum: 259_80, Quantity: 2 * fns.Unit, PaymentType: 4, ProductType: 33},
		{Name: `Бананы "1кг" & <др>`, Price: 281_93, Sum: 327_60, Quantity: 1162, PaymentType: 4, ProductType: 1},
	},
}

func code(t fns.Ticket) fns.QR {
	return fns.QR{Key: t.Key, Operation: t.Operation, At: t.At, Total: t.Total}
}

// ask puts a question to a simulator with the troubles over a socket.
func ask(t *testing.T, f resalesim.Faults, withToken string, q fns.QR) (fns.Answer, error) {
	t.Helper()
	sim := resalesim.New(token)
	sim.Put(bought)
	sim.Set(f)
	server := httptest.NewServer(sim)
	defer server.Close()
	client := resale.NewClient(resale.Config{BaseURL: server.URL + "/", Token: withToken, Timeout: 300 * time.Millisecond,
		Clock: func() time.Time { return time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC) }})
	id, err := client.Send(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	if sim.Calls() != 0 {
		t.Error("a send calls the service")
	}
	return client.Poll(t.Context(), id)
}

func TestFound(t *testing.T) {
	for name, f := range map[string]resalesim.Faults{"as an object": {}, "as a text": {DataAsString: true}} {
		a, err := ask(t, f, token, code(bought))
		if err != nil || a.State != fns.Found || a.Hearsay {
			t.Errorf("%s: %+v, %v; want a ticket", name, a, err)
			continue
		}
		if err := fns.Agree(code(bought), a.Ticket); err != nil {
			t.Error(err)
		}
		if fmt.Sprint(a.Ticket.Items) != fmt.Sprint(bought.Items) || a.Ticket.SellerINN != bought.SellerINN {
			t.Errorf("%s: %+v, want %+v", name, a.Ticket, bought)
		}
	}
}

// TestAnswersWithoutAReceipt: none of them is final.
func TestAnswersWithoutAReceipt(t *testing.T) {
	n := func(code int) resalesim.Faults { return resalesim.Faults{Code: &code} }
	wrong := code(bought)
	wrong.Total++
	for name, tt := range map[string]struct {
		f     resalesim.Faults
		q     fns.QR
		state fns.State
	}{
		"not yet":      {resalesim.Faults{LaterThan: 1}, code(bought), fns.NotYet},
		"incorrect":    {resalesim.Faults{}, wrong, fns.Forged},
		"unknown code": {n(17), code(bought), fns.Strange},
	} {
		a, err := ask(t, tt.f, token, tt.q)
		if err != nil || a.State != tt.state || !a.Hearsay {
			t.Errorf("%s: %+v, %v; want %s by hearsay", name, a, err, tt.state)
		}
	}
}

func TestTroubles(t *testing.T) {
	n := func(code int) resalesim.Faults { return resalesim.Faults{Code: &code} }
	var (
		quota     *fns.QuotaError
		rate      *fns.RateError
		temporary *fns.TemporaryError
	)
	if _, err := ask(t, n(3), token, code(bought)); !errors.As(err, &quota) || !quota.Until.Equal(time.Date(2026, 3, 14, 21, 0, 0, 0, time.UTC)) {
		t.Errorf("code 3: %v, want no quota until Moscow midnight", err)
	}
	if _, err := ask(t, n(4), token, code(bought)); !errors.As(err, &rate) || rate.All {
		t.Errorf("code 4: %v, want a pause for this receipt", err)
	}
	if _, err := ask(t, n(5), token, code(bought)); !errors.As(err, &temporary) || !temporary.Answered {
		t.Errorf("code 5: %v, want an answer that cannot be used", err)
	}
	for name, f := range map[string]resalesim.Faults{"500": {HTTP500: true}, "cut": {Cut: true}, "stalls": {Latency: time.Second}} {
		if _, err := ask(t, f, token, code(bought)); !errors.As(err, &temporary) || temporary.Answered || temporary.NotSent {
			t.Errorf("%s: %v, want an outage", name, err)
		}
	}
	if _, err := ask(t, resalesim.Faults{}, "other", code(bought)); !errors.As(err, &temporary) {
		t.Errorf("an empty body: %v, want an outage", err)
	}
}

func TestNothingListens(t *testing.T) {
	server := httptest.NewServer(resalesim.New(token))
	server.Close()
	client := resale.NewClient(resale.Config{BaseURL: server.URL, Token: token})
	var temporary *fns.TemporaryError
	_, err := client.Poll(context.Background(), code(bought).String())
	if !errors.As(err, &temporary) || !temporary.NotSent || strings.Contains(err.Error(), token) {
		t.Errorf("%v, want an outage before anything was sent", err)
	}
	if text := fmt.Sprintf("%v %+v %#v", client, client, resale.Config{Token: token}); strings.Contains(text, token) {
		t.Errorf("the token is printed: %s", text)
	}
	if _, err := client.Poll(context.Background(), "nonsense"); !errors.Is(err, fns.ErrMessageGone) {
		t.Errorf("%v, want a message that is gone", err)
	}
}
