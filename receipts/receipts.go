// Package receipts takes a receipt from photo to verdict: submit, scan, check,
// hold, accept, reject, reverse.
//
// Everything that the code itself shows is judged before the fiscal service is
// asked; the service is asked outside of transactions; the settlement is one
// transaction.
package receipts

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"promobot/campaigns"
	"promobot/fns"
	"promobot/internal/money"
	"promobot/rewards"
)

// Status is where a receipt stands. It moves only by the verbs of Service, and
// only from the status that was read.
type Status string

// The statuses.
const (
	Submitted Status = "submitted" // a picture that is not scanned yet
	Checking  Status = "checking"  // the fiscal service is being asked
	Waiting   Status = "waiting"   // not in the fiscal store yet; asked again by itself
	Held      Status = "held"      // settled by itself later; points may be set aside
	Review    Status = "review"    // a person decides; points are set aside
	Accepted  Status = "accepted"  // final
	Rejected  Status = "rejected"  // final, unless its participant appeals
	Reversed  Status = "reversed"  // a sale whose goods went back: nothing it earned is left
	Returned  Status = "returned"  // a refund receipt that was taken: its sale is judged again
)

// Final tells that the receipt moves no more.
func (s Status) Final() bool {
	return s == Accepted || s == Rejected || s == Reversed || s == Returned
}

// Way is how a receipt came in.
type Way string

// The ways.
const (
	ByPhoto Way = "photo"
	ByFile  Way = "file"  // a picture sent as a file, or a PDF
	ByText  Way = "text"  // what the code says, pasted
	ByTyped Way = "typed" // the five fields, typed by hand
)

// guessable tells the ways that need no receipt at hand: what was typed or
// pasted may be made up.
func (w Way) guessable() bool { return w == ByText || w == ByTyped }

// The reasons that this room itself gives; ids of docs/reasons.md. The rules of
// campaigns and fraud have theirs.
const (
	ReasonPicture      = "scan.picture" // refused by the image guard; facts: problem
	reasonScan         = "scan."        // + the scanner's hint; facts: corner; again, if another photo will be put together with this one; marked, if there is a picture of the flaw
	ReasonNotReceipt   = "code.not_receipt"
	ReasonIncomplete   = "code.incomplete" // a link without time and total
	ReasonInvalid      = "code.invalid"    // facts: field
	ReasonDuplicateOwn = "receipt.duplicate_own"
	ReasonDuplicate    = "receipt.duplicate"
	ReasonForged       = "fns.forged"
	ReasonMalformed    = "fns.malformed"
	ReasonNotFound     = "fns.not_found" // not in the store after 72 hours
	ReasonMismatch     = "fns.mismatch"  // facts: field
	ReasonNotYet       = "fns.not_yet"   // waiting
	ReasonUnavailable  = "fns.unavailable"
	ReasonQueued       = "fns.queued"  // more receipts than the service answers for now
	ReasonStrange      = "fns.strange" // an answer nobody has described: a person looks
	ReasonCaseRefused  = "case.refused"
)

// The notices about a receipt. Each edits the status message of its subject.
// A rejection's key is its reason; its args are the receipt's facts and those
// of about().
const (
	NoticeRead        = "receipt.read"        // the code is read, the service is asked
	NoticeWaiting     = "receipt.waiting"     // not in the store yet
	NoticeUnavailable = "receipt.unavailable" // the service is down: we are checking
	NoticeQueued      = "receipt.queued"      // calls of the service are scarce: its turn comes
	NoticeReview      = "receipt.review"      // facts: reason
	NoticeLine        = "receipt.line"        // a person has placed an unsure line; args: name, points, balance; a new message
	NoticeAccepted    = "receipt.accepted"    // facts: lines [{title, units, points}], unsure, lines_points, extra [{title, title_en, points}], first, cut, cut_rule, points, balance
)

// The events of a receipt, kinds of internal/events; their subject is Subject.
const (
	EventSubmitted = "receipt.submitted" // data: way, forwarded
	EventRead      = "receipt.read"      // data: stage, sum, at; also of a receipt that is refused by its code
	EventAsked     = "receipt.asked"     // the question was sent to the fiscal service
	EventDelayed   = "receipt.delayed"   // data: reason
	EventVerified  = "receipt.verified"  // data: lines (count), seller
	EventJudged    = "receipt.judged"    // data: lines [{name, title, sku, units, points, reason, unsure}], aliases {word: sku}
	EventHeld      = "receipt.held"      // data: rules [{rule, args}], points
	EventAccepted  = "receipt.accepted"  // data: points, first, parts {part: points}; until: when they may be spent, if they wait; refund: true of a refund receipt
	EventRejected  = "receipt.rejected"  // data: reason, facts
)

