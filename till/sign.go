package till

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// The headers of a request.
const (
	headerShop = "Till-Id"
	headerTime = "Till-Timestamp" // Unix seconds
	headerSign = "Till-Signature" // "v1=" and HMAC-SHA256 in hex
	headerKey  = "Idempotency-Key"
)

// scheme names this way to sign; the version stands in the signature too.
const scheme = "Promobot-HMAC-SHA256"

const (
	version  = "v1="
	mostSkew = 5 * time.Minute
	mostBody = 64 << 10
	bodyTime = 5 * time.Second
	mostKey  = 100
)

// Sign is the signature of a request, as the header Till-Signature has it: the
// HMAC-SHA256 with the secret over five lines, each ended by a line feed:
// method, path, timestamp, Idempotency-Key (empty without one), and the
// SHA-256 of the body in hex.
func Sign(secret, method, path, timestamp, key string, body []byte) string {
	sum := sha256.Sum256(body)
	mac := hmac.New(sha256.New, []byte(secret))
	for _, line := range []string{method, path, timestamp, key, hex.EncodeToString(sum[:])} {
		mac.Write([]byte(line + "\n"))
	}
	return version + hex.EncodeToString(mac.Sum(nil))
}

// admit reads the request and finds out whose it is.
func (d *Door) admit(w http.ResponseWriter, r *http.Request, posted bool) (c call, err error) {
	if c.body, err = readBody(w, r); err != nil {
		return c, err
	}
	if c.shop, err = d.signer(r, c.body); err != nil {
		return c, err
	}
	if r.URL.RawQuery != "" {
		return c, problemQuery
	}
	if !posted {
		return c, nil
	}
	if !visible(r.Header.Get(headerKey)) {
		return c, problemKey
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); len(c.body) > 0 && (err != nil || kind != "application/json") {
		return c, problemMedia
	}
	return c, nil
}

func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	control := http.NewResponseController(w)
	late := time.AfterFunc(bodyTime, func() { _ = control.SetReadDeadline(time.Unix(1, 0)) })
	defer late.Stop()
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostBody))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, problemLarge
	case err != nil:
		return nil, problemSlow
	}
	return body, nil
}

// visible tells what may be an Idempotency-Key.
func visible(key string) bool {
	return key != "" && len(key) <= mostKey && strings.IndexFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) < 0
}

// signer is the shop whose key has signed the request. That its clock is wrong
// hears only who has the key; everybody else gets one and the same answer.
func (d *Door) signer(r *http.Request, body []byte) (shopRow, error) {
	shop, secret, err := d.keyOf(r.Context(), r.Header.Get(headerShop))
	if err != nil {
		return shop, err
	}
	stamp := r.Header.Get(headerTime)
	want := Sign(secret, r.Method, r.URL.EscapedPath(), stamp, r.Header.Get(headerKey), body)
	if right := hmac.Equal([]byte(want), []byte(r.Header.Get(headerSign))); !right || shop.ID == 0 {
		d.log.Warn("till: a request is not signed with a key of ours", "till", shop.KeyID)
		return shopRow{}, problemUnsigned
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	now := d.db.Now()
	if err != nil || now.Sub(time.Unix(seconds, 0)).Abs() > mostSkew {
		d.log.Warn("till: the clock of a till is wrong", "till", shop.KeyID)
		return shopRow{}, problemClock.with("Here it is %d.", now.Unix())
	}
	return shop, nil
}

// keyOf finds the shop and its secret. For a key that is unknown or revoked
// there is no shop, but a secret that nobody has: the time to refuse tells
// nothing.
func (d *Door) keyOf(ctx context.Context, keyID string) (shopRow, string, error) {
	shop, err := findShop(ctx, d.db.Read(ctx), keyID)
	if errors.Is(err, errNoShop) {
		return shopRow{}, newSecret(), nil
	}
	if err != nil {
		return shop, "", err
	}
	secret, err := d.vault.Open(shop.SecretSealed, shop.place())
	return shop, string(secret), err
}
