package points

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
)

// linksAtOnce is how many links are compared at a time.
const linksAtOnce = 2000

// audit walks the chains and gathers what does not agree with them.
type audit struct {
	g     *gorm.DB
	limit int
	found []Finding

	at      linkRow // the link that was compared last
	through string  // its hash, as the chain gives it
	heads   map[int64]head
	seen    map[int64]bool // postings whose rows were compared
}

// Chains proves I10: every posting stands as it was written, in the chain of
// every participant that it touches, and every root covers what it was made of.
// It returns how many links and roots it counted, and the findings, at most
// limit; each names the entry, the posting or the link that was changed.
func (l Ledger) Chains(ctx context.Context, g *gorm.DB, limit int) (checked int64, found []Finding, err error) {
	a := &audit{g: g.WithContext(ctx), limit: limit, heads: map[int64]head{}, seen: map[int64]bool{}}
	for _, step := range []func(ctx context.Context) (int64, error){a.chains, a.ends, a.unlinked, a.roots} {
		n, err := step(ctx)
		if err != nil {
			return 0, nil, err
		}
		checked += n
	}
	return checked, a.found, nil
}

func (a *audit) blame(subject, format string, args ...any) {
	if len(a.found) < a.limit {
		a.found = append(a.found, Finding{subject, fmt.Sprintf(format, args...)})
	}
}

// chains compares all links, participant by participant.
func (a *audit) chains(ctx context.Context) (checked int64, err error) {
	for {
		var page []linkRow
		err := a.g.Order("participant_id, n").Limit(linksAtOnce).
			Find(&page, "participant_id > ? OR (participant_id = ? AND n > ?)", a.at.ParticipantID, a.at.ParticipantID, a.at.N).Error
		if err != nil || len(page) == 0 {
			return checked, err
		}
		rows, err := a.read(page)
		if err != nil {
			return checked, err
		}
		for _, l := range page {
			a.link(l)
			a.compare(l, rows)
		}
		checked += int64(len(page))
	}
}

// link compares the link's place and hash. It may follow the stored hash before
// it or the right one, so that one changed hash blames one link.
func (a *audit) link(l linkRow) {
	prev, right := a.at, a.through
	if l.ParticipantID != prev.ParticipantID {
		prev, right = linkRow{}, ""
	}
	for n := prev.N + 1; n < l.N; n++ {
		a.blame(linkName(l.ParticipantID, n), "is missing")
	}
	a.through = linkHash(right, l.ParticipantID, l.N, l.Body)
	if after := linkHash(prev.Hash, l.ParticipantID, l.N, l.Body); l.Hash == after {
		a.through = after
	}
	if l.Hash != a.through && l.N == prev.N+1 {
		a.blame(linkName(l.ParticipantID, l.N), "of posting %d: its hash is not that of its body after link %d", l.PostingID, prev.N)
	}
	a.at = l
	a.heads[l.ParticipantID] = head{l.N, l.Hash}
}

func linkName(participantID, n int64) string {
	return fmt.Sprintf("participant:%d/link:%d", participantID, n)
}

// stood are the rows that a page of links is about.
type stood struct {
	postings map[int64]postingRow
	entries  map[int64][]entryRow
	lots     map[int64][]lotRow
	uses     map[int64][]useRow
}

func (a *audit) read(page []linkRow) (s stood, err error) {
	ids := make([]int64, len(page))
	for i, l := range page {
		ids[i] = l.PostingID
	}
	var postings []postingRow
	if err := a.g.Find(&postings, "id IN ?", ids).Error; err != nil {
		return s, err
	}
	s = stood{map[int64]postingRow{}, map[int64][]entryRow{}, map[int64][]lotRow{}, map[int64][]useRow{}}
	for _, p := range postings {
		s.postings[p.ID] = p
	}
	if err := gather(a.g, ids, s.entries, func(e entryRow) int64 { return e.PostingID }); err != nil {
		return s, err
	}
	if err := gather(a.g, ids, s.lots, func(l lotRow) int64 { return l.PostingID }); err != nil {
		return s, err
	}
	return s, gather(a.g, ids, s.uses, func(u useRow) int64 { return u.PostingID })
}

func gather[T any](g *gorm.DB, ids []int64, into map[int64][]T, of func(T) int64) error {
	var rows []T
	err := g.Order("id").Find(&rows, "posting_id IN ?", ids).Error
	for _, row := range rows {
		into[of(row)] = append(into[of(row)], row)
	}
	return err
}

// compare compares the posting's rows with the link's body.
func (a *audit) compare(l linkRow, rows stood) {
	var body linkBody
	if err := json.Unmarshal([]byte(l.Body), &body); err != nil {
		a.blame(linkName(l.ParticipantID, l.N), "of posting %d: its body cannot be read", l.PostingID)
		return
	}
	where := fmt.Sprintf("of posting %s, participant %d", body.Source, l.ParticipantID)
	if l.PostingID != body.Posting {
		a.blame(linkName(l.ParticipantID, l.N), "names posting %d, its body %d", l.PostingID, body.Posting)
		return
	}
	row, stands := rows.postings[body.Posting]
	if !stands {
		a.blame(fmt.Sprintf("posting:%d", body.Posting), "%s is gone", body.Source)
		return
	}
	a.lots(body, where, l.ParticipantID, rows)
	if a.seen[row.ID] {
		return
	}
	a.seen[row.ID] = true
	a.posting(body, l.ParticipantID, row)
	a.entries(body, where, rows.entries[row.ID])
}

