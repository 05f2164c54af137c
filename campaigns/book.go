package campaigns

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"gorm.io/gorm"

	"promobot/internal/store"
)

// Refusals of the book.
var (
	// ErrNone reports that no campaign was applied yet.
	ErrNone = errors.New("campaigns: no campaign was applied yet")
	// ErrRewrite reports terms that would change how purchases of the past are
	// judged.
	ErrRewrite = errors.New("campaigns: effective_from must be later than that of the version before")
)

// Version is one version of a campaign's terms, as applied. It never changes.
type Version struct {
	ID         int64
	CampaignID int64
	Number     int
	Since      time.Time // in force since this reading of the wall clock
	*Judge
}

// Book keeps the versions of all campaigns. Receipts are counted by all that run,
// see Running; the talk and the prizes are those of the campaign that was created
// last.
type Book struct {
	ready sync.Map // version id → Version: versions never change
}

type campaignRow struct {
	ID        int64
	Slug      string
	CreatedAt time.Time
}

// TableName is the table of campaigns.
func (campaignRow) TableName() string { return "campaigns" }

type versionRow struct {
	ID            int64
	CampaignID    int64
	Number        int
	EffectiveFrom time.Time
	Terms         Terms `gorm:"serializer:json"`
	Hash          string
	AppliedAt     time.Time
}

// TableName is the table of versions.
func (versionRow) TableName() string { return "campaign_versions" }

// Apply keeps the terms as a new version and reports its number; terms that
// equal the newest version change nothing. The first version is in force from
// the campaign's start, a later one from effective_from or, without it, from
// now; never from before the version that it follows: ErrRewrite. Until the
// campaign starts nothing was judged, so that a new version replaces all before.
func (b *Book) Apply(ctx context.Context, tx *store.Tx, t Terms) (number int, changed bool, err error) {
	text, err := json.Marshal(t)
	if err != nil {
		return 0, false, fmt.Errorf("apply %s: %w", t.Slug, err)
	}
	campaign, err := b.campaign(ctx, tx, t.Slug)
	if err != nil {
		return 0, false, fmt.Errorf("apply %s: %w", t.Slug, err)
	}
	var last versionRow
	err = tx.WithContext(ctx).Order("number DESC").Take(&last, "campaign_id = ?", campaign.ID).Error
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return 0, false, fmt.Errorf("apply %s: %w", t.Slug, err)
	}
	next := versionRow{CampaignID: campaign.ID, Number: last.Number + 1, EffectiveFrom: effective(t, last.Number == 0, tx.Now()),
		Terms: t, Hash: hash(text), AppliedAt: tx.Now()}
	if next.Hash == last.Hash {
		return last.Number, false, nil
	}
	begun := !t.Wall(tx.Now()).Before(t.Starts)
	if last.Number > 0 && begun && !next.EffectiveFrom.After(last.EffectiveFrom) {
		return 0, false, fmt.Errorf("apply %s: %w", t.Slug, ErrRewrite)
	}
	return next.Number, true, tx.WithContext(ctx).Create(&next).Error
}

// campaign finds or creates the row and locks it, so that versions are numbered
// one after another.
func (b *Book) campaign(ctx context.Context, tx *store.Tx, slug string) (campaignRow, error) {
	row := campaignRow{Slug: slug, CreatedAt: tx.Now()}
	if _, err := store.Once(ctx, tx, &row); err != nil {
		return row, err
	}
	row = campaignRow{}
	err := tx.WithContext(ctx).Clauses(store.ForUpdate()).Take(&row, "slug = ?", slug).Error
	return row, err
}

// effective is a reading of the shops' wall clocks, as purchases are.
func effective(t Terms, first bool, now time.Time) time.Time {
	switch {
	case first:
		return t.Starts
	case t.EffectiveFrom.IsZero():
		return t.Wall(now)
	}
	return t.EffectiveFrom
}

func hash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// At returns the version that judges a purchase of the campaign that was created
// last: the newest that was in force at the wall clock's reading at, or the
// first when the purchase is older than all. ErrNone without a campaign.
func (b *Book) At(ctx context.Context, g *gorm.DB, at time.Time) (Version, error) {
	rows, err := b.rows(ctx, g)
	if err != nil {
		return Version{}, err
	}
	return b.version(ctx, g, inForce(rows, at).ID)
}

// Newest returns the newest version of the campaign that was created last.
func (b *Book) Newest(ctx context.Context, g *gorm.DB) (Version, error) {
	rows, err := b.rows(ctx, g)
	if err != nil {
		return Version{}, err
	}
	return b.version(ctx, g, rows[len(rows)-1].ID)
}

// rows lists the versions of the newest campaign without their texts, oldest
// first; never none.
func (b *Book) rows(ctx context.Context, g *gorm.DB) ([]versionRow, error) {
	var rows []versionRow
	err := g.WithContext(ctx).Omit("terms").Order("number").
		Find(&rows, "campaign_id = (SELECT MAX(id) FROM campaigns)").Error
	if err == nil && len(rows) == 0 {
		err = ErrNone
	}
	return rows, err
}

// version reads a version's text once in the life of the process.
func (b *Book) version(ctx context.Context, g *gorm.DB, id int64) (Version, error) {
	if ready, ok := b.ready.Load(id); ok {
		return ready.(Version), nil
	}
	var row versionRow
	if err := g.WithContext(ctx).Take(&row, id).Error; err != nil {
		return Version{}, fmt.Errorf("version %d: %w", id, err)
	}
	judge, err := NewJudge(row.Terms)
	if err != nil {
		return Version{}, fmt.Errorf("version %d: %w", id, err)
	}
	v := Version{ID: row.ID, CampaignID: row.CampaignID, Number: row.Number, Since: row.EffectiveFrom.UTC(), Judge: judge}
	b.ready.Store(id, v)
	return v, nil
}

// ByID returns the version with the given id.
func (b *Book) ByID(ctx context.Context, g *gorm.DB, id int64) (Version, error) {
	return b.version(ctx, g, id)
}
