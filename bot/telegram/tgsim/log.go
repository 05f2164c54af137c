package tgsim

import (
	"maps"
	"strconv"
	"strings"
	"time"
)

// Request is one request of the bot as the log keeps it. The token is never in
// it.
type Request struct {
	N           int64             `json:"n"` // from 1, without gaps
	At          time.Time         `json:"at"`
	Method      string            `json:"method"`
	Params      map[string]string `json:"params"` // a file is its name and size
	Code        int               `json:"code"`   // of the answer; 0: none yet, or cut off
	Description string            `json:"description,omitempty"`
}

// Violation is a request that the strict checker found fault with.
type Violation struct {
	Request int64  `json:"request"`
	Method  string `json:"method"`
	Text    string `json:"text"`
}

// keptRequests is how many requests the log keeps; older ones are forgotten.
const keptRequests = 50_000

type requestLog struct {
	kept []*Request
	n    int64
}

// Requests returns the log of requests after number n, in their order.
func (s *Sim) Requests(n int64) []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := []Request{}
	for _, r := range s.log.kept {
		if r.N > n {
			all = append(all, *r)
		}
	}
	return all
}

// Violations returns what the strict checker has found.
func (s *Sim) Violations() []Violation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Violation{}, s.found...)
}

// arrive writes a call into the log, judges it and returns the trouble that
// was ordered for it.
func (s *Sim) arrive(c *call) (*Request, trouble) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log.n++
	entry := &Request{N: s.log.n, At: s.now(), Method: c.method, Params: shown(c)}
	s.log.kept = append(s.log.kept, entry)
	if len(s.log.kept) > 2*keptRequests {
		s.log.kept = append([]*Request{}, s.log.kept[keptRequests:]...)
	}
	if s.options.Strict != nil && c.method != fileMethod {
		for _, text := range s.options.Strict.Check(c.method, c.params, c.fileNames()) {
			s.found = append(s.found, Violation{entry.N, c.method, text})
		}
	}
	return entry, s.trouble(strings.ToLower(c.method), c.number("chat_id", 0))
}

func (s *Sim) leave(entry *Request, code int, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	entry.Code, entry.Description = code, text
	s.options.Log.Debug("request", "n", entry.N, "method", entry.Method, "code", code)
	s.bump()
}

func shown(c *call) map[string]string {
	params := maps.Clone(c.params)
	for name, f := range c.files {
		params[name] = f.name + ", " + strconv.Itoa(len(f.content)) + " bytes"
	}
	return params
}
