package main

import (
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"

	"promobot/bot/telegram/tgsim"
	"promobot/bot/telegram/tgsim/spec"
)

// newTelegramSimCommand returns `promobot telegram-sim`: a simulator of the
// messenger's Bot API that serves until it is told to stop.
func newTelegramSimCommand() *cobra.Command {
	var listen, strict string
	var o tgsim.Options
	cmd := &cobra.Command{
		Use:   "telegram-sim",
		Short: "Simulate Telegram's Bot API",
		Long: "Serves Telegram's Bot API for one bot, with invented people. The first line on standard output is\n" +
			`{"ready":true,"url":"http://…"}; that address is the endpoint of the bot. What people do and see,` + "\n" +
			"faults and the log of requests are at /control/… of the same address, see the package tgsim.",
		SilenceUsage: true,
		Args:         cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.Log = slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil))
			if strict != "" {
				description, err := spec.Load(strict)
				if err != nil {
					return fmt.Errorf("strict: %w", err)
				}
				o.Strict = description
			}
			return serveSim(cmd.Context(), tgsim.New(o), listen, cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&listen, "listen", "127.0.0.1:0", "`ADDRESS` to listen on; port 0 picks a free one")
	cmd.Flags().StringVar(&o.Token, "token", tgsim.DefaultToken, "`TOKEN` of the bot")
	cmd.Flags().StringVar(&o.Username, "username", "promo_test_bot", "`NAME` of the bot, as in t.me/NAME")
	cmd.Flags().BoolVar(&o.Rates, "rates", false, "refuse with 429 what is sent faster than the service allows")
	cmd.Flags().StringVar(&strict, "strict", "", "judge every request by the description of the Bot API in `SPEC.json`; see /control/violations")
	return cmd
}
