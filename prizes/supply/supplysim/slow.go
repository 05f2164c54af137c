package supplysim

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Delivery is how an event reaches the orderer.
type Delivery string

// The deliveries; an event without one comes once.
const (
	Twice  Delivery = "twice"
	Never  Delivery = "never"  // only a look finds out
	Forged Delivery = "forged" // before it comes another with a wrong signature and a false code
	Torn   Delivery = "torn"   // before it comes one of an order that nobody made
)

// tries is how often an event is brought that is not taken.
const tries = 5

// Slow delivers after a while and says so by signed events, in any order of
// their orders. Serve it by an http.Server; Close ends what is under way.
type Slow struct {
	base
	client     *http.Client
	deliveries []Delivery
	stop       chan struct{}
	work       sync.WaitGroup
	answers    []int // of the orderer to events
}

// NewSlow returns a supplier without orders.
func NewSlow(o Options) *Slow {
	return &Slow{base: newBase(o), client: &http.Client{Timeout: 5 * time.Second}, stop: make(chan struct{})}
}

// Close ends what is under way; events that were not brought are not brought
// any more.
func (s *Slow) Close() {
	close(s.stop)
	s.work.Wait()
}

// Bring says how the next events are delivered, one each, in their order.
func (s *Slow) Bring(deliveries ...Delivery) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deliveries = append(s.deliveries, deliveries...)
}

// Call sends events to the address from now on.
func (s *Slow) Call(webhook string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Webhook = webhook
}

// Answers are the statuses with which events were taken, in their order.
func (s *Slow) Answers() []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.answers)
}

const lookup = "/api/certificates/by-external/"

// ServeHTTP takes orders and tells how they stand.
func (s *Slow) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.wrongKey(w, r.Header.Get("X-Api-Key")) {
		return
	}
	time.Sleep(s.Delay)
	fault := s.next()
	if stumble(w, fault) {
		return
	}
	switch externalID, ok := strings.CutPrefix(r.URL.Path, lookup); {
	case ok && r.Method == http.MethodGet:
		s.tell(w, fault, externalID)
	case r.URL.Path == "/api/certificates" && r.Method == http.MethodPost:
		s.accept(w, r, fault)
	default:
		http.NotFound(w, r)
	}
}

func (s *Slow) tell(w http.ResponseWriter, fault Fault, externalID string) {
	s.mu.Lock()
	o := s.orders[externalID]
	body := s.json(o)
	s.mu.Unlock()
	if o == nil {
		http.Error(w, `{"error":"not_found"}`, http.StatusNotFound)
		return
	}
	answer(w, fault, http.StatusOK, body)
}

// json is an order as it is told; nil for none.
func (s *Slow) json(o *order) map[string]any {
	if o == nil {
		return nil
	}
	m := map[string]any{"orderId": o.ref, "externalId": o.externalID, "status": o.status()}
	if o.code != "" {
		m["code"], m["expires"] = o.code, s.Until
	}
	if o.reason != "" {
		m["reason"] = o.reason
	}
	return m
}

func (s *Slow) accept(w http.ResponseWriter, r *http.Request, fault Fault) {
	var in struct {
		ExternalID string `json:"externalId"`
		SKU        string `json:"sku"`
	}
	if !read(r, &in) || in.ExternalID == "" || in.SKU == "" {
		answer(w, "", http.StatusBadRequest, map[string]any{"reason": "bad_request"})
		return
	}
	s.mu.Lock()
	o, first := s.take(in.ExternalID, in.SKU)
	if first && fault == Refuse {
		o.reason = "refused"
	}
	body, refused := s.json(o), first && fault == Refuse
	if first && !refused {
		s.work.Go(func() { s.deliver(o) })
	}
	s.mu.Unlock()
	if refused {
		answer(w, fault, http.StatusUnprocessableEntity, body)
		return
	}
	answer(w, fault, http.StatusAccepted, body)
}

// deliver ends an order in its time and tells the orderer.
func (s *Slow) deliver(o *order) {
	if !s.wait(s.Ready) {
		return
	}
	s.mu.Lock()
	s.finish(o)
	event := s.json(o)
	delete(event, "status")
	event["event"] = "order." + o.status()
	how := Delivery("")
	if len(s.deliveries) > 0 {
		how, s.deliveries = s.deliveries[0], s.deliveries[1:]
	}
	to := s.Webhook
	s.mu.Unlock()
	if to != "" {
		s.bring(to, how, event)
	}
}

func (s *Slow) wait(d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-s.stop:
		return false
	}
}

func (s *Slow) bring(to string, how Delivery, event map[string]any) {
	switch how {
	case Never:
		return
	case Forged:
		s.post(to, "not the secret", map[string]any{"event": "order.completed", "externalId": event["externalId"], "code": "FORGED-CODE"})
	case Torn:
		s.post(to, s.Secret, map[string]any{"event": "order.completed", "externalId": "nobody's", "code": "STRAY-CODE"})
	case Twice:
		s.insist(to, event)
	}
	s.insist(to, event)
}

// insist brings an event until it is taken.
func (s *Slow) insist(to string, event map[string]any) {
	for n := range tries {
		if s.post(to, s.Secret, event) < 300 || !s.wait(time.Duration(n+1)*50*time.Millisecond) {
			return
		}
	}
}

func (s *Slow) post(to, secret string, event map[string]any) (status int) {
	status = http.StatusServiceUnavailable
	text, err := json.Marshal(event)
	if err != nil {
		return status
	}
	r, err := http.NewRequest(http.MethodPost, to, bytes.NewReader(text))
	if err != nil {
		return status
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(text)
	r.Header.Set("X-Signature", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	got, err := s.client.Do(r)
	if err == nil {
		_ = got.Body.Close()
		status = got.StatusCode
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers = append(s.answers, status)
	return status
}
