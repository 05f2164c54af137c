package tgsim

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// maxWatch is how long GET /control/chats/{id} waits at most.
const maxWatch = 60 * time.Second

func (s *Sim) controlMux() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /control/people", s.postPerson)
	mux.HandleFunc("GET /control/people", show(func(*http.Request) any { return s.People() }))
	mux.HandleFunc("POST /control/people/{id}/{act}", s.postAct)
	mux.HandleFunc("GET /control/chats/{id}", s.getTranscript)
	mux.HandleFunc("GET /control/files/{id}", s.getContent)
	mux.HandleFunc("GET /control/commands", show(func(r *http.Request) any { return s.Commands(r.URL.Query().Get("language")) }))
	mux.HandleFunc("GET /control/requests", show(func(r *http.Request) any { return s.Requests(query(r, "after")) }))
	mux.HandleFunc("GET /control/violations", show(func(*http.Request) any { return s.Violations() }))
	mux.HandleFunc("GET /control/faults", show(func(*http.Request) any { return s.Faults() }))
	mux.HandleFunc("POST /control/faults", s.postFault)
	mux.HandleFunc("DELETE /control/faults", s.deleteFaults)
	mux.HandleFunc("GET /control/rates", show(func(*http.Request) any { return s.Rates() }))
	mux.HandleFunc("PUT /control/rates", s.putRates)
	mux.HandleFunc("POST /control/updates/{id}/redeliver", s.postRedeliver)
	mux.HandleFunc("POST /control/hold", s.postHold)
	mux.HandleFunc("POST /control/release", s.postRelease)
	mux.HandleFunc("POST /control/advance", s.postAdvance)
	mux.HandleFunc("GET /control/state", show(func(*http.Request) any { return s.State() }))
	return mux
}

// show answers with a value.
func show(value func(*http.Request) any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { writeJSON(w, http.StatusOK, value(r)) }
}

// answerControl answers with a value, or with 400 and what is wrong.
func answerControl(w http.ResponseWriter, value any, err error) {
	if err != nil {
		writeJSON(w, http.StatusBadRequest, map[string]any{"error": err.Error()})
		return
	}
	writeJSON(w, http.StatusOK, value)
}

// order reads a JSON body; an empty one leaves the value as it is.
func order(r *http.Request, into any) error {
	if r.ContentLength == 0 {
		return nil
	}
	in := json.NewDecoder(http.MaxBytesReader(nil, r.Body, 2*maxRequest))
	in.DisallowUnknownFields()
	return in.Decode(into)
}

// query returns a whole number of the query string, or 0.
func query(r *http.Request, name string) int64 {
	n, _ := strconv.ParseInt(r.URL.Query().Get(name), 10, 64)
	return n
}

func pathID(r *http.Request) int64 {
	n, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
	return n
}

func (s *Sim) postPerson(w http.ResponseWriter, r *http.Request) {
	var p Person
	if err := order(r, &p); err != nil {
		answerControl(w, nil, err)
		return
	}
	answerControl(w, s.AddPerson(p), nil)
}

func (s *Sim) getTranscript(w http.ResponseWriter, r *http.Request) {
	wait := min(time.Duration(query(r, "wait"))*time.Second, maxWatch)
	if wait <= 0 {
		answerControl(w, s.Transcript(pathID(r), query(r, "after")), nil)
		return
	}
	ctx, stop := context.WithTimeout(r.Context(), wait)
	defer stop()
	answerControl(w, s.Watch(ctx, pathID(r), query(r, "after")), nil)
}

func (s *Sim) getContent(w http.ResponseWriter, r *http.Request) {
	content, known := s.File(r.PathValue("id"))
	if !known {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", http.DetectContentType(content))
	_, _ = w.Write(content) // if the client has gone there is nobody to tell
}

func (s *Sim) postFault(w http.ResponseWriter, r *http.Request) {
	var f Fault
	err := order(r, &f)
	if err == nil {
		err = s.AddFault(f)
	}
	answerControl(w, s.Faults(), err)
}

func (s *Sim) deleteFaults(w http.ResponseWriter, _ *http.Request) {
	s.ClearFaults()
	answerControl(w, s.Faults(), nil)
}

func (s *Sim) putRates(w http.ResponseWriter, r *http.Request) {
	var o struct{ Enforce bool }
	err := order(r, &o)
	if err == nil {
		s.SetRates(o.Enforce)
	}
	answerControl(w, s.Rates(), err)
}

func (s *Sim) postRedeliver(w http.ResponseWriter, r *http.Request) {
	err := s.Redeliver(pathID(r))
	answerControl(w, s.State(), err)
}

func (s *Sim) postHold(w http.ResponseWriter, _ *http.Request) {
	s.Hold()
	answerControl(w, s.State(), nil)
}

func (s *Sim) postRelease(w http.ResponseWriter, r *http.Request) {
	var o struct {
		Order   []int64
		Reverse bool
	}
	if err := order(r, &o); err != nil {
		answerControl(w, nil, err)
		return
	}
	if o.Reverse {
		s.ReleaseReversed()
	} else {
		s.Release(o.Order...)
	}
	answerControl(w, s.State(), nil)
}

func (s *Sim) postAdvance(w http.ResponseWriter, r *http.Request) {
	var o struct{ Seconds float64 }
	err := order(r, &o)
	if err == nil {
		s.Advance(time.Duration(o.Seconds * float64(time.Second)))
	}
	answerControl(w, s.State(), err)
}

// State is a summary of what the simulator holds.
type State struct {
	Now        time.Time `json:"now"`
	Bot        User      `json:"bot"`
	People     int       `json:"people"`
	Messages   int       `json:"messages"` // of both sides
	Pending    int       `json:"pending"`  // updates that wait for the bot
	Held       int       `json:"held"`     // updates held back
	Requests   int64     `json:"requests"`
	Violations int       `json:"violations"`
	Webhook    string    `json:"webhook"`
}

// State returns a summary.
func (s *Sim) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expire()
	return State{
		s.now(), s.me, len(s.people), s.messageID, len(s.inbox.waiting), len(s.inbox.held), s.log.n, len(s.found), s.hook.url,
	}
}
