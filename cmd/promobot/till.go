package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"promobot/internal/store"
	"promobot/internal/vault"
	"promobot/till"
)

// openTill opens the door for shops. It answers whatever the terms say, since
// they may change while it stands open; the ready line names it where they take
// points, or take them back.
func (a *app) openTill(ctx context.Context, mux *http.ServeMux, ready map[string]any) error {
	mux.Handle(till.Prefix, a.till)
	offered, err := a.cashier.Offered(ctx, a.db.Read(ctx))
	if err == nil && !offered {
		offered, err = a.receipts.TakesReturns(ctx, a.db.Read(ctx))
	}
	if offered {
		ready["till"] = ""
	}
	return err
}

// newTillCommand returns `promobot till`: the shops that take points.
func newTillCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "till", Short: "Keep the keys of shops that take points as payment"}
	cmd.PersistentFlags().Bool("json", false, "answer in JSON")
	add := &cobra.Command{
		Use: "add NAME", Short: "Give a shop a key and print its id and secret, once", Args: cobra.ExactArgs(1), RunE: addTill,
		Long: "Give a shop a key to sign its requests with, and print the id and the secret. The secret is kept\n" +
			"sealed and cannot be printed again: who loses it gets a new key. Customers read NAME.",
	}
	add.Flags().String("inn", "", "the shop's `INN`, 10 or 12 digits")
	cmd.AddCommand(add,
		&cobra.Command{Use: "list", Short: "List the shops' keys, the revoked ones too", Args: cobra.NoArgs, RunE: listTills},
		&cobra.Command{Use: "revoke ID", Short: "End a key at once; what is held by it runs out", Args: cobra.ExactArgs(1), RunE: revokeTill})
	return cmd
}

func addTill(cmd *cobra.Command, args []string) error {
	inn, err := cmd.Flags().GetString("inn")
	if err != nil {
		return usage(err)
	}
	db, v, done, err := openShop(cmd)
	if err != nil {
		return err
	}
	defer done()
	id, secret, err := keepTill(cmd.Context(), db, v, args[0], inn)
	if err != nil {
		return usage(err)
	}
	if asJSON(cmd) {
		return printJSON(cmd.OutOrStdout(), map[string]any{"id": id, "secret": secret, "name": args[0]})
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "id      %s\nsecret  %s\n", id, secret)
	fmt.Fprintln(cmd.ErrOrStderr(), "Keep the secret now: it is not shown again.")
	return err
}

func keepTill(ctx context.Context, db *store.DB, v *vault.Vault, name, inn string) (id, secret string, err error) {
	err = db.InTx(ctx, func(tx *store.Tx) error {
		id, secret, err = till.Add(ctx, tx, v, name, inn)
		return err
	})
	return id, secret, err
}

func listTills(cmd *cobra.Command, _ []string) error {
	return withStore(cmd, func(db *store.DB) error {
		list, err := till.Shops(cmd.Context(), db.Read(cmd.Context()))
		if err != nil {
			return usage(err)
		}
		if asJSON(cmd) {
			for _, s := range list {
				if err := printJSON(cmd.OutOrStdout(), s); err != nil {
					return err
				}
			}
			return nil
		}
		w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "ID\tNAME\tINN\tADDED\tREVOKED")
		for _, s := range list {
			revoked := "-"
			if s.RevokedAt != nil {
				revoked = s.RevokedAt.Local().Format("2006-01-02 15:04")
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", s.KeyID, s.Name, s.INN, s.CreatedAt.Local().Format("2006-01-02 15:04"), revoked)
		}
		return w.Flush()
	})
}

func revokeTill(cmd *cobra.Command, args []string) error {
	return withStore(cmd, func(db *store.DB) error {
		err := db.InTx(cmd.Context(), func(tx *store.Tx) error { return till.Revoke(cmd.Context(), tx, args[0]) })
		if errors.Is(err, till.ErrNoShop) {
			return usage(fmt.Errorf("%s: %w", args[0], err))
		}
		return usage(err)
	})
}
