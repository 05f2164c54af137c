// Package points keeps the double-entry ledger of loyalty points.
//
// Entries are never changed. A mistake is mended by a correction, which is a
// posting too, so the sum of an account's entries is always its balance.
//
// What becomes available is a lot with its own end, and what is spent is taken
// from lots, the one that ends first before the others; what is left in lots is
// always the balance.
//
// Every posting is a link in the chain of each participant that it touches. A
// signed root covers all chains once a day, so that a changed row is found and
// named.
package points

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Refusals.
var (
	// ErrShort reports that an account has less than the posting takes.
	ErrShort = errors.New("points: not enough points")
	// ErrConflict reports that the source stands already with other legs. It
	// is a defect of the caller or an attack; never retry it.
	ErrConflict = errors.New("points: the source was posted with other legs")
)

// Amount is a number of points.
type Amount int64

// Kind says what a posting is.
type Kind string

// The kinds of postings.
const (
	Accrual    Kind = "accrual"    // earned, to be spent
	Hold       Kind = "hold"       // set aside: earned, but under review; or to be paid with at a till
	Release    Kind = "release"    // set aside → to be spent
	Forfeit    Kind = "forfeit"    // set aside → taken back
	Spending   Kind = "spending"   // paid for a prize
	Correction Kind = "correction" // by a person, with a reason
	Return     Kind = "return"     // taken back: the goods went back
	Repayment  Kind = "repayment"  // to be spent → what is owed
	Refund     Kind = "refund"     // the price of a prize that was withdrawn
	Expiry     Kind = "expiry"     // not spent in time
	Capture    Kind = "capture"    // set aside → paid for a purchase
)

// Account names an account of the ledger: "participant:5/available".
type Account string

// Available holds what the participant may spend; never below zero.
func Available(participantID int64) Account { return participant(participantID, "available") }

// Held holds what is set aside for the participant; never below zero.
func Held(participantID int64) Account { return participant(participantID, "held") }

// Debt holds what was taken back after it was spent; never above zero.
func Debt(participantID int64) Account { return participant(participantID, "debt") }

// Issued is the other leg of every accrual of the campaign.
func Issued(campaignID int64) Account { return campaign(campaignID, "issued") }

// Spent is where the points of the campaign's prizes went.
func Spent(campaignID int64) Account { return campaign(campaignID, "spent") }

// Issuer is the campaign whose issued points the account holds.
func (a Account) Issuer() (campaignID int64, issued bool) {
	text, issued := strings.CutSuffix(strings.TrimPrefix(string(a), "campaign:"), "/issued")
	campaignID, err := strconv.ParseInt(text, 10, 64)
	return campaignID, issued && err == nil
}

// Expired is where the points of the campaign went that nobody spent in time.
func Expired(campaignID int64) Account { return campaign(campaignID, "expired") }

func participant(id int64, part string) Account {
	return Account("participant:" + strconv.FormatInt(id, 10) + "/" + part)
}

func campaign(id int64, part string) Account {
	return Account("campaign:" + strconv.FormatInt(id, 10) + "/" + part)
}

// owner is the participant whose account it is; false for a campaign's.
func (a Account) owner() (id int64, ok bool) { return a.of("participant:") }

// issuer is the campaign whose account it is; false for a participant's.
func (a Account) issuer() (id int64, ok bool) { return a.of("campaign:") }

func (a Account) of(kind string) (id int64, ok bool) {
	rest, ok := strings.CutPrefix(string(a), kind)
	number, _, _ := strings.Cut(rest, "/")
	id, err := strconv.ParseInt(number, 10, 64)
	return id, ok && err == nil
}

// Leg changes one account by a signed amount, never by zero.
type Leg struct {
	Account Account `json:"account"`
	Amount  Amount  `json:"amount"`
}

// takes tells whether the leg brings a participant's account nearer to its
// border: what may be spent or is held shrinks, or debt does.
func (l Leg) takes() bool {
	if strings.HasSuffix(string(l.Account), "/debt") {
		return l.Amount > 0
	}
	return l.Amount < 0
}

// Move returns the two legs that take n points from one account to another.
func Move(from, to Account, n Amount) []Leg {
	return []Leg{{from, -n}, {to, n}}
}

// Posting is one change of the books: two or more legs that sum to zero, each
// account once.
type Posting struct {
	Source string // what it is for, unique for ever: "receipt:17/lines"
	Kind   Kind
	Legs   []Leg

	// Expires is when the points that it makes available, now or when they are
	// released, expire. Zero: they never do, or when the posting that it undoes
	// says so.
	Expires time.Time
	// Undoes is the source of an earlier posting. What that one took from lots
	// is given back to them, with their old end; what comes from its lots is
	// taken from them first.
	Undoes string
	// Campaign is whose points it makes available, where no leg says so. 0: the
	// campaign of the posting that it undoes.
	Campaign int64
}

// check proves what the caller must get right.
func (p Posting) check() error {
	var sum Amount
	seen := map[Account]bool{}
	for _, leg := range p.Legs {
		if leg.Amount == 0 || seen[leg.Account] {
			return fmt.Errorf("post %s: leg %s is empty or twice", p.Source, leg.Account)
		}
		seen[leg.Account] = true
		sum += leg.Amount
	}
	if p.Source == "" || len(p.Legs) < 2 || sum != 0 {
		return fmt.Errorf("post %q: %d legs sum to %d", p.Source, len(p.Legs), sum)
	}
	return nil
}

// sorted returns the legs in the order in which accounts are locked.
func (p Posting) sorted() []Leg {
	legs := slices.Clone(p.Legs)
	slices.SortFunc(legs, func(a, b Leg) int { return strings.Compare(string(a.Account), string(b.Account)) })
	return legs
}

// hash tells a repeat from a conflict: it covers the kind and the legs.
func (p Posting) hash() string {
	h := sha256.New()
	fmt.Fprintln(h, p.Kind)
	for _, leg := range p.sorted() {
		fmt.Fprintln(h, leg.Account, int64(leg.Amount))
	}
	return hex.EncodeToString(h.Sum(nil))
}
