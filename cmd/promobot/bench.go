package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"promobot/internal/bench"
	"promobot/internal/config"
)

// benches are the figures by name, in the order of make bench.
var benches = []struct {
	name     string
	postgres bool // needs a server
	run      func(b *benchRun, ctx context.Context) error
}{
	{"settle", true, (*benchRun).benchSettle},
	{"settle-size", true, (*benchRun).benchSettleSize},
	{"ack-sqlite", false, (*benchRun).benchAckSQLite},
	{"ack-postgres", true, (*benchRun).benchAckPostgres},
	{"photo", false, (*benchRun).benchPhoto},
	{"memory", false, (*benchRun).benchMemory},
}

// serverVariable names the PostgreSQL server in which the bench makes and drops
// databases of its own.
const serverVariable = "PROMOBOT_TEST_POSTGRES"

var (
	errNoServer = errors.New("needs a PostgreSQL server: name it in " + serverVariable + ", or run make bench")
	errBench    = errors.New("bench: name one of " + strings.Join(benchNames(), ", ") + ", all")
)

func benchNames() []string {
	names := make([]string, len(benches))
	for i, one := range benches {
		names[i] = one.name
	}
	return names
}

// benchRun is one call of the command.
type benchRun struct {
	config   config.Config
	slice    time.Duration
	watch    time.Duration
	postgres string
	asJSON   bool
	out, err io.Writer
	figures  []bench.Figure
}

// newBenchCommand returns `promobot bench`.
func newBenchCommand() *cobra.Command {
	b := &benchRun{}
	cmd := &cobra.Command{
		Use:   "bench NAME…",
		Short: "Measure the product, each figure beside a yardstick in the same run",
		Long: "Names: " + strings.Join(benchNames(), ", ") + ", or all. Each side works in " + fmt.Sprint(bench.Rounds) + " slices that take turns;\n" +
			"the figures are medians. Names with PostgreSQL make databases of their own on the server of\n" +
			serverVariable + " and drop them. Progress goes to standard error. A figure below its goal is no error.\n" +
			"Reading pictures needs pictures and matching needs names, so bench scan and bench match stand\n" +
			"apart and are not among all.",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage(errBench)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := settings(cmd)
			if err != nil {
				return err
			}
			b.config, b.asJSON, b.postgres = c, asJSON(cmd), os.Getenv(serverVariable)
			b.out, b.err = cmd.OutOrStdout(), cmd.ErrOrStderr()
			return usage(b.all(cmd.Context(), args))
		},
	}
	cmd.Flags().Bool("json", false, "print a JSON line for each figure")
	cmd.Flags().DurationVar(&b.slice, "for", 3*time.Second, "length of one slice")
	cmd.Flags().DurationVar(&b.watch, "memory-for", time.Minute, "how long memory is watched; ten minutes say more")
	cmd.AddCommand(newBenchScanCommand(), newBenchMatchCommand())
	return cmd
}

// all runs the named benches in their own order.
func (b *benchRun) all(ctx context.Context, names []string) error {
	known := append(benchNames(), "all")
	for _, name := range names {
		if !slices.Contains(known, name) {
			return fmt.Errorf("%w, not %q", errBench, name)
		}
	}
	for _, one := range benches {
		if !slices.Contains(names, one.name) && !slices.Contains(names, "all") {
			continue
		}
		if one.postgres && b.postgres == "" {
			return fmt.Errorf("bench %s: %w", one.name, errNoServer)
		}
		if err := one.run(b, ctx); err != nil {
			return fmt.Errorf("bench %s: %w", one.name, err)
		}
	}
	return b.table()
}

func (b *benchRun) progress(format string, args ...any) { fmt.Fprintf(b.err, format+"\n", args...) }

// print writes the figure as a line of JSON, or keeps it for the table.
func (b *benchRun) print(f bench.Figure) error {
	if b.asJSON {
		return printJSON(b.out, f)
	}
	b.figures = append(b.figures, f)
	return nil
}

func (b *benchRun) table() error {
	if b.asJSON {
		return nil
	}
	w := tabwriter.NewWriter(b.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tVALUE\tYARDSTICK\tUNIT\tRATIO\tP50 ms\tP99 ms\tN\tGOAL")
	for _, f := range b.figures {
		fmt.Fprintf(w, "%s\t%.1f\t%.1f\t%s\t%.2f\t%.2f\t%.2f\t%d\t%s\n", f.Name, f.Value, f.Yardstick, f.Unit, f.Ratio, f.P50, f.P99, f.N, f.Goal)
	}
	return w.Flush()
}
