// Package npmtest brings programs written for Node.js into our tests: clients
// and servers of others that prove that ours speak the protocol.
package npmtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Install returns a folder with the files of source, which hold a package.json
// and its lock, and the packages that the lock names. The folder lies under
// .cache of the project and is used again as long as the files stay as they
// are. Without Node.js or a reachable registry the test is skipped.
func Install(t testing.TB, source string) string {
	t.Helper()
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed: %s does not take part", program, filepath.Base(source))
		}
	}
	folder := filepath.Join(root(t), ".cache", filepath.Base(source)+"-"+digest(t, source))
	if _, err := os.Stat(filepath.Join(folder, "installed")); err == nil {
		return folder
	}
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(folder, os.DirFS(source)); err != nil {
		t.Fatal(err)
	}
	ci(t, folder)
	if err := os.WriteFile(filepath.Join(folder, "installed"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return folder
}

// root is the folder of the project: the nearest above with a go.mod.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	for ; err == nil && dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, missing := os.Stat(filepath.Join(dir, "go.mod")); missing == nil {
			return dir
		}
	}
	t.Fatal(errors.Join(err, errors.New("no go.mod above the test")))
	return ""
}

func digest(t testing.TB, source string) string {
	t.Helper()
	sum := sha256.New()
	entries, err := os.ReadDir(source)
	for _, entry := range entries {
		var text []byte
		if text, err = os.ReadFile(filepath.Join(source, entry.Name())); err != nil {
			break
		}
		sum.Write([]byte(entry.Name()))
		sum.Write(text)
	}
	if err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(sum.Sum(nil)[:6])
}

func ci(t testing.TB, folder string) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 3*time.Minute)
	defer stop()
	npm := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-timeout=30000")
	npm.Dir = folder
	out, err := npm.CombinedOutput()
	switch {
	case err != nil && unreachable(string(out)):
		t.Skipf("the npm registry is not reachable: %s does not take part:\n%s", filepath.Base(folder), out)
	case err != nil:
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
}

// unreachable reports whether npm says that it found no way to its registry.
func unreachable(out string) bool {
	for _, code := range []string{"ENOTFOUND", "ECONNREFUSED", "ECONNRESET", "EAI_AGAIN", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "ERR_SOCKET_TIMEOUT", "E503", "E502"} {
		if strings.Contains(out, code) {
			return true
		}
	}
	return false
}
