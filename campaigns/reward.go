package campaigns

import (
	"fmt"
	"slices"
	"time"

	"promobot/campaigns/assortment"
	"promobot/fns"
	"promobot/internal/money"
	"promobot/points"
)

// futureAllowed is how far a receipt may be dated ahead: it carries no zone,
// and Kamchatka's clocks are nine hours ahead of Moscow's.
const futureAllowed = 12 * time.Hour

// History is what a reward may depend on beyond the ticket.
type History struct {
	FirstReceipt  bool         // no receipt of this person was accepted yet, in any account of theirs
	ReceiptsDay   int          // accepted receipts submitted on the same day
	ReceiptsTotal int          // accepted receipts
	Trusted       map[int]bool // lines, from 0, that a person has placed: they count as their candidates

	Placed  map[int]string    // which product a person says a line is, whatever its name says
	Aliases map[string]string // what people have taught about names, as assortment.WithAliases takes it
	Waived  string            // a rule that a person has set aside for this receipt

	Returned    map[int]bool    // lines that went back whole: they count for nothing
	SubmittedAt time.Time       // of this receipt, for bonus days by registration
	FocusPaid   map[string]bool // suffixes of the focus parts that this person had, in any account of theirs
	Room        *Room           // what budgets leave for this receipt; nil: they bound nothing
}

// Reward is what a ticket earns, or why it does not. Refusal is nil or names
// the rule; see Refusal.NeedsPerson.
type Reward struct {
	Refusal *Refusal
	Lines   []LineReward  // one for each line of the ticket, in its order
	Points  points.Amount // for the lines
	Extra   []Extra       // for bonus days and focus products, beside Points
	First   points.Amount // for the first receipt ever, beside Points
	Until   time.Time     // until then the points wait; zero: they do not
	Cut     *Cut          // what budgets did not leave room for; nil: nothing
}

// Total is all that the receipt earns.
func (r Reward) Total() points.Amount { return r.OfReceipt() + r.OfPerson() }

// OfReceipt is what is for this receipt: its lines and bonus days.
func (r Reward) OfReceipt() points.Amount {
	n := r.Points
	for _, e := range r.Extra {
		if !e.Once {
			n += e.Points
		}
	}
	return n
}

// OfPerson is what a person gets once: focus products and the first receipt.
func (r Reward) OfPerson() points.Amount {
	n := r.First
	for _, e := range r.Extra {
		if e.Once {
			n += e.Points
		}
	}
	return n
}

// LineReward explains one line.
type LineReward struct {
	SKU       string // "": not a promo product
	Title     string // of the product, or of the candidate of an unsure line
	Candidate string // of an unsure line: the product a person should look at
	Unsure    bool
	Units     int64 // units of the product that count
	Points    points.Amount
	Reason    string // why, for staff

	Confidence float64 // 0 to 1, see assortment.Match; 1 where a person placed the line
}

// Precheck judges what the code alone shows, before the fiscal service is
// asked. It returns nil if nothing speaks against the receipt. registeredAt is
// when the participant registered, zero if not yet. It is pure.
func (t Terms) Precheck(q fns.QR, submittedAt, registeredAt time.Time) *Refusal {
	wall := t.Wall(submittedAt)
	age := daysBetween(q.At, t.ageUntil(submittedAt, registeredAt))
	switch {
	case q.Operation != fns.Sale && (q.Operation != fns.SaleReturn || !t.Returns.Taken()):
		return &Refusal{RuleOperation, map[string]any{"operation": int(q.Operation)}}
	case q.At.After(wall.Add(futureAllowed)):
		return &Refusal{RuleFuture, map[string]any{"at": q.At}}
	case q.Operation == fns.SaleReturn: // the goods may go back after the campaign
		return nil
	case q.At.Before(t.Starts), !q.At.Before(t.Ends):
		return &Refusal{RulePeriod, map[string]any{"at": q.At, "starts": t.Starts, "ends": t.Ends.AddDate(0, 0, -1)}}
	case t.MaxAgeDays > 0 && age > t.MaxAgeDays:
		return &Refusal{RuleTooOld, map[string]any{"days": age - t.MaxAgeDays, "limit": t.MaxAgeDays}}
	case q.Total < t.Minimum:
		// The promo lines cannot reach a minimum that the whole does not.
		return &Refusal{RuleMinimum, map[string]any{"total": q.Total, "minimum": t.Minimum, "missing": t.Minimum - q.Total}}
	}
	return nil
}

