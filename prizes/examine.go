package prizes

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"gorm.io/gorm"
)

// examine reads a file of codes and holds it against the catalogue and the
// stock. Rows that are left are new codes.
func (s *Shop) examine(ctx context.Context, g *gorm.DB, r io.Reader, now time.Time) (*sheet, error) {
	sheet, err := readSheet(r)
	if err != nil {
		return nil, fmt.Errorf("read the file of codes: %w", err)
	}
	if err := s.mark(sheet); err != nil {
		return nil, err
	}
	prizes, err := s.prizeIDs(ctx, g)
	if err != nil {
		return nil, err
	}
	sheet.keep(func(row sheetRow) string {
		if !prizes[row.prizeID] {
			return problemPrize
		}
		return ""
	})
	sheet.refuseTwins()
	if err := s.sortOutKnown(ctx, g, sheet); err != nil {
		return nil, err
	}
	sheet.keep(func(row sheetRow) string {
		if row.validUntil != nil && row.validUntil.Before(now) {
			return problemPast
		}
		return ""
	})
	sheet.sum()
	return sheet, nil
}

func (s *Shop) mark(sheet *sheet) (err error) {
	for i := range sheet.rows {
		row := &sheet.rows[i]
		if row.mark, err = s.vault.Mark("certificate", row.code.Reveal()); err != nil {
			return err
		}
	}
	return nil
}

func (s *Shop) prizeIDs(ctx context.Context, g *gorm.DB) (map[string]bool, error) {
	var ids []string
	if err := g.WithContext(ctx).Model(&prizeRow{}).Pluck("id", &ids).Error; err != nil {
		return nil, fmt.Errorf("catalogue: %w", err)
	}
	known := make(map[string]bool, len(ids))
	for _, id := range ids {
		known[id] = true
	}
	return known, nil
}

// keep drops the rows that have a problem and notes it.
func (s *sheet) keep(problem func(sheetRow) string) {
	s.rows = slices.DeleteFunc(s.rows, func(row sheetRow) bool {
		text := problem(row)
		if text != "" {
			s.problem(row.row, text)
		}
		return text != ""
	})
}

func (s *sheet) refuseTwins() {
	first := make(map[string]int, len(s.rows))
	s.keep(func(row sheetRow) string {
		if twin, ok := first[row.mark]; ok {
			return problemTwice + strconv.Itoa(twin)
		}
		first[row.mark] = row.row
		return ""
	})
}

// sortOutKnown counts and drops codes that are in the stock, or were; those of
// another prize are problems.
func (s *Shop) sortOutKnown(ctx context.Context, g *gorm.DB, sheet *sheet) error {
	owners := map[string]string{} // the prize of a mark
	for batch := range slices.Chunk(sheet.rows, importBatch) {
		marks := make([]string, len(batch))
		for i, row := range batch {
			marks[i] = row.mark
		}
		var known []certificateRow
		err := g.WithContext(ctx).Select("prize_id", "code_mac").Find(&known, "code_mac IN ?", marks).Error
		if err != nil {
			return fmt.Errorf("look codes up: %w", err)
		}
		for _, c := range known {
			owners[c.CodeMac] = c.PrizeID
		}
	}
	sheet.keep(func(row sheetRow) string {
		if prize, ok := owners[row.mark]; ok && prize != row.prizeID {
			return problemAnother
		}
		return ""
	})
	before := len(sheet.rows)
	sheet.rows = slices.DeleteFunc(sheet.rows, func(row sheetRow) bool { return owners[row.mark] != "" })
	sheet.Known = int64(before - len(sheet.rows))
	return nil
}

// sum fills in what the file brings.
func (s *sheet) sum() {
	s.Added = int64(len(s.rows))
	for _, row := range s.rows {
		if !slices.Contains(s.Prizes, row.prizeID) {
			s.Prizes = append(s.Prizes, row.prizeID)
		}
	}
	slices.Sort(s.Prizes)
	slices.SortStableFunc(s.Problems, func(a, b Problem) int { return a.Row - b.Row })
}
