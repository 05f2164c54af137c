package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"promobot/internal/store"
	"promobot/receipts"
)

// newAliasCommand returns `promobot alias queue|teach|list|undo`: names on receipts
// that a person matches to products once.
func newAliasCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "alias", Short: "Names on receipts: match one to a product once, and its past is paid"}
	queue := &cobra.Command{Use: "queue", Short: "List unmatched names that people wait for", Args: cobra.NoArgs, RunE: listUnmatched}
	queue.Flags().Bool("json", false, "print a JSON line for each")
	list := &cobra.Command{Use: "list", Short: "List what was taught, the newest first", Args: cobra.NoArgs, RunE: listAliases}
	list.Flags().Bool("json", false, "print a JSON line for each")
	list.Flags().Bool("all", false, "what was undone too")
	cmd.AddCommand(queue, newTeachCommand(), list, newUndoCommand())
	return cmd
}

func listUnmatched(cmd *cobra.Command, _ []string) error {
	return withReceipts(cmd, func(a *app) error {
		names, err := a.receipts.UnmatchedNames(cmd.Context(), listed)
		if err != nil {
			return err
		}
		if asJSON(cmd) {
			for _, n := range names {
				err := printJSON(cmd.OutOrStdout(), map[string]any{"line": n.Line, "name": n.Name, "inn": n.SellerINN, "seller": n.Seller,
					"candidate": n.Candidate, "unsure": n.Unsure, "receipts": n.Receipts, "people": n.People})
				if err != nil {
					return err
				}
			}
			return nil
		}
		w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "LINE\tPEOPLE\tRECEIPTS\tCANDIDATE\tNAME\tSELLER")
		for _, n := range names {
			fmt.Fprintf(w, "%d\t%d\t%d\t%s\t%s\t%s %s\n", n.Line, n.People, n.Receipts, n.Candidate, n.Name, n.SellerINN, n.Seller)
		}
		return w.Flush()
	})
}

// teaching is what `promobot alias teach` was asked for.
type teaching struct {
	name, inn, sku, by string
	everywhere         bool
	preview            bool
}

func newTeachCommand() *cobra.Command {
	var t teaching
	cmd := &cobra.Command{
		Use: "teach [LINE] --sku SKU", Short: "The name of a line is a product, at its seller",
		Long: "LINE is a number of alias queue; instead of it --name, with --inn for one seller's names.\n" +
			"Every receipt with the name is judged again by the terms it was bought under; late points are paid once\n" +
			"and told. --sku - says that the name is none of the products. --preview only shows what would come of it.",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withReceipts(cmd, func(a *app) error { return t.run(cmd, a, args) })
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&t.name, "name", "", "`NAME` as the till writes it, instead of a line")
	flags.StringVar(&t.inn, "inn", "", "`INN` of the seller whose names it is about")
	flags.BoolVar(&t.everywhere, "everywhere", false, "with LINE: at every seller")
	flags.StringVar(&t.sku, "sku", "", "`SKU` of the product, or -")
	flags.StringVar(&t.by, "by", "console", "who teaches, for the record")
	flags.BoolVar(&t.preview, "preview", false, "only show the effect")
	return cmd
}

func (t teaching) run(cmd *cobra.Command, a *app, args []string) error {
	name, inn, err := t.about(cmd.Context(), a, args)
	if err != nil {
		return err
	}
	alias := receipts.Alias{SellerINN: inn, Name: name, SKU: t.sku, TaughtBy: t.by}
	// Looked at before: a bot that runs beside may do the work sooner than this command.
	effect, err := a.receipts.PreviewAlias(cmd.Context(), alias)
	if err != nil || t.preview {
		return errors.Join(err, printEffect(cmd, 0, effect, err))
	}
	err = a.db.InTx(cmd.Context(), func(tx *store.Tx) error {
		alias, err = a.receipts.Teach(cmd.Context(), tx, alias)
		return err
	})
	if err != nil {
		return err
	}
	_, _, err = a.receipts.ApplyAlias(cmd.Context(), alias.ID)
	return errors.Join(err, printEffect(cmd, alias.ID, effect, err))
}

