package tgsim

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Kinds of faults.
const (
	Refuse      = "refuse"       // answer with Code and Text, a 429 with RetryAfter
	HTML        = "html"         // answer Code (502) with a proxy's page
	Slow        = "slow"         // wait DelayMS first
	Cut         = "cut"          // take the request, then break the connection; of a file send half
	Reset       = "reset"        // break the connection before the request is taken
	Huge        = "huge"         // Bytes of padding in the answer, or in the webhook's body
	Duplicate   = "duplicate"    // deliver an update twice
	WrongSecret = "wrong_secret" // deliver to the webhook with another secret
)

// Names of what is no method but can have faults too.
const (
	fileMethod    = "file"    // a download
	webhookMethod = "webhook" // a delivery, or the making of an update
)

// ErrFault reports a fault that cannot be.
var ErrFault = errors.New("tgsim: no such fault")

// Fault is trouble that befalls matching requests.
type Fault struct {
	Kind       string `json:"kind"`
	Method     string `json:"method"`      // in any case, "file", "webhook"; "": every method but getUpdates
	Chat       int64  `json:"chat"`        // 0: any
	Code       int    `json:"code"`        // of Refuse (400) and HTML (502)
	Text       string `json:"text"`        // of Refuse, in the service's words: "Bad Request: …"
	RetryAfter int    `json:"retry_after"` // seconds, of a 429
	Account    bool   `json:"account"`     // the 429 is for all chats, not for this one
	Accepted   bool   `json:"accepted"`    // Refuse and HTML: the request has its effect nevertheless
	DelayMS    int    `json:"delay_ms"`
	Bytes      int    `json:"bytes"`
	Skip       int    `json:"skip"`  // matching requests that pass first
	Count      int    `json:"count"` // how often it happens; 0: once, -1: until it is cleared
	Met        int    `json:"met"`   // how often it has happened
}

// AddFault orders trouble.
func (s *Sim) AddFault(f Fault) error {
	if err := f.complete(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
	return nil
}

// Faults returns what is ordered, also what has happened already.
func (s *Sim) Faults() []Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := []Fault{}
	for _, f := range s.faults {
		all = append(all, *f)
	}
	return all
}

// ClearFaults ends all trouble; what was told by a 429 still holds.
func (s *Sim) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

func (f *Fault) complete() error {
	kinds := []string{Refuse, HTML, Slow, Cut, Reset, Huge, Duplicate, WrongSecret}
	if !slices.Contains(kinds, f.Kind) {
		return fmt.Errorf("%w: kind %q, want one of %s", ErrFault, f.Kind, strings.Join(kinds, ", "))
	}
	f.Method = strings.ToLower(f.Method)
	if f.Method == webhookMethod && !slices.Contains([]string{Huge, Duplicate, WrongSecret}, f.Kind) {
		return fmt.Errorf("%w: %q of a delivery; the webhook itself can answer as it likes", ErrFault, f.Kind)
	}
	switch f.Kind {
	case Duplicate, WrongSecret:
		f.Method = webhookMethod
	case HTML:
		f.fill(http.StatusBadGateway, "")
	case Refuse:
		f.fill(http.StatusBadRequest, "")
		if f.Code == http.StatusTooManyRequests {
			f.RetryAfter = max(f.RetryAfter, 1)
			f.Text = tooMany(time.Duration(f.RetryAfter) * time.Second).text
		}
		f.fill(0, http.StatusText(f.Code))
	}
	if f.Count == 0 {
		f.Count = 1
	}
	f.Met = 0
	return nil
}

func (f *Fault) fill(code int, text string) {
	if f.Code == 0 {
		f.Code = code
	}
	if f.Text == "" {
		f.Text = text
	}
}

// meets reports whether the fault befalls a request, and counts it.
func (f *Fault) meets(method string, chat int64) bool {
	switch {
	case f.Chat != 0 && f.Chat != chat, f.Count >= 0 && f.Met >= f.Count:
		return false
	case f.Method != "" && f.Method != method:
		return false
	case f.Method == "" && slices.Contains([]string{"getupdates", fileMethod, webhookMethod}, method):
		return false
	case f.Skip > 0:
		f.Skip--
		return false
	}
	f.Met++
	return true
}

// takeFault counts a fault of a kind that stands for itself.
func (s *Sim) takeFault(kind, method string, chat int64) bool {
	return slices.ContainsFunc(s.faults, func(f *Fault) bool { return f.Kind == kind && f.meets(method, chat) })
}

// trouble is what befalls one request.
type trouble []Fault

// trouble collects the faults of a request. A request that comes sooner than a
// 429 has told is refused again, and uses up no fault.
func (s *Sim) trouble(method string, chat int64) trouble {
	if wait := s.early(s.now(), method, chat); wait > 0 {
		s.rates.seen.Early++
		r := tooMany(wait)
		return trouble{{Kind: Refuse, Code: r.code, Text: r.text, RetryAfter: r.after}}
	}
	var t trouble
	for _, f := range s.faults {
		if f.Kind == Duplicate || !f.meets(method, chat) {
			continue
		}
		t = append(t, *f)
		if f.Kind == Refuse && f.RetryAfter > 0 {
			s.tell429(f, method, chat)
		}
	}
	return t
}

func (s *Sim) tell429(f *Fault, method string, chat int64) {
	scope := method
	switch {
	case f.Account:
		scope = botScope
	case chat != 0:
		scope = chatScope(chat)
	}
	s.rates.told[scope] = s.now().Add(time.Duration(f.RetryAfter) * time.Second)
}

func (t trouble) find(is func(Fault) bool) *Fault {
	if at := slices.IndexFunc(t, is); at >= 0 {
		return &t[at]
	}
	return nil
}

func (t trouble) has(kind string) bool {
	return t.find(func(f Fault) bool { return f.Kind == kind }) != nil
}

func (t trouble) delay() time.Duration {
	sum := 0
	for _, f := range t {
		sum += f.DelayMS
	}
	return time.Duration(sum) * time.Millisecond
}

func (t trouble) padding() int {
	sum := 0
	for _, f := range t {
		sum += f.Bytes
	}
	return sum
}

// refusing returns the fault that answers instead of the service, or nil.
func (t trouble) refusing() *Fault {
	return t.find(func(f Fault) bool { return (f.Kind == Refuse || f.Kind == HTML) && !f.Accepted })
}

// after returns the fault that answers after the request was taken, or nil.
func (t trouble) after() *Fault {
	return t.find(func(f Fault) bool { return f.Kind == Cut || f.Accepted })
}

// writeTrouble answers as the fault says.
func (s *Sim) writeTrouble(w http.ResponseWriter, f *Fault) {
	switch f.Kind {
	case HTML:
		writeHTML(w, f.Code)
	case Refuse:
		s.refuse(w, &refusal{f.Code, f.Text, f.RetryAfter})
	default:
		panic(http.ErrAbortHandler) // breaks the connection
	}
}
