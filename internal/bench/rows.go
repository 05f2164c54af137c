package bench

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/jackc/pgx/v5"
)

// ErrRows reports that two sides do not write the same rows: their speeds would
// say nothing about each other.
var ErrRows = errors.New("bench: the two sides write different rows")

// rowsTried is how many receipts each side settles to show which rows it writes.
const rowsTried = 8

// SameRows settles some receipts on each side and counts the rows that each
// wrote, new or changed, in every table: ErrRows if there is a difference. It
// returns the rows of one receipt.
func (s *Settlement) SameRows(ctx context.Context, side, yardstick Settle) (map[string]int, error) {
	// What the product writes once for a database is not a receipt's.
	if _, err := s.rowsOf(ctx, side); err != nil {
		return nil, err
	}
	ours, err := s.rowsOf(ctx, side)
	if err != nil {
		return nil, err
	}
	theirs, err := s.rowsOf(ctx, yardstick)
	if err != nil {
		return nil, err
	}
	if !maps.Equal(ours, theirs) {
		return nil, fmt.Errorf("%w for %d receipts: the product %v, by hand %v", ErrRows, rowsTried, ours, theirs)
	}
	for table := range ours {
		ours[table] /= rowsTried
	}
	return ours, nil
}

// rowsOf counts the rows, new or changed, that settling some receipts left in
// each table.
func (s *Settlement) rowsOf(ctx context.Context, settle Settle) (map[string]int, error) {
	waiting, err := s.wait(ctx, rowsTried)
	if err != nil {
		return nil, err
	}
	var mark string
	if err := s.pool.QueryRow(ctx, "SELECT pg_current_xact_id()::text").Scan(&mark); err != nil {
		return nil, fmt.Errorf("count rows: %w", err)
	}
	for _, id := range waiting {
		if err := settle(ctx, id); err != nil {
			return nil, err
		}
	}
	rows, err := s.pool.Query(ctx, "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
	if err != nil {
		return nil, fmt.Errorf("count rows: %w", err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("count rows: %w", err)
	}
	written := map[string]int{}
	for _, table := range tables {
		var n int
		err := s.pool.QueryRow(ctx, "SELECT count(*) FROM "+pgx.Identifier{table}.Sanitize()+
			" WHERE age(xmin) < age($1::text::xid8::xid)", mark).Scan(&n)
		if err != nil {
			return nil, fmt.Errorf("count rows of %s: %w", table, err)
		}
		if n > 0 {
			written[table] = n
		}
	}
	return written, nil
}
