package prizes

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"time"

	"gorm.io/gorm/clause"

	"promobot/internal/store"
)

// ErrProblems reports a file of codes that was refused as a whole, because
// some of its rows have problems.
var ErrProblems = errors.New("prizes: the file has problems, nothing was imported")

// importBatch is how many rows are looked up or written by one statement; both
// engines take far more than its parameters.
const importBatch = 500

// Import is what a file of codes brings.
type Import struct {
	Added    int64     `json:"added"`    // new codes
	Known    int64     `json:"known"`    // codes that are in stock already, or were
	Prizes   []string  `json:"prizes"`   // prizes that get new codes, by id
	Problems []Problem `json:"problems"` // by row
}

// Problem is why a row cannot be imported. Its text never shows a code.
type Problem struct {
	Row  int    `json:"row"` // line of the file, from 1
	Text string `json:"text"`
}

type importRow struct {
	ID         int64
	FileName   string
	Added      int64
	ImportedAt time.Time
}

// TableName is the table of files that brought codes.
func (importRow) TableName() string { return "certificate_imports" }

// Preview tells what Import would do with a file, and does nothing.
func (s *Shop) Preview(ctx context.Context, r io.Reader) (Import, error) {
	sheet, err := s.examine(ctx, s.db.Read(ctx), r, s.db.Now())
	if err != nil {
		return Import{}, err
	}
	return sheet.Import, nil
}

// Import adds the codes of a file to the stock: CSV in UTF-8 with comma or
// semicolon and the header prize_id,code or prize_id,code,valid_until. A code
// has 4 to 128 printable characters; valid_until is YYYY-MM-DD, and the code is
// good to the end of that day in Moscow, or without end if empty. Codes that
// are known already are counted and left as they are, so the same file twice
// changes nothing. A file with a problem is refused as a whole: ErrProblems,
// with the list in the result, and nothing written.
func (s *Shop) Import(ctx context.Context, tx *store.Tx, r io.Reader, fileName string) (Import, error) {
	sheet, err := s.examine(ctx, tx.DB, r, tx.Now())
	if err != nil {
		return Import{}, err
	}
	if len(sheet.Problems) > 0 {
		return sheet.Import, ErrProblems
	}
	if len(sheet.rows) == 0 {
		return sheet.Import, nil
	}
	added, err := s.stock(ctx, tx, filepath.Base(fileName), sheet.rows)
	if err != nil {
		return Import{}, fmt.Errorf("import %s: %w", filepath.Base(fileName), err)
	}
	sheet.Known += sheet.Added - added // another import brought them in this very moment
	sheet.Added = added
	if err := refilled(ctx, tx, sheet.Prizes); err != nil {
		return Import{}, fmt.Errorf("import %s: %w", filepath.Base(fileName), err)
	}
	return sheet.Import, nil
}

// stock writes the codes and how many there were of the file.
func (s *Shop) stock(ctx context.Context, tx *store.Tx, fileName string, rows []sheetRow) (added int64, err error) {
	file := importRow{FileName: fileName, ImportedAt: tx.Now()}
	if err := tx.WithContext(ctx).Create(&file).Error; err != nil {
		return 0, err
	}
	for batch := range slices.Chunk(rows, importBatch) {
		certificates, err := s.seal(batch, file.ID)
		if err != nil {
			return 0, err
		}
		res := tx.WithContext(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&certificates)
		if res.Error != nil {
			return 0, res.Error
		}
		added += res.RowsAffected
	}
	return added, tx.WithContext(ctx).Model(&file).Update("added", added).Error
}

func (s *Shop) seal(rows []sheetRow, importID int64) ([]certificateRow, error) {
	certificates := make([]certificateRow, len(rows))
	for i, row := range rows {
		sealed, err := s.vault.Seal([]byte(row.code.Reveal()), codePlace(row.mark))
		if err != nil {
			return nil, err
		}
		certificates[i] = certificateRow{
			PrizeID:    row.prizeID,
			CodeSealed: sealed,
			CodeMac:    row.mark,
			Status:     statusFree,
			ImportID:   importID,
			ValidUntil: row.validUntil,
		}
	}
	return certificates, nil
}
