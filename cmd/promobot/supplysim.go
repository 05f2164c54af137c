package main

import (
	"fmt"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"promobot/prizes/supply"
	"promobot/prizes/supply/supplysim"
)

// newSupplySimCommand returns `promobot supply-sim`: a simulator of a supplier
// of certificates that serves until it is told to stop.
func newSupplySimCommand() *cobra.Command {
	var listen, kind string
	var o supplysim.Options
	cmd := &cobra.Command{
		Use:   "supply-sim",
		Short: "Simulate a supplier of certificates",
		Long: "Serves a supplier that delivers at once (instant) or later, with signed events (slow). The first line on\n" +
			`standard output is {"ready":true,"url":"http://…"}. PUT /control at that address takes troubles for what comes` + "\n" +
			`next, {"meet":["lost","too_many"],"bring":["twice","forged"],"stock":{"SKU":0}}; GET /control counts orders and` + "\n" +
			"the codes that have left.",
		SilenceUsage: true,
		Args:         cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			sim, err := newSupplySim(kind, o)
			if err != nil {
				return usage(err)
			}
			return serveSim(cmd.Context(), sim, listen, cmd.OutOrStdout())
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&listen, "listen", "127.0.0.1:0", "`ADDRESS` to listen on; port 0 picks a free one")
	flags.StringVar(&kind, "kind", supply.KindInstant, "`KIND` of the supplier: instant or slow")
	flags.StringVar(&o.Key, "key", "", "`KEY` that callers must show; any by default")
	flags.StringVar(&o.Until, "until", "", "last `DAY` of the codes, YYYY-MM-DD")
	flags.DurationVar(&o.Delay, "delay", 0, "`TIME` before each answer")
	flags.DurationVar(&o.Ready, "after", 3*time.Second, "`TIME` from an order to its code; slow")
	flags.StringVar(&o.Webhook, "webhook", "", "`URL` where events go; slow")
	flags.StringVar(&o.Secret, "secret", "", "`SECRET` that events are signed with; slow")
	return cmd
}

// supplySim is a supplier in this process, with its control.
type supplySim struct {
	http.Handler
	end func()
}

// Close ends what is under way.
func (s supplySim) Close() { s.end() }

func newSupplySim(kind string, o supplysim.Options) (supplySim, error) {
	switch kind {
	case supply.KindInstant:
		sim := supplysim.NewInstant(o)
		return supplySim{supplysim.Controlled(sim), sim.Close}, nil
	case supply.KindSlow:
		sim := supplysim.NewSlow(o)
		return supplySim{supplysim.Controlled(sim), sim.Close}, nil
	}
	return supplySim{}, fmt.Errorf("no kind %q: instant or slow", kind)
}
