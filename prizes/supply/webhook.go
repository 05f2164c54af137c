package supply

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"promobot/prizes"
)

// SignatureHeader carries "sha256=" and the hexadecimal HMAC of the raw body.
const SignatureHeader = "X-Signature"

const signaturePrefix = "sha256="

// Sign is the signature of a body, for the header.
func Sign(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return signaturePrefix + hex.EncodeToString(mac.Sum(nil))
}

// Hear takes in what a supplier says of an order. It is called again for every
// repetition.
type Hear func(ctx context.Context, supplier string, a Answer) error

// Webhook is the door of one supplier's events: 401 for a wrong signature, with
// nothing read; 200 once the event is taken in or tells of nothing here; 408 and
// 413 for one that is too slow or too long; 409 for a second code of one order; 500 asks the supplier to come again. A repetition
// changes nothing, so old events need no date.
type Webhook struct {
	Supplier string
	Secret   string
	Hear     Hear
	Log      *slog.Logger
}

// ServeHTTP takes one event.
func (w *Webhook) ServeHTTP(answer http.ResponseWriter, r *http.Request) {
	answer.WriteHeader(w.take(answer, r))
}

// bodyTime is how long an event may take to come: nobody is known before it is
// read.
const bodyTime = 5 * time.Second

func (w *Webhook) take(answer http.ResponseWriter, r *http.Request) int {
	control := http.NewResponseController(answer)
	late := time.AfterFunc(bodyTime, func() { _ = control.SetReadDeadline(time.Unix(1, 0)) })
	defer late.Stop()
	body, err := io.ReadAll(http.MaxBytesReader(answer, r.Body, maxAnswer))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return http.StatusRequestEntityTooLarge
	case err != nil:
		return http.StatusRequestTimeout
	}
	if !w.signed(r.Header.Get(SignatureHeader), body) {
		w.Log.Warn("a supplier's event with a wrong signature", "supplier", w.Supplier)
		return http.StatusUnauthorized
	}
	a, err := readEvent(body)
	if err != nil {
		w.Log.Warn("a supplier's event that says nothing", "supplier", w.Supplier, "error", err)
		return http.StatusOK
	}
	err = w.Hear(r.Context(), w.Supplier, a)
	switch {
	case errors.Is(err, prizes.ErrNoOrder):
		w.Log.Warn("a supplier's event of an unknown order", "supplier", w.Supplier)
	case errors.Is(err, prizes.ErrOtherCode):
		w.Log.Error("a supplier sent two codes for one order", "supplier", w.Supplier, "error", err)
		return http.StatusConflict
	case err != nil:
		w.Log.Error("a supplier's event", "supplier", w.Supplier, "error", err)
		return http.StatusInternalServerError
	}
	return http.StatusOK
}

func (w *Webhook) signed(header string, body []byte) bool {
	return w.Secret != "" && strings.HasPrefix(header, signaturePrefix) && hmac.Equal([]byte(header), []byte(Sign(w.Secret, body)))
}
