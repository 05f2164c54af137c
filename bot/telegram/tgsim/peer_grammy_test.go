package tgsim_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestGrammY meets a bot on grammY (npm), the most used library of another
// language, which sends JSON and streamed multipart forms.
func TestGrammY(t *testing.T) {
	folder := grammY(t)
	for _, mode := range []string{"poll", "webhook"} {
		t.Run(mode, func(t *testing.T) {
			w := peerSim(t)
			startNode(t, folder, mode, w.url)
			meet(t, w)
		})
	}
}

// grammY returns a folder with the bot and the packages of its lock file.
func grammY(t *testing.T) string {
	t.Helper()
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed: grammY does not drive the simulator", program)
		}
	}
	var all []byte
	files := map[string][]byte{}
	for _, name := range []string{"package.json", "package-lock.json", "mirror.mjs"} {
		text, err := os.ReadFile(filepath.Join("testdata", "grammy", name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = text
		all = append(all, text...)
	}
	sum := sha256.Sum256(all)
	folder, err := filepath.Abs(filepath.Join("..", "..", "..", ".cache", "grammy-"+hex.EncodeToString(sum[:6])))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(folder, "installed")); err == nil {
		return folder
	}
	install(t, folder, files)
	return folder
}

func install(t *testing.T, folder string, files map[string][]byte) {
	t.Helper()
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	write := func(name string, text []byte) {
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range files {
		write(name, text)
	}
	ctx, stop := context.WithTimeout(t.Context(), 3*time.Minute)
	defer stop()
	npm := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-timeout=30000")
	npm.Dir = folder
	if out, err := npm.CombinedOutput(); err != nil {
		if unreachable(string(out)) {
			t.Skipf("the npm registry is not reachable: grammY does not drive the simulator:\n%s", out)
		}
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
	write("installed", nil)
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

// startNode runs the bot until the test ends, and returns when it is ready.
func startNode(t *testing.T, folder, mode, url string) {
	t.Helper()
	node := exec.Command("node", "mirror.mjs", mode, url, peerToken)
	node.Dir = folder
	var wrong bytes.Buffer
	node.Stderr = &wrong
	in, err := node.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := node.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := node.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		if err := node.Wait(); err != nil || wrong.Len() > 0 {
			t.Errorf("node: %v\n%s", err, wrong.String())
		}
	})
	if line, _ := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		t.Fatalf("node said %q, want ready", line)
	}
}
