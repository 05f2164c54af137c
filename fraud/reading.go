package fraud

import (
	"math"
	"slices"
	"strings"
	"time"

	"promobot/internal/store"
)

// reading is what the rules with the same keys, clock and measure need to see.
// It goes from the judged sighting back and from it on, the nearest first: a
// window that holds what was left out holds all that is nearer, and that alone
// exceeds the limit.
type reading struct {
	by        []Key
	shop      bool // along the shop's clock, else along the moments of submission
	measure   Measure
	from, to  time.Time
	limit     int64 // the largest of the rules'
	unbounded bool  // a condition asks how many there are: nothing is left out
}

func (r Rule) reading(own Sighting) reading {
	d := reading{by: r.By, shop: r.Window.ShopDay || r.Window.Shop, measure: r.Measure, limit: r.Limit, unbounded: r.condition.counts()}
	d.from, d.to = r.Window.clock(own).Add(-r.Window.Slide), r.Window.clock(own).Add(r.Window.Slide)
	if r.Window.ShopDay {
		d.from, d.to = own.shopDayBounds()
	}
	return d
}

// shares tells whether one read can serve both.
func (r reading) shares(other reading) bool {
	return r.shop == other.shop && r.measure == other.measure && slices.Equal(r.by, other.by)
}

// widened serves both: the nearest of the wider window hold the nearest of the
// narrower one.
func (r reading) widened(other reading) reading {
	if other.from.Before(r.from) {
		r.from = other.from
	}
	if other.to.After(r.to) {
		r.to = other.to
	}
	r.limit, r.unbounded = max(r.limit, other.limit), r.unbounded || other.unbounded
	return r
}

// side is where a read goes from the judged sighting.
type side struct{ bound, order string }

// sides are back in time, with what is as old as the judged one, and on from
// it; CLOCK is the column that the windows go along.
var sides = []side{
	{"CLOCK <= ? AND CLOCK >= ?", "CLOCK DESC, id DESC"},
	{"CLOCK > ? AND CLOCK <= ?", "CLOCK, id"},
}

// counted are the columns that rules look at.
const counted = "id, subject, participant_id, phone_mark, name_mark, fn, inn, total_kopecks, bought_at, submitted_at"

// columns are where a sighting keeps its keys.
var columns = map[Key]string{ByParticipant: "participant_id", ByPhone: "phone_mark", ByTill: "fn", ByINN: "inn"}

// branch reads one side: of what is distinct the nearest of each value, of what
// is summed up as much as the limit and one more, else the nearest. Totals are
// never negative.
func (r reading) branch(s side, own Sighting, engine store.Engine) (statement string, args []any) {
	where, args := r.alike(s, own)
	most := int64(mostSeen)
	if r.unbounded {
		most = math.MaxInt64
	}
	switch r.measure.Op {
	case "distinct":
		statement = "SELECT " + counted + " FROM (SELECT " + counted + ", ROW_NUMBER() OVER (PARTITION BY " + distinct(r.measure.Of, engine) +
			" ORDER BY " + s.order + ") AS nth FROM sightings WHERE " + where + ") AS each WHERE nth = 1 ORDER BY " + s.order + " LIMIT ?"
		args = append(args, most)
	case "sum":
		statement = "SELECT " + counted + " FROM (SELECT " + counted + ", SUM(total_kopecks) OVER nearest - total_kopecks AS nearer, ROW_NUMBER() OVER nearest AS nth" +
			" FROM sightings WHERE " + where + " WINDOW nearest AS (ORDER BY " + s.order + ")) AS each WHERE nearer <= ? OR nth <= ?"
		args = append(args, r.limit, most)
	default:
		statement = "SELECT " + counted + " FROM sightings WHERE " + where + " ORDER BY " + s.order + " LIMIT ?"
		args = append(args, most)
	}
	clock := "submitted_at"
	if r.shop {
		clock = "bought_at"
	}
	return strings.ReplaceAll(statement, "CLOCK", clock), args
}

// alike is the condition that a sighting of this side has all keys in common
// with own. That the first key has a value is said in words: SQLite uses a
// partial index only where it can read its condition.
func (r reading) alike(s side, own Sighting) (where string, args []any) {
	for i, k := range r.by {
		where += columns[k] + " = ? AND "
		if i == 0 && k != ByParticipant {
			where += columns[k] + " <> '' AND "
		}
		args = append(args, own.key(k))
	}
	at, end := own.SubmittedAt, r.from
	if r.shop {
		at = own.BoughtAt
	}
	if s == sides[1] {
		end = r.to
	}
	return where + s.bound + " AND subject <> ?", append(args, at, end, own.Subject)
}

// distinct is the value that a measure tells apart, see values.
func distinct(of string, engine store.Engine) string {
	switch of {
	case "participants":
		return "participant_id"
	case "phones":
		return "phone_mark"
	case "names":
		return "name_mark"
	case "tills":
		return "fn"
	case "inns":
		return "inn"
	}
	if engine == store.Postgres {
		return "CAST(bought_at AT TIME ZONE 'UTC' AS DATE)"
	}
	return "substr(bought_at, 1, 10)"
}
