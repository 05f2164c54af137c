package pdf

import (
	"context"
	"errors"
	"image"
	"testing"
	"time"

	"github.com/klippa-app/go-pdfium"

	"promobot/qr/pdf/pdftest"
)

func none(image.Image) bool { return true }

// TestFailedStartIsNotKept: what failed once is tried with the next document,
// what runs is kept.
func TestFailedStartIsNotKept(t *testing.T) {
	starts, away := 0, errors.New("no memory")
	e := &engine{start: func() (pdfium.Pool, error) {
		if starts++; starts < 3 {
			return nil, away
		}
		return start()
	}}
	document := pdftest.Page(pdftest.A4, square)
	for n, failed := range []bool{true, true, false, false} {
		err := e.pages(context.Background(), document, mostRendering, none)
		if failed && (!errors.Is(err, ErrRenderer) || !errors.Is(err, away) || errors.Is(err, ErrUnreadable)) || !failed && err != nil {
			t.Errorf("document %d: %v", n, err)
		}
	}
	if starts != 3 {
		t.Errorf("started %d times, want three", starts)
	}
	if e.pool != nil {
		_ = e.pool.Close()
	}
}

// late is a pool whose sandboxes take their time or do not come.
type late struct {
	pdfium.Pool
	after time.Duration
	err   error
}

func (l late) GetInstanceWithContext(ctx context.Context) (pdfium.Pdfium, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(l.after):
	}
	if l.err != nil {
		return nil, l.err
	}
	return l.Pool.GetInstanceWithContext(ctx)
}

// TestWaitingForASandbox is no document's fault, and none is charged for it.
func TestWaitingForASandbox(t *testing.T) {
	if err := Start(); err != nil {
		t.Fatal(err)
	}
	document := pdftest.Page("0 0 72 72", square)
	slow := &engine{pool: late{Pool: renderer.pool, after: 3 * time.Second}}
	if err := slow.pages(context.Background(), document, 2*time.Second, none); err != nil {
		t.Errorf("after a long wait: %v, want the page", err)
	}
	broken := &engine{pool: late{err: errors.New("no memory")}}
	if err := broken.pages(context.Background(), document, mostRendering, none); !errors.Is(err, ErrRenderer) || errors.Is(err, ErrUnreadable) {
		t.Errorf("%v, want %v", err, ErrRenderer)
	}
	ctx, stop := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer stop()
	err := slow.pages(ctx, document, mostRendering, none)
	if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrRenderer) {
		t.Errorf("stopped: %v, want %v", err, context.DeadlineExceeded)
	}
}
