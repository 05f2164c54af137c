package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"promobot/internal/store"
)

// examplesShown bounds what a row of verify lists.
const examplesShown = 5

// newVerifyCommand returns `promobot verify`.
func newVerifyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "verify", Short: "Recount the books and check every promise; 0: whole, 1: broken, 2: could not run", Args: cobra.NoArgs,
		Long: "Checks the invariants on the configured database. Needs neither keyset nor network.\n" +
			"Run it on a bot that rests: work in flight is no break, but work that nobody will do is.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withExisting(cmd, func(db *store.DB) error {
				rows, err := verify(cmd.Context(), db)
				if err != nil {
					return usage(err)
				}
				if err := printVerified(cmd.OutOrStdout(), rows, asJSON(cmd)); err != nil {
					return err
				}
				for _, row := range rows {
					if row.Broken > 0 {
						return errFindings
					}
				}
				return nil
			})
		},
	}
	cmd.Flags().Bool("json", false, "print a JSON line for each invariant")
	return cmd
}

// verified is the outcome for one invariant.
type verified struct {
	ID       string   `json:"id"`
	Checked  int64    `json:"checked"`
	Broken   int64    `json:"broken"`
	Examples []string `json:"examples"`

	promise string
}

// blame counts a break and keeps the first few as examples.
func (v *verified) blame(format string, args ...any) {
	v.Broken++
	if len(v.Examples) < examplesShown {
		v.Examples = append(v.Examples, fmt.Sprintf(format, args...))
	}
}

func printVerified(out io.Writer, rows []verified, asJSON bool) error {
	if asJSON {
		for _, row := range rows {
			if err := printJSON(out, row); err != nil {
				return err
			}
		}
		return nil
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tCHECKED\tBROKEN\tPROMISE")
	for _, row := range rows {
		fmt.Fprintf(w, "%s\t%d\t%d\t%s\n", row.ID, row.Checked, row.Broken, row.promise)
		for _, example := range row.Examples {
			fmt.Fprintf(w, "\t\t\t  %s\n", example)
		}
	}
	return w.Flush()
}