// scheme and country are those of the only fiscal service so far.
const (
	scheme  = "ru-fns"
	country = "RU"
)

// Receipt is a buyer's document as submitted.
type Receipt struct {
	ID            int64
	ParticipantID int64
	CampaignID    int64
	Source        string // what it came by, unique: "update:17"
	Way           Way
	Country       string
	Scheme        string
	Status        Status
	Reason        string         // why it is rejected, held or waiting; "" otherwise
	Facts         map[string]any `gorm:"serializer:json"` // the reason's numbers
	Code          string         // the text of its code, as read
	FN            string
	FD            int64
	FP            int64
	Operation     fns.Operation
	TotalKopecks  money.Kopecks
	PurchasedAt   *time.Time // the shop's wall clock, in UTC
	SellerINN     string
	Seller        string // as its ticket names it; may be empty
	VersionID     *int64 // of the terms that judge it
	Points        rewards.Points
	Parts         campaigns.Parts `gorm:"serializer:json"` // of Points, see given
	Region        string          // of the shop, see campaigns.Region
	HourLimit     int             // the velocity limit it was judged by; 0: none
	Waived        string          // a reason that a person has set aside on appeal
	AppealedAt    *time.Time
	SubmittedAt   time.Time
	ScannedAt     *time.Time
	AskedAt       *time.Time // first question to the fiscal service
	AnsweredAt    *time.Time // its answer
	VerifiedAt    *time.Time
	DecidedAt     *time.Time

	again  string      // how it is named in the books and the chat while it is taken up again
	ticket *fns.Ticket // while its lines are not stored yet
}

// Subject names the receipt in notices, events, cases and postings.
func Subject(id int64) string { return "receipt:" + strconv.FormatInt(id, 10) }

// subjectID is the receipt that a subject names.
func subjectID(subject string) (int64, error) {
	text, ok := strings.CutPrefix(subject, "receipt:")
	id, err := strconv.ParseInt(text, 10, 64)
	if !ok || err != nil {
		return 0, fmt.Errorf("%q names no receipt", subject)
	}
	return id, nil
}

// qr is the code's content as stored.
func (r Receipt) qr() fns.QR {
	q := fns.QR{Key: fns.Key{FN: r.FN, FD: r.FD, FP: r.FP}, Operation: r.Operation, Total: r.TotalKopecks}
	if r.PurchasedAt != nil {
		q.At = r.PurchasedAt.UTC()
	}
	return q
}

// about is what every notice about the receipt may name.
func (r Receipt) about() map[string]any {
	args := map[string]any{"receipt": r.ID}
	if r.PurchasedAt != nil {
		args["date"], args["sum"] = r.PurchasedAt.UTC(), r.TotalKopecks
	}
	for key, value := range r.Facts {
		args[key] = value
	}
	if r.AppealedAt != nil {
		args["appealed"] = true
	}
	return args
}

// Line is a line of a verified receipt and what was made of it.
type Line struct {
	ID                  int64
	ReceiptID           int64
	N                   int // from 0
	Name                string
	NameKey             string // the name as aliases find it, see lineKey
	GTIN                string
	QuantityThousandths fns.Quantity
	PriceKopecks        money.Kopecks
	SumKopecks          money.Kopecks
	PaymentType         int
	SKU                 string
	Candidate           string // of an unsure line
	Points              rewards.Points
	Reason              string
	Review              LineReview
	AliasID             *int64        // what a person has taught, if it was judged with that
	ReturnedThousandths fns.Quantity  // what of it went back
	ReturnedKopecks     money.Kopecks // and its part of the sum
}

// TableName is the table of lines.
func (Line) TableName() string { return "receipt_lines" }

// LineReview is where the question about an unsure line stands.
type LineReview string

// The states of that question; most lines have none.
const (
	LineSure     LineReview = ""
	LineOpen     LineReview = "open"
	LineApproved LineReview = "approved"
	LineRefused  LineReview = "refused"
)
