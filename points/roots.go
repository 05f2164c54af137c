package points

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"

	"promobot/internal/store"
)

// Root is the fingerprint of the whole ledger at the end of a day's first look:
// over the root before it and all chains that have grown since. Whoever keeps a
// root can tell later whether the books still hold what it was made of.
type Root struct {
	ID        int64     `json:"-"`
	Day       string    `json:"day"` // in UTC, one root each: "2026-06-14"
	MadeAt    time.Time `json:"made_at"`
	Heads     int64     `json:"heads"` // how many chains have grown
	Prev      string    `json:"prev"`  // the root before; "" for the first
	Root      string    `json:"root"`  // SHA-256, hex
	PublicKey string    `json:"public_key"`
	Signature string    `json:"signature"` // Ed25519 of what Root is the hash of; hex; "" without a key
}

// TableName is the table of roots.
func (Root) TableName() string { return "ledger_roots" }

// rootHeadRow is a chain's head as a root covers it.
type rootHeadRow struct {
	ID            int64
	RootID        int64
	ParticipantID int64
	N             int64
	Hash          string
}

// TableName is the table of heads under roots.
func (rootHeadRow) TableName() string { return "ledger_root_heads" }

// Signer signs roots: vault.Vault does. Without a key both results are nil.
type Signer interface {
	Sign(text []byte) (signature, publicKey []byte)
}

// Seal makes today's root unless it stands already, and reports whether this
// call did.
func (l Ledger) Seal(ctx context.Context, tx *store.Tx, by Signer) (r Root, made bool, err error) {
	last, err := l.LastRoot(ctx, tx.DB)
	r = Root{Day: tx.Now().Format(time.DateOnly), MadeAt: tx.Now(), Prev: last.Root}
	if err != nil || last.Day >= r.Day {
		return last, false, err
	}
	heads, err := grown(ctx, tx.DB)
	if err != nil {
		return r, false, err
	}
	r.Heads = int64(len(heads))
	text := r.text(heads)
	r.Root = hexSum(text)
	signature, public := by.Sign(text)
	r.Signature, r.PublicKey = hex.EncodeToString(signature), hex.EncodeToString(public)
	if made, err = store.Once(ctx, tx, &r); err != nil || !made {
		return r, false, err // another replica was first
	}
	for i := range heads {
		heads[i].RootID = r.ID
	}
	if len(heads) == 0 {
		return r, true, nil
	}
	return r, true, tx.WithContext(ctx).CreateInBatches(heads, 1000).Error
}

// LastRoot is the newest root; the zero value if there is none.
func (Ledger) LastRoot(ctx context.Context, g *gorm.DB) (r Root, err error) {
	err = g.WithContext(ctx).Order("id DESC").Take(&r).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Root{}, nil
	}
	r.MadeAt = r.MadeAt.UTC()
	return r, err
}

// Roots lists all roots, the oldest first.
func (Ledger) Roots(ctx context.Context, g *gorm.DB) (list []Root, err error) {
	err = g.WithContext(ctx).Order("id").Find(&list).Error
	for i := range list {
		list[i].MadeAt = list[i].MadeAt.UTC()
	}
	return list, err
}

// grown are the heads of all chains that no root covers to their end, by
// participant.
func grown(ctx context.Context, g *gorm.DB) ([]rootHeadRow, error) {
	var covered []rootHeadRow
	err := g.WithContext(ctx).Model(&rootHeadRow{}).Select("participant_id, MAX(n) AS n").Group("participant_id").Scan(&covered).Error
	if err != nil {
		return nil, err
	}
	upTo := map[int64]int64{}
	for _, c := range covered {
		upTo[c.ParticipantID] = c.N
	}
	var rows []balanceRow
	if err := g.WithContext(ctx).Find(&rows, "links > 0").Error; err != nil {
		return nil, err
	}
	var heads []rootHeadRow
	for _, row := range rows {
		if id, ok := row.Account.owner(); ok && row.Links > upTo[id] {
			heads = append(heads, rootHeadRow{ParticipantID: id, N: row.Links, Hash: row.Head})
		}
	}
	slices.SortFunc(heads, func(a, b rootHeadRow) int { return cmp.Compare(a.ParticipantID, b.ParticipantID) })
	return heads, nil
}

