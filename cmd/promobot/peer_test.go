package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"promobot/internal/npmtest"
)

// telegram-test-api is a messenger's server that nobody here wrote. It knows
// nine methods; that it answers the others with a page must not break the talk.
func TestTalkOnAServerOfOthers(t *testing.T) {
	t.Parallel()
	const token = "700000001:TEST-TOKEN-not-real"
	folder := npmtest.Install(t, filepath.Join("testdata", "telegram-test-api"))
	port := freePort(t)
	node := exec.CommandContext(t.Context(), "node", "journey.js", port, token)
	node.Dir, node.Stderr = folder, os.Stderr
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
	lines := bufio.NewScanner(out)
	if !lines.Scan() || lines.Text() != "ready" {
		t.Fatalf("the server said %q, want ready", lines.Text())
	}
	h := newHouse(t, "sqlite:"+filepath.Join(t.TempDir(), "peer.db"))
	bot := startProgram(t, append(h.environment(), "PROMOBOT_TELEGRAM_ENDPOINT=http://127.0.0.1:"+port, "PROMOBOT_TELEGRAM_TOKEN="+token), "serve")
	fmt.Fprintln(in, "go")
	var heard []string
	for lines.Scan() {
		heard = append(heard, lines.Text())
	}
	if err := node.Wait(); err != nil {
		t.Errorf("the server ended with %v", err)
	}
	bot.drain(t)
	wantInOrder(t, heard, "Здравствуйте", "Спасибо", "номером", "Как вас зовут", "Готово, Анна!", "На счёте", "Вот на что их можно обменять", "Новостей больше не пришлю")
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

func wantInOrder(t *testing.T, heard []string, wanted ...string) {
	t.Helper()
	at := 0
	for _, want := range wanted {
		for at < len(heard) && !strings.Contains(heard[at], want) {
			at++
		}
		if at == len(heard) {
			t.Errorf("%q was not heard in its turn: %s", want, strings.Join(heard, "\n"))
			return
		}
		at++
	}
}
