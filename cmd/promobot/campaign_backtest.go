package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"promobot/backtest"
	"promobot/campaigns"
	"promobot/internal/store"
)

const (
	lastReceipts  = 50 // that a dry run looks at
	changesListed = 10 // that a report prints; JSON has all
)

// newDryRunCommand returns `promobot campaign dry-run FILE`.
func newDryRunCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "dry-run FILE", Short: "Judge stored receipts by a draft, beside what was done; changes nothing", Args: cobra.ExactArgs(1),
		Long: "Each receipt is judged alone and as it stands now, with the history that its participant had when it was judged.\n" +
			"Not a byte of the database changes.",
		RunE: dryRun}
	cmd.Flags().Int64("receipt", 0, "the receipt with this number")
	cmd.Flags().Int("last", lastReceipts, "the last so many verified receipts")
	cmd.MarkFlagsMutuallyExclusive("receipt", "last")
	return cmd
}

func dryRun(cmd *cobra.Command, args []string) error {
	id, err := cmd.Flags().GetInt64("receipt")
	last, err2 := cmd.Flags().GetInt("last")
	if err := errors.Join(err, err2); err != nil {
		return usage(err)
	}
	if id < 0 || last < 1 || id == 0 && cmd.Flags().Changed("receipt") {
		return usage(errors.New("--receipt and --last are numbers above 0"))
	}
	draft, err := lintQuietly(cmd, args[0])
	if err != nil {
		return err
	}
	return withReadOnly(cmd, func(db *store.DB) error {
		effects, err := backtest.DryRun(cmd.Context(), db.Read(cmd.Context()), &campaigns.Book{}, draft, backtest.Chosen{ID: id, Last: last})
		if err != nil {
			return usage(err)
		}
		if asJSON(cmd) {
			return printJSON(cmd.OutOrStdout(), map[string]any{"receipts": effects})
		}
		return printEffects(cmd.OutOrStdout(), effects)
	})
}

func printEffects(out io.Writer, effects []backtest.Effect) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "RECEIPT\tVERSION\tWAS\tBY THE DRAFT\tCHANGE")
	var changed int
	for _, e := range effects {
		change := fmt.Sprintf("%+d", e.Would.Points-e.Was.Points)
		if e.Would.Status == e.Was.Status && e.Would.Points == e.Was.Points {
			change = "–"
		} else {
			changed++
		}
		fmt.Fprintf(w, "%d\t%d\t%s\t%s\t%s\n", e.ReceiptID, e.Version, outcome(e.Was), outcome(e.Would), change)
		for _, line := range e.Lines {
			if line.Was != line.Would {
				fmt.Fprintf(w, "\t\t%s\t%d → %d\t%s\n", line.Name, line.Was, line.Would, line.Reason)
			}
		}
	}
	fmt.Fprintf(w, "%d receipts, %d change\n", len(effects), changed)
	return w.Flush()
}

// outcome writes "accepted 62 (first-receipt 50, lines 12)" or "rejected: why".
func outcome(o backtest.Outcome) string {
	text := string(o.Status)
	if o.Reason != "" {
		text += ": " + o.Reason
	}
	if o.Points == 0 {
		return text
	}
	var parts []string
	for _, part := range slices.Sorted(maps.Keys(o.Parts)) {
		parts = append(parts, fmt.Sprint(part, " ", o.Parts[part]))
	}
	if len(parts) > 1 {
		return fmt.Sprintf("%s %d (%s)", text, o.Points, strings.Join(parts, ", "))
	}
	return fmt.Sprint(text, " ", o.Points)
}

// newBacktestCommand returns `promobot campaign backtest [FILE]`.
func newBacktestCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "backtest [FILE]", Short: "Replay the whole past by a draft or, without a file, by the terms in force", Args: cobra.MaximumNArgs(1),
		Long: "With a file: who would win and lose, in points and in roubles, and when the budget would end.\n" +
			"Without one, or with --live: the replay of the terms in force must come to the ledger; exits with 1 and\n" +
			"names the receipts if it does not. Run it on a bot that rests. Changes nothing.",
		RunE: func(cmd *cobra.Command, args []string) error {
			live, err := cmd.Flags().GetBool("live")
			if err == nil && live && len(args) > 0 {
				err = errors.New("--live takes no file")
			}
			if err != nil {
				return usage(err)
			}
			if len(args) == 0 {
				return backtestLive(cmd)
			}
			return backtestDraft(cmd, args[0])
		}}
	cmd.Flags().Bool("live", false, "compare the terms in force with the ledger")
	return cmd
}

