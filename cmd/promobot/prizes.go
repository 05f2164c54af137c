package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"promobot/internal/store"
	"promobot/internal/vault"
	"promobot/prizes"
)

// opener opens the configured database and keyset; the func closes them.
type opener func(cmd *cobra.Command) (*store.DB, *vault.Vault, func(), error)

// restock hears, in the transaction of an import, which prizes got new codes.
type restock func(ctx context.Context, tx *store.Tx, prizeIDs []string) error

// prizesRun is one run of a command about prizes.
type prizesRun struct {
	open      opener
	restocked restock

	json    bool
	preview bool
}

// newPrizesCommand returns `promobot prizes`: the catalogue and the stock of
// certificate codes.
func newPrizesCommand(open opener, restocked restock) *cobra.Command {
	r := &prizesRun{open: open, restocked: restocked}
	cmd := &cobra.Command{Use: "prizes", Short: "Keep the catalogue of prizes and the stock of certificate codes"}
	cmd.PersistentFlags().BoolVar(&r.json, "json", false, "answer in JSON")
	load := r.command("import FILE", "Load certificate codes from a CSV file", 1, r.load)
	load.Long = "Load certificate codes from a CSV file with the columns prize_id,code or\n" +
		"prize_id,code,valid_until. Codes that are known already are counted and left alone.\n" +
		"A file with a problem in any row is refused as a whole: the rows are listed and the\n" +
		"status is 1."
	load.Flags().BoolVar(&r.preview, "preview", false, "only tell what the file would bring")
	cmd.AddCommand(load,
		r.command("catalogue FILE", "Put the prizes of a YAML file into the catalogue", 1, r.catalogue),
		r.command("unused", "Count the certificates that lie unopened with the people who have them", 0, r.unused),
		r.command("list", "List the catalogue with its free stock", 0, r.list),
		r.command("stock", "Count every prize's codes, orders and alerts", 0, r.stock),
		r.newTaxCommand())
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage(err) })
	return cmd
}

// command wraps a verb with the opened shop. Every error that does not name its
// own status is 2: the run was not possible.
func (r *prizesRun) command(use, short string, args int, verb func(*prizesCall) error) *cobra.Command {
	return &cobra.Command{
		Use:          use,
		Short:        short,
		SilenceUsage: true,
		Args: func(cmd *cobra.Command, got []string) error {
			return usage(cobra.ExactArgs(args)(cmd, got))
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return usage(r.run(cmd, args, verb))
		},
	}
}

// prizesCall is what a verb works with.
type prizesCall struct {
	ctx   context.Context
	db    *store.DB
	vault *vault.Vault
	shop  *prizes.Shop
	out   io.Writer
	args  []string
}

func (r *prizesRun) run(cmd *cobra.Command, args []string, verb func(*prizesCall) error) error {
	db, v, done, err := r.open(cmd)
	if err != nil {
		return err
	}
	defer done()
	ctx := cmd.Context()
	return verb(&prizesCall{ctx, db, v, prizes.NewShop(db, v), cmd.OutOrStdout(), args})
}

func (r *prizesRun) load(c *prizesCall) error {
	file, err := os.Open(c.args[0])
	if err != nil {
		return err
	}
	defer file.Close()
	var result prizes.Import
	if r.preview {
		result, err = c.shop.Preview(c.ctx, file)
	} else {
		result, err = r.importCodes(c, file)
	}
	if err != nil && !errors.Is(err, prizes.ErrProblems) {
		return err
	}
	if err := r.tell(c.out, result); err != nil {
		return err
	}
	if len(result.Problems) > 0 {
		return exitError{exitFindings, fmt.Errorf("%s: %d rows with problems, nothing imported", c.args[0], len(result.Problems))}
	}
	return nil
}

// importCodes loads the codes, and in the same transaction tells who waits.
func (r *prizesRun) importCodes(c *prizesCall, file *os.File) (result prizes.Import, err error) {
	err = c.db.InTx(c.ctx, func(tx *store.Tx) error {
		result, err = c.shop.Import(c.ctx, tx, file, file.Name())
		if err != nil || len(result.Prizes) == 0 {
			return err
		}
		return r.restocked(c.ctx, tx, result.Prizes)
	})
	return result, err
}

func (r *prizesRun) tell(out io.Writer, result prizes.Import) error {
	if r.json {
		return printJSON(out, result)
	}
	for _, p := range result.Problems {
		if _, err := fmt.Fprintf(out, "row %d: %s\n", p.Row, p.Text); err != nil {
			return err
		}
	}
	verb := "added"
	if r.preview || len(result.Problems) > 0 {
		verb = "would add"
	}
	_, err := fmt.Fprintf(out, "%s %d codes, %d known already\n", verb, result.Added, result.Known)
	return err
}

func (r *prizesRun) catalogue(c *prizesCall) error {
	file, err := os.Open(c.args[0])
	if err != nil {
		return err
	}
	defer file.Close()
	list, err := prizes.ParseCatalogue(file)
	if err != nil {
		return exitError{exitFindings, fmt.Errorf("%s: %w", c.args[0], err)}
	}
	err = c.db.InTx(c.ctx, func(tx *store.Tx) error {
		for _, p := range list {
			if err := c.shop.Put(c.ctx, tx, p); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return r.list(c)
}

func (r *prizesRun) list(c *prizesCall) error {
	list, err := c.shop.List(c.ctx, c.db.Read(c.ctx))
	if err != nil {
		return err
	}
	if r.json {
		return printJSON(c.out, list)
	}
	table := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tPRICE\tFREE\tTITLE")
	for _, p := range list {
		fmt.Fprintf(table, "%s\t%d\t%d\t%s\n", p.ID, p.Price, p.Free, p.Title)
	}
	return table.Flush()
}