// ageUntil is the day at which a receipt's age is taken, on the wall clock. For
// who is new it stands still: on each of the GraceDaysNew days after the
// registration a receipt is as old as it was on that day.
func (t Terms) ageUntil(submittedAt, registeredAt time.Time) time.Time {
	wall := t.Wall(submittedAt)
	if registeredAt.IsZero() {
		return wall
	}
	began := t.Wall(registeredAt)
	if daysBetween(began, wall) <= t.GraceDaysNew && began.Before(wall) {
		return began
	}
	return wall
}

// daysBetween counts midnights between two readings of a wall clock.
func daysBetween(from, to time.Time) int {
	return int(to.Truncate(24*time.Hour).Sub(from.Truncate(24*time.Hour)) / (24 * time.Hour))
}

// Judge applies terms with their assortment ready to match. It never changes
// and may be used by many goroutines.
type Judge struct {
	Terms
	goods *assortment.Assortment
	title map[string]string
}

// NewJudge prepares the terms' assortment; it refuses one that lint would.
func NewJudge(t Terms) (*Judge, error) {
	goods, err := assortment.New(t.Products, t.BrandAliases...)
	if err != nil {
		return nil, fmt.Errorf("assortment of %s: %w", t.Slug, err)
	}
	j := &Judge{Terms: t, goods: goods, title: map[string]string{}}
	for _, p := range t.Products {
		j.title[p.SKU] = p.Title
	}
	return j, nil
}

// Reward says what the ticket earns and why. It is pure: the same ticket and
// history give the same reward for ever.
func (j *Judge) Reward(ticket fns.Ticket, h History) Reward {
	r := Reward{Lines: j.lines(ticket, h)}
	r.Refusal = j.refuse(ticket, h, r.Lines)
	if r.Refusal != nil {
		for i := range r.Lines {
			r.Lines[i].Points = 0
		}
		return r
	}
	for _, line := range r.Lines {
		r.Points += line.Points
	}
	r.Extra = j.extras(ticket, h, r.Lines)
	if h.FirstReceipt {
		r.First = j.FirstReceipt
	}
	r.Until = j.waitsUntil(ticket.At)
	return r.Fit(h.Room)
}

func (j *Judge) refuse(ticket fns.Ticket, h History, lines []LineReward) *Refusal {
	promo, found, unsure := promoSum(ticket, lines)
	counts := func(rule string) bool { return rule != h.Waived }
	switch {
	case counts(RuleShop) && (slices.Contains(j.ShopsDenied, ticket.SellerINN) ||
		len(j.ShopsAllowed) > 0 && !slices.Contains(j.ShopsAllowed, ticket.SellerINN)):
		return &Refusal{RuleShop, map[string]any{"inn": ticket.SellerINN}}
	case j.ReceiptsTotal > 0 && h.ReceiptsTotal >= j.ReceiptsTotal:
		return &Refusal{RuleTotalLimit, map[string]any{"limit": j.ReceiptsTotal}}
	case j.ReceiptsDay > 0 && h.ReceiptsDay >= j.ReceiptsDay:
		return &Refusal{RuleDayLimit, map[string]any{"limit": j.ReceiptsDay}}
	case len(ticket.Items) == 0:
		return &Refusal{RuleNoLines, map[string]any{}}
	case !found && unsure:
		return &Refusal{RuleUnsureLines, map[string]any{}}
	case !found && counts(RuleNoPromo):
		return &Refusal{RuleNoPromo, map[string]any{"lines": len(ticket.Items)}}
	case j.MinimumOn == OnPromo && promo < j.Minimum && counts(RulePromoMin):
		if unsure {
			return &Refusal{RuleUnsureLines, map[string]any{}}
		}
		return &Refusal{RulePromoMin, map[string]any{"total": promo, "minimum": j.Minimum, "missing": j.Minimum - promo}}
	}
	return nil
}

