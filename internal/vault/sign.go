package vault

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tink-crypto/tink-go/v2/aead"
)

// seedPlace binds the sealed seed to its place in the file.
const seedPlace = "keyset/sign"

// ErrSigns reports a keyset that has a key to sign with already.
var ErrSigns = errors.New("vault: the keyset can sign already")

// newSeed makes the seed of an Ed25519 key and seals it.
func newSeed(seal json.RawMessage) ([]byte, error) {
	handle, err := readPart(seal)
	if err != nil {
		return nil, err
	}
	a, err := aead.New(handle)
	if err != nil {
		return nil, err
	}
	seed := make([]byte, ed25519.SeedSize)
	_, _ = rand.Read(seed) // never fails, see crypto/rand
	return a.Encrypt(seed, []byte(seedPlace))
}

func (v *Vault) openKey(sealed []byte) (ed25519.PrivateKey, error) {
	seed, err := v.Open(sealed, seedPlace)
	if err != nil || len(seed) != ed25519.SeedSize {
		return nil, errors.Join(ErrKeyset, err)
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

// Sign signs the text with the keyset's Ed25519 key and returns the key by which
// others check it. Both are nil for a keyset that was made before it had one;
// see AddSigning.
func (v *Vault) Sign(text []byte) (signature, publicKey []byte) {
	if v.key == nil {
		return nil, nil
	}
	public, _ := v.key.Public().(ed25519.PublicKey) // crypto/ed25519 promises it
	return ed25519.Sign(v.key, text), public
}

// AddSigning gives an old keyset a key to sign with. The file is replaced as a
// whole; ErrSigns if it has one.
func AddSigning(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("open keyset: %w", err)
	}
	var f keysetFile
	if err := json.Unmarshal(text, &f); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrKeyset, file, err)
	}
	if len(f.Sign) > 0 {
		return fmt.Errorf("%s: %w", file, ErrSigns)
	}
	if f.Sign, err = newSeed(f.Seal); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrKeyset, file, err)
	}
	if text, err = json.MarshalIndent(f, "", "  "); err != nil {
		return err
	}
	return replace(file, text)
}

// replace writes beside the file first: half a keyset would be none.
func replace(file string, text []byte) error {
	beside, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*")
	if err != nil {
		return fmt.Errorf("write keyset: %w", err)
	}
	_, err = bytes.NewReader(text).WriteTo(beside)
	err = errors.Join(err, beside.Sync(), beside.Close())
	if err == nil {
		err = os.Rename(beside.Name(), file)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write keyset %s: %w", file, err), os.Remove(beside.Name()))
	}
	return nil
}