func (a *audit) posting(b linkBody, participantID int64, row postingRow) {
	is := newLinkBody(row, nil, nil)
	for _, f := range []struct{ name, is, was string }{
		{"source", is.Source, b.Source}, {"kind", string(is.Kind), string(b.Kind)}, {"hash", is.Hash, b.Hash},
		{"posted_at", shown(is.At), shown(b.At)}, {"expires_at", shown(is.Expires), shown(b.Expires)},
	} {
		if f.is != f.was {
			a.blame(fmt.Sprintf("posting:%d", row.ID), "%s, participant %d: %s is %s, was written as %s", b.Source, participantID, f.name, f.is, f.was)
		}
	}
}

// shown writes a moment of a body.
func shown(micro int64) string {
	if micro == 0 {
		return "never"
	}
	return time.UnixMicro(micro).UTC().Format(time.RFC3339Nano)
}

// entries compares the entries one by one. One under another account with a
// missing one's amount is that one.
func (a *audit) entries(b linkBody, where string, entries []entryRow) {
	strange := slices.Clone(entries)
	var gone []Leg
	for _, leg := range b.Legs {
		i := slices.IndexFunc(strange, func(e entryRow) bool { return e.Account == leg.Account })
		if i < 0 {
			gone = append(gone, leg)
			continue
		}
		if e := strange[i]; e.Amount != leg.Amount {
			a.blame(fmt.Sprintf("entry:%d", e.ID), "%s: amount of %s is %d, was written as %d", where, e.Account, e.Amount, leg.Amount)
		}
		strange = slices.Delete(strange, i, i+1)
	}
	for _, leg := range gone {
		i := slices.IndexFunc(strange, func(e entryRow) bool { return e.Amount == leg.Amount })
		if i < 0 {
			a.blame(string(leg.Account), "the entry of %d %s is gone", leg.Amount, where)
			continue
		}
		a.blame(fmt.Sprintf("entry:%d", strange[i].ID), "%s: account is %s, was written as %s", where, strange[i].Account, leg.Account)
		strange = slices.Delete(strange, i, i+1)
	}
	for _, e := range strange {
		a.blame(fmt.Sprintf("entry:%d", e.ID), "%s: %s by %d was added later", where, e.Account, e.Amount)
	}
}

// lots compares what the posting made, took and gave back.
func (a *audit) lots(b linkBody, where string, participantID int64, rows stood) {
	if len(b.Lots) == 0 {
		return // also of a posting that is older than lots
	}
	is := a.moved(b, participantID, rows)
	for _, was := range b.Lots {
		if is[was.Lot] != was {
			a.blame(lotName(b, was.Lot), "%s: moved %+v, was written as %+v", where, is[was.Lot], was)
		}
		delete(is, was.Lot)
	}
	for lot, m := range is {
		a.blame(lotName(b, lot), "%s: moved %d, was not written", where, m.Amount)
	}
}

func lotName(b linkBody, lot int64) string { return fmt.Sprintf("posting:%d/lot:%d", b.Posting, lot) }

// moved is what the rows say of the lots that the posting moved.
func (a *audit) moved(b linkBody, participantID int64, rows stood) map[int64]moved {
	is := map[int64]moved{}
	for _, l := range rows.lots[b.Posting] {
		if l.ParticipantID != participantID {
			continue
		}
		is[b.Posting] = moved{b.Posting, l.Amount, l.CampaignID, l.Source}
		if l.CreatedAt.UnixMicro() != b.At {
			a.blame(fmt.Sprintf("lot:%d", l.ID), "was made at %s, its posting at %s", shown(l.CreatedAt.UnixMicro()), shown(b.At))
		}
	}
	for _, u := range rows.uses[b.Posting] {
		if u.ParticipantID != participantID {
			continue
		}
		is[u.LotPostingID] = moved{Lot: u.LotPostingID, Amount: -u.Amount}
		if u.Amount < 0 && u.Undoes != b.Undoes || u.Amount > 0 && u.Undoes != 0 {
			a.blame(lotName(b, u.LotPostingID), "undoes posting %d, was written for %d", u.Undoes, b.Undoes)
		}
	}
	return is
}

// ends compares the chains' last links with the heads that postings follow.
func (a *audit) ends(context.Context) (int64, error) {
	var rows []balanceRow
	if err := a.g.Find(&rows, "links <> 0 OR head <> ''").Error; err != nil {
		return 0, err
	}
	for _, row := range rows {
		id, _ := row.Account.owner()
		if last := a.heads[id]; last != (head{row.Links, row.Head}) || row.Account != Available(id) {
			a.blame(string(row.Account), "the head is link %d %.12s…, the chain ends at link %d %.12s…", row.Links, row.Head, last.Links, last.Head)
		}
		delete(a.heads, id)
	}
	for id, last := range a.heads {
		a.blame(string(Available(id)), "the head is gone, the chain ends at link %d", last.Links)
	}
	return 0, nil
}

// unlinkedSQL finds postings that no link tells of, but for old ones that wait
// to be linked, and participants' entries that no link of theirs tells of.
const unlinkedSQL = `SELECT 'posting:' || p.id AS subject, p.source FROM postings p
	WHERE NOT EXISTS (SELECT 1 FROM ledger_links l WHERE l.posting_id = p.id)
	AND NOT EXISTS (SELECT 1 FROM ledger_adoption a WHERE p.id > a.linked AND p.id <= a.until) ORDER BY p.id`

func (a *audit) unlinked(context.Context) (int64, error) {
	var rows []struct{ Subject, Source string }
	err := a.g.Raw(unlinkedSQL).Scan(&rows).Error
	for _, row := range rows {
		a.blame(row.Subject, "%s stands in no chain: it was added later, or its link is gone", row.Source)
	}
	return 0, err
}
