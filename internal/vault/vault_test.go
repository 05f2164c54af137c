package vault

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func newVault(t *testing.T) *Vault {
	t.Helper()
	v, err := OpenOrCreate(filepath.Join(t.TempDir(), "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestSealedTextOpensInItsPlaceOnly(t *testing.T) {
	v := newVault(t)
	sealed, err := v.Seal([]byte("CODE-1"), "certificates/1")
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, []byte("CODE-1")) {
		t.Error("the sealed text shows its content")
	}
	if text, err := v.Open(sealed, "certificates/1"); err != nil || string(text) != "CODE-1" {
		t.Errorf("opened %q, %v; want CODE-1", text, err)
	}
	if _, err := v.Open(sealed, "certificates/2"); !errors.Is(err, ErrSealed) {
		t.Errorf("opened in another place: %v, want ErrSealed", err)
	}
	if _, err := newVault(t).Open(sealed, "certificates/1"); !errors.Is(err, ErrSealed) {
		t.Errorf("opened with another keyset: %v, want ErrSealed", err)
	}
}

func TestMarkIsSteadyPerDomain(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keys.json")
	var marks []string
	for _, domain := range []string{"phone", "phone", "name"} {
		v, err := OpenOrCreate(file) // opened anew each time, as after a restart
		if err != nil {
			t.Fatal(err)
		}
		mark, err := v.Mark(domain, "+79990000001")
		if err != nil {
			t.Fatal(err)
		}
		marks = append(marks, mark)
	}
	if marks[0] != marks[1] {
		t.Error("the mark of one text changed after a restart")
	}
	if marks[0] == marks[2] {
		t.Error("two domains share a mark")
	}
}

func TestKeysetFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keys.json")
	if err := Create(file); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v (%v), want 0600", info.Mode().Perm(), err)
	}
	if err := Create(file); !errors.Is(err, fs.ErrExist) {
		t.Errorf("created over an old keyset: %v", err)
	}
	if err := os.WriteFile(file, []byte(`{"seal":{}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenFile(file); !errors.Is(err, ErrKeyset) {
		t.Errorf("opened a broken keyset: %v, want ErrKeyset", err)
	}
}

// A keyset of before roots were signed opens, signs nothing, and can be given a
// key; what it sealed and marked stays.
func TestOldKeysetLearnsToSign(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keys.json")
	if err := Create(file); err != nil {
		t.Fatal(err)
	}
	if err := AddSigning(file); !errors.Is(err, ErrSigns) {
		t.Errorf("a new keyset was given a second key: %v", err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var f keysetFile
	if err := json.Unmarshal(text, &f); err != nil {
		t.Fatal(err)
	}
	f.Sign = nil
	if text, err = json.Marshal(f); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	old, err := OpenFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if signature, public := old.Sign([]byte("root")); signature != nil || public != nil {
		t.Error("a keyset without a key has signed")
	}
	sealed, err := old.Seal([]byte("CODE-1"), "certificates/1")
	if err != nil {
		t.Fatal(err)
	}
	if err := AddSigning(file); err != nil {
		t.Fatal(err)
	}
	v, err := OpenFile(file)
	if err != nil {
		t.Fatal(err)
	}
	signature, public := v.Sign([]byte("root"))
	if len(public) != ed25519.PublicKeySize || !ed25519.Verify(public, []byte("root"), signature) {
		t.Errorf("the signature %x is not by the key %x", signature, public)
	}
	if text, err := v.Open(sealed, "certificates/1"); err != nil || string(text) != "CODE-1" {
		t.Errorf("opened %q, %v; want CODE-1", text, err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v (%v), want 0600", info.Mode().Perm(), err)
	}
}

func TestKeyIsSealedInTheFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keys.json")
	v, err := OpenOrCreate(file)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var f keysetFile
	if err := json.Unmarshal(text, &f); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(f.Sign, v.key.Seed()) {
		t.Error("the seed stands open in the file")
	}
	f.Sign[len(f.Sign)-1] ^= 1
	if text, err = json.Marshal(f); err != nil {
		t.Fatal(err)
	}
	if _, err := parse(text); !errors.Is(err, ErrSealed) {
		t.Errorf("a changed key: %v, want ErrSealed", err)
	}
}
