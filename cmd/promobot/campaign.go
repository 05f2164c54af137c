package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"promobot/campaigns"
	"promobot/internal/store"
)

// newCampaignCommand returns `promobot campaign lint|apply|diff|rules|dry-run|backtest`.
func newCampaignCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "campaign", Short: "The terms of a campaign: check, apply, compare"}
	cmd.PersistentFlags().Bool("json", false, "print JSON")
	lint := &cobra.Command{Use: "lint FILE", Short: "Say all that is wrong with the terms or doubtful", Args: cobra.ExactArgs(1),
		Long: "Exits with 1 if anything is found, errors and warnings alike; what the file waives is not found.\nThe findings are listed in docs/campaigns.md.",
		RunE: func(cmd *cobra.Command, args []string) error {
			_, err := lintFile(cmd, args[0], true)
			return err
		}}
	apply := &cobra.Command{Use: "apply FILE", Short: "Keep the terms as a new version", Args: cobra.ExactArgs(1), RunE: applyCampaign}
	apply.Flags().Bool("strict", false, "refuse terms with warnings, too")
	diff := &cobra.Command{Use: "diff FILE", Short: "Show what the terms would change", Args: cobra.ExactArgs(1), RunE: diffCampaign}
	cmd.AddCommand(lint, apply, diff, newShortRulesCommand(), newDryRunCommand(), newBacktestCommand())
	return cmd
}

// readTerms parses the campaign's file.
func readTerms(file string) (campaigns.Terms, []campaigns.Problem, error) {
	if _, err := os.Stat(file); err != nil {
		return campaigns.Terms{}, nil, usage(err)
	}
	dir, name := folder(file)
	terms, problems := campaigns.Lint(dir, name)
	return terms, problems, nil
}

// folder is where the campaign's file lies, with all that it names.
func folder(file string) (fs.FS, string) {
	dir, name := filepath.Split(file)
	return os.DirFS(filepath.Clean(dir + ".")), name
}

// lintFile prints the findings and refuses terms with an error; strictly, with
// any.
func lintFile(cmd *cobra.Command, file string, strict bool) (campaigns.Terms, error) {
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
		if strict || !p.Warning {
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
		fmt.Fprintf(w, "%s: %s [%s]\n\t→ %s\n", kind, p, p.Rule, p.Next)
	}
}

func applyCampaign(cmd *cobra.Command, args []string) error {
	strict, err := cmd.Flags().GetBool("strict")
	if err != nil {
		return err
	}
	terms, err := lintFile(cmd, args[0], strict)
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
	terms, err := lintFile(cmd, args[0], false)
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
