package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"promobot/bot"
	"promobot/bot/outbox"
	"promobot/internal/store"
	"promobot/participants"
)

// pushesListed bounds what a list prints; newer pushes come first.
const pushesListed = 20

// newPushCommand returns `promobot push`: news for everybody who wants some.
func newPushCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "push", Short: "Send news to those who want some, and watch what goes out"}
	cmd.PersistentFlags().Bool("json", false, "answer in JSON")
	cmd.AddCommand(newPushSendCommand(),
		&cobra.Command{Use: "list", Short: "List the newest pushes and how they fare", Args: cobra.NoArgs, RunE: listPushes},
		&cobra.Command{Use: "status", Short: "Count what waits, went out and was given up, by channel and lane", Args: cobra.NoArgs, RunE: pushStatus},
		holdCommand("pause", "Let nothing leave in a lane, from the next second on", outbox.Pause),
		holdCommand("resume", "Let a paused lane go on", outbox.Resume))
	return cmd
}

func newPushSendCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "send --ru TEXT --en TEXT", Short: "Plan a push to everybody registered who wants news", Args: cobra.NoArgs, RunE: sendPush,
		Long: "Plan a push to everybody registered who wants news, in his language. The words by\n" +
			"which people unsubscribe are added. The running bot writes and delivers the messages;\n" +
			"what has not left after 24 hours is dropped, and so is what is not wanted any more.",
	}
	cmd.Flags().String("ru", "", "the Russian `TEXT`")
	cmd.Flags().String("en", "", "the English `TEXT`")
	cmd.Flags().Bool("dry-run", false, "only count who would get it")
	return cmd
}

func sendPush(cmd *cobra.Command, _ []string) error {
	ru, err1 := cmd.Flags().GetString("ru")
	en, err2 := cmd.Flags().GetString("en")
	dry, err3 := cmd.Flags().GetBool("dry-run")
	if err := errors.Join(err1, err2, err3); err != nil {
		return usage(err)
	}
	if err := bot.CheckPush(ru, en); err != nil {
		return usage(err)
	}
	return withStore(cmd, func(db *store.DB) error {
		counts, err := participants.CountListeners(cmd.Context(), db.Read(cmd.Context()), participants.DocumentNews)
		if err != nil {
			return usage(err)
		}
		var id int64
		if !dry {
			err = db.InTx(cmd.Context(), func(tx *store.Tx) error {
				id, err = bot.PlanPush(cmd.Context(), tx, ru, en)
				return err
			})
		}
		if err != nil {
			return usage(err)
		}
		return tellPush(cmd, id, counts)
	})
}

// tellPush says who gets push id, or would get one if id is 0.
func tellPush(cmd *cobra.Command, id int64, counts map[string]int64) error {
	total := int64(0)
	for _, n := range counts {
		total += n
	}
	if asJSON(cmd) {
		return printJSON(cmd.OutOrStdout(), map[string]any{"id": id, "planned": id != 0, "people": total, "channels": counts})
	}
	verb := "would go to"
	if id != 0 {
		verb = fmt.Sprintf("push %d is planned for", id)
	}
	var parts []string
	for _, channel := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%s %d", channel, counts[channel]))
	}
	where := ""
	if len(parts) > 0 {
		where = " (" + strings.Join(parts, ", ") + ")"
	}
	_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s %d people%s\n", verb, total, where)
	return err
}

func listPushes(cmd *cobra.Command, _ []string) error {
	return withStore(cmd, func(db *store.DB) error {
		list, err := bot.Pushes(cmd.Context(), db.Read(cmd.Context()), pushesListed)
		if err != nil {
			return usage(err)
		}
		if asJSON(cmd) {
			for _, p := range list {
				if err := printJSON(cmd.OutOrStdout(), p); err != nil {
					return err
				}
			}
			return nil
		}
		w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "PUSH\tPLANNED\tSTATUS\tMESSAGES\tWAITING\tSENT\tSHOWN\tDROPPED\tDEAD\tTEXT")
		for _, p := range list {
			f := p.Fared
			fmt.Fprintf(w, "%d\t%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%s\n", p.ID, p.CreatedAt.Local().Format("2006-01-02 15:04"), p.Status, p.Messages,
				f[outbox.Waiting]+f[outbox.Sending], f[outbox.Sent], f[bot.PushShown], f[outbox.Dropped], f[outbox.Dead], firstWords(p.TextRU))
		}
		return w.Flush()
	})
}

// firstWords are the beginning of a text, on one line.
func firstWords(text string) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) > 40 {
		return string(runes[:39]) + "…"
	}
	return string(runes)
}

func pushStatus(cmd *cobra.Command, _ []string) error {
	return withStore(cmd, func(db *store.DB) error {
		counts, err1 := outbox.Status(cmd.Context(), db.Read(cmd.Context()))
		paused, err2 := outbox.Paused(cmd.Context(), db.Read(cmd.Context()))
		if err := errors.Join(err1, err2); err != nil {
			return usage(err)
		}
		if asJSON(cmd) {
			return printJSON(cmd.OutOrStdout(), map[string]any{"lanes": counts, "paused": paused})
		}
		w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "CHANNEL\tLANE\tWAITING\tSENDING\tSENT\tSUPERSEDED\tDROPPED\tDEAD\tUNKNOWN\tOLDEST\tPAUSED SINCE")
		for _, c := range rowsOf(counts, paused) {
			oldest := "-"
			if c.OldestWaiting != nil {
				oldest = c.OldestWaiting.Local().Format("2006-01-02 15:04:05")
			}
			fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%s\t%s\n", c.Channel, c.Lane, c.Waiting, c.Sending, c.Sent, c.Superseded,
				c.Dropped, c.Dead, c.Unknowns, oldest, since(paused, c.Channel, c.Lane))
		}
		return w.Flush()
	})
}

// rowsOf adds a row for a paused lane in which there was nothing yet.
func rowsOf(counts []outbox.Count, paused []outbox.Hold) []outbox.Count {
	for _, h := range paused {
		if !slices.ContainsFunc(counts, func(c outbox.Count) bool { return c.Channel == h.Channel && c.Lane == h.Lane }) {
			counts = append(counts, outbox.Count{Channel: h.Channel, Lane: h.Lane})
		}
	}
	return counts
}

func since(paused []outbox.Hold, channel string, lane outbox.Lane) string {
	for _, h := range paused {
		if h.Channel == channel && h.Lane == lane {
			return h.At.Local().Format("2006-01-02 15:04:05")
		}
	}
	return "-"
}

// holdCommand returns `promobot push pause` or `resume`.
func holdCommand(verb, short string, do func(ctx context.Context, tx *store.Tx, channel string, lane outbox.Lane) error) *cobra.Command {
	var channel, lane string
	cmd := &cobra.Command{Use: verb, Short: short, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withStore(cmd, func(db *store.DB) error {
				err := db.InTx(cmd.Context(), func(tx *store.Tx) error { return do(cmd.Context(), tx, channel, outbox.Lane(lane)) })
				if err != nil {
					return usage(err)
				}
				if asJSON(cmd) {
					return printJSON(cmd.OutOrStdout(), map[string]any{"done": verb, "channel": channel, "lane": lane})
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: lane %s of %s\n", verb, lane, channel)
				return err
			})
		}}
	cmd.Flags().StringVar(&lane, "lane", string(outbox.Push), "answer, news or push")
	cmd.Flags().StringVar(&channel, "channel", "telegram", "the messenger")
	return cmd
}
