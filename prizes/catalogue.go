package prizes

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"promobot/internal/money"
	"promobot/internal/store"
	"promobot/internal/vault"
)

// Shop keeps the catalogue and the stock.
type Shop struct {
	db    *store.DB
	vault *vault.Vault
}

// NewShop returns a shop that seals codes with v.
func NewShop(db *store.DB, v *vault.Vault) *Shop {
	return &Shop{db: db, vault: v}
}

type prizeRow struct {
	ID         string `gorm:"primaryKey"`
	Title      string
	TitleEN    string
	Price      int64
	HowToUse   string
	HowToUseEN string
	UpdatedAt  time.Time

	Sources       []string `gorm:"serializer:json"`
	LowStock      int64
	ValueKopecks  money.Kopecks
	PerPerson     int64
	PerPersonDays int64
	ComplainDays  int64
}

// TableName is the table of the catalogue.
func (prizeRow) TableName() string { return "prizes" }

func (r prizeRow) prize() Prize {
	return Prize{
		ID:         r.ID,
		Title:      r.Title,
		TitleEN:    r.TitleEN,
		Price:      r.Price,
		HowToUse:   r.HowToUse,
		HowToUseEN: r.HowToUseEN,

		Sources:       r.Sources,
		LowStock:      r.LowStock,
		Value:         r.ValueKopecks,
		PerPerson:     r.PerPerson,
		PerPersonDays: r.PerPersonDays,
		ComplainDays:  r.ComplainDays,
	}
}

var prizeID = regexp.MustCompile(`^[a-z0-9-]{1,40}$`)

// mostDays bounds what a catalogue can ask for: a hundred years.
const mostDays = 36500

func (p Prize) check() error {
	switch {
	case !prizeID.MatchString(p.ID):
		return fmt.Errorf("%w: the id %q is not of a–z, 0–9 and -, at most 40", ErrEntry, p.ID)
	case strings.TrimSpace(p.Title) == "":
		return fmt.Errorf("%w: %s has no title", ErrEntry, p.ID)
	case p.Price <= 0:
		return fmt.Errorf("%w: %s has the price %d", ErrEntry, p.ID, p.Price)
	case p.LowStock < 0 || p.Value < 0 || p.PerPerson < 0 || p.PerPersonDays < 0 || p.ComplainDays < 0:
		return fmt.Errorf("%w: %s has a number below zero", ErrEntry, p.ID)
	case p.PerPersonDays > mostDays || p.ComplainDays > mostDays:
		return fmt.Errorf("%w: %s has more than %d days", ErrEntry, p.ID, mostDays)
	case p.PerPersonDays > 0 && p.PerPerson == 0:
		return fmt.Errorf("%w: %s has per_person_days without per_person", ErrEntry, p.ID)
	}
	return checkSources(p.ID, p.Sources)
}

// Put creates or updates a catalogue entry; what breaks a rule is ErrEntry.
// Without an English text the Russian one stands. Certificates that were
// issued keep the price they were issued at.
func (s *Shop) Put(ctx context.Context, tx *store.Tx, p Prize) error {
	if err := p.check(); err != nil {
		return err
	}
	row := prizeRow{
		ID:         p.ID,
		Title:      p.Title,
		TitleEN:    cmp.Or(p.TitleEN, p.Title),
		Price:      p.Price,
		HowToUse:   p.HowToUse,
		HowToUseEN: cmp.Or(p.HowToUseEN, p.HowToUse),
		UpdatedAt:  tx.Now(),

		Sources:       p.Sources,
		LowStock:      p.LowStock,
		ValueKopecks:  p.Value,
		PerPerson:     p.PerPerson,
		PerPersonDays: p.PerPersonDays,
		ComplainDays:  cmp.Or(p.ComplainDays, standardComplainDays),
	}
	if len(row.Sources) == 0 {
		row.Sources = []string{SourcePool}
	}
	if err := tx.WithContext(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error; err != nil {
		return fmt.Errorf("put prize %s: %w", p.ID, err)
	}
	return nil
}

// Prize reads one entry, without counting its stock; else ErrUnknown.
func (s *Shop) Prize(ctx context.Context, g *gorm.DB, id string) (Prize, error) {
	var row prizeRow
	err := g.WithContext(ctx).Take(&row, "id = ?", id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		err = ErrUnknown
	}
	if err != nil {
		return Prize{}, fmt.Errorf("prize %s: %w", id, err)
	}
	return row.prize(), nil
}

// Catalogue reads entries with their free stock, in the order of ids; one that
// the catalogue does not have is ErrUnknown.
func (s *Shop) Catalogue(ctx context.Context, g *gorm.DB, ids []string) ([]Prize, error) {
	all, err := s.List(ctx, g)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]Prize, len(all))
	for _, p := range all {
		byID[p.ID] = p
	}
	prizes := make([]Prize, len(ids))
	for i, id := range ids {
		p, ok := byID[id]
		if !ok {
			return nil, fmt.Errorf("prize %s: %w", id, ErrUnknown)
		}
		prizes[i] = p
	}
	return prizes, nil
}

