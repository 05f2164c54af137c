// Package vault seals what must not be read from a dump of the database: codes
// worth money, phones, names, texts. It is a ground room: it knows no business.
package vault

import (
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/tink"
)

// ErrKeyset reports a file that is no keyset of ours.
var ErrKeyset = errors.New("vault: not a keyset")

// ErrSealed reports a text that this keyset did not seal, or not for this row.
var ErrSealed = errors.New("vault: cannot be opened with this keyset")

// Vault seals, opens and marks with the keys of one keyset. It is safe for use
// by many goroutines.
type Vault struct {
	aead tink.AEAD
	mac  tink.MAC
	key  ed25519.PrivateKey // nil: an old keyset
}

// Seal encrypts the text for its place, the name of the one row and column it
// belongs to, such as "participants.phone/17": moved to another place it does
// not open. AES-256-GCM; the overhead is 33 bytes.
func (v *Vault) Seal(text []byte, place string) ([]byte, error) {
	sealed, err := v.aead.Encrypt(text, []byte(place))
	if err != nil {
		return nil, fmt.Errorf("seal %s: %w", place, err)
	}
	return sealed, nil
}

// Open decrypts what Seal made for the same place; all else is ErrSealed.
func (v *Vault) Open(sealed []byte, place string) ([]byte, error) {
	text, err := v.aead.Decrypt(sealed, []byte(place))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", place, ErrSealed)
	}
	return text, nil
}

// Mark is a keyed fingerprint (HMAC-SHA256, hex) by which equal texts of one
// domain are found without being readable. Old keys are never removed from a
// keyset's MAC part, and the first stays primary: a mark does not change.
func (v *Vault) Mark(domain, text string) (string, error) {
	sum, err := v.mac.ComputeMAC([]byte(domain + "\x00" + text))
	if err != nil {
		return "", fmt.Errorf("mark %s: %w", domain, err)
	}
	return hex.EncodeToString(sum), nil
}
