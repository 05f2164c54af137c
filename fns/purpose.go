package fns

import "context"

// Purpose is what a question is asked for, beside its code. It goes with the
// context of a Send and decides from which part of a quota it may be paid.
type Purpose struct {
	Subject  string // whom the question is about, "receipt:17": its earlier questions are known by it
	Retry    bool   // it was asked before: it may use what a quota keeps for old receipts
	Official bool   // only a service whose denial is final will do
}

type purposeKey struct{}

// WithPurpose returns a context that carries the purpose.
func WithPurpose(ctx context.Context, p Purpose) context.Context {
	return context.WithValue(ctx, purposeKey{}, p)
}

// PurposeOf returns the purpose that the context carries, or none.
func PurposeOf(ctx context.Context) Purpose {
	p, _ := ctx.Value(purposeKey{}).(Purpose)
	return p
}
