// Package qr reads QR codes out of pictures and PDF documents that strangers
// send.
//
// Only QR codes of model 2 are read: no Micro QR, no rMQR, no other barcodes.
// A text is what the symbol says after Reed-Solomon correction and is never
// mended further; a picture that cannot be read with certainty stays unread.
package qr

import (
	"context"
	"image"
	"time"

	"promobot/qr/internal/gray"
)

// DefaultBudget is how long a Scanner without a Budget looks at one picture.
const DefaultBudget = 2 * time.Second

// Scanner reads pictures. The zero value accepts every code.
// A Scanner holds no state and may be used by many goroutines at once; the
// process works on at most two pictures at a time, the others wait their turn.
type Scanner struct {
	// Accept is the grammar of what is wanted; nil accepts every text.
	Accept func(text string) bool
	// Budget bounds the search once the picture is decoded; 0 is DefaultBudget.
	// The first, cheapest pass always runs.
	Budget time.Duration

	earlier []Trace       // see ScanAgain
	watch   func(h *hunt) // is shown the hunt of each picture or page; see Explain
}

// Point is a place in pixels of the upright picture, from its top left corner.
type Point = gray.Point

// Code is one symbol that was read.
type Code struct {
	Text string
	// Corners are those of the symbol itself without its quiet zone: top left,
	// top right, bottom right, bottom left, as the symbol is meant to be held.
	Corners [4]Point
	// Stage names the pass that read it.
	Stage string
	// Confidence is the share of the error correction that was left over, 0…1.
	Confidence float64
	// Page is that of a PDF document, from 1; 0 in a picture. Corners are then
	// in pixels of the page as it was drawn.
	Page int
}

// Result is what a picture yielded.
type Result struct {
	// Text is the accepted code exactly as decoded, "" when there is none.
	// Of several accepted codes it is the first in reading order, page by page,
	// top to bottom, then left to right; the others stand in Codes.
	Text       string
	Stage      string
	Confidence float64
	// Codes are all codes that were read, accepted or not, in reading order.
	Codes []Code
	// Hint says why there is no Text; it is HintNone when there is one.
	Hint Hint
	// Flaw is where the picture shows it.
	Flaw Flaw
	// Trace is for ScanAgain; nil when there is a text, or nothing like a symbol.
	Trace Trace
	// Look is what the picture looks like, for Look.Distance; none for a PDF.
	Look Look
}

// Scan reads the first accepted code and stops at the pass that found it, so
// a second accepted code is reported only if the same pass or an earlier one
// read it. A picture without an accepted code is no error: its Text is empty.
// Errors are the refusals of this package, ErrRenderer and those of ctx.
func (s Scanner) Scan(ctx context.Context, picture []byte) (Result, error) {
	return s.look(ctx, picture, false)
}

// ScanAll is Scan that goes through every pass the budget allows, to find
// every code in the picture.
func (s Scanner) ScanAll(ctx context.Context, picture []byte) (Result, error) {
	return s.look(ctx, picture, true)
}

func (s Scanner) look(ctx context.Context, picture []byte, all bool) (Result, error) {
	f, err := check(picture)
	if err != nil {
		return Result{}, err
	}
	if f == pdfFormat {
		return s.leaf(ctx, picture, all)
	}
	gray, err := open(ctx, f, picture)
	if err != nil {
		return Result{}, err
	}
	defer turns.give()
	budget, cancel := context.WithTimeout(ctx, s.budget())
	defer cancel()
	hunt := hunt{accept: s.accept, all: all, picture: gray}
	hunt.run(budget)
	if !hunt.found() {
		hunt.merge(ctx, s.earlier)
	}
	s.watched(&hunt)
	if err := ctx.Err(); err != nil && !hunt.done() {
		return Result{}, err
	}
	result := hunt.result()
	result.Look = lookOf(gray)
	return result, nil
}

func (s Scanner) watched(h *hunt) {
	if s.watch != nil {
		s.watch(h)
	}
}

func (s Scanner) budget() time.Duration {
	if s.Budget > 0 {
		return s.Budget
	}
	return DefaultBudget
}

func (s Scanner) accept(text string) bool {
	return text != "" && (s.Accept == nil || s.Accept(text))
}

// Upright decodes a picture as the scanner sees it, in grey and turned by its
// EXIF orientation: the picture that corners are counted in. Of a PDF it is the
// first page that can be drawn.
func Upright(ctx context.Context, picture []byte) (*image.Gray, error) {
	f, err := check(picture)
	if err != nil {
		return nil, err
	}
	if f == pdfFormat {
		return firstPage(ctx, picture)
	}
	gray, err := open(ctx, f, picture)
	if err != nil {
		return nil, err
	}
	defer turns.give()
	return gray.Image(), nil
}

// open decodes a picture that the guard let through. Without an error a turn is
// held, which the caller gives back.
func open(ctx context.Context, f format, picture []byte) (*gray.Plane, error) {
	if err := turns.take(ctx); err != nil {
		return nil, err
	}
	return decode(ctx, f, picture, turns.give)
}
