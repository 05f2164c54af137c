package store

import (
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/riverqueue/river"
)

// jobRow is a job as the queue's table takes it, on PostgreSQL. The queue's own
// statement for it costs as much as a tenth of a settlement and goes alone; this
// one goes with the transaction's other late rows. What is not said here is the
// column's default, as with the queue's statement.
type jobRow struct {
	Args        string
	Kind        string
	MaxAttempts int
	Priority    int
	Queue       string
	CreatedAt   time.Time `gorm:"default:now()"` // the database's time with the wall clock, as the queue has it
	ScheduledAt time.Time `gorm:"default:now()"`
}

// TableName is the queue's table.
func (jobRow) TableName() string { return "river_job" }

// plainJob is the row of a job that asks for nothing but a priority, a queue or
// a number of attempts; all others are left to the queue.
func plainJob(args river.JobArgs, at *time.Time) (row jobRow, plain bool, err error) {
	var wanted river.InsertOpts
	if with, ok := args.(river.JobArgsWithInsertOpts); ok {
		wanted = with.InsertOpts()
	}
	known := river.InsertOpts{MaxAttempts: wanted.MaxAttempts, Priority: wanted.Priority, Queue: wanted.Queue}
	if !reflect.DeepEqual(wanted, known) {
		return row, false, nil
	}
	text, err := json.Marshal(args)
	if err != nil {
		return row, false, fmt.Errorf("arguments of %s: %w", args.Kind(), err)
	}
	row = jobRow{Args: string(text), Kind: args.Kind(), MaxAttempts: river.MaxAttemptsDefault, Priority: river.PriorityDefault, Queue: river.QueueDefault}
	if wanted.MaxAttempts > 0 {
		row.MaxAttempts = wanted.MaxAttempts
	}
	if wanted.Priority > 0 {
		row.Priority = wanted.Priority
	}
	if wanted.Queue != "" {
		row.Queue = wanted.Queue
	}
	if at != nil {
		row.CreatedAt, row.ScheduledAt = *at, *at
	}
	return row, true, nil
}
