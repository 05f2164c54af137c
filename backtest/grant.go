package backtest

import (
	"fmt"
	"time"

	"promobot/campaigns"
	"promobot/points"
	"promobot/receipts"
)

// moment is when and for what somebody is given points.
type moment struct {
	now           time.Time
	campaignID    int64
	participantID int64
	phone         string // mark of the participant's phone; "" without one
	subject       string // "receipt:17"
}

// grant gives the reward and returns what was given by part; see package
// rewards, whose rules these are.
func (r *replay) grant(judge *campaigns.Judge, at moment, reward campaigns.Reward) campaigns.Parts {
	reward = reward.Fit(r.room(judge, at, 0))
	r.full(reward.Cut, at.now)
	given := r.aside(judge, at, reward)
	for _, e := range reward.Extra {
		if e.Once {
			given = given.With(campaigns.Parts{e.Source: r.once(judge, at, e.Source, e.Points)})
		}
	}
	return given.With(campaigns.Parts{campaigns.PartFirst: r.once(judge, at, campaigns.PartFirst, reward.First)})
}

// aside gives what is for the receipt and not for its person.
func (r *replay) aside(judge *campaigns.Judge, at moment, reward campaigns.Reward) campaigns.Parts {
	given := campaigns.Parts{campaigns.PartLines: max(0, reward.Points)}
	for _, e := range reward.Extra {
		if !e.Once {
			given[e.Source] += max(0, e.Points)
		}
	}
	r.take(judge, at, given.Sum())
	return given.With(nil)
}

// once gives what a person and a phone get a single time.
func (r *replay) once(judge *campaigns.Judge, at moment, part string, n points.Amount) points.Amount {
	if n <= 0 || !r.free(at, part) {
		return 0
	}
	key := ofPerson(at.participantID, part)
	if at.phone != "" && r.times[key] == 0 {
		r.phones[at.phone+"/"+part] = at.participantID
	}
	r.stands[key] = true
	r.times[key]++
	source := key
	if r.times[key] > 1 {
		source = fmt.Sprint(key, "#", r.times[key])
	}
	r.persons[source] = n
	r.take(judge, at, n)
	return n
}

// free tells that neither the person nor another of the phone has the part.
func (r *replay) free(at moment, part string) bool {
	key := ofPerson(at.participantID, part)
	owner, taken := r.phones[at.phone+"/"+part]
	others := at.phone != "" && r.times[key] == 0 && taken && owner != at.participantID
	return !r.stands[key] && !others
}

// takesBack takes back what a return took: the replay does not know what had
// been spent, so that the books' word is taken for where it came from.
func (r *replay) takesBack(c *course, at moment, source string, to receipts.Status, reason string) {
	for _, taking := range r.takings[source] {
		n := min(taking.Sum(), c.would.Parts[taking.Part])
		c.would.Parts = c.would.Parts.With(campaigns.Parts{taking.Part: -n})
		c.would.Points = c.would.Parts.Sum()
		r.giveBack(at, n)
		r.endsOnce(c, taking.Part, taking.Short == 0, taking.Sum())
		c.emptied = c.emptied || taking.Held > 0
	}
	r.takesBackBeside(c, at, source)
	if to == receipts.Reversed && (c.would.Status == receipts.Accepted || c.would.Status == receipts.Held) {
		c.would.Status, c.would.Reason = receipts.Reversed, reason
	}
}

// ofPerson is the source in the books of what a person gets once.
func ofPerson(participantID int64, part string) string {
	return fmt.Sprintf("participant:%d/%s", participantID, part)
}

// focusHad tells which focus parts the person had, in any account of the phone.
func (r *replay) focusHad(c *course, judge *campaigns.Judge) map[string]bool {
	had := map[string]bool{}
	for _, part := range judge.FocusParts(c.QR().At) {
		owner, taken := r.phones[c.phone+"/"+part]
		had[part] = r.stands[ofPerson(c.ParticipantID, part)] || c.phone != "" && taken && owner != c.ParticipantID
	}
	return had
}
