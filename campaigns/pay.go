package campaigns

import (
	"fmt"
	"time"

	"promobot/internal/money"
)

// mostShare is the greatest part of a price, in percent, that points may pay.
const mostShare = 70

// mostHold is how long points may be set aside for one purchase, in minutes.
const mostHold = 24 * 60

// Pay says how points pay at a till. The zero value: they do not.
type Pay struct {
	Share           int64         // of an item's price, in percent, at most 70
	KopecksPerPoint money.Kopecks // what one point pays
	HoldMinutes     int64         // how long a quote stands, and points stay set aside for it
}

// Offered tells whether points pay at all.
func (p Pay) Offered() bool { return p != Pay{} }

// HoldTime is how long a quote stands.
func (p Pay) HoldTime() time.Duration { return time.Duration(p.HoldMinutes) * time.Minute }

// Most is how much of an item's price points may pay: the share of the price of
// one unit, rounded down to the kopeck, for each unit. So the share is kept
// too by a till that prints every unit alone. The price is that of one unit, at
// most 10^15 kopecks.
func (p Pay) Most(price money.Kopecks, quantity int64) money.Kopecks {
	return price * money.Kopecks(p.Share) / 100 * money.Kopecks(quantity)
}

// payFile is the section as its manager writes it.
type payFile struct {
	Share         int64  `yaml:"share"`
	RoublesPerOne string `yaml:"roubles_per_point"`
	HoldMinutes   int64  `yaml:"hold_minutes"`
}

func (r *reader) pay(f *payFile) Pay {
	if f == nil {
		return Pay{}
	}
	p := Pay{Share: f.Share, KopecksPerPoint: r.roubles("pay.roubles_per_point", f.RoublesPerOne), HoldMinutes: f.HoldMinutes}
	if !p.Offered() {
		r.bad("pay", "is empty: leave it out, or set share, roubles_per_point and hold_minutes")
	}
	return p
}

func (r *reader) lintPay(p Pay) {
	if !p.Offered() {
		return
	}
	if p.Share < 1 || p.Share > mostShare {
		r.bad("pay.share", "%d is not between 1 and %d percent", p.Share, mostShare)
	}
	if p.KopecksPerPoint < 1 {
		r.bad("pay.roubles_per_point", "is missing: say what one point pays")
	}
	if p.HoldMinutes < 1 || p.HoldMinutes > mostHold {
		r.bad("pay.hold_minutes", "%d is not between 1 and %d", p.HoldMinutes, mostHold)
	}
}

// fields are the section's values as the file writes them; "" where it is
// absent.
func (p Pay) fields() []field {
	if !p.Offered() {
		return []field{{"pay.share", ""}, {"pay.roubles_per_point", ""}, {"pay.hold_minutes", ""}}
	}
	return []field{{"pay.share", fmt.Sprint(p.Share)}, {"pay.roubles_per_point", p.KopecksPerPoint.String()}, {"pay.hold_minutes", fmt.Sprint(p.HoldMinutes)}}
}