// List reads the whole catalogue with its free stock, by id.
func (s *Shop) List(ctx context.Context, g *gorm.DB) ([]Prize, error) {
	var rows []prizeRow
	if err := g.WithContext(ctx).Order("id").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("catalogue: %w", err)
	}
	free, err := s.free(ctx, g)
	if err != nil {
		return nil, fmt.Errorf("catalogue: %w", err)
	}
	prizes := make([]Prize, len(rows))
	for i, row := range rows {
		prizes[i] = row.prize()
		prizes[i].Free = free[row.ID]
	}
	return prizes, nil
}

// free counts the certificates that can still be issued, by prize.
func (s *Shop) free(ctx context.Context, g *gorm.DB) (map[string]int64, error) {
	var counts []struct {
		PrizeID string
		N       int64
	}
	err := usable(g.WithContext(ctx).Model(&certificateRow{}), s.db.Now()).
		Select("prize_id, COUNT(*) AS n").Group("prize_id").Scan(&counts).Error
	free := make(map[string]int64, len(counts))
	for _, c := range counts {
		free[c.PrizeID] = c.N
	}
	return free, err
}

// usable keeps certificates that are free and have not expired.
func usable(g *gorm.DB, now time.Time) *gorm.DB {
	return g.Where("status = 'free' AND (valid_until IS NULL OR valid_until > ?)", now)
}

// ParseCatalogue reads a catalogue file: a YAML list of entries with the keys
// id, title, title_en, price, how_to_use, how_to_use_en, sources, low_stock,
// value (in roubles), per_person, per_person_days and complain_days. Any other
// key, an entry that Put would refuse and an id that stands twice are errors.
func ParseCatalogue(r io.Reader) ([]Prize, error) {
	decoder := yaml.NewDecoder(r)
	decoder.KnownFields(true)
	var entries []entry
	if err := decoder.Decode(&entries); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("%w: the file is empty", ErrEntry)
		}
		return nil, fmt.Errorf("%w: %w", ErrEntry, err)
	}
	prizes := make([]Prize, len(entries))
	seen := map[string]bool{}
	for i, e := range entries {
		p, err := e.prize()
		if err != nil {
			return nil, err
		}
		prizes[i] = p
		if err := p.check(); err != nil {
			return nil, err
		}
		if seen[p.ID] {
			return nil, fmt.Errorf("%w: %s stands twice", ErrEntry, p.ID)
		}
		seen[p.ID] = true
	}
	return prizes, nil
}

// entry is a prize as the file writes it.
type entry struct {
	Prize `yaml:",inline"`
	Worth string `yaml:"value"`
}

func (e entry) prize() (Prize, error) {
	if e.Worth == "" {
		return e.Prize, nil
	}
	value, err := money.ParseRoubles(e.Worth)
	if err != nil {
		return Prize{}, fmt.Errorf("%w: the value of %s: %w", ErrEntry, e.ID, err)
	}
	e.Value = value
	return e.Prize, nil
}
