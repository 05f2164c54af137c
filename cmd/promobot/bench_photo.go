package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"promobot/demo/paper"
	"promobot/internal/bench"
	"promobot/internal/money"
	"promobot/internal/store"
	"promobot/receipts"
)

// photosPerSecond is the rate of the goal.
const photosPerSecond = 5

// benchPhoto measures how long a photo takes from the door to its answer, less
// the time that the fiscal service took, beside plain reading of the same
// pictures.
func (b *benchRun) benchPhoto(ctx context.Context) error {
	h, err := b.newHouse(ctx, store.SQLite)
	if err != nil {
		return err
	}
	defer h.close()
	stop, err := h.work(ctx)
	if err != nil {
		return err
	}
	people, err := h.registered(ctx, photosPerSecond)
	if err != nil {
		return err
	}
	defer people.Close()
	p := &photos{house: h, people: people}
	b.progress("photo: prints receipts")
	p.print(int(float64(photosPerSecond)*b.slice.Seconds()*(bench.Rounds+1)) + bench.Rounds + 1)
	b.progress("photo: %d pictures, %d of them real", len(p.pictures), p.real)
	tallies, err := bench.Interleave(ctx, b.slice, p.answer, p.readPlainly)
	if err != nil {
		return err
	}
	b.progress("photo: %d receipts accepted, %d refused, all told", p.accepted.Load(), p.refused.Load())
	f := bench.Tail("photo", tallies[0], tallies[1], 0.95)
	f.Goal = fmt.Sprintf("p95 ≤ 2000 ms at %d/s", photosPerSecond)
	return errors.Join(b.print(f), stop())
}

// registered opens so many sessions and registers them.
func (h *benchHouse) registered(ctx context.Context, sessions int) (*bench.People, error) {
	people, err := bench.NewPeople(ctx, h.url, sessions)
	if err != nil {
		return nil, err
	}
	phone := func(i int) string { return fmt.Sprintf("+7 999 %03d-00-00", i) }
	name := func(i int) string { return "Анна " + string(rune('А'+i%32)) }
	err = errors.Join(people.Tell(ctx, func(int) string { return "/start" }), people.Press(ctx, "consent:data"), people.Press(ctx, "news:no"),
		people.Tell(ctx, phone), people.Tell(ctx, name))
	if err != nil {
		return nil, err
	}
	_, err = h.drained(ctx)
	return people, err
}

// photos are pictures of receipts, each sent once.
type photos struct {
	house    *benchHouse
	people   *bench.People
	pictures [][]byte
	real     int
	sent     atomic.Int64
	read     atomic.Int64

	accepted, refused atomic.Int64
}

// print draws n receipts, new, faded, crumpled or askew, and takes the real
// ones of the shared folder first if it is there.
func (p *photos) print(n int) {
	p.pictures = realReceipts(n)
	p.real = len(p.pictures)
	drawn := make([][]byte, n-p.real)
	var all sync.WaitGroup
	var next atomic.Int64
	for range runtime.NumCPU() {
		all.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(drawn)); i = next.Add(1) - 1 {
				drawn[i] = printed(int(i))
			}
		})
	}
	all.Wait()
	p.pictures = append(p.pictures, drawn...)
}

// printed draws the i-th receipt.
func printed(i int) []byte {
	damages := [][]paper.Damage{nil, {paper.Faded}, {paper.Crumpled}, {paper.Rotated(7)}}
	sum := money.Kopecks(1234_00 + i)
	code := fmt.Sprintf("t=20260314T18%02d&s=%s&fn=9999078900001234&i=%d&fp=%d&n=1", i%60, sum, 1000+i, 2000+i)
	r := paper.Receipt{Shop: "Магазин", INN: "7700000000", Address: "Москва", Total: sum, Code: code}
	return paper.JPEG(paper.Photo(r, uint64(i), damages[i%len(damages)]...)) // #nosec G115 -- an index
}

// realReceipts are the photos of the shared folder, at most limit.
func realReceipts(limit int) (pictures [][]byte) {
	folder := os.Getenv("PROMOBOT_SHARED")
	if folder == "" {
		return nil
	}
	files, err := picturesIn(filepath.Join(folder, "data/qr/receipts"))
	if err != nil {
		return nil // not every shared folder has them
	}
	for _, name := range files {
		picture, err := readPicture(filepath.Join(folder, "data/qr/receipts", name))
		if err == nil && len(pictures) < limit {
			pictures = append(pictures, picture)
		}
	}
	return pictures
}

// answer sends pictures at the goal's rate and waits until each is answered.
func (p *photos) answer(ctx context.Context, length time.Duration) (bench.Tally, error) {
	var mu sync.Mutex
	var took []time.Duration
	t, err := bench.Open(ctx, photosPerSecond, length, func(ctx context.Context) error {
		began := time.Now()
		picture := p.pictures[int(p.sent.Add(1)-1)%len(p.pictures)]
		id, err := p.people.Send(ctx, picture)
		if err != nil {
			return err
		}
		d, err := p.told(ctx, id, began)
		mu.Lock()
		defer mu.Unlock()
		took = append(took, d)
		return err
	})
	t.Latencies = took
	return t, err
}

// photoAnswer is what the rows say about an answered photo.
type photoAnswer struct {
	Status     receipts.Status
	AskedAt    *time.Time
	AnsweredAt *time.Time
	ToldAt     time.Time // when the last word was written for the person
}

const answerSQL = `SELECT r.status, r.asked_at, r.answered_at, m.created_at AS told_at FROM updates AS u
JOIN receipts AS r ON r.source = 'update:' || u.id
JOIN notices AS n ON n.subject = 'receipt:' || r.id AND n.participant_id = r.participant_id
JOIN messages AS m ON m.notice_id = n.id AND m.n = 0
WHERE u.event_id = ? AND r.decided_at IS NOT NULL AND n.created_at >= r.decided_at`

// told waits for the verdict's message and returns how long it took since the
// photo went out, without the time between the question to the fiscal service
// and its answer.
func (p *photos) told(ctx context.Context, id string, began time.Time) (time.Duration, error) {
	for time.Since(began) < patience {
		var answers []photoAnswer
		if err := p.house.db.Read(ctx).Raw(answerSQL, id).Scan(&answers).Error; err != nil {
			return 0, fmt.Errorf("answer to photo %s: %w", id, err)
		}
		if len(answers) > 0 {
			return p.count(answers[0], began), nil
		}
		time.Sleep(10 * lookEvery)
	}
	return 0, fmt.Errorf("photo %s: %w", id, errUnanswered)
}

func (p *photos) count(a photoAnswer, began time.Time) time.Duration {
	took := a.ToldAt.Sub(began)
	if a.AskedAt != nil && a.AnsweredAt != nil {
		took -= a.AnsweredAt.Sub(*a.AskedAt)
	}
	if a.Status == receipts.Accepted {
		p.accepted.Add(1)
	} else {
		p.refused.Add(1)
	}
	return took
}

// readPlainly reads the pictures one after another with nothing around the
// decoder.
func (p *photos) readPlainly(ctx context.Context, length time.Duration) (bench.Tally, error) {
	n := max(1, int(photosPerSecond*length.Seconds()))
	var t bench.Tally
	began := time.Now()
	for range n {
		at := time.Now()
		if _, err := bench.ReadPlainly(p.pictures[int(p.read.Add(1)-1)%len(p.pictures)]); err != nil {
			return t, err
		}
		t.Latencies = append(t.Latencies, time.Since(at))
		if ctx.Err() != nil {
			return t, ctx.Err()
		}
	}
	t.Took = time.Since(began)
	return t, nil
}
