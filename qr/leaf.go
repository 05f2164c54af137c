package qr

import (
	"context"
	"errors"
	"fmt"
	"image"
	"time"

	"promobot/qr/internal/gray"
	"promobot/qr/pdf"
)

// ErrRenderer reports that PDF documents cannot be drawn at the moment. It is no
// refusal: the same document may be read later.
var ErrRenderer = pdf.ErrRenderer

// leaf looks at a document page by page. The pages share the time of a picture
// twice over; a printed code is read by the first pass, which always runs.
func (s Scanner) leaf(ctx context.Context, document []byte, all bool) (Result, error) {
	var found Result
	left, pages := 2*s.budget(), 0
	err := eachPage(ctx, document, func(page *gray.Plane) bool {
		pages++
		began := time.Now()
		budget, cancel := context.WithTimeout(ctx, max(left/pdf.MostPages, left/4))
		defer cancel()
		hunt := hunt{accept: s.accept, all: all, picture: page}
		hunt.run(budget)
		left -= time.Since(began)
		s.watched(&hunt)
		found.add(hunt.result(), pages)
		return all || found.Text == ""
	})
	if err != nil && found.Text == "" {
		return Result{}, err
	}
	return found, nil
}

// add puts what a page yielded behind that of the pages before. The first page
// that shows why it has no text gives the hint.
func (r *Result) add(page Result, n int) {
	for _, c := range page.Codes {
		c.Page = n
		r.Codes = append(r.Codes, c)
	}
	if r.Text == "" && page.Text != "" {
		r.Text, r.Stage, r.Confidence, r.Hint = page.Text, page.Stage, page.Confidence, HintNone
	}
	if r.Text == "" && (r.Hint == "" || r.Hint == HintNoCode) {
		r.Hint = page.Hint
	}
}

// eachPage holds a turn while it shows the pages of a document.
func eachPage(ctx context.Context, document []byte, show func(page *gray.Plane) bool) error {
	if err := pdf.Start(); err != nil { // before a turn is taken, which others wait for
		return err
	}
	if err := turns.take(ctx); err != nil {
		return err
	}
	defer turns.give()
	err := pdf.Pages(ctx, document, func(page image.Image) bool {
		p := gray.From(page)
		return p.W < 1 || p.H < 1 || show(p)
	})
	if errors.Is(err, pdf.ErrUnreadable) {
		return fmt.Errorf("%w: %v", ErrPDF, err)
	}
	return err
}

func firstPage(ctx context.Context, document []byte) (first *image.Gray, err error) {
	err = eachPage(ctx, document, func(page *gray.Plane) bool {
		first = page.Image()
		return false
	})
	return first, err
}
