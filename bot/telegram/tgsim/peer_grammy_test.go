package tgsim_test

import (
	"bufio"
	"bytes"
	"os/exec"
	"path/filepath"
	"testing"

	"promobot/internal/npmtest"
)

// TestGrammY meets a bot on grammY (npm), the most used library of another
// language, which sends JSON and streamed multipart forms.
func TestGrammY(t *testing.T) {
	folder := npmtest.Install(t, filepath.Join("testdata", "grammy"))
	for _, mode := range []string{"poll", "webhook"} {
		t.Run(mode, func(t *testing.T) {
			w := peerSim(t)
			startNode(t, folder, mode, w.url)
			meet(t, w)
		})
	}
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