// promoSum adds up the lines that count and tells whether there are any, and
// whether a person must look at one.
func promoSum(ticket fns.Ticket, lines []LineReward) (sum money.Kopecks, found, unsure bool) {
	for i, line := range lines {
		if line.SKU != "" {
			sum += ticket.Items[i].Sum
			found = true
		}
		unsure = unsure || line.Unsure
	}
	return sum, found, unsure
}

func (j *Judge) lines(ticket fns.Ticket, h History) []LineReward {
	lines := make([]LineReward, len(ticket.Items))
	meter := meter{judge: j}
	goods := j.goods
	if len(h.Aliases) > 0 {
		goods = goods.WithAliases(h.Aliases)
	}
	for i, item := range ticket.Items {
		if h.Returned[i] {
			lines[i] = LineReward{Reason: "returned to the shop"}
			continue
		}
		m := goods.Match(assortment.Line{Name: item.Name, GTIN: item.GTIN, INN: ticket.SellerINN})
		lines[i] = j.line(item, m, h.Trusted[i], h.Placed[i])
		if lines[i].SKU != "" {
			lines[i].Units, lines[i].Points = meter.count(lines[i].SKU, lines[i].Units, item.Sum)
		}
	}
	return lines
}

// fullPayment is the payment type of goods that change hands now. An online
// shop prints a second receipt for the same goods when they were prepaid, so
// that only this one counts; 0 is a source that does not tell.
const fullPayment = 4

func (j *Judge) line(item fns.Item, m assortment.Match, trusted bool, placed string) LineReward {
	if item.PaymentType != 0 && item.PaymentType != fullPayment {
		return LineReward{Reason: fmt.Sprintf("payment type %d: counted when the goods are handed over", item.PaymentType)}
	}
	if title, known := j.title[placed]; known && placed != m.Candidate && placed != m.SKU {
		return LineReward{SKU: placed, Title: title, Units: units(item.Quantity), Reason: "placed by a person; " + m.Reason, Confidence: 1}
	}
	if m.Unsure && trusted {
		m.SKU, m.Unsure, m.Reason, m.Confidence = m.Candidate, false, "placed by a person; "+m.Reason, 1
	}
	if m.Unsure {
		return LineReward{Candidate: m.Candidate, Unsure: true, Title: j.title[m.Candidate], Reason: m.Reason, Confidence: m.Confidence}
	}
	if m.SKU == "" {
		return LineReward{Reason: m.Reason}
	}
	return LineReward{SKU: m.SKU, Title: j.title[m.SKU], Units: units(item.Quantity) * int64(m.Pack), Reason: m.Reason, Confidence: m.Confidence}
}

// units counts pieces. What is sold by weight is one piece, whatever it weighs.
func units(q fns.Quantity) int64 {
	if q > 0 && q%fns.Unit != 0 {
		return 1
	}
	return max(0, int64(q/fns.Unit))
}

// meter counts along a receipt: the limit of units, and roubles that carry over
// from line to line, so that splitting a purchase into lines loses nothing.
type meter struct {
	judge *Judge
	units int64
	spent money.Kopecks
}

func (m *meter) count(sku string, units int64, sum money.Kopecks) (int64, points.Amount) {
	if limit := m.judge.UnitsReceipt; limit > 0 {
		units = min(units, limit-m.units)
	}
	m.units += units
	rate, special := m.judge.PerSKU[sku]
	if !special {
		rate = m.judge.PerProduct
	}
	earned := rate * points.Amount(units)
	if per := m.judge.KopecksPerPoint; per > 0 {
		earned += points.Amount((m.spent+sum)/per - m.spent/per)
	}
	m.spent += sum
	return units, earned
}
