// Package resalesim is a simulator of a service that resells receipts: real
// HTTP, its codes and its faults. It knows the receipts that it is given.
package resalesim

import (
	"encoding/json"
	"net/http"
	"strconv"
	"sync"
	"time"

	"promobot/fns"
	"promobot/internal/money"
)

// Faults are the simulator's troubles. The zero value has none.
type Faults struct {
	Latency      time.Duration // before every answer
	HTTP500      bool          // a page in place of an answer
	Cut          bool          // bodies end in the middle
	Code         *int          // this code whatever was asked, without a receipt; 3 is "no quota", 4 "wait"
	DataAsString bool          // the receipt comes as a text within the text
	LaterThan    int           // a receipt is there only after it was asked for so many times: code 2 until then
}

// Sim is a running simulator and its http.Handler.
type Sim struct {
	token string

	mu      sync.Mutex
	faults  Faults
	tickets map[fns.Key]fns.Ticket
	asked   map[fns.Key]int
	calls   int
}

// New returns a simulator that takes the token.
func New(token string) *Sim {
	return &Sim{token: token, tickets: map[fns.Key]fns.Ticket{}, asked: map[fns.Key]int{}}
}

// Put adds a receipt.
func (s *Sim) Put(t fns.Ticket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tickets[t.Key] = t
}

// Set replaces the troubles.
func (s *Sim) Set(f Faults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = f
}

// Calls is how many calls have come.
func (s *Sim) Calls() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls
}

// ServeHTTP answers POST /api/v1/check/get.
func (s *Sim) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost || r.URL.Path != "/api/v1/check/get" {
		http.NotFound(w, r)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	f, answer := s.answer(r)
	if f.Latency > 0 {
		select {
		case <-time.After(f.Latency):
		case <-r.Context().Done():
			return
		}
	}
	switch {
	case f.HTTP500:
		http.Error(w, "<html>500</html>", http.StatusInternalServerError)
	case f.Cut:
		w.Header().Set("Content-Length", strconv.Itoa(len(answer)))
		_, _ = w.Write(answer[:len(answer)/2])
		panic(http.ErrAbortHandler) // cuts the connection
	default:
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(answer) // a client that has gone is told nothing
	}
}

func (s *Sim) answer(r *http.Request) (Faults, []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	q, known := question(r)
	if !known || r.PostFormValue("token") != s.token {
		return s.faults, nil // incomplete field sets give an empty body
	}
	s.asked[q.Key]++
	code, t := s.find(q)
	first := 0
	if s.asked[q.Key] == 1 {
		first = 1
	}
	return s.faults, s.write(r, code, first, t)
}

// question reads the fields of a request.
func question(r *http.Request) (q fns.QR, known bool) {
	text := "t=" + r.PostFormValue("t") + "&s=" + r.PostFormValue("s") + "&fn=" + r.PostFormValue("fn") +
		"&i=" + r.PostFormValue("fd") + "&fp=" + r.PostFormValue("fp") + "&n=" + r.PostFormValue("n")
	q, err := fns.ParseQR(text)
	return q, err == nil
}

// find decides the code. Whether a receipt is there is a matter of all its
// fields.
func (s *Sim) find(q fns.QR) (code int, t fns.Ticket) {
	t, known := s.tickets[q.Key]
	switch {
	case s.faults.Code != nil:
		return *s.faults.Code, t
	case !known || fns.Agree(q, t) != nil:
		return 0, t
	case s.asked[q.Key] <= s.faults.LaterThan:
		return 2, t
	}
	return 1, t
}

func (s *Sim) write(r *http.Request, code, first int, t fns.Ticket) []byte {
	var data any = ""
	if code == 1 {
		data = map[string]any{"json": receipt(t), "html": `<table class="b-check_table"></table>`}
	}
	if code == 1 && s.faults.DataAsString {
		data = string(encode(data))
	}
	return encode(map[string]any{"code": code, "first": first, "data": data, "request": map[string]any{
		"qrurl": "", "qrfile": "", "qrraw": "", "manual": map[string]string{"fn": r.PostFormValue("fn"), "fd": r.PostFormValue("fd"),
			"fp": r.PostFormValue("fp"), "check_time": r.PostFormValue("t"), "type": r.PostFormValue("n"), "sum": r.PostFormValue("s")},
	}})
}

// receipt writes a ticket in the service's dialect: times as text, sums in
// kopecks.
func receipt(t fns.Ticket) map[string]any {
	items := make([]map[string]any, len(t.Items))
	for i, item := range t.Items {
		items[i] = map[string]any{"name": item.Name, "price": kopecks(item.Price), "sum": kopecks(item.Sum),
			"quantity": json.Number(item.Quantity.String()), "paymentType": item.PaymentType, "productType": item.ProductType}
		if item.GTIN != "" {
			items[i]["productCodeNew"] = map[string]any{"ean13": map[string]any{"gtin": item.GTIN, "productIdType": 3, "rawProductCode": item.GTIN}}
		}
	}
	return map[string]any{
		"code": 3, "fiscalDocumentFormatVer": 4, "user": t.Seller, "userInn": t.SellerINN, "retailPlace": t.Place, "retailPlaceAddress": t.Address,
		"fiscalDriveNumber": t.FN, "fiscalDocumentNumber": t.FD, "fiscalSign": t.FP, "operationType": int(t.Operation),
		"dateTime": t.At.Format("2006-01-02T15:04:05"), "totalSum": kopecks(t.Total), "items": items,
	}
}

func kopecks(k money.Kopecks) int64 { return int64(k) }

func encode(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // plain data
	}
	return text
}