func backtestLive(cmd *cobra.Command) error {
	return withReadOnly(cmd, func(db *store.DB) error {
		c, err := backtest.Live(cmd.Context(), db.Read(cmd.Context()), &campaigns.Book{})
		if err != nil {
			return usage(err)
		}
		if asJSON(cmd) {
			err = printJSON(cmd.OutOrStdout(), c)
		} else {
			err = printComparison(cmd.OutOrStdout(), c)
		}
		if err == nil && len(c.Differences) > 0 {
			return errFindings
		}
		return err
	})
}

func printComparison(out io.Writer, c backtest.Comparison) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "receipts\t%d\nledger\t%d points\nreplay\t%d points\n", c.Receipts, c.Ledger, c.Replay)
	for _, d := range c.Differences {
		fmt.Fprintf(w, "%s\tledger %d\treplay %d\n", d.Source, d.Ledger, d.Replay)
	}
	if len(c.Differences) == 0 {
		fmt.Fprintln(w, "the ledger is reproduced to the point")
	}
	return w.Flush()
}

func backtestDraft(cmd *cobra.Command, file string) error {
	draft, err := lintQuietly(cmd, file)
	if err != nil {
		return err
	}
	return withReadOnly(cmd, func(db *store.DB) error {
		r, err := backtest.Draft(cmd.Context(), db.Read(cmd.Context()), &campaigns.Book{}, draft)
		if err != nil {
			return usage(err)
		}
		if asJSON(cmd) {
			return printJSON(cmd.OutOrStdout(), r)
		}
		return printReport(cmd.OutOrStdout(), r)
	})
}

func printReport(out io.Writer, r backtest.Report) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "%s\twas\tby the draft\tchange\n", r.Campaign)
	row := func(name string, was, would any, change any) {
		fmt.Fprintf(w, "%s\t%v\t%v\t%v\n", name, was, would, change)
	}
	row("points for receipts", r.Was.Receipts, r.Would.Receipts, fmt.Sprintf("%+d", r.Would.Receipts-r.Was.Receipts))
	row("points of welcome", r.Was.Welcome, r.Would.Welcome, fmt.Sprintf("%+d", r.Would.Welcome-r.Was.Welcome))
	if r.PointValue > 0 {
		row("roubles", r.Was.Kopecks, r.Would.Kopecks, r.Would.Kopecks-r.Was.Kopecks)
	}
	fmt.Fprintf(w, "receipts\t%d: %d won, %d lost, %d more, %d less, %d open\n", r.Receipts, r.Won, r.Lost, r.More, r.Less, r.Open)
	fmt.Fprintf(w, "participants\t%d gain, %d lose\n", r.Gainers, r.Losers)
	if r.Unseen > 0 {
		fmt.Fprintf(w, "not known\t%d receipts were refused by their code and would be taken; nobody has asked for their lines\n", r.Unseen)
	}
	printEnds(w, r)
	for _, e := range r.Effects[:min(changesListed, len(r.Effects))] {
		fmt.Fprintf(w, "receipt %d\t%s\t%s\t%+d\n", e.ReceiptID, outcome(e.Was), outcome(e.Would), e.Would.Points-e.Was.Points)
	}
	for _, p := range r.People[:min(changesListed, len(r.People))] {
		fmt.Fprintf(w, "participant %d\t%d\t%d\t%+d\n", p.ParticipantID, p.Was, p.Would, p.Would-p.Was)
	}
	return w.Flush()
}

func printEnds(w io.Writer, r backtest.Report) {
	basis := "roubles: by " + r.ValueBy + ", " + r.PointValue.String() + " a point"
	if r.PointValue == 0 {
		basis = "roubles: not told, set points.value to what a point costs"
	}
	ends := "budget: it would not end"
	if r.BudgetEnds != nil {
		ends = "budget: it would end on " + r.BudgetEnds.Format("2006-01-02")
	}
	fmt.Fprintf(w, "%s\n%s\n", basis, ends)
}
