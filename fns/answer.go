package fns

import "time"

// State is what an answer of the service means for a receipt.
type State int

// The states of an answer. Only Found, Forged and Malformed are final.
const (
	Pending   State = iota // the service is still working: poll again
	Found                  // genuine, and here is the ticket
	NotYet                 // genuine or unknown to the store: ask again later
	Forged                 // the fiscal sign is wrong: no such document, never ask again
	Malformed              // the fields are wrong: never ask again unchanged
	Busy                   // the service is overloaded: ask again with back-off
	Strange                // a code nobody has described: an operator must look
)

// String names the state, for logs.
func (s State) String() string {
	if s < Pending || s > Strange {
		return "unknown state"
	}
	return [...]string{"pending", "found", "not yet", "forged", "malformed", "busy", "strange"}[s]
}

// Final reports whether asking again cannot change the answer.
func (s State) Final() bool { return s == Found || s == Forged || s == Malformed }

// Answer is what the service said about one message.
type Answer struct {
	State   State
	Code    int           // the service's result code, 0 while Pending
	Text    string        // the service's words, may be empty
	Ticket  Ticket        // with Found only
	RetryIn time.Duration // the least pause the code suggests, 0 leaves it to the caller's plan
	// Hearsay marks the answer of a service that only hands on what others told
	// it. A ticket proves itself; a denial or a lack does not refuse a receipt
	// for good.
	Hearsay bool
}

// codeReading is the meaning of a result code.
type codeReading struct {
	state   State
	retryIn time.Duration
}

// codes are 200 to 503 of the official guide, and those that only clients of
// newer deployments have reported.
var codes = map[int]codeReading{
	200: {Found, 0},
	400: {Malformed, 0},
	404: {NotYet, 0},
	406: {Forged, 0},
	452: {Malformed, 0},
	453: {Forged, 0},
	454: {Forged, 0},
	455: {NotYet, 5 * time.Minute},
	503: {Busy, time.Minute},
	527: {Busy, time.Minute},
	528: {Busy, 3 * time.Hour},
	529: {Busy, 5 * time.Minute},
	530: {Busy, 5 * time.Minute},
	531: {Busy, 5 * time.Minute},
	532: {Busy, time.Minute},
	533: {Busy, 5 * time.Minute},
	543: {Busy, 5 * time.Minute},
	544: {NotYet, 24 * time.Hour},
}

// ReadCode tells what a result code means and the least pause it suggests. A
// code that nobody has described is Strange.
func ReadCode(code int) (State, time.Duration) {
	reading, known := codes[code]
	if !known {
		return Strange, 0
	}
	return reading.state, reading.retryIn
}
