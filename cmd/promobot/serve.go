package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"promobot/bot/webchat"
	"promobot/campaigns"
	"promobot/stickers"
	"promobot/till"
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
			log := newLogger(cmd)
			a, err := newApp(c, db, v, log)
			if err != nil {
				return usage(err)
			}
			if _, err := a.book.Newest(cmd.Context(), db.Read(cmd.Context())); errors.Is(err, campaigns.ErrNone) {
				log.Warn("no campaign was applied yet: people can register, receipts wait", "next", "promobot campaign apply FILE")
			}
			if err := a.warnSuppliers(cmd.Context()); err != nil {
				return usage(err)
			}
			chat := webchat.New(a.bot, time.Now, log, webchat.Options{Stickers: stickers.Pictures()})
			mux := http.NewServeMux()
			mux.Handle("/", chat)
			mux.Handle("GET /{$}", http.RedirectHandler("/chat", http.StatusSeeOther))
			ready := map[string]any{"db": c.Database.URL.String()}
			if err := a.openTill(cmd.Context(), mux, ready); err != nil {
				return usage(err)
			}
			a.telegram.open(mux, ready)
			a.openSuppliers(mux)
			return a.serve(cmd.Context(), cmd, c.Listen, doors{mux, chat}, ready)
		},
	}
	cmd.Flags().String("listen", "", "`ADDRESS` to listen on instead of the configured one; port 0 picks a free one")
	return cmd
}

// doors are the web pages and the chat among them, whose streams must be closed
// for the server to end.
type doors struct {
	http.Handler
	chat *webchat.Door
}

// serve opens the doors, starts the jobs, prints the ready line and drains when
// ctx ends: first no more updates come in, then running jobs end.
func (a *app) serve(ctx context.Context, cmd *cobra.Command, listen string, d doors, ready map[string]any) error {
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return usage(err)
	}
	closeMetrics, err := a.metrics.open(a.monitor)
	if err != nil {
		return usage(errors.Join(err, listener.Close()))
	}
	defer closeMetrics()
	if err := a.worker.Start(context.WithoutCancel(ctx)); err != nil {
		return usage(errors.Join(err, listener.Close()))
	}
	closeIn, closeOut := a.telegram.start(ctx, a)
	server := &http.Server{Handler: d, ReadHeaderTimeout: headTimeout}
	server.RegisterOnShutdown(d.chat.Close)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	if err := printReady(cmd, "http://"+listener.Addr().String(), ready); err != nil {
		return usage(err)
	}
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	closeIn()
	err = errors.Join(err, a.drain(server))
	closeOut()
	return err
}

func (a *app) drain(server *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	return errors.Join(server.Shutdown(ctx), a.worker.Stop(ctx))
}

// printReady writes the one line by which other programs know that connections
// are accepted, and the links for people.
func printReady(cmd *cobra.Command, url string, ready map[string]any) error {
	ready["ready"], ready["url"], ready["chat"] = true, url, url+"/chat"
	if paths, ok := ready["webhook"].(map[string]string); ok {
		for channel, path := range paths {
			paths[channel] = url + path
		}
	}
	if _, offered := ready["till"]; offered {
		ready["till"] = url + till.Prefix
	}
	if _, demo := ready["demo"]; demo {
		ready["demo"] = url + "/demo"
	}
	if err := printJSON(cmd.OutOrStdout(), ready); err != nil {
		return fmt.Errorf("ready line: %w", err)
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "чат · chat: %s\n", ready["chat"])
	if page, demo := ready["demo"]; demo {
		fmt.Fprintf(cmd.ErrOrStderr(), "демо · demo: %s\n", page)
	}
	return nil
}
