package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"promobot/campaigns"
)

// settlers is how many settle at a time.
const settlers = 16

// Settlement measures how receipts are settled whose answer has just come.
type Settlement struct {
	pool    *pgxpool.Pool
	version campaigns.Version
	tickets *Tickets
	people  int64 // participants, ids from 1
	nextFD  int64
	rate    float64 // the best that was seen, to prepare enough
}

// NewSettlement fills the database with so many settled receipts, five a
// participant, with everything that belongs to them. The database is migrated,
// holds the version, and nobody has written to it.
func NewSettlement(ctx context.Context, address string, version campaigns.Version, tickets *Tickets, existing int64) (*Settlement, error) {
	pool, err := newPool(ctx, address, settlers+1)
	if err != nil {
		return nil, err
	}
	s := &Settlement{pool: pool, version: version, tickets: tickets, people: max(settlers, existing/5), nextFD: existing + 1, rate: 1000}
	if err := s.fill(ctx, existing); err != nil {
		pool.Close()
		return nil, fmt.Errorf("fill the database with %d receipts: %w", existing, err)
	}
	return s, nil
}

// Close closes the yardstick's connections.
func (s *Settlement) Close() { s.pool.Close() }

// Settle settles one receipt by its id.
type Settle func(ctx context.Context, receiptID int64) error

// Side is a side on which 16 workers settle receipts that wait.
func (s *Settlement) Side(settle Settle) Side {
	return func(ctx context.Context, length time.Duration) (Tally, error) {
		waiting, err := s.wait(ctx, int64(1.5*s.rate*length.Seconds())+settlers)
		if err != nil {
			return Tally{}, err
		}
		var next atomic.Int64
		t, err := Closed(ctx, settlers, length, func(ctx context.Context) error {
			i := next.Add(1) - 1
			if i >= int64(len(waiting)) {
				return ErrEmpty
			}
			return settle(ctx, waiting[i])
		})
		s.rate = max(s.rate, t.Rate())
		return t, err
	}
}

// wait makes n receipts that wait for nothing but their settlement, of
// participants at random.
func (s *Settlement) wait(ctx context.Context, n int64) ([]int64, error) {
	rows, err := s.pool.Query(ctx, waitingSQL, s.nextFD, s.nextFD+n-1, s.people, s.version.CampaignID, s.version.ID, s.tickets.kopecks())
	if err != nil {
		return nil, fmt.Errorf("receipts that wait: %w", err)
	}
	s.nextFD += n
	ids := make([]int64, 0, n)
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("receipts that wait: %w", err)
		}
		ids = append(ids, id)
	}
	rand.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	return ids, rows.Err()
}
