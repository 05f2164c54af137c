// Package prizes keeps the catalogue of prizes, the stock of certificate codes,
// the orders at suppliers and who got which certificate.
//
// A certificate goes free → reserved → issued → opened, never back, may end as
// void, and has at most one owner. Codes lie sealed in the database and are
// found by a keyed mark; showing one again shows the same.
package prizes

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"promobot/internal/money"
)

// ErrOutOfStock reports that no source of the prize has a certificate. Nothing
// was written.
var ErrOutOfStock = errors.New("prizes: out of stock")

// ErrUnknown reports a prize that the catalogue does not have.
var ErrUnknown = errors.New("prizes: unknown prize")

// ErrNotYours reports a certificate that does not belong to the participant,
// or none at all: who asks is not told which.
var ErrNotYours = errors.New("prizes: not a certificate of this participant")

// ErrExpired reports a certificate whose code is no longer good.
var ErrExpired = errors.New("prizes: the certificate has expired")

// ErrEntry reports a catalogue entry that breaks a rule of Put.
var ErrEntry = errors.New("prizes: not a catalogue entry")

// Prize is an entry of the catalogue.
type Prize struct {
	ID         string `yaml:"id" json:"id"` // a–z, 0–9 and -, 40 characters at most
	Title      string `yaml:"title" json:"title"`
	TitleEN    string `yaml:"title_en" json:"title_en"`
	Price      int64  `yaml:"price" json:"price"` // in points, positive
	HowToUse   string `yaml:"how_to_use" json:"how_to_use"`
	HowToUseEN string `yaml:"how_to_use_en" json:"how_to_use_en"`
	Free       int64  `yaml:"-" json:"free"` // codes left in the pool; filled by Catalogue and List only

	Sources       []string      `yaml:"sources" json:"sources"`                 // SourcePool or "supplier:NAME[/SKU]", in order; none: the pool
	LowStock      int64         `yaml:"low_stock" json:"low_stock"`             // free codes at which an alert is given; 0: none
	Value         money.Kopecks `yaml:"-" json:"value_kopecks"`                 // for the tax; in the file "value", in roubles
	PerPerson     int64         `yaml:"per_person" json:"per_person"`           // how many a person may have; 0: any number
	PerPersonDays int64         `yaml:"per_person_days" json:"per_person_days"` // within how many days; 0: ever
	ComplainDays  int64         `yaml:"complain_days" json:"complain_days"`     // after the first view of a code; 0: standardComplainDays
}

// InStock tells whether a certificate can be had: out of the pool, or ordered.
func (p Prize) InStock() bool { return p.Free > 0 || p.Ordered() }

// Ordered tells whether a supplier is among the sources.
func (p Prize) Ordered() bool {
	return slices.ContainsFunc(p.Sources, func(source string) bool { return source != SourcePool })
}

// Certificate is a prize that a participant got. It does not carry its code.
type Certificate struct {
	ID            int64
	AwardID       int64
	ParticipantID int64
	PrizeID       string
	Title         string
	TitleEN       string
	HowToUse      string
	HowToUseEN    string
	ValidUntil    time.Time // the last second, in Moscow time; zero: no end
	IssuedAt      time.Time
	OpenedAt      time.Time // first view of the code; zero: not yet
	Opened        bool
	Price         int64 // in points, at the time of issue
}

// Code is the code of a certificate, which is worth money. However it is
// printed, it shows at most its last four characters; Reveal gives the code.
// Only as the key of a JSON object it would stand open: encoding/json takes
// strings there as they are.
type Code string

// Reveal gives the code itself, for its owner's eyes. It must not reach a log.
func (c Code) Reveal() string { return string(c) }

// String is the masked code: ••••1234, and less of a code that is shorter than
// twelve characters.
func (c Code) String() string {
	if c == "" {
		return ""
	}
	runes := []rune(string(c))
	shown := min(4, len(runes)/3)
	return strings.Repeat("•", 4) + string(runes[len(runes)-shown:])
}

// GoString is the masked code.
func (c Code) GoString() string { return c.String() }

// LogValue is the masked code.
func (c Code) LogValue() slog.Value { return slog.StringValue(c.String()) }

// MarshalText is the masked code, in JSON too.
func (c Code) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// Format writes the masked code for every verb, so that neither %x nor %d is a
// way around.
func (c Code) Format(f fmt.State, verb rune) {
	if verb == 'q' {
		_, _ = fmt.Fprintf(f, "%q", c.String())
		return
	}
	_, _ = io.WriteString(f, c.String())
}
