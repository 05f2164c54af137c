package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"promobot/campaigns"
	"promobot/internal/store"
)

// newCampaignCommand returns `promobot campaign lint|apply|diff FILE`.
func newCampaignCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "campaign", Short: "The terms of a campaign: check, apply, compare"}
	cmd.PersistentFlags().Bool("json", false, "print JSON")
	lint := &cobra.Command{Use: "lint FILE", Short: "Say all that is wrong with the terms", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			_, err := lintFile(cmd, args[0])
			return err
		}}
	apply := &cobra.Command{Use: "apply FILE", Short: "Keep the terms as a new version", Args: cobra.ExactArgs(1), RunE: applyCampaign}
	diff := &cobra.Command{Use: "diff FILE", Short: "Show what the terms would change", Args: cobra.ExactArgs(1), RunE: diffCampaign}
	cmd.AddCommand(lint, apply, diff)
	return cmd
}

// readTerms parses the campaign's file.
func readTerms(file string) (campaigns.Terms, []campaigns.Problem, error) {
	if _, err := os.Stat(file); err != nil {
		return campaigns.Terms{}, nil, usage(err)
	}
	dir, name := filepath.Split(file)
	terms, problems := campaigns.Parse(os.DirFS(filepath.Clean(dir+".")), name)
	return terms, problems, nil
}

// lintFile prints the problems and refuses terms with one that is no warning.
func lintFile(cmd *cobra.Command, file string) (campaigns.Terms, error) {
	terms, problems, err := readTerms(file)
	if err != nil {
		return terms, err
	}
	if asJSON(cmd) {
		err = printJSON(cmd.OutOrStdout(), map[string]any{"file": file, "problems": append([]campaigns.Problem{}, problems...)})
	} else {
		printProblems(cmd.ErrOrStderr(), problems)
	}
	for _, p := range problems {
		if !p.Warning {
			return terms, errors.Join(err, errFindings)
		}
	}
	return terms, err
}

func printProblems(w io.Writer, problems []campaigns.Problem) {
	for _, p := range problems {
		kind := "error"
		if p.Warning {
			kind = "warning"
		}
		fmt.Fprintf(w, "%s: %s\n", kind, p)
	}
}

func applyCampaign(cmd *cobra.Command, args []string) error {
	terms, err := lintFile(cmd, args[0])
	if err != nil {
		return err
	}
	return withStore(cmd, func(db *store.DB) error {
		number, changed, err := applyTerms(cmd.Context(), db, terms)
		if errors.Is(err, campaigns.ErrRewrite) {
			return exitError{exitFindings, err}
		}
		if err != nil {
			return usage(err)
		}
		words := map[bool]string{true: "applied", false: "is in force already"}
		fmt.Fprintf(cmd.ErrOrStderr(), "%s: version %d %s\n", terms.Slug, number, words[changed])
		return nil
	})
}

func applyTerms(ctx context.Context, db *store.DB, terms campaigns.Terms) (number int, changed bool, err error) {
	err = db.InTx(ctx, func(tx *store.Tx) error {
		number, changed, err = new(campaigns.Book).Apply(ctx, tx, terms)
		return err
	})
	return number, changed, err
}

func diffCampaign(cmd *cobra.Command, args []string) error {
	terms, err := lintFile(cmd, args[0])
	if err != nil {
		return err
	}
	return withStore(cmd, func(db *store.DB) error {
		var old campaigns.Terms
		v, err := new(campaigns.Book).Newest(cmd.Context(), db.Read(cmd.Context()))
		switch {
		case err == nil:
			old = v.Terms
		case !errors.Is(err, campaigns.ErrNone):
			return usage(err)
		}
		lines := campaigns.Diff(old, terms)
		if asJSON(cmd) {
			return printJSON(cmd.OutOrStdout(), map[string]any{"changes": append([]string{}, lines...)})
		}
		if len(lines) == 0 {
			lines = []string{"nothing changes"}
		}
		_, err = fmt.Fprintln(cmd.OutOrStdout(), strings.Join(lines, "\n"))
		return err
	})
}

// asJSON tells whether the command was asked for JSON.
func asJSON(cmd *cobra.Command) bool {
	yes, err := cmd.Flags().GetBool("json")
	return err == nil && yes
}

// printJSON writes one line of JSON, with < and & as they are.
func printJSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}
