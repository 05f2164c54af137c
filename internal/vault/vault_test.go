package vault

import (
	"bytes"
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
