package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"promobot/internal/store"
	"promobot/points"
)

// newLedgerCommand returns `promobot ledger`: the tamper evidence of the books.
func newLedgerCommand() *cobra.Command {
	ledger := &cobra.Command{Use: "ledger", Short: "Prove that nobody has changed the books"}
	verify := newVerifyCommand()
	verify.Short = "The same as promobot verify; with --against also compare the roots with an export"
	verify.Flags().String("against", "", "a `FILE` that promobot ledger root --export has written")
	whole := verify.RunE
	verify.RunE = func(cmd *cobra.Command, args []string) error {
		return errors.Join(whole(cmd, args), compareRoots(cmd))
	}
	root := &cobra.Command{
		Use: "root", Short: "Print the newest signed root of the ledger", Args: cobra.NoArgs, RunE: printRoot,
		Long: "Prints the newest root; the bot makes one a day. With --export all roots go to a file, a JSON\n" +
			"line each: keep it where nobody who can change the database can change it, and compare with\n" +
			"promobot ledger verify --against FILE. Needs neither keyset nor network.",
	}
	root.Flags().String("export", "", "write all roots to `FILE`, a JSON line each")
	ledger.AddCommand(verify, root)
	return ledger
}

func printRoot(cmd *cobra.Command, _ []string) error {
	file, err := cmd.Flags().GetString("export")
	if err != nil {
		return usage(err)
	}
	return withExisting(cmd, func(db *store.DB) error {
		list, err := points.Ledger{}.Roots(cmd.Context(), db.Read(cmd.Context()))
		if err != nil {
			return usage(err)
		}
		if file != "" {
			if err := exportRoots(file, list); err != nil {
				return usage(err)
			}
		}
		if len(list) == 0 {
			return exitError{exitFindings, errors.New("the ledger has no root yet: the bot makes one a day")}
		}
		return printJSON(cmd.OutOrStdout(), list[len(list)-1])
	})
}

func exportRoots(file string, list []points.Root) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	for _, r := range list {
		if err := printJSON(f, r); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	return f.Close()
}

// compareRoots compares the roots with those of an export.
func compareRoots(cmd *cobra.Command) error {
	file, err := cmd.Flags().GetString("against")
	if err != nil || file == "" {
		return usage(err)
	}
	exported, err := readRoots(file)
	if err != nil {
		return usage(err)
	}
	return withExisting(cmd, func(db *store.DB) error {
		found, err := points.Ledger{}.Extends(cmd.Context(), db.Read(cmd.Context()), exported)
		if err != nil {
			return usage(err)
		}
		for _, f := range found {
			fmt.Fprintf(cmd.ErrOrStderr(), "%s %s\n", f.Subject, f.Text)
		}
		if len(found) > 0 {
			return errFindings
		}
		return nil
	})
}

func readRoots(file string) (list []points.Root, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		var r points.Root
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return nil, fmt.Errorf("%s, line %d: %w", file, n, err)
		}
		list = append(list, r)
	}
	return list, lines.Err()
}
