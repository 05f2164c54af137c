package qr

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"time"

	"github.com/gen2brain/heic"
	"golang.org/x/image/webp"

	"promobot/qr/internal/gray"
)

const (
	// maxPictures bounds the memory of the process: no more pictures than
	// this are decoded and searched at a time.
	maxPictures = 2
	// maxDecoding ends a decoder that a picture keeps busy.
	maxDecoding = 5 * time.Second
)

// turnstile lets a few pictures in at a time.
type turnstile chan struct{}

var turns = make(turnstile, maxPictures)

func (t turnstile) take(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t turnstile) give() { <-t }

// decode makes an upright plane of grey of a picture that passed the guard.
// When it returns an error it has called release, or will as soon as a decoder
// that did not heed the deadline comes back.
func decode(ctx context.Context, f format, picture []byte, release func()) (*gray.Plane, error) {
	if f == heicFormat {
		heic.Init() // compiles its WebAssembly once, seconds, which no picture is charged for
	}
	ctx, cancel := context.WithTimeout(ctx, maxDecoding)
	defer cancel()
	type answer struct {
		gray *gray.Plane
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		gray, err := decodeGray(ctx, f, picture)
		answers <- answer{gray, err}
	}()
	select {
	case a := <-answers:
		if a.err != nil {
			release()
		}
		return a.gray, a.err
	case <-ctx.Done():
		go func() {
			<-answers
			release()
		}()
		return nil, fmt.Errorf("qr: decode the picture: %w", ctx.Err())
	}
}

func decodeGray(ctx context.Context, f format, picture []byte) (*gray.Plane, error) {
	gray, err := guarded(func() (*gray.Plane, error) {
		img, err := decodeImage(f, &deadlineReader{ctx, bytes.NewReader(picture)})
		if err != nil {
			return nil, fmt.Errorf("%w: %v", ErrBroken, err)
		}
		return gray.From(img), nil
	})
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("qr: decode the picture: %w", ctx.Err())
	case err != nil:
		return nil, err
	case f == jpegFormat:
		gray = gray.Upright(readJPEGHeader(picture).orientation)
	}
	return gray, nil
}

// guarded makes an error of a panic that a picture provokes.
func guarded[T any](work func() (T, error)) (result T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: panic: %v", ErrBroken, p)
		}
	}()
	return work()
}

func decodeImage(f format, r io.Reader) (image.Image, error) {
	switch f {
	case jpegFormat:
		return jpeg.Decode(r)
	case pngFormat:
		return png.Decode(r)
	case webpFormat:
		return webp.Decode(r)
	}
	return heic.Decode(r)
}

// deadlineReader ends a decoder by giving it no more bytes.
type deadlineReader struct {
	ctx context.Context
	r   io.Reader
}

func (d *deadlineReader) Read(p []byte) (int, error) {
	if err := d.ctx.Err(); err != nil {
		return 0, err
	}
	return d.r.Read(p)
}
