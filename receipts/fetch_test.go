package receipts_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"promobot/internal/events"
	"promobot/internal/store"
	"promobot/internal/store/storetest"
	"promobot/qr"
	"promobot/receipts"
)

// cellar keeps files as a channel does; err is its trouble.
type cellar struct {
	sync.Mutex
	files  map[string][]byte
	err    error
	asked  []string
	within func()
	slow   bool            // every fetch lasts until its time is over
	given  []time.Duration // the time that each fetch had
}

func (c *cellar) Fetch(ctx context.Context, ref string, limit int64) ([]byte, error) {
	c.Lock()
	defer c.Unlock()
	c.asked = append(c.asked, ref)
	if end, bounded := ctx.Deadline(); bounded {
		c.given = append(c.given, time.Until(end).Round(time.Second))
	}
	if c.slow {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	if c.within != nil {
		c.within()
	}
	if limit != qr.MaxBytes {
		return nil, fmt.Errorf("limit %d", limit)
	}
	return c.files[ref], c.err
}

// remote sends a picture that its channel keeps.
func (w world) remote(id int64, ref string) receipts.Receipt {
	w.Helper()
	return w.send(receipts.Submission{ParticipantID: id, Way: receipts.ByPhoto, File: ref})
}

func TestFileOfAChannelIsFetchedOnce(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		q, ctx := w.office.good(), context.Background()
		w.cellar.files["telegram:a"] = []byte(q.String())
		r := w.remote(w.person(), "telegram:a")
		w.cellar.err = errors.New("502")
		var trouble *receipts.FetchTrouble
		if err := w.receipts.Scan(ctx, r.ID); !errors.As(err, &trouble) || trouble.Again != time.Second {
			w.Fatalf("%v, want to come again in a second", err)
		}
		w.pass(20 * time.Second)
		if err := w.receipts.Scan(ctx, r.ID); !errors.As(err, &trouble) || trouble.Again != 10*time.Second {
			w.Fatalf("%v, want to come again in ten seconds", err)
		}
		w.told(r.ID)
		w.cellar.err = nil
		for range 2 {
			if err := w.receipts.Scan(ctx, r.ID); err != nil {
				w.Fatal(err)
			}
		}
		w.is(w.check(r.ID), receipts.Accepted, "", 80)
		if len(w.cellar.asked) != 3 {
			w.Errorf("asked for %q, want three times", w.cellar.asked)
		}
		w.keeps(r.ID, w.cellar.files["telegram:a"])
	})
}

// keeps compares the stored picture.
func (w world) keeps(id int64, want []byte) {
	w.Helper()
	var row struct {
		Picture []byte
		SHA256  string
	}
	err := w.db.Read(context.Background()).Raw("SELECT picture, sha256 FROM receipt_photos WHERE receipt_id = ?", id).Scan(&row).Error
	if err != nil || !bytes.Equal(row.Picture, want) || (row.SHA256 == "") != (len(want) == 0) {
		w.Errorf("picture %q with sum %q (%v), want %q", row.Picture, row.SHA256, err, want)
	}
}

func TestFileThatNeverComes(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		for _, tt := range []struct {
			name    string
			file    []byte
			err     error
			waited  time.Duration
			problem string
		}{
			{"gone", nil, fmt.Errorf("telegram: %w", receipts.ErrFileGone), 0, "gone"},
			{"empty", []byte{}, nil, 0, "gone"},
			{"too large by its channel", nil, fmt.Errorf("telegram: %w", receipts.ErrFileTooLarge), 0, "too_large"},
			{"one byte too large", make([]byte, qr.MaxBytes+1), nil, 0, "too_large"},
			{"a quarter of an hour of trouble", nil, errors.New("reset"), 15 * time.Minute, "gone"},
		} {
			w.each(tt.name, func(w world) {
				w.cellar.files["telegram:b"], w.cellar.err = tt.file, tt.err
				r := w.remote(w.person(), "telegram:b")
				w.pass(tt.waited)
				if err := w.receipts.Scan(context.Background(), r.ID); err != nil {
					w.Fatal(err)
				}
				r = w.get(r.ID)
				w.is(r, receipts.Rejected, receipts.ReasonPicture, 0)
				if r.Facts["problem"] != tt.problem {
					w.Errorf("facts %v, want %s", r.Facts, tt.problem)
				}
				w.told(r.ID, receipts.ReasonPicture)
				w.keeps(r.ID, nil)
			})
		}
	})
}

