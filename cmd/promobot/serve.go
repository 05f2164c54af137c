package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"promobot/bot/webchat"
	"promobot/internal/store"
)

// How long the doors and the jobs get to end.
const (
	drainTime   = 20 * time.Second
	headTimeout = 5 * time.Second
)

// newServeCommand returns `promobot serve`.
func newServeCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "serve", Short: "Run the bot until SIGTERM", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := settings(cmd)
			if err != nil {
				return err
			}
			if listen, err := cmd.Flags().GetString("listen"); err == nil && listen != "" {
				c.Listen = listen
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
			doors := http.NewServeMux()
			doors.Handle("/", webchat.New(a.bot, webchat.Options{}))
			return a.serve(cmd.Context(), cmd.OutOrStdout(), c.Listen, doors, map[string]any{"db": store.Masked(c.Database.URL)})
		},
	}
	cmd.Flags().String("listen", "", "`ADDRESS` to listen on instead of the configured one; port 0 picks a free one")
	return cmd
}

// serve opens the doors, starts the jobs, prints the ready line and drains when
// ctx ends: first no more updates come in, then running jobs end.
func (a *app) serve(ctx context.Context, out io.Writer, listen string, doors http.Handler, ready map[string]any) error {
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return usage(err)
	}
	if err := a.worker.Start(context.WithoutCancel(ctx)); err != nil {
		return usage(errors.Join(err, listener.Close()))
	}
	server := &http.Server{Handler: doors, ReadHeaderTimeout: headTimeout, BaseContext: func(net.Listener) context.Context { return ctx }}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	url := "http://" + listener.Addr().String()
	if err := printReady(out, url, ready); err != nil {
		return usage(err)
	}
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	return errors.Join(err, a.drain(server))
}

func (a *app) drain(server *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	return errors.Join(server.Shutdown(ctx), a.worker.Stop(ctx))
}

// printReady writes the one line by which other programs know that connections
// are accepted, and where the pages are.
func printReady(out io.Writer, url string, ready map[string]any) error {
	ready["ready"], ready["url"], ready["chat"] = true, url, url+"/chat"
	if _, demo := ready["demo"]; demo {
		ready["demo"] = url + "/demo"
	}
	if err := printJSON(out, ready); err != nil {
		return fmt.Errorf("ready line: %w", err)
	}
	return nil
}
