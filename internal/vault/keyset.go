package vault

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/mac"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
)

// keysetFile is the file's JSON: one Tink keyset seals, the other marks. The
// seed of the key that signs is sealed with the first; old files have none.
type keysetFile struct {
	Seal json.RawMessage `json:"seal"`
	Mark json.RawMessage `json:"mark"`
	Sign []byte          `json:"sign,omitempty"`
}

// Create writes a new keyset to a file that must not exist, readable by its
// owner alone. Whoever loses it loses every sealed text.
func Create(file string) error {
	text, err := newKeyset()
	if err != nil {
		return fmt.Errorf("create keyset %s: %w", file, err)
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("create keyset: %w", err)
	}
	if _, err := f.Write(text); err != nil {
		return errors.Join(fmt.Errorf("create keyset %s: %w", file, err), f.Close())
	}
	return f.Close()
}

func newKeyset() ([]byte, error) {
	seal, err := newPart(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, err
	}
	mark, err := newPart(mac.HMACSHA256Tag256KeyTemplate())
	if err != nil {
		return nil, err
	}
	f := keysetFile{Seal: seal, Mark: mark}
	if f.Sign, err = newSeed(seal); err != nil {
		return nil, err
	}
	return json.MarshalIndent(f, "", "  ")
}

func newPart(template *tinkpb.KeyTemplate) (json.RawMessage, error) {
	handle, err := keyset.NewHandle(template)
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	err = insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&text))
	return text.Bytes(), err
}

// OpenFile reads a keyset that Create wrote; anything else is ErrKeyset.
func OpenFile(file string) (*Vault, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("open keyset: %w", err)
	}
	v, err := parse(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrKeyset, file, err)
	}
	return v, nil
}

// OpenOrCreate opens the keyset and makes it first if there is none.
func OpenOrCreate(file string) (*Vault, error) {
	if err := Create(file); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return OpenFile(file)
}

func parse(text []byte) (*Vault, error) {
	var f keysetFile
	if err := json.Unmarshal(text, &f); err != nil {
		return nil, err
	}
	seal, err := readPart(f.Seal)
	if err != nil {
		return nil, err
	}
	mark, err := readPart(f.Mark)
	if err != nil {
		return nil, err
	}
	var v Vault
	if v.aead, err = aead.New(seal); err != nil {
		return nil, err
	}
	if v.mac, err = mac.New(mark); err != nil {
		return nil, err
	}
	if len(f.Sign) > 0 {
		v.key, err = v.openKey(f.Sign)
	}
	return &v, err
}

func readPart(text json.RawMessage) (*keyset.Handle, error) {
	return insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(text)))
}
