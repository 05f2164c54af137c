package telegram

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"time"
)

const (
	proofHeader = "X-Telegram-Bot-Api-Secret-Token"
	maxUpdate   = 1 << 20
	// updateTime is how long a body may take.
	updateTime = 10 * time.Second
	// mostConnections is how many updates the service brings side by side.
	mostConnections = 40
)

// Webhook serves what the service brings, for POST /telegram/webhook on every
// replica. Stored is 200 with an empty body; 503 has the service bring it again.
// Without the secret, 401, nothing is read.
func (d *Door) Webhook() http.Handler { return http.HandlerFunc(d.hook) }

func (d *Door) hook(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	case !d.trusts(r.Header.Get(proofHeader)):
		w.Header().Set("Connection", "close") // the body stays unread
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		w.WriteHeader(http.StatusUnsupportedMediaType)
		return
	}
	body, status := readUpdate(w, r)
	if status != http.StatusOK {
		w.WriteHeader(status)
		return
	}
	if _, err := d.take(r.Context(), []json.RawMessage{body}); err != nil {
		d.log.Error("telegram webhook", "error", err)
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusOK)
}

// trusts compares in a time that tells nothing about the secret.
func (d *Door) trusts(secret string) bool {
	want, got := sha256.Sum256([]byte(d.webhook.Secret)), sha256.Sum256([]byte(secret))
	return d.webhook.Secret != "" && subtle.ConstantTimeCompare(want[:], got[:]) == 1
}

func readUpdate(w http.ResponseWriter, r *http.Request) ([]byte, int) {
	control := http.NewResponseController(w)
	late := time.AfterFunc(updateTime, func() { _ = control.SetReadDeadline(time.Unix(1, 0)) })
	defer late.Stop()
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxUpdate))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, http.StatusRequestEntityTooLarge
	case err != nil, !json.Valid(body):
		return nil, http.StatusBadRequest
	}
	return body, http.StatusOK
}

// install has the service call the webhook, and tries until it agrees.
func (d *Door) install(ctx context.Context) {
	d.untilDone(ctx, "set the webhook", func() error {
		_, err := d.client.Call(ctx, "setWebhook", Params{
			"url": d.webhook.URL, "secret_token": d.webhook.Secret,
			"allowed_updates": allowedUpdates, "max_connections": mostConnections,
		})
		return err
	})
	<-ctx.Done()
}
