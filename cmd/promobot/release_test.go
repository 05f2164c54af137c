package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"promobot/internal/failpoint"
)

// A release build has no test hooks: neither the names of the places nor the
// variable that arms them.
func TestReleaseHasNoFailpoints(t *testing.T) {
	release := filepath.Join(t.TempDir(), "promobot")
	command := exec.Command("go", "build", "-trimpath", "-o", release, ".")
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	program, err := os.ReadFile(release)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{failpoint.UpdateStored, failpoint.ReceiptScanned, failpoint.FiscalSent, failpoint.Settling} {
		if bytes.Contains(program, []byte(name)) {
			t.Errorf("the release build contains %q", name)
		}
	}
	for program, want := range map[string]string{
		release:            "",
		failpointBinary(t): "update-stored\nreceipt-scanned\nfiscal-sent\nreceipt-settling\n",
	} {
		if out, err := exec.Command(program, "failpoints").Output(); err != nil || string(out) != want {
			t.Errorf("failpoints lists %q (%v), want %q", out, err, want)
		}
	}
}

// Every command explains itself, and none is listed without words.
func TestHelpNamesEveryCommand(t *testing.T) {
	for _, command := range newRootCommand().Commands() {
		if command.Short == "" || strings.HasSuffix(command.Short, ".") {
			t.Errorf("%s: help %q, want a short line without a full stop", command.Name(), command.Short)
		}
	}
}