// text is what a root is the hash of, and what is signed: a line for the root
// itself and one for each head.
func (r Root) text(heads []rootHeadRow) []byte {
	text := fmt.Appendf(nil, "promobot ledger root\n%s\n%s\n%d\n%d\n", r.Prev, r.Day, r.MadeAt.UnixMicro(), r.Heads)
	for _, h := range heads {
		text = fmt.Appendf(text, "%d %d %s\n", h.ParticipantID, h.N, h.Hash)
	}
	return text
}

func hexSum(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// roots recounts the roots and compares what they cover with the chains.
func (a *audit) roots(ctx context.Context) (int64, error) {
	list, err := Ledger{}.Roots(ctx, a.g)
	if err != nil {
		return 0, err
	}
	prev := ""
	for _, r := range list {
		var heads []rootHeadRow
		if err := a.g.Order("participant_id").Find(&heads, "root_id = ?", r.ID).Error; err != nil {
			return 0, err
		}
		for _, wrong := range r.wrong(prev, heads) {
			a.blame("root:"+r.Day, "%s", wrong)
		}
		prev = r.Root
	}
	return int64(len(list)), a.covered()
}

// wrong is what does not agree within the root.
func (r Root) wrong(prev string, heads []rootHeadRow) (texts []string) {
	if r.Prev != prev {
		texts = append(texts, "it does not follow the root before it")
	}
	text := r.text(heads)
	if hexSum(text) != r.Root {
		texts = append(texts, "it is not the hash of what it covers")
	}
	if r.Signature == "" && r.PublicKey == "" {
		return texts
	}
	signature, err1 := hex.DecodeString(r.Signature)
	public, err2 := hex.DecodeString(r.PublicKey)
	if err1 != nil || err2 != nil || len(public) != ed25519.PublicKeySize || !ed25519.Verify(public, text, signature) {
		texts = append(texts, "its signature is not by its key")
	}
	return texts
}

const coveredSQL = `SELECT h.participant_id, h.n, r.day FROM ledger_root_heads h JOIN ledger_roots r ON r.id = h.root_id
	LEFT JOIN ledger_links l ON l.participant_id = h.participant_id AND l.n = h.n
	WHERE l.hash IS NULL OR l.hash <> h.hash ORDER BY h.participant_id, h.n`

func (a *audit) covered() error {
	var rows []struct {
		ParticipantID, N int64
		Day              string
	}
	err := a.g.Raw(coveredSQL).Scan(&rows).Error
	for _, row := range rows {
		a.blame(linkName(row.ParticipantID, row.N), "is not what the root of %s covers", row.Day)
	}
	return err
}

// Extends compares the ledger's roots with ones that were exported before. Each
// difference is a finding; more roots than were exported are none.
func (l Ledger) Extends(ctx context.Context, g *gorm.DB, exported []Root) (found []Finding, err error) {
	list, err := l.Roots(ctx, g)
	if err != nil {
		return nil, err
	}
	is := map[string]Root{}
	for _, r := range list {
		is[r.Day] = r
	}
	was := map[string]Root{}
	for _, r := range exported {
		was[r.Day] = r
	}
	for _, day := range slices.Sorted(maps.Keys(was)) {
		r, stands := is[day]
		switch {
		case !stands:
			found = append(found, Finding{"root:" + day, "was exported and is gone"})
		case r.Root != was[day].Root || r.Signature != was[day].Signature || r.PublicKey != was[day].PublicKey:
			found = append(found, Finding{"root:" + day, fmt.Sprintf("is %.12s…, was exported as %.12s…", r.Root, was[day].Root)})
		}
	}
	return found, nil
}
