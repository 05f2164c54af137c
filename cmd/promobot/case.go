package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"promobot/fraud"
	"promobot/internal/store"
	"promobot/prizes"
	"promobot/receipts"
)

// listed bounds what a list prints; older entries come first.
const listed = 200

// newCaseCommand returns `promobot case list|show|approve|refuse|exempt`.
func newCaseCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "case", Short: "Cases that a person must decide"}
	list := &cobra.Command{Use: "list", Short: "List open cases, the oldest first", Args: cobra.NoArgs, RunE: listCases}
	list.Flags().Bool("json", false, "print a JSON line for each case")
	list.Flags().Bool("all", false, "decided cases too")
	cmd.AddCommand(list, newCaseShowCommand(), newApproveCommand(), newExemptCommand(),
		decision("refuse", "Decide against the participant: held points are taken back, a refusal stands", (*receipts.Service).Refuse))
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
		if err := printJSON(cmd.OutOrStdout(), caseJSON(c)); err != nil {
			return err
		}
	}
	return nil
}

// caseJSON is a case with its hits in the words of both languages.
func caseJSON(c fraud.Case) map[string]any {
	hits := []map[string]any{}
	for _, h := range c.Hits {
		hits = append(hits, map[string]any{"rule": h.Rule, "tier": h.Tier, "score": h.Score, "args": h.Args, "ru": h.Words("ru"), "en": h.Words("en")})
	}
	return map[string]any{"id": c.ID, "participant": c.ParticipantID, "subject": c.Subject, "kind": c.Kind, "status": c.Status,
		"score": c.Score, "rules": c.Rules, "hits": hits, "opened_at": c.OpenedAt.UTC(), "due_at": c.DueAt,
		"decided_at": c.DecidedAt, "decided_by": c.DecidedBy, "note": c.Note}
}

func printCases(cmd *cobra.Command, cases []fraud.Case) error {
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "CASE\tSTATUS\tKIND\tSCORE\tSUBJECT\tPARTICIPANT\tSINCE\tWHY")
	for _, c := range cases {
		fmt.Fprintf(w, "%d\t%s\t%s\t%d\t%s\t%d\t%s\t%s\n", c.ID, c.Status, c.Kind, c.Score, c.Subject, c.ParticipantID, moment(&c.OpenedAt), why(c.Hits, "en"))
	}
	return w.Flush()
}

// why names the rules that hit, with their numbers.
func why(hits []fraud.Hit, language string) string {
	var parts []string
	for _, h := range hits {
		if words := h.Words(language); strings.HasPrefix(words, h.Rule) {
			parts = append(parts, words)
		} else {
			parts = append(parts, h.Rule+": "+words)
		}
	}
	return strings.Join(parts, "; ")
}

// decision returns the command of one verb of the desk.
func decision(verb, short string, decide func(s *receipts.Service, ctx context.Context, caseID int64, by, note string) error) *cobra.Command {
	var by, note string
	cmd := &cobra.Command{Use: verb + " CASE", Short: short, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := caseNumber(args[0])
			if err != nil {
				return err
			}
			return withReceipts(cmd, func(a *app) error {
				if done, err := a.decideOther(cmd.Context(), id, verb, by, note); done || err != nil {
					return err
				}
				return decide(a.receipts, cmd.Context(), id, by, note)
			})
		}}
	cmd.Flags().StringVar(&by, "by", "console", "who decides, for the record")
	cmd.Flags().StringVar(&note, "note", "", "why, for the record")
	return cmd
}

// newApproveCommand returns `promobot case approve`.
func newApproveCommand() *cobra.Command {
	var lines []string
	cmd := decision("approve", "Decide for the participant: held points are released, a disputed receipt is taken up again",
		func(s *receipts.Service, ctx context.Context, caseID int64, by, note string) error {
			placed, err := placements(lines)
			if err != nil {
				return err
			}
			return s.ApprovePlacing(ctx, caseID, by, note, placed)
		})
	cmd.Flags().StringArrayVar(&lines, "place", nil, "`LINE=SKU`: the line, numbered from 0 as case show does, is this product; may be given again")
	return cmd
}

// placements reads "2=kola".
func placements(texts []string) (map[int]string, error) {
	placed := map[int]string{}
	for _, text := range texts {
		number, sku, ok := strings.Cut(text, "=")
		n, err := strconv.Atoi(number)
		if !ok || err != nil || sku == "" {
			return nil, usage(fmt.Errorf("%q is no LINE=SKU", text))
		}
		placed[n] = sku
	}
	return placed, nil
}

// newExemptCommand returns `promobot case exempt`.
func newExemptCommand() *cobra.Command {
	var (
		rule string
		days int
	)
	cmd := decision("exempt", "Set a rule of the case aside for its participant, for some days: a family on one phone",
		func(s *receipts.Service, ctx context.Context, caseID int64, by, note string) error {
			return s.Exempt(ctx, caseID, rule, time.Now().AddDate(0, 0, days), by, note)
		})
	cmd.Flags().StringVar(&rule, "rule", "", "`ID` of the rule")
	cmd.Flags().IntVar(&days, "days", 30, "for how many days, 366 at most")
	return cmd
}

// withReceipts runs fn on the configured receipts. What waits no more, does not
// exist or cannot be decided so is a finding; the rest could not run.
func withReceipts(cmd *cobra.Command, fn func(a *app) error) error {
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
	err = fn(a)
	for _, refusal := range []error{fraud.ErrNoCase, fraud.ErrDecided, fraud.ErrExemption, receipts.ErrDecided, receipts.ErrNone, receipts.ErrTerms, receipts.ErrTaken, receipts.ErrAlias, receipts.ErrTaught, prizes.ErrOutOfStock, prizes.ErrMoved} {
		if errors.Is(err, refusal) {
			return exitError{exitFindings, err}
		}
	}
	return usage(err)
}
