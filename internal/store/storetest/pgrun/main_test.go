package main

import (
	"os"
	"testing"

	"promobot/internal/store/storetest/pgcluster"
)

func TestRunForwardsTheExitCode(t *testing.T) {
	t.Setenv(postgresVariable, "postgres://given")
	for _, tt := range []struct {
		name    string
		command []string
		want    int
		failed  bool
	}{
		{"fine", []string{"true"}, 0, false},
		{"refused", []string{"sh", "-c", "exit 7"}, 7, false},
		{"killed", []string{"sh", "-c", "kill -KILL $$"}, 137, false},
		{"told the address", []string{"sh", "-c", `test "$PROMOBOT_TEST_POSTGRES" = postgres://given`}, 0, false},
		{"no such command", []string{"no-such-command-here"}, 2, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			code, err := run(pgcluster.Start, tt.command)
			if code != tt.want || (err != nil) != tt.failed {
				t.Errorf("got %d, %v, want %d", code, err, tt.want)
			}
		})
	}
}

func TestRunStartsAServerAndEndsIt(t *testing.T) {
	t.Setenv(postgresVariable, "")
	stop, err := provide(pgcluster.Start)
	if err != nil {
		t.Fatal(err)
	}
	url := os.Getenv(postgresVariable)
	if err := stop(); err != nil {
		t.Errorf("stop: %v", err)
	}
	if url == "" {
		t.Skip("no PostgreSQL server programs on this machine")
	}
}
