package fnssim_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"promobot/fns"
	"promobot/fns/fnssim"
	"promobot/internal/money"
)

// put sends a control request and returns the status and the answer.
func put(t *testing.T, method, url, body string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

func serve(t *testing.T, o fnssim.Options) (*fnssim.Sim, string) {
	t.Helper()
	sim := fnssim.New(o)
	server := httptest.NewServer(sim)
	t.Cleanup(func() { sim.Close(); server.Close() })
	return sim, server.URL
}

func TestControlTakesEverySwitch(t *testing.T) {
	_, url := serve(t, fnssim.Options{})
	for name, values := range map[string][]string{
		"dialect":          {`"prefixed cdata iso"`, `{"prefix":"bare","ticket":"escaped","dateTime":"$date"}`, `null`},
		"latency":          {`"10ms"`, `0.01`, `0`, `"0"`, `null`},
		"stuckProcessing":  {`true`, `0.5`, `false`},
		"lostAnswer":       {`true`, `"0.25"`, `false`},
		"fault":            {`"internal@0.5"`, `["rate","code777@1"]`, `"internal,http502@0.1"`, `""`, `false`, `[]`, `null`},
		"http429":          {`true`, `0`},
		"slowBody":         {`true`, `"20ms"`, `false`},
		"truncatedBody":    {`1`, `false`},
		"tokenRevoked":     {`true`},
		"clockSkew":        {`"-2h"`, `0`},
		"quotaLeft":        {`5`, `null`},
		"lateArrival":      {`"24h"`, `0`},
		"itemsMissing":     {`true`, `false`},
		"extendedCodes":    {`true`, `false`},
		"storeDepth":       {`0`, `"1800h"`, `"75d"`, `"0.5d"`, `60`},
		"invent":           {`true`, `false`},
		"requireGeoInfo":   {`true`, `false`},
		"requireUserToken": {`true`, `false`},
		"dayQuota":         {`5`, `0`, `null`},
		"sendPerSecond":    {`1`, `0`, `null`},
	} {
		for _, value := range values {
			if status, answer := put(t, "PUT", url+"/control", `{"`+name+`":`+value+`}`); status != 200 {
				t.Errorf("%s = %s: %d %s", name, value, status, answer)
			}
		}
	}
	if n := len(fnssim.SwitchNames()); n != 20 {
		t.Errorf("%d switches, the test knows 20", n)
	}
}

func TestControlRefuses(t *testing.T) {
	sim, url := serve(t, fnssim.Options{})
	for _, body := range []string{
		``, `[]`, `{"latencyy":"1s"}`, `{"latency":"fast"}`, `{"http429":2}`, `{"http429":-0.1}`, `{"fault":"unknown"}`,
		`{"fault":"internal@x"}`, `{"dialect":"klingon"}`, `{"invent":"yes"}`, `{"quotaLeft":"few"}`, `{"invent":true,"nonsense":1}`,
	} {
		status, answer := put(t, "PUT", url+"/control", body)
		if status != 400 || !strings.Contains(answer, "storeDepth") {
			t.Errorf("%s: %d %s; want 400 with the known switches", body, status, answer)
		}
	}
	if _, answer := put(t, "GET", url+"/control", ""); !strings.Contains(answer, `"invent":false`) {
		t.Errorf("a refused object changed a switch: %s", answer)
	}
	if got := sim.Counts(); got != (fnssim.Counts{}) {
		t.Errorf("control was counted as service: %+v", got)
	}
}

func TestMint(t *testing.T) {
	_, url := serve(t, fnssim.Options{Clock: func() time.Time { return time.Date(2026, 3, 14, 20, 0, 0, 0, time.UTC) }})
	for _, tt := range []struct{ body, want string }{
		{`{"sum":"587.40","at":"2026-03-14T18:42"}`, "t=20260314T1842&s=587.40&"},
		{`{"sum":58740,"at":"2026-03-14T18:42:33"}`, "t=20260314T184233&s=587.40&"},
		{`{"sum":"587,4","at":"2026-03-14T18:42","genuine":false}`, "t=20260314T1842&s=587.40&"},
		{`{"at":"2026-03-14T18:42","items":[{"name":"Кола","gtin":"4609990000012","price":"60","quantity":2},{"name":"x","sum":100}]}`, "t=20260314T1842&s=121.00&"},
		{`{"sum":"500","operation":2,"items":[{"name":"Кола","price":"60"}]}`, "t=20260314T2300&s=500.00&"},
		{``, "t=20260314T2300&"},
		{`{}`, "t=20260314T2300&"},
	} {
		status, answer := put(t, "POST", url+"/control/mint", tt.body)
		if status != 200 || !strings.Contains(answer, `{"text":"`+tt.want) {
			t.Errorf("%s: %d %s; want %s", tt.body, status, answer, tt.want)
		}
	}
	for _, body := range []string{
		`{"sum":587.4}`, `{"sum":-1}`, `{"sum":"много"}`, `{"at":"вчера"}`, `{"summ":1}`, `{"operation":5}`,
		`{"sum":"10","items":[{"name":"x","sum":"10.01"}]}`, `{"items":[{"gtin":"4609990000013","sum":1}]}`,
		`{"items":[{"sum":1,"quantity":-1}]}`, `{"at":"2016-06-30T10:00"}`,
	} {
		if status, answer := put(t, "POST", url+"/control/mint", body); status != 400 {
			t.Errorf("%s: %d %s; want 400", body, status, answer)
		}
	}
}

// TestInvent looks at invented tickets through the mint, which stores what it
// invents; the dialogue with a client is tested in fns/soap.
func TestInvent(t *testing.T) {
	goods := []fnssim.Good{{Name: "ДЕМО КОЛА 1л", GTIN: "4609990000012", Price: 100_00}, {Name: "ДЕМО ЧИПСЫ", Price: 150_00}}
	q := fns.QR{Key: fns.Key{FN: "7380440800123456", FD: 1, FP: 1}, Operation: fns.Sale, At: time.Date(2017, 1, 2, 3, 4, 5, 0, time.UTC)}
	for _, total := range []money.Kopecks{1, 2, 99, 15_00, 15_01, 99_99, 100_00, 587_40, 1000_00, 6543_21, 25_000_00, 95_000_01, 1_900_000_00, 999_999_999_99} {
		for fd := range int64(40) {
			q.Total, q.FD = total, fd+1
			got := fnssim.Invented(fnssim.Options{Goods: goods}, q)
			checkInvented(t, q, got)
			promoted := slices.ContainsFunc(got.Items, func(i fns.Item) bool { return strings.HasPrefix(i.Name, "ДЕМО") })
			if promoted != (total >= 100_00) {
				t.Errorf("%s: promoted goods: %v", total, promoted)
			}
			if again := fnssim.Invented(fnssim.Options{Goods: goods}, q); !reflect.DeepEqual(got, again) {
				t.Errorf("%s: the second ticket differs", total)
			}
		}
	}
}

func checkInvented(t *testing.T, q fns.QR, got fns.Ticket) {
	t.Helper()
	var sum money.Kopecks
	for _, item := range got.Items {
		sum += item.Sum
		if item.Sum <= 0 || item.Price <= 0 || item.Quantity <= 0 || item.Name == "" || item.PaymentType != 4 {
			t.Errorf("%s: implausible line %+v", q.Total, item)
		}
	}
	if sum != q.Total || len(got.Items) > 40 || len(got.SellerINN) != 10 || got.Seller == "" || got.Address == "" {
		t.Errorf("%s: %d lines sum to %s: %+v", q.Total, len(got.Items), sum, got)
	}
	if err := fns.Agree(q, got); err != nil {
		t.Error(err)
	}
}

func TestOtherAddresses(t *testing.T) {
	_, url := serve(t, fnssim.Options{})
	for _, address := range []string{"GET /", "GET /open-api/AuthService/0.1", "POST /control", "PUT /open-api/ais3/KktService/0.1"} {
		method, path, _ := strings.Cut(address, " ")
		if status, _ := put(t, method, url+path, ""); status != 404 {
			t.Errorf("%s: %d, want 404", address, status)
		}
	}
	if status, answer := put(t, "GET", url+"/control/state", ""); status != 200 || !strings.Contains(answer, `"polls":0`) {
		t.Error(fmt.Sprint(status, " ", answer))
	}
}
