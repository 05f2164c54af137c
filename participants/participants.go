// Package participants knows who takes part: people, the addresses by which
// they are reached in each channel, their phone and how well it is proved, and
// what they consented to.
//
// Phones and names lie sealed in the database. Equal ones are found by keyed
// marks, which nobody can read.
package participants

import (
	"errors"
	"time"
)

// ErrPhone reports a text that is not the phone number of a person.
var ErrPhone = errors.New("participants: not a phone number of a person")

// ErrName reports a text that is not a name: empty, without a letter, or longer
// than 60 characters.
var ErrName = errors.New("participants: not a name")

// ErrLanguage reports a language that the talk does not speak.
var ErrLanguage = errors.New(`participants: a language is "ru" or "en"`)

// The documents that a participant consents to, each by itself.
const (
	DocumentRules = "rules" // the rules of the campaign
	DocumentData  = "data"  // processing of personal data
	DocumentNews  = "news"  // advertising messages
)

// How well a phone is proved.
const (
	ProofTyped  = "typed"  // the participant typed it in
	ProofShared = "shared" // the channel vouches that it is the participant's own
)

// Participant is a person who takes part. Phone and Name are empty until given.
type Participant struct {
	ID         int64
	Language   string // "ru" or "en"
	Phone      Phone
	Name       string
	Source     string // where the participant came from first, kept for life
	Registered bool
	CreatedAt  time.Time
}

// Address is where a participant is reached in one channel. A closed one does
// not take messages; the talk opens it when somebody writes from it again.
type Address struct {
	ID            int64
	ParticipantID int64
	Channel       string
	Address       string
	Closed        bool
}
