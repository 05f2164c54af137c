package qr

import "context"

// Trace is what a picture without a text left behind: how dark each module of
// the symbol seemed and how far that may be believed. It is opaque, at most
// MaxTrace bytes, and can be kept; a later version of the program may not
// understand it and then ignores it.
type Trace []byte

// MaxTrace bounds a trace: a symbol of version 40 with its place in the code.
const MaxTrace = 40 << 10

// ScanAgain is Scan of a further photo of a receipt whose earlier photos could
// not be read. When this one cannot be read alone either, its soft values are
// merged with those of the traces; the stage is then "merged". Traces of other
// receipts do no harm: what does not fit together is not accepted.
func (s Scanner) ScanAgain(ctx context.Context, picture []byte, earlier ...Trace) (Result, error) {
	return s.look(ctx, picture, false)
}
