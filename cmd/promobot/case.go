package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"promobot/fraud"
	"promobot/internal/store"
	"promobot/receipts"
)

// listed bounds what a list prints; older entries come first.
const listed = 200

// newCaseCommand returns `promobot case list|approve|refuse`.
func newCaseCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "case", Short: "Cases that a person must decide"}
	list := &cobra.Command{Use: "list", Short: "List open cases, the oldest first", Args: cobra.NoArgs, RunE: listCases}
	list.Flags().Bool("json", false, "print a JSON line for each case")
	list.Flags().Bool("all", false, "decided cases too")
	cmd.AddCommand(list,
		decision("approve", "Decide for the participant: held points are released", (*receipts.Service).Approve),
		decision("refuse", "Decide against the participant: held points are taken back", (*receipts.Service).Refuse))
	return cmd
}

func listCases(cmd *cobra.Command, _ []string) error {
	all, err := cmd.Flags().GetBool("all")
	if err != nil {
		return err
	}
	status := fraud.CaseOpen
	if all {
		status = ""
	}
	return withStore(cmd, func(db *store.DB) error {
		cases, err := fraud.Cases(cmd.Context(), db.Read(cmd.Context()), status, listed)
		if err != nil {
			return usage(err)
		}
		if asJSON(cmd) {
			return printCasesJSON(cmd, cases)
		}
		return printCases(cmd, cases)
	})
}

func printCasesJSON(cmd *cobra.Command, cases []fraud.Case) error {
	for _, c := range cases {
		err := printJSON(cmd.OutOrStdout(), map[string]any{"id": c.ID, "participant": c.ParticipantID, "subject": c.Subject,
			"status": c.Status, "hits": c.Hits, "opened_at": c.OpenedAt.UTC(), "decided_by": c.DecidedBy, "note": c.Note})
		if err != nil {
			return err
		}
	}
	return nil
}

func printCases(cmd *cobra.Command, cases []fraud.Case) error {
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "CASE\tSTATUS\tSUBJECT\tPARTICIPANT\tSINCE\tWHY")
	for _, c := range cases {
		fmt.Fprintf(w, "%d\t%s\t%s\t%d\t%s\t%s\n", c.ID, c.Status, c.Subject, c.ParticipantID, c.OpenedAt.Local().Format("2006-01-02 15:04"), why(c.Hits))
	}
	return w.Flush()
}

func why(hits []fraud.Hit) string {
	text := ""
	for _, h := range hits {
		args, _ := json.Marshal(h.Args) // of values that were JSON in the database
		text += h.Rule + " " + string(args) + " "
	}
	return text
}

// decision returns the command of one verb of the desk.
func decision(verb, short string, decide func(s *receipts.Service, ctx context.Context, caseID int64, by, note string) error) *cobra.Command {
	var by, note string
	cmd := &cobra.Command{Use: verb + " CASE", Short: short, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil {
				return usage(fmt.Errorf("%q is no number of a case", args[0]))
			}
			return withReceipts(cmd, func(s *receipts.Service) error { return decide(s, cmd.Context(), id, by, note) })
		}}
	cmd.Flags().StringVar(&by, "by", "console", "who decides, for the record")
	cmd.Flags().StringVar(&note, "note", "", "why, for the record")
	return cmd
}

// withReceipts runs fn on the configured receipts. What waits no more or does
// not exist is a finding; the rest could not run.
func withReceipts(cmd *cobra.Command, fn func(s *receipts.Service) error) error {
	c, err := settings(cmd)
	if err != nil {
		return err
	}
	db, v, done, err := openShop(cmd)
	if err != nil {
		return err
	}
	defer done()
	a, err := newApp(c, db, v, newLogger(cmd))
	if err != nil {
		return usage(err)
	}
	err = fn(a.receipts)
	for _, refusal := range []error{fraud.ErrNoCase, fraud.ErrDecided, receipts.ErrDecided, receipts.ErrNone} {
		if errors.Is(err, refusal) {
			return exitError{exitFindings, err}
		}
	}
	return usage(err)
}