// TestAlbumOfAChannelKeepsItsOrder: while a channel is in trouble, the pictures
// of an album wait for one another; a later one does not.
func TestAlbumOfAChannelKeepsItsOrder(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		me := w.person()
		first := w.remote(me, "telegram:c")
		second := w.remote(me, "telegram:d")
		turn := func(r receipts.Receipt, want time.Duration) {
			w.Helper()
			if pause, err := w.receipts.ScanTurn(context.Background(), r.ID); err != nil || pause != want {
				w.Errorf("pause %s (%v), want %s", pause, err, want)
			}
		}
		turn(first, 0)
		turn(second, 100*time.Millisecond)
		w.pass(3 * time.Minute)
		turn(second, 5*time.Second)
		turn(w.remote(me, "telegram:e"), 0)
		w.pass(14 * time.Minute)
		turn(second, 0)
	})
}

func TestStoppingWhileAFileIsFetchedIsNoTrouble(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		ctx, stop := context.WithCancel(context.Background())
		w.cellar.within, w.cellar.err = stop, context.Canceled
		r := w.remote(w.person(), "telegram:f")
		w.pass(time.Hour)
		if err := w.receipts.Scan(ctx, r.ID); !errors.Is(err, context.Canceled) {
			w.Errorf("%v, want %v", err, context.Canceled)
		}
		w.is(w.get(r.ID), receipts.Submitted, "", 0)
	})
}

// TestSlowFileIsATrouble: when the time of the job itself is over the channel is
// asked again, by the plan; only a stop of the process is none of its business.
func TestSlowFileIsATrouble(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		w.cellar.slow = true
		ctx, stop := context.WithTimeout(context.Background(), 2*time.Second)
		defer stop()
		r := w.remote(w.person(), "telegram:slow")
		w.pass(30 * time.Second)
		var trouble *receipts.FetchTrouble
		if err := w.receipts.Scan(ctx, r.ID); !errors.As(err, &trouble) || trouble.Again != 15*time.Second {
			w.Errorf("%v, want to come again in fifteen seconds", err)
		}
		w.is(w.get(r.ID), receipts.Submitted, "", 0)
	})
}

// TestJobLeavesAFetchItsTime: in the queue a fetch has its forty seconds, ends
// before the job that waits for it, and the job before the queue takes it for
// dead.
func TestJobLeavesAFetchItsTime(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		w := newWorld(t, url)
		w.apply(spring())
		w.cellar.err = errors.New("502")
		r := w.remote(w.person(), "telegram:slow")
		w.pass(15 * time.Minute)
		w.work()
		for begun := time.Now(); w.get(r.ID).Status == receipts.Submitted && time.Since(begun) < 20*time.Second; {
			time.Sleep(20 * time.Millisecond)
		}
		w.is(w.get(r.ID), receipts.Rejected, receipts.ReasonPicture, 0)
		w.cellar.Lock()
		defer w.cellar.Unlock()
		if fmt.Sprint(w.cellar.given) != "[40s]" {
			w.Errorf("fetches had %v, want 40 s", w.cellar.given)
		}
		if job := (&receipts.ScanWorker{}).Timeout(nil); job < 50*time.Second || job > store.LongestJob {
			w.Errorf("the job has %s, want ten seconds more than the fetch and at most %s", job, store.LongestJob)
		}
	})
}

func TestForwardedIsKeptInTheEvent(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		w.send(receipts.Submission{ParticipantID: w.person(), Way: receipts.ByFile, Picture: []byte("x"), Forwarded: true})
		list, err := events.After(context.Background(), w.db.Read(context.Background()), 0, 10)
		if err != nil || len(list) != 1 || list[0].Data["forwarded"] != true || list[0].Data["way"] != "file" {
			w.Errorf("events %+v (%v), want a forwarded file", list, err)
		}
	})
}
