// Command pgrun runs a command beside a private PostgreSQL server and hands
// it the server's address in PROMOBOT_TEST_POSTGRES:
//
//	pgrun -- go test ./...
//
// With -durable before the two hyphens the server keeps what it confirms, which
// measurements want and tests do not need.
//
// It ends as the command ended, and the server ends with it. A server that is
// named in the environment already is used instead. On a machine without
// server programs the command runs all the same, after a loud word.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"promobot/internal/store/storetest/pgcluster"
)

const postgresVariable = "PROMOBOT_TEST_POSTGRES"

func main() {
	args, start := os.Args[1:], pgcluster.Start
	if len(args) > 0 && args[0] == "-durable" {
		args, start = args[1:], pgcluster.StartDurable
	}
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		fmt.Fprintln(os.Stderr, "usage: pgrun [-durable] -- COMMAND [ARGUMENT...]")
		os.Exit(2)
	}
	code, err := run(start, args)
	if err != nil {
		fmt.Fprintln(os.Stderr, "pgrun:", err)
	}
	os.Exit(code)
}

// starter is one of the two ways to start a server.
type starter func() (*pgcluster.Cluster, error)

// run runs the command and returns its exit code, or 2 with the reason why it
// could not run.
func run(start starter, args []string) (int, error) {
	stop, err := provide(start)
	if err != nil {
		return 2, err
	}
	code, err := runCommand(args)
	return code, errors.Join(err, stop())
}

// provide sees to a server and its address in the environment.
func provide(start starter) (stop func() error, err error) {
	nothing := func() error { return nil }
	if os.Getenv(postgresVariable) != "" {
		fmt.Fprintln(os.Stderr, "pgrun: using the server of", postgresVariable)
		return nothing, nil
	}
	cluster, err := start()
	if errors.Is(err, pgcluster.ErrNoServer) {
		fmt.Fprintln(os.Stderr, "pgrun: WARNING: no PostgreSQL here, only SQLite is tested")
		return nothing, nil
	}
	if err != nil {
		return nil, err
	}
	fmt.Fprintln(os.Stderr, "pgrun: private PostgreSQL in", cluster.Dir)
	if err := os.Setenv(postgresVariable, cluster.URL); err != nil {
		return nil, errors.Join(err, cluster.Stop())
	}
	return cluster.Stop, nil
}

func runCommand(args []string) (int, error) {
	cmd := exec.Command(args[0], args[1:]...) // #nosec G204 -- running what it is told is its purpose
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr

	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	if err := cmd.Start(); err != nil {
		return 2, err
	}
	go pass(signals, cmd.Process)

	err := cmd.Wait()
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return cmd.ProcessState.ExitCode(), err
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal()), nil // as shells say it
	}
	return exit.ExitCode(), nil
}

// pass hands signals on. An interrupt is not passed: the terminal has sent it
// to the whole group already, and here it only must not end pgrun too early.
func pass(signals <-chan os.Signal, to *os.Process) {
	for s := range signals {
		if s == syscall.SIGINT {
			continue
		}
		if err := to.Signal(s); err != nil {
			return // it has ended
		}
	}
}