// about is the name to teach, and the seller whose name it is.
func (t teaching) about(ctx context.Context, a *app, args []string) (name, inn string, err error) {
	switch {
	case t.sku == "":
		return "", "", usage(errors.New("alias teach: --sku is missing"))
	case len(args) == 0 && t.name == "":
		return "", "", usage(errors.New("alias teach: name a LINE of alias queue, or --name"))
	case len(args) == 0:
		return t.name, t.inn, nil
	case t.name != "" || t.inn != "":
		return "", "", usage(errors.New("alias teach: a LINE has its name and seller, leave --name and --inn out"))
	}
	line, err := strconv.ParseInt(args[0], 10, 64)
	if err != nil {
		return "", "", usage(fmt.Errorf("%q is no number of a line", args[0]))
	}
	name, inn, err = a.receipts.NameOf(ctx, line)
	if t.everywhere {
		inn = ""
	}
	return name, inn, err
}

func printEffect(cmd *cobra.Command, alias int64, e receipts.AliasEffect, failed error) error {
	if failed != nil {
		return nil
	}
	if alias > 0 {
		fmt.Fprintf(cmd.OutOrStdout(), "alias %d\n", alias)
	}
	_, err := fmt.Fprintf(cmd.OutOrStdout(), "receipts judged otherwise: %d (%d of them refused or put aside before or after)\npeople: %d\npoints: %+d\n",
		e.Receipts, e.Accepted, e.People, e.Points)
	return err
}

func listAliases(cmd *cobra.Command, _ []string) error {
	all, err := cmd.Flags().GetBool("all")
	if err != nil {
		return err
	}
	return withStore(cmd, func(db *store.DB) error {
		list, err := receipts.Aliases(cmd.Context(), db.Read(cmd.Context()), all, listed)
		if err != nil {
			return usage(err)
		}
		if asJSON(cmd) {
			for _, a := range list {
				err := printJSON(cmd.OutOrStdout(), map[string]any{"id": a.ID, "name": a.Name, "inn": a.SellerINN, "sku": a.SKU,
					"taught_by": a.TaughtBy, "taught_at": a.TaughtAt.UTC(), "undone_by": a.UndoneBy, "undone_at": a.UndoneAt})
				if err != nil {
					return err
				}
			}
			return nil
		}
		w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "ALIAS\tSKU\tNAME\tSELLER\tBY\tSINCE\tUNDONE")
		for _, a := range list {
			fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", a.ID, a.SKU, a.Name, a.SellerINN, a.TaughtBy, moment(&a.TaughtAt), moment(a.UndoneAt))
		}
		return w.Flush()
	})
}

func newUndoCommand() *cobra.Command {
	var (
		by            string
		keep, preview bool
	)
	cmd := &cobra.Command{
		Use: "undo ALIAS", Short: "End an alias and take back what it has brought", Args: cobra.ExactArgs(1),
		Long: "Receipts that counted by the alias are judged again without it; what they lose is taken back as the terms say\n" +
			"of returns, and their people are told. --keep leaves people what they have. --preview only shows the effect.",
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil {
				return usage(fmt.Errorf("%q is no number of an alias", args[0]))
			}
			how := receipts.UndoTakeBack
			if keep {
				how = receipts.UndoKeep
			}
			return withReceipts(cmd, func(a *app) error {
				if preview && keep {
					return printEffect(cmd, 0, receipts.AliasEffect{}, nil)
				}
				effect, err := a.receipts.PreviewUndo(cmd.Context(), id)
				if err != nil || preview {
					return errors.Join(err, printEffect(cmd, 0, effect, err))
				}
				if keep {
					effect = receipts.AliasEffect{}
				}
				err = a.db.InTx(cmd.Context(), func(tx *store.Tx) error {
					_, err := a.receipts.UndoAlias(cmd.Context(), tx, id, by, how)
					return err
				})
				if err != nil {
					return err
				}
				_, _, err = a.receipts.ApplyAlias(cmd.Context(), id)
				return errors.Join(err, printEffect(cmd, id, effect, err))
			})
		},
	}
	cmd.Flags().StringVar(&by, "by", "console", "who undoes, for the record")
	cmd.Flags().BoolVar(&keep, "keep", false, "people keep the points; only receipts to come are judged without it")
	cmd.Flags().BoolVar(&preview, "preview", false, "only show the effect")
	return cmd
}
