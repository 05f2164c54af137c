// Package wire tells of an HTTP request whether any of it was sent.
package wire

import (
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
)

// Watch returns the request to be made and a function that tells, when it has
// failed, whether its first byte was written. Before that, nobody has heard of
// it.
func Watch(r *http.Request) (watched *http.Request, sent func() bool) {
	var written atomic.Bool
	trace := &httptrace.ClientTrace{WroteHeaderField: func(string, []string) { written.Store(true) }}
	return r.WithContext(httptrace.WithClientTrace(r.Context(), trace)), written.Load
}
