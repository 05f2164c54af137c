package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"promobot/fns"
	"promobot/fns/soap"
)

// TestFNSSimCommand starts the simulator as the command does, asks it for a
// loaded ticket with the product's client, and ends it.
func TestFNSSimCommand(t *testing.T) {
	tickets := filepath.Join(t.TempDir(), "tickets.jsonl")
	ticket := `{"content":{"code":3,"fiscalDriveNumber":"7380440800123456","fiscalDocumentNumber":45871,"fiscalSign":2874106593,"operationType":1,"dateTime":1773513720,"totalSum":58740}}`
	if err := os.WriteFile(tickets, []byte("{}\n"+ticket+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	in, out := io.Pipe()
	cmd := newFNSSimCommand()
	cmd.SetArgs([]string{"--tickets", tickets, "--master-token", "secret"})
	cmd.SetOut(out)
	var log strings.Builder
	cmd.SetErr(&log)
	ended := make(chan error, 1)
	go func() { ended <- cmd.ExecuteContext(ctx) }()

	askSim(t, readyURL(t, in))

	stop()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("ended with %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("did not end")
	}
	if text := log.String(); !strings.Contains(text, "line=1 reason=") {
		t.Errorf("the log says %s; want the line that was skipped", text)
	}
}

func readyURL(t *testing.T, in io.Reader) string {
	t.Helper()
	var ready struct {
		Ready bool
		URL   string
	}
	line, err := bufio.NewReader(in).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &ready)
	}
	if err != nil || !ready.Ready {
		t.Fatalf("ready line %q: %v", line, err)
	}
	return ready.URL
}

func askSim(t *testing.T, url string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/control/state", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	q, err := fns.ParseQR("t=20260314T1842&s=587.40&fn=7380440800123456&i=45871&fp=2874106593&n=1")
	if err != nil {
		t.Fatal(err)
	}
	client := soap.NewClient(soap.Config{BaseURL: url, MasterToken: "secret"})
	id, err := client.Send(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	if a, err := client.Poll(t.Context(), id); err != nil || a.State != fns.Pending {
		t.Errorf("got %+v, %v; want pending", a, err)
	}
}

func TestFNSSimCommandRefuses(t *testing.T) {
	for _, args := range [][]string{{"--tickets", "/nonexistent.jsonl"}, {"--listen", "nowhere:x"}, {"more"}} {
		cmd := newFNSSimCommand()
		cmd.SetArgs(args)
		cmd.SetOut(io.Discard)
		cmd.SetErr(io.Discard)
		if err := cmd.ExecuteContext(t.Context()); err == nil {
			t.Errorf("%v was taken", args)
		}
	}
}
