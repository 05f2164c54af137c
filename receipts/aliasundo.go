package receipts

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"promobot/internal/notify"
	"promobot/internal/store"
)

// ReasonUndone is why a receipt is reversed that counted only by a name that
// was taught wrongly.
const ReasonUndone = "alias.undone"

// EventUndone is a receipt judged again without an alias; data: alias, name,
// sku, points, source (in the books), status.
const EventUndone = "receipt.undone"

// UndoAlias ends an alias. With UndoKeep only receipts to come are judged
// without it; with UndoTakeBack also those that were judged with it, by a job,
// and the points that it alone has brought are taken back as the terms say of
// returns. Undone again it stays as it is; ErrNone if there is none.
func (s *Service) UndoAlias(ctx context.Context, tx *store.Tx, id int64, by string, how Undo) (Alias, error) {
	if how != UndoKeep && how != UndoTakeBack {
		return Alias{}, fmt.Errorf("%w: %q is no way to undo", ErrAlias, how)
	}
	res := tx.WithContext(ctx).Model(&Alias{}).Where("id = ? AND undone_at IS NULL", id).
		Updates(map[string]any{"undone_at": tx.Now(), "undone_by": by, "undo": how})
	if res.Error != nil {
		return Alias{}, fmt.Errorf("undo alias %d: %w", id, res.Error)
	}
	a, err := AliasByID(ctx, tx.DB, id)
	if err != nil || res.RowsAffected == 0 || how == UndoKeep {
		return a, err
	}
	return a, tx.Enqueue(ctx, AliasArgs{AliasID: id})
}

// PreviewUndo is what undoing with UndoTakeBack would do now; nothing is
// written.
func (s *Service) PreviewUndo(ctx context.Context, id int64) (effect AliasEffect, err error) {
	err = s.db.InTx(ctx, func(tx *store.Tx) error {
		a, err := s.UndoAlias(ctx, tx, id, "", UndoTakeBack)
		if err == nil {
			effect, err = s.within(ctx, tx, a, s.judgedWith, s.forget)
		}
		return errors.Join(err, errPreview)
	})
	if errors.Is(err, errPreview) {
		err = nil
	}
	return effect, err
}

// judgedWith are the receipts that an alias has counted on.
func (s *Service) judgedWith(g *gorm.DB, a Alias) *gorm.DB {
	return g.Table("receipts AS r").Joins("JOIN receipt_lines AS l ON l.receipt_id = r.id").Where("l.alias_id = ?", a.ID)
}

// forget judges a receipt again without an alias.
func (s *Service) forget(ctx context.Context, tx *store.Tx, r Receipt, a Alias) (AliasEffect, error) {
	lines, err := s.Lines(ctx, tx.DB, r.ID)
	if err != nil {
		return AliasEffect{}, err
	}
	for i := range lines {
		if l := &lines[i]; l.AliasID != nil && *l.AliasID == a.ID {
			l.AliasID, l.Review = nil, LineSure
		}
	}
	version, reward, err := s.remaining(ctx, tx, r, lines)
	if err != nil {
		return AliasEffect{}, err
	}
	for i, l := range lines {
		made := reward.Lines[i]
		if made.Unsure && l.Review == LineSure {
			l.Review = LineOpen
		}
		err := tx.WithContext(ctx).Model(&Line{}).Where("id = ?", l.ID).Updates(map[string]any{"sku": made.SKU, "candidate": made.Candidate,
			"points": made.Points, "reason": made.Reason, "review": l.Review, "alias_id": l.AliasID}).Error
		if err != nil {
			return AliasEffect{}, fmt.Errorf("line %d without alias %d: %w", l.ID, a.ID, err)
		}
	}
	parts, err := s.owed(ctx, tx, r, reward)
	if err != nil || parts.Sum() == 0 {
		return AliasEffect{}, err
	}
	source := fmt.Sprintf("%s/alias:%d/undo", Subject(r.ID), a.ID)
	taken, err := s.reclaim(ctx, tx, &r, version, reward, source, ReasonUndone)
	if err == nil {
		err = s.besideBack(ctx, tx, r, lines, source, &taken)
	}
	if err != nil {
		return AliasEffect{}, err
	}
	effect := AliasEffect{Receipts: 1, Points: -taken.Total().Sum()}
	if r.Status == Reversed {
		effect.Accepted = 1
	}
	err = s.record(ctx, tx, r, EventUndone, map[string]any{"alias": a.ID, "name": a.Name, "sku": a.SKU, "points": effect.Points,
		"source": source, "status": r.Status})
	if err != nil {
		return effect, err
	}
	return effect, notify.Tell(ctx, tx, notify.Notice{ParticipantID: r.ParticipantID, Key: NoticeReversed,
		Args: backArgs(r, version, returnRow{}, taken)})
}
