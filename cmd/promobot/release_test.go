package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
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
	names := failpoints(t, failpointBinary(t))
	if len(names) < 15 {
		t.Errorf("the build for crash tests has the failpoints %q, want fifteen at least", names)
	}
	for _, name := range append(names, "PROMOBOT_FAILPOINT=") {
		if bytes.Contains(program, []byte(name)) {
			t.Errorf("the release build contains %q", name)
		}
	}
	if names := failpoints(t, release); len(names) > 0 {
		t.Errorf("the release build lists the failpoints %q", names)
	}
}

// failpoints are the places that the program lists.
func failpoints(t *testing.T, program string) []string {
	t.Helper()
	out, err := exec.Command(program, "failpoints").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(out))
}

// Every command explains itself, and none is listed without words.
func TestHelpNamesEveryCommand(t *testing.T) {
	for _, command := range newRootCommand().Commands() {
		if command.Short == "" || strings.HasSuffix(command.Short, ".") {
			t.Errorf("%s: help %q, want a short line without a full stop", command.Name(), command.Short)
		}
	}
}
