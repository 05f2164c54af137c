package main

import (
	"fmt"
	"strconv"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"promobot/internal/store"
	"promobot/receipts"
)

// newLineCommand returns `promobot line list|approve|refuse`: lines of accepted
// receipts that may be promo products.
func newLineCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "line", Short: "Receipt lines that a person must place"}
	list := &cobra.Command{Use: "list", Short: "List lines that wait, the oldest first", Args: cobra.NoArgs, RunE: listLines}
	list.Flags().Bool("json", false, "print a JSON line for each")
	cmd.AddCommand(list,
		placement("approve", "The line is its candidate: pay what it earns", receipts.LineApproved),
		placement("refuse", "The line is no promo product", receipts.LineRefused))
	return cmd
}

func listLines(cmd *cobra.Command, _ []string) error {
	return withStore(cmd, func(db *store.DB) error {
		lines, err := receipts.OpenLines(cmd.Context(), db.Read(cmd.Context()), listed)
		if err != nil {
			return usage(err)
		}
		if asJSON(cmd) {
			for _, l := range lines {
				err := printJSON(cmd.OutOrStdout(), map[string]any{"id": l.ID, "receipt": l.ReceiptID, "name": l.Name, "candidate": l.Candidate, "reason": l.Reason})
				if err != nil {
					return err
				}
			}
			return nil
		}
		w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "LINE\tRECEIPT\tCANDIDATE\tNAME\tREASON")
		for _, l := range lines {
			fmt.Fprintf(w, "%d\t%d\t%s\t%s\t%s\n", l.ID, l.ReceiptID, l.Candidate, l.Name, l.Reason)
		}
		return w.Flush()
	})
}

func placement(verb, short string, to receipts.LineReview) *cobra.Command {
	return &cobra.Command{Use: verb + " LINE", Short: short, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil {
				return usage(fmt.Errorf("%q is no number of a line", args[0]))
			}
			return withReceipts(cmd, func(a *app) error { return a.receipts.PlaceLine(cmd.Context(), id, to) })
		}}
}
