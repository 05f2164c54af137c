package webchat

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net"
	"net/http"
	"strings"
)

const tokenBytes = 32

// session opens a new conversation and hands out its token, once: we keep the
// hash alone.
func (d *Door) session(w http.ResponseWriter, r *http.Request) {
	if wait, ok := d.sessions.take(peer(r)); !ok {
		refuseHaste(w, r, wait)
		return
	}
	var secret [tokenBytes]byte
	_, _ = rand.Read(secret[:]) // never fails, see crypto/rand
	token := base64.RawURLEncoding.EncodeToString(secret[:])
	if err := d.bot.Meet(r.Context(), Channel, addressOf(token), "", tongue(r)); err != nil {
		d.fail(w, r, err)
		return
	}
	answer(w, http.StatusOK, map[string]string{"token": token})
}

// addressOf is the address that the holder of the token writes from.
func addressOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// known finds the address of the request's token; without one that we know the
// request is answered with 401.
func (d *Door) known(w http.ResponseWriter, r *http.Request) (address string, id int64, ok bool) {
	token, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !found || token == "" {
		refuse(w, r, http.StatusUnauthorized, "door.session")
		return "", 0, false
	}
	address = addressOf(token)
	id, ok, err := d.bot.AddressID(r.Context(), Channel, address)
	if err != nil {
		d.fail(w, r, err)
		return "", 0, false
	}
	if !ok {
		refuse(w, r, http.StatusUnauthorized, "door.session")
	}
	return address, id, ok
}

// peer is the network address of the other end. Headers that claim another one
// are not believed.
func peer(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
