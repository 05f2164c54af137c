package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"promobot/internal/events"
	"promobot/internal/store"
)

const (
	roadPause     = 200 * time.Millisecond // between two looks at the events
	roadHeartbeat = 15 * time.Second
	roadBatch     = 500
	roadMemory    = 2000 // events that a newcomer is told
	roadListeners = 64   // at once; each looks at the database by itself
	gapPatience   = 2 * time.Second
)

// road tells the way of every receipt as server-sent events.
type road struct {
	db        *store.DB
	log       *slog.Logger
	clock     func() time.Time
	closed    <-chan struct{}
	listeners atomic.Int64
}

func (r *road) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if r.listeners.Add(1) > roadListeners {
		r.listeners.Add(-1)
		w.Header().Set("Retry-After", "5")
		refuse(w, http.StatusServiceUnavailable, "too many listeners")
		return
	}
	defer r.listeners.Add(-1)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no")
	s := stream{road: r, out: w, flusher: http.NewResponseController(w), atlas: newAtlas(), after: resumeAt(req)}
	if err := s.run(req.Context()); err != nil && req.Context().Err() == nil {
		r.log.Error("road", "error", err)
	}
}

// resumeAt is the last stop that the listener has heard of; 0: none.
func resumeAt(req *http.Request) int64 {
	for _, text := range []string{req.Header.Get("Last-Event-ID"), req.URL.Query().Get("after")} {
		if id, err := strconv.ParseInt(text, 10, 64); err == nil && id > 0 {
			return id
		}
	}
	return 0
}

// stream is one listener.
type stream struct {
	*road
	out     http.ResponseWriter
	flusher *http.ResponseController
	atlas   *atlas
	after   int64 // stop
	seen    int64 // event
}

// run tells all there is, then looks for more until the listener or the
// program ends.
func (s *stream) run(ctx context.Context) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	look, beat := time.NewTicker(roadPause), time.NewTicker(roadHeartbeat)
	defer look.Stop()
	defer beat.Stop()
	for {
		if err := s.tell(ctx); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.closed:
			return nil
		case <-beat.C:
			if err := s.write(": here\n\n"); err != nil {
				return err
			}
		case <-look.C:
		}
	}
}

// begin finds where to read from. The events before the one to resume at are
// read too, since a stop is worded by those before it. A listener who knows
// more than there is has seen another database and is told to forget it.
func (s *stream) begin(ctx context.Context) error {
	var newest events.Event
	err := s.db.Read(ctx).Order("id DESC").Limit(1).Find(&newest).Error
	if err != nil {
		return fmt.Errorf("newest event: %w", err)
	}
	s.seen = max(0, newest.ID-roadMemory)
	if s.after < (newest.ID+1)*stopsPerEvent {
		return s.write("retry: 2000\n\n")
	}
	s.after = 0
	return s.write("retry: 2000\nevent: anew\ndata: {}\n\n")
}

// tell writes what was recorded since the last look.
func (s *stream) tell(ctx context.Context) error {
	list, err := events.After(ctx, s.db.Read(ctx), s.seen, roadBatch)
	if err != nil {
		return fmt.Errorf("events after %d: %w", s.seen, err)
	}
	for _, e := range list {
		if s.outrun(e) {
			return nil
		}
		s.seen = e.ID
		for _, stop := range s.atlas.take(e) {
			if err := s.send(stop); err != nil {
				return err
			}
		}
	}
	return nil
}

// outrun reports that an event with a lower number may still be on its way: on
// PostgreSQL two transactions may commit in another order than they counted.
func (s *stream) outrun(e events.Event) bool {
	return s.seen > 0 && e.ID > s.seen+1 && s.clock().Sub(e.HappenedAt) < gapPatience
}

func (s *stream) send(told stop) error {
	if told.ID <= s.after {
		return nil
	}
	data, err := json.Marshal(told)
	if err != nil {
		return err
	}
	return s.write(fmt.Sprintf("id: %d\ndata: %s\n\n", told.ID, data))
}

func (s *stream) write(text string) error {
	if _, err := s.out.Write([]byte(text)); err != nil {
		return err
	}
	return s.flusher.Flush()
}
