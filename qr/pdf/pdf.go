// Package pdf draws the pages of PDF documents that strangers send.
//
// The renderer runs inside a WebAssembly sandbox: it sees no files and no
// network, its memory is bounded, and a document that keeps it busy is ended.
package pdf

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math"
	"time"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
)

// ErrUnreadable reports a document that does not open: it has a password, is
// damaged, or asks for more memory or time than a document may have.
var ErrUnreadable = errors.New("pdf: the document does not open")

const (
	// MostPages is how many pages of a document are drawn.
	MostPages = 10

	mostRendering = 10 * time.Second // for a whole document; what is done with its pages does not count
	dpi           = 220              // a code of 12 mm has three pixels a module
	mostPixels    = 12_000_000       // of a page; a longer page is drawn coarser
	mostSide      = 12_000
	pointsPerInch = 72
)

// Start starts the renderer if it does not run yet, or reports ErrRenderer. It
// takes seconds and memory that a process without documents never spends.
func Start() error {
	_, err := renderer.running()
	return err
}

// Pages draws the first pages of a document in their order, grey on white, and
// shows each until show returns false. The picture is gone when show returns.
// A page that cannot be drawn is left out.
// It starts the renderer and waits for a sandbox, for which no document is
// charged. Errors are ErrUnreadable, ErrRenderer and those of ctx.
func Pages(ctx context.Context, document []byte, show func(page image.Image) bool) error {
	return renderer.pages(ctx, document, mostRendering, show)
}

func (e *engine) pages(ctx context.Context, document []byte, most time.Duration, show func(page image.Image) bool) error {
	instance, err := e.instance(ctx)
	if err != nil {
		return err
	}
	deadline, cancel := context.WithCancel(ctx)
	defer cancel()
	watch := newStopwatch(most, cancel)
	end := endWith(deadline, instance)
	err = draw(deadline, instance, document, func(page image.Image) bool {
		watch.stop()
		defer watch.goOn()
		return show(page)
	})
	watch.stop()
	end()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case deadline.Err() != nil:
		return fmt.Errorf("%w: it takes longer than %s", ErrUnreadable, most)
	}
	return err
}

// stopwatch calls over when it has run for so long in all.
type stopwatch struct {
	left  time.Duration
	since time.Time
	timer *time.Timer
}

func newStopwatch(most time.Duration, over func()) *stopwatch {
	return &stopwatch{left: most, since: time.Now(), timer: time.AfterFunc(most, over)}
}

func (w *stopwatch) stop() {
	w.timer.Stop()
	w.left -= time.Since(w.since)
}

func (w *stopwatch) goOn() {
	w.since = time.Now()
	w.timer.Reset(max(w.left, 0))
}

// endWith kills the renderer when the time is over, whatever it does at that
// moment. The function it returns gives the renderer back.
func endWith(deadline context.Context, instance pdfium.Pdfium) (end func()) {
	killed := make(chan struct{})
	stop := context.AfterFunc(deadline, func() {
		defer close(killed)
		_ = instance.Kill() // it is of no use any more, whatever it says
	})
	return func() {
		if stop() {
			_ = instance.Close()
			return
		}
		<-killed
	}
}

// draw turns a panic of the library into an error.
func draw(ctx context.Context, instance pdfium.Pdfium, document []byte, show func(page image.Image) bool) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: panic: %v", ErrUnreadable, p)
		}
	}()
	opened, err := instance.OpenDocument(&requests.OpenDocument{File: &document})
	if err != nil {
		return fmt.Errorf("%w: %v", ErrUnreadable, err)
	}
	count, err := instance.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: opened.Document})
	if err != nil || count.PageCount < 1 {
		return fmt.Errorf("%w: no pages (%v)", ErrUnreadable, err)
	}
	drawn := 0
	for n := range min(count.PageCount, MostPages) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		more, err := drawPage(instance, opened.Document, n, show)
		if err == nil {
			drawn++
		}
		if err == nil && !more {
			return nil
		}
	}
	if drawn == 0 {
		return fmt.Errorf("%w: no page can be drawn", ErrUnreadable)
	}
	return nil
}

func drawPage(instance pdfium.Pdfium, document references.FPDF_DOCUMENT, n int, show func(page image.Image) bool) (more bool, err error) {
	page := requests.Page{ByIndex: &requests.PageByIndex{Document: document, Index: n}}
	size, err := instance.GetPageSize(&requests.GetPageSize{Page: page})
	if err != nil {
		return true, err
	}
	width, err := pixelsWide(size.Width, size.Height)
	if err != nil {
		return true, err
	}
	rendered, err := instance.RenderPageInPixels(&requests.RenderPageInPixels{Page: page, Width: width,
		RenderFlags: enums.FPDF_RENDER_FLAG_GRAYSCALE | enums.FPDF_RENDER_FLAG_ANNOT})
	if err != nil {
		return true, err
	}
	defer rendered.Cleanup()
	return show(rendered.Result.Image), nil
}

// pixelsWide is the width that a page of so many points is drawn at.
func pixelsWide(width, height float64) (int, error) {
	if !(width > 0 && height > 0) || math.IsInf(width, 0) || math.IsInf(height, 0) {
		return 0, fmt.Errorf("%w: a page of %g×%g points", ErrUnreadable, width, height)
	}
	scale := min(dpi/float64(pointsPerInch), math.Sqrt(mostPixels/(width*height)), mostSide/width, mostSide/height)
	pixels := int(width * scale)
	if pixels < 1 || int(height*scale) < 1 {
		return 0, fmt.Errorf("%w: a page of %g×%g points", ErrUnreadable, width, height)
	}
	return pixels, nil
}
