package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestTelegramSimCommand starts the simulator as the command does, judges one
// request of each kind by a description of two methods, and ends it.
func TestTelegramSimCommand(t *testing.T) {
	description := filepath.Join(t.TempDir(), "spec.json")
	text := `{"methods":{"getMe":{},"getChat":{"fields":[{"name":"chat_id","types":["Integer"],"required":true}]}},"types":{"Chat":{}}}`
	if err := os.WriteFile(description, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	in, out := io.Pipe()
	cmd := newTelegramSimCommand()
	cmd.SetArgs([]string{"--token", "42:secret", "--username", "shop_bot", "--strict", description})
	cmd.SetOut(out)
	cmd.SetErr(io.Discard)
	ended := make(chan error, 1)
	go func() { ended <- cmd.ExecuteContext(ctx) }()

	url := readyURL(t, in)
	var me struct{ Result struct{ Username string } }
	getJSON(t, url+"/bot42:secret/getMe", &me)
	getJSON(t, url+"/bot42:secret/getChat", &struct{}{})
	var found []struct{ Text string }
	getJSON(t, url+"/control/violations", &found)
	if me.Result.Username != "shop_bot" || len(found) != 1 || found[0].Text != "chat_id: required and absent" {
		t.Errorf("bot %+v, violations %+v", me.Result, found)
	}

	stop()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("ended with %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("did not end")
	}
}

func TestTelegramSimCommandRefusesNoDescription(t *testing.T) {
	cmd := newTelegramSimCommand()
	cmd.SetArgs([]string{"--strict", filepath.Join(t.TempDir(), "none.json")})
	cmd.SilenceErrors = true
	if err := cmd.Execute(); err == nil {
		t.Error("a description that is not there is taken")
	}
}

func getJSON(t *testing.T, address string, value any) {
	t.Helper()
	response, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(value); err != nil {
		t.Fatalf("%s: %v", address, err)
	}
}
