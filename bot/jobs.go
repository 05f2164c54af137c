package bot

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"promobot/internal/notify"
)

// HandleArgs asks for the stored updates of an address to be handled.
type HandleArgs struct {
	AddressID int64 `json:"address_id"`
}

// Kind names the job.
func (HandleArgs) Kind() string { return "update_handle" }

// InsertOpts puts the talk before slower work: a person waits for it.
func (HandleArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{Priority: 1} }

// HandleWorker works HandleArgs.
type HandleWorker struct {
	river.WorkerDefaults[HandleArgs]
	Bot *Bot
}

// Work handles the lane.
func (w *HandleWorker) Work(ctx context.Context, job *river.Job[HandleArgs]) error {
	return w.Bot.HandleLane(ctx, job.Args.AddressID)
}

// NextRetry comes back within seconds at first: the sender is waiting, and
// after mostTries at the latest he is told.
func (w *HandleWorker) NextRetry(job *river.Job[HandleArgs]) time.Time {
	return soon(job.AttemptedAt, job.Attempt)
}

// RenderWorker works notify.RenderArgs.
type RenderWorker struct {
	river.WorkerDefaults[notify.RenderArgs]
	Bot *Bot
}

// Work renders the participant's notices.
func (w *RenderWorker) Work(ctx context.Context, job *river.Job[notify.RenderArgs]) error {
	return w.Bot.Render(ctx, job.Args.ParticipantID)
}

// NextRetry comes back within seconds at first.
func (w *RenderWorker) NextRetry(job *river.Job[notify.RenderArgs]) time.Time {
	return soon(job.AttemptedAt, job.Attempt)
}

// PushPlanArgs asks for a push to be written to the next participants.
type PushPlanArgs struct {
	PushID int64 `json:"push_id"`
	After  int64 `json:"after"` // the participant before them
}

// Kind names the job.
func (PushPlanArgs) Kind() string { return "push_plan" }

// InsertOpts puts pushes behind all other work.
func (PushPlanArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{Priority: 4} }

// PushPlanWorker works PushPlanArgs.
type PushPlanWorker struct {
	river.WorkerDefaults[PushPlanArgs]
	Bot *Bot
}

// Work plans one page.
func (w *PushPlanWorker) Work(ctx context.Context, job *river.Job[PushPlanArgs]) error {
	return w.Bot.PlanPushPage(ctx, job.Args.PushID, job.Args.After)
}

// soon is 1, 2, 4 … seconds after the last try, five minutes at most.
func soon(last *time.Time, attempt int) time.Time {
	if last == nil {
		return time.Time{} // the queue's own plan
	}
	return last.Add(min(time.Second<<min(attempt-1, 10), 5*time.Minute))
}

// Register adds the talk's workers.
func (b *Bot) Register(workers *river.Workers) {
	river.AddWorker(workers, &HandleWorker{Bot: b})
	river.AddWorker(workers, &RenderWorker{Bot: b})
	river.AddWorker(workers, &PushPlanWorker{Bot: b})
}
