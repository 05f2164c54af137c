package rewards_test

import (
	"context"
	"slices"
	"testing"

	"github.com/riverqueue/river"

	"promobot/internal/store"
	"promobot/rewards"
)

// TestImportRingsForThoseWhoWait: the job exists with the import, and its
// worker serves.
func TestImportRingsForThoseWhoWait(t *testing.T) {
	eachWorld(t, func(w world) {
		id := w.rich(300)
		if c, err := w.choose(id, "mug", "update:1"); err != nil || !c.Waiting {
			w.Fatalf("%+v, %v", c, err)
		}
		w.stock("mug", "a", 1)
		w.must(func(ctx context.Context, tx *store.Tx) error {
			return rewards.EnqueueRestocked(ctx, tx, []string{"mug", "tea"})
		})
		var jobs int64
		if err := w.db.Read(t.Context()).Table("river_job").Where("kind = ?", rewards.RestockedArgs{}.Kind()).Count(&jobs).Error; err != nil || jobs != 2 {
			w.Errorf("%d jobs (%v), want one for each prize", jobs, err)
		}
		worker := &rewards.RestockedWorker{DB: w.db, Desk: w.desk, Book: w.book}
		for range 2 {
			if err := worker.Work(context.Background(), &river.Job[rewards.RestockedArgs]{Args: rewards.RestockedArgs{PrizeID: "mug"}}); err != nil {
				w.Fatal(err)
			}
		}
		if got := w.told(rewards.NoticeBack); !slices.Equal(got, []int64{id}) {
			w.Errorf("told %v, want %d once", got, id)
		}
	})
}
