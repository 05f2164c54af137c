package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"promobot/campaigns"
	"promobot/internal/config"
	"promobot/internal/store"
	"promobot/points"
	"promobot/rewards"
)

// newPointsCommand returns `promobot points adjust|approve|refuse|list`.
func newPointsCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "points", Short: "Change a participant's points by hand, beyond a limit with a second pair of eyes"}
	list := &cobra.Command{Use: "list", Short: "List changes by hand, the newest first", Args: cobra.NoArgs, RunE: listAdjustments}
	list.Flags().Bool("json", false, "print a JSON line for each")
	list.Flags().Bool("waiting", false, "only those that wait for a second person")
	cmd.AddCommand(newAdjustCommand(), newApproveAdjustmentCommand(), newRefuseAdjustmentCommand(), list)
	return cmd
}

func newAdjustCommand() *cobra.Command {
	var a rewards.Adjustment
	cmd := &cobra.Command{
		Use: "adjust PARTICIPANT --points N --reason CODE --by NAME", Args: cobra.ExactArgs(1),
		Short: "Give points, or take them with a minus, and tell the participant",
		Long: "Up to the setting points.adjust_limit one person decides. Beyond it the change waits until another one\n" +
			"approves it: promobot points approve. Reasons: " + strings.Join(rewards.AdjustReasons, ", ") + ".",
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if a.ParticipantID, err = strconv.ParseInt(args[0], 10, 64); err != nil {
				return usage(fmt.Errorf("%q is no number of a participant", args[0]))
			}
			return withDesk(cmd, func(ctx context.Context, tx *store.Tx, c config.Config, desk *rewards.Desk, v campaigns.Version) (rewards.Adjustment, error) {
				return desk.Adjust(ctx, tx, v, a, points.Amount(c.Points.AdjustLimit))
			})
		},
	}
	cmd.Flags().Int64Var((*int64)(&a.Points), "points", 0, "how `MANY`; below zero they are taken")
	cmd.Flags().StringVar(&a.Reason, "reason", "", "`CODE` of the reason")
	cmd.Flags().StringVar(&a.Note, "note", "", "why, for the record")
	cmd.Flags().StringVar(&a.AskedBy, "by", "", "`NAME` of who decides")
	return cmd
}

func newApproveAdjustmentCommand() *cobra.Command {
	var hash, by string
	cmd := &cobra.Command{Use: "approve CHANGE --hash HASH --by NAME", Short: "Approve a change that another person has asked for", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := changeNumber(args[0])
			if err != nil {
				return err
			}
			return withDesk(cmd, func(ctx context.Context, tx *store.Tx, _ config.Config, desk *rewards.Desk, v campaigns.Version) (rewards.Adjustment, error) {
				return desk.ApproveAdjustment(ctx, tx, v, id, hash, by)
			})
		}}
	cmd.Flags().StringVar(&hash, "hash", "", "`HASH` of the change, as points list shows it")
	cmd.Flags().StringVar(&by, "by", "", "`NAME` of who approves")
	return cmd
}

func newRefuseAdjustmentCommand() *cobra.Command {
	var by string
	cmd := &cobra.Command{Use: "refuse CHANGE --by NAME", Short: "End a change that waits without doing it", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := changeNumber(args[0])
			if err != nil {
				return err
			}
			return withDesk(cmd, func(ctx context.Context, tx *store.Tx, _ config.Config, desk *rewards.Desk, _ campaigns.Version) (rewards.Adjustment, error) {
				return desk.RefuseAdjustment(ctx, tx, id, by)
			})
		}}
	cmd.Flags().StringVar(&by, "by", "", "`NAME` of who refuses")
	return cmd
}

func changeNumber(text string) (int64, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, usage(fmt.Errorf("%q is no number of a change", text))
	}
	return id, nil
}

// withDesk runs fn in a transaction and prints the change. What is refused with
// words is a finding.
func withDesk(cmd *cobra.Command, fn func(ctx context.Context, tx *store.Tx, c config.Config, desk *rewards.Desk, v campaigns.Version) (rewards.Adjustment, error)) error {
	c, err := settings(cmd)
	if err != nil {
		return err
	}
	return withReceipts(cmd, func(a *app) error {
		var done rewards.Adjustment
		err := a.db.InTx(cmd.Context(), func(tx *store.Tx) error {
			v, err := a.book.Newest(cmd.Context(), tx.DB)
			if err == nil {
				done, err = fn(cmd.Context(), tx, c, a.desk, v)
			}
			return err
		})
		for _, refusal := range []error{rewards.ErrAdjustment, rewards.ErrNoAdjustment, rewards.ErrSamePerson, rewards.ErrChanged, points.ErrShort, points.ErrBudget} {
			if errors.Is(err, refusal) {
				return exitError{exitFindings, err}
			}
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "change %d: %+d points for participant %d, %s\n", done.ID, done.Points, done.ParticipantID, done.Status)
		if done.Status == rewards.AdjustWaiting {
			fmt.Fprintf(cmd.OutOrStdout(), "next: another person runs promobot points approve %d --hash %s --by NAME\n", done.ID, done.Hash)
		}
		return nil
	})
}

func listAdjustments(cmd *cobra.Command, _ []string) error {
	waiting, err := cmd.Flags().GetBool("waiting")
	if err != nil {
		return err
	}
	return withStore(cmd, func(db *store.DB) error {
		list, err := rewards.Adjustments(cmd.Context(), db.Read(cmd.Context()), waiting, listed)
		if err != nil {
			return usage(err)
		}
		if asJSON(cmd) {
			for _, a := range list {
				err := printJSON(cmd.OutOrStdout(), map[string]any{"id": a.ID, "participant": a.ParticipantID, "points": a.Points, "reason": a.Reason, "note": a.Note,
					"hash": a.Hash, "status": a.Status, "asked_by": a.AskedBy, "asked_at": a.AskedAt.UTC(), "decided_by": a.DecidedBy, "decided_at": a.DecidedAt})
				if err != nil {
					return err
				}
			}
			return nil
		}
		w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "CHANGE\tSTATUS\tPARTICIPANT\tPOINTS\tREASON\tASKED BY\tDECIDED BY\tHASH\tNOTE")
		for _, a := range list {
			fmt.Fprintf(w, "%d\t%s\t%d\t%+d\t%s\t%s\t%s\t%s\t%s\n", a.ID, a.Status, a.ParticipantID, a.Points, a.Reason, a.AskedBy, a.DecidedBy, a.Hash, a.Note)
		}
		return w.Flush()
	})
}
