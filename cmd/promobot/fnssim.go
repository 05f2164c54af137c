package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/spf13/cobra"

	"promobot/fns/fnssim"
)

// simDrain is how long an ending simulator waits for answers under way.
const simDrain = 3 * time.Second

// newFNSSimCommand returns `promobot fns-sim`: a simulator of the fiscal
// service that serves until it is told to stop.
func newFNSSimCommand() *cobra.Command {
	var listen, tickets, masterToken string
	cmd := &cobra.Command{
		Use:   "fns-sim",
		Short: "Simulate the tax service's open API",
		Long: "Serves the tax service's open API with invented receipts. The first line on standard output is\n" +
			`{"ready":true,"url":"http://…"}; PUT /control at that address switches troubles on and off,` + "\n" +
			"POST /control/mint makes receipts, GET /control/state counts what has happened.\n" +
			"FILE.jsonl holds tickets, one JSON document a line, in any dialect; they are served with the fields\n" +
			"they have. A line that is no receipt is skipped and named on standard error.",
		SilenceUsage: true,
		Args:         cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			log := slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil))
			sim := fnssim.New(fnssim.Options{MasterToken: masterToken, Log: log})
			if err := loadTickets(sim, tickets, log); err != nil {
				return err
			}
			return serveSim(cmd.Context(), sim, listen, cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&listen, "listen", "127.0.0.1:0", "`ADDRESS` to listen on; port 0 picks a free one")
	cmd.Flags().StringVar(&tickets, "tickets", "", "`FILE.jsonl` of tickets to put into the store")
	cmd.Flags().StringVar(&masterToken, "master-token", fnssim.DefaultMasterToken, "master token `T` that is taken")
	return cmd
}

func loadTickets(sim *fnssim.Sim, path string, log *slog.Logger) error {
	if path == "" {
		return nil
	}
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("tickets: %w", err)
	}
	defer file.Close()
	loaded, skipped, err := sim.Load(file)
	log.Info("tickets", "loaded", loaded, "skipped", skipped)
	return err
}

// simulator is a foreign service in this process. Close ends what it waits for.
type simulator interface {
	http.Handler
	Close()
}

// serveSim serves until ctx ends, then drains.
func serveSim(ctx context.Context, sim simulator, listen string, out io.Writer) error {
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: sim, ReadHeaderTimeout: headTimeout}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	ready := map[string]any{"ready": true, "url": "http://" + listener.Addr().String()}
	if err := printJSON(out, ready); err != nil {
		return errors.Join(fmt.Errorf("ready line: %w", err), server.Close())
	}
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	sim.Close()
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), simDrain)
	defer cancel()
	return server.Shutdown(drain)
}
