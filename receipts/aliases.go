package receipts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"promobot/campaigns/assortment"
	"promobot/fns"
	"promobot/internal/store"
)

// Refusals of teaching.
var (
	// ErrAlias reports a name or a product that cannot be taught; the error
	// says why.
	ErrAlias = errors.New("receipts: cannot be taught")
	// ErrTaught reports a name that stands for another product already: undo
	// that first.
	ErrTaught = errors.New("receipts: the name is taught already")
)

// NotOurs is the SKU of a name that is none of the campaign's products.
const NotOurs = "-"

// Alias is a name on receipts that a person has matched to a product once. It
// holds for every receipt of the campaign, past and future, until it is undone.
type Alias struct {
	ID         int64
	CampaignID int64
	SellerINN  string // whose names it is about; "": every seller's
	Name       string // as the till wrote it
	NameKey    string // as lines are found by
	SKU        string // of the product, or NotOurs
	TaughtBy   string
	TaughtAt   time.Time
	UndoneBy   string
	UndoneAt   *time.Time
	Undo       Undo // how it was undone
}

// Undo is what becomes of the points that an alias brought when it is undone.
type Undo string

// The two ways to undo.
const (
	UndoKeep     Undo = "keep"      // people keep them, only the future changes
	UndoTakeBack Undo = "take_back" // receipts are judged without it, points go back
)

// nameless is the key of a name that nothing is left of when it is normalised.
const nameless = "-"

// lineKey is the name of a line as aliases find it.
func lineKey(name string) string {
	if key := assortment.Normalize(name); key != "" {
		return key
	}
	return nameless
}

// Teach keeps that a name is a product and has every receipt with it judged
// again by a job, see ApplyAlias. SellerINN, Name, SKU and TaughtBy are the
// caller's. The same once more returns the first.
func (s *Service) Teach(ctx context.Context, tx *store.Tx, a Alias) (Alias, error) {
	version, err := s.book.Newest(ctx, tx.DB)
	if err != nil {
		return a, err
	}
	a.CampaignID, a.NameKey, a.TaughtAt = version.CampaignID, lineKey(a.Name), tx.Now()
	known := slices.ContainsFunc(version.Products, func(p assortment.Product) bool { return p.SKU == a.SKU })
	switch {
	case a.NameKey == nameless:
		return a, fmt.Errorf("%w: %q has no letters", ErrAlias, a.Name)
	case !known && a.SKU != NotOurs:
		return a, fmt.Errorf("%w: %q is no product of %s", ErrAlias, a.SKU, version.Slug)
	}
	first, err := store.Once(ctx, tx, &a)
	if err != nil {
		return a, fmt.Errorf("teach %q: %w", a.Name, err)
	}
	if !first {
		return s.taughtBefore(ctx, tx, a)
	}
	return a, tx.Enqueue(ctx, AliasArgs{AliasID: a.ID})
}

func (s *Service) taughtBefore(ctx context.Context, tx *store.Tx, a Alias) (Alias, error) {
	var old Alias
	err := tx.WithContext(ctx).Take(&old, "campaign_id = ? AND seller_inn = ? AND name_key = ? AND undone_at IS NULL",
		a.CampaignID, a.SellerINN, a.NameKey).Error
	if err == nil && old.SKU != a.SKU {
		err = fmt.Errorf("%w: %q is %s by alias %d", ErrTaught, old.Name, old.SKU, old.ID)
	}
	return old, err
}

// AliasByID returns what was taught; ErrNone if there is none.
func AliasByID(ctx context.Context, g *gorm.DB, id int64) (Alias, error) {
	var a Alias
	err := g.WithContext(ctx).Take(&a, id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		err = fmt.Errorf("alias %d: %w", id, ErrNone)
	}
	return a, err
}

// Aliases lists what was taught and stands, newest first, at most limit; with
// all also what was undone.
func Aliases(ctx context.Context, g *gorm.DB, all bool, limit int) ([]Alias, error) {
	query := g.WithContext(ctx).Order("id DESC").Limit(limit)
	if !all {
		query = query.Where("undone_at IS NULL")
	}
	var list []Alias
	if err := query.Find(&list).Error; err != nil {
		return nil, fmt.Errorf("aliases: %w", err)
	}
	return list, nil
}

// aliases are those that a receipt's lines may be judged with, by the key that
// assortment.WithAliases takes.
type aliases map[string]Alias

func (a Alias) word() string {
	if a.SellerINN == "" {
		return a.NameKey
	}
	return a.SellerINN + "|" + a.NameKey
}

func (all aliases) words() map[string]string {
	words := map[string]string{}
	for word, a := range all {
		words[word] = a.SKU
	}
	return words
}

// of is the alias for a name at a seller; the seller's own goes first.
func (all aliases) of(inn, key string) *int64 {
	for _, word := range []string{inn + "|" + key, key} {
		if a, ok := all[word]; ok {
			return &a.ID
		}
	}
	return nil
}

// taughtOf reads the aliases that stand for the names of a ticket.
func (s *Service) taughtOf(ctx context.Context, g *gorm.DB, campaignID int64, t fns.Ticket) (aliases, error) {
	var list []Alias
	err := g.WithContext(ctx).Find(&list, "campaign_id = ? AND name_key IN ? AND seller_inn IN ? AND undone_at IS NULL",
		campaignID, keysOf(t), []string{"", t.SellerINN}).Error
	return byWord(list), err
}

// taughtAt is taughtOf as it was at a moment.
func taughtAt(ctx context.Context, g *gorm.DB, campaignID int64, t fns.Ticket, at time.Time) (aliases, error) {
	var list []Alias
	err := g.WithContext(ctx).Find(&list, "campaign_id = ? AND name_key IN ? AND seller_inn IN ? AND taught_at <= ? AND (undone_at IS NULL OR undone_at > ?)",
		campaignID, keysOf(t), []string{"", t.SellerINN}, at, at).Error
	return byWord(list), err
}

// keysOf are the names of a ticket as aliases find them, each once.
func keysOf(t fns.Ticket) []string {
	keys := make([]string, len(t.Items))
	for i, item := range t.Items {
		keys[i] = lineKey(item.Name)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// usedAliases reads the aliases that lines were judged with, whether they still
// stand or not.
func usedAliases(ctx context.Context, g *gorm.DB, lines []Line) (aliases, error) {
	var ids []int64
	for _, l := range lines {
		if l.AliasID != nil {
			ids = append(ids, *l.AliasID)
		}
	}
	if len(ids) == 0 {
		return aliases{}, nil
	}
	var list []Alias
	err := g.WithContext(ctx).Find(&list, "id IN ?", ids).Error
	return byWord(list), err
}

func byWord(list []Alias) aliases {
	all := aliases{}
	for _, a := range list {
		all[a.word()] = a
	}
	return all
}
