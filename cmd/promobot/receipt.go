package main

import (
	"errors"
	"fmt"
	"strconv"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"promobot/bot"
	"promobot/internal/notify"
	"promobot/internal/store"
	"promobot/receipts"
	"promobot/rewards"
)

// newReceiptCommand returns `promobot receipt reverse|shortfalls`.
func newReceiptCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "receipt", Short: "Take back what a receipt has brought, and see what could not be taken"}
	cmd.PersistentFlags().Bool("json", false, "answer in JSON")
	cmd.AddCommand(newReverseCommand(),
		&cobra.Command{Use: "shortfalls", Short: "List points that returns could not take back and that were given up, the newest first",
			Args: cobra.NoArgs, RunE: listShortfalls})
	return cmd
}

func newReverseCommand() *cobra.Command {
	var by, note string
	var preview bool
	cmd := &cobra.Command{
		Use: "reverse RECEIPT", Short: "Take all back that an accepted receipt has brought, and tell its participant", Args: cobra.ExactArgs(1),
		Long: "Takes points and unopened certificates back as the receipt's terms say of returns, and tells the participant.\n" +
			"With --preview it says what would happen and changes nothing.",
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil {
				return usage(fmt.Errorf("%q is no number of a receipt", args[0]))
			}
			if by == "" && !preview {
				return usage(errors.New("say who decides with --by, or look with --preview"))
			}
			return withReceipts(cmd, func(a *app) error {
				came, err := a.receipts.Reverse(cmd.Context(), id, by, note, preview)
				if errors.Is(err, receipts.ErrNotReversible) {
					fmt.Fprintln(cmd.ErrOrStderr(), "promobot:", err)
					return errFindings
				}
				if err != nil {
					return err
				}
				return printReversal(cmd, came, preview)
			})
		},
	}
	cmd.Flags().StringVar(&by, "by", "", "`NAME` of who decides")
	cmd.Flags().StringVar(&note, "note", "", "why, for the record")
	cmd.Flags().BoolVar(&preview, "preview", false, "say what would happen and change nothing")
	return cmd
}

// printReversal shows the effects and the words that the participant reads.
func printReversal(cmd *cobra.Command, came receipts.Reversal, preview bool) error {
	words, err := bot.Words("ru", notify.Notice{Key: receipts.NoticeReversed, Args: came.Notice})
	if err != nil {
		return err
	}
	prizes := []string{}
	for _, c := range came.Withdrawn {
		prizes = append(prizes, c.Title)
	}
	if asJSON(cmd) {
		return printJSON(cmd.OutOrStdout(), map[string]any{"receipt": came.Receipt.ID, "preview": preview, "taken": came.Taken, "held": came.Held,
			"available": came.Available, "debt": came.Debt, "short": came.Short, "withdrawn": prizes, "message": words})
	}
	out := cmd.OutOrStdout()
	fmt.Fprintf(out, "receipt %d of participant %d\n-%d points: %d set aside, %d to be spent, %d owed; %d given up\n",
		came.Receipt.ID, came.Receipt.ParticipantID, came.Taken, came.Held, came.Available, came.Debt, came.Short)
	for _, title := range prizes {
		fmt.Fprintf(out, "withdrawn: %s\n", title)
	}
	_, err = fmt.Fprintf(out, "message: %s\n", words)
	return err
}

func listShortfalls(cmd *cobra.Command, _ []string) error {
	return withStore(cmd, func(db *store.DB) error {
		list, err := rewards.Shortfalls(cmd.Context(), db.Read(cmd.Context()), listed)
		if err != nil {
			return usage(err)
		}
		if asJSON(cmd) {
			for _, t := range list {
				err := printJSON(cmd.OutOrStdout(), map[string]any{"participant": t.ParticipantID, "subject": t.Subject, "part": t.Part, "campaign": t.CampaignID,
					"short": t.Short, "at": t.TakenAt.UTC()})
				if err != nil {
					return err
				}
			}
			return nil
		}
		w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "PARTICIPANT\tOF\tPART\tCAMPAIGN\tSHORT\tAT")
		for _, t := range list {
			fmt.Fprintf(w, "%d\t%s\t%s\t%d\t%d\t%s\n", t.ParticipantID, t.Subject, t.Part, t.CampaignID, t.Short, moment(&t.TakenAt))
		}
		return w.Flush()
	})
}
