package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// The statuses that the program ends with.
const (
	exitFindings = 1 // it ran, and something is to be looked at
	exitUsage    = 2 // it was called wrongly, or could not run
)

// exitError ends the program with a code; its text, if any, goes to standard
// error.
type exitError struct {
	code int
	err  error
}

func (e exitError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

// Unwrap gives the error itself.
func (e exitError) Unwrap() error { return e.err }

// ExitCode is the status that the process ends with.
func (e exitError) ExitCode() int { return e.code }

// errFindings ends a command that has said already what is to be looked at.
var errFindings error = exitError{code: exitFindings}

// usage gives an error the status of a wrong call; one that knows its own keeps
// it, and nil stays nil.
func usage(err error) error {
	var known interface{ ExitCode() int }
	if err == nil || errors.As(err, &known) {
		return err
	}
	return exitError{exitUsage, err}
}

// exit says what ended the command and returns the status. Every error that
// does not know its own is a run that was not possible.
func exit(err error) int {
	if err == nil {
		return 0
	}
	if text := strings.TrimSpace(err.Error()); text != "" {
		fmt.Fprintln(os.Stderr, "promobot:", text)
	}
	var known interface{ ExitCode() int }
	if errors.As(err, &known) {
		return known.ExitCode()
	}
	return exitUsage
}
