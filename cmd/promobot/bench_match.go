package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"promobot/campaigns/assortment"
	"promobot/internal/bench"
	"promobot/internal/bench/names"
)

// benchMatch is one run of `promobot bench match`.
type benchMatch struct {
	assortment, aliases, names, half string

	slice time.Duration
	print *benchRun
}

const benchMatchHelp = `How many names of receipt lines are matched with the product that they are, beside simpler ways:
a literal search for the brand (right with any product of the brand), the list of the brands' till
spellings (likewise), and that list with the volume, which is the yardstick of a figure.

The table is tab-separated with a head row: name, SKU or -, note. Rows whose note starts with
ambiguous do not count; a line left to a person is missed. A name belongs to the work or the check
half by its hash. Without files those of the shared test material are read (PROMOBOT_SHARED).

confidence/… holds what was promised (yardstick) against what came of it (value), by bins.
lines is lines matched in a second of processor time, with 5,000 invented products; its yardstick is
the literal search.`

var errMatchHalf = errors.New("bench match: --half is work or check")

func newBenchMatchCommand() *cobra.Command {
	m := &benchMatch{}
	cmd := &cobra.Command{
		Use:   "match",
		Short: "Measure how well and how fast names of receipt lines are matched",
		Long:  benchMatchHelp,
		Args:  func(cmd *cobra.Command, args []string) error { return usage(cobra.NoArgs(cmd, args)) },
		RunE: func(cmd *cobra.Command, _ []string) error {
			m.print = &benchRun{asJSON: asJSON(cmd), out: cmd.OutOrStdout(), err: cmd.ErrOrStderr()}
			return usage(m.run(cmd.Context()))
		},
	}
	items := sharedItems()
	flags := cmd.Flags()
	flags.Bool("json", false, "print a JSON line for each figure")
	flags.StringVar(&m.assortment, "assortment", filepath.Join(items, "assortment.csv"), "CSV `FILE` of the promo products")
	flags.StringVar(&m.aliases, "aliases", "", "`FILE` of brands' other names, with the columns brand and alias")
	flags.StringVar(&m.names, "names", filepath.Join(items, "dev.tsv"), "table `FILE` of names with their products")
	flags.StringVar(&m.half, "half", "", "the half of the names to measure, work or check; both without it")
	flags.DurationVar(&m.slice, "for", time.Second, "length of one slice of the speed measure")
	return cmd
}

// sharedItems is the folder of names in the shared test material.
func sharedItems() string {
	shared := os.Getenv("PROMOBOT_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "shared")
	}
	return filepath.Join(shared, "data", "items")
}

func (m *benchMatch) run(ctx context.Context) error {
	halves := []string{names.Work, names.Check}
	switch m.half {
	case "":
	case names.Work, names.Check:
		halves = []string{m.half}
	default:
		return errMatchHalf
	}
	goods, err := readAssortment(m.assortment, m.aliases)
	if err != nil {
		return err
	}
	rows, err := names.Load(m.names)
	if err != nil {
		return err
	}
	for _, half := range halves {
		if err := m.quality(goods, names.Of(rows, half), "match/"+half+"/"); err != nil {
			return err
		}
	}
	if err := m.speed(ctx); err != nil {
		return err
	}
	return m.print.table()
}

// quality prints what the product makes of the rows, beside the yardsticks.
func (m *benchMatch) quality(goods *assortment.Assortment, rows []names.Row, prefix string) error {
	own := names.Score(rows, names.Matcher(goods), names.Same)
	var figures []bench.Figure
	var last names.Tally
	for _, y := range names.Yardsticks(goods) {
		last = names.Score(rows, y.Answer, y.Right)
		figures = append(figures,
			bench.Figure{Name: prefix + y.Name + "/precision", Unit: "%", Value: 100 * last.Precision(), N: last.Right + last.Wrong},
			bench.Figure{Name: prefix + y.Name + "/recall", Unit: "%", Value: 100 * last.Recall(), N: last.Right + last.Missed})
	}
	head := []bench.Figure{
		beside(bench.Figure{Name: prefix + "precision", Unit: "%", Value: 100 * own.Precision(), Yardstick: 100 * last.Precision(), N: own.Right + own.Wrong, Goal: "99"}),
		beside(bench.Figure{Name: prefix + "recall", Unit: "%", Value: 100 * own.Recall(), Yardstick: 100 * last.Recall(), N: own.Right + own.Missed, Goal: "90"}),
		beside(bench.Figure{Name: prefix + "right", Unit: "lines", Value: float64(own.Right), Yardstick: float64(last.Right), N: own.Of}),
		beside(bench.Figure{Name: prefix + "wrong", Unit: "lines", Value: float64(own.Wrong), Yardstick: float64(last.Wrong), N: own.Of}),
		beside(bench.Figure{Name: prefix + "missed", Unit: "lines", Value: float64(own.Missed), Yardstick: float64(last.Missed), N: own.Of}),
		{Name: prefix + "unsure", Unit: "lines", Value: float64(own.Unsure), N: own.Of},
	}
	for _, f := range append(append(head, figures...), m.reliability(goods, rows, prefix)...) {
		if err := m.print.print(f); err != nil {
			return err
		}
	}
	return nil
}

// reliability holds the confidences against what is true.
func (m *benchMatch) reliability(goods *assortment.Assortment, rows []names.Row, prefix string) (figures []bench.Figure) {
	for _, b := range names.Reliability(rows, goods) {
		if b.N > 0 {
			figures = append(figures, beside(bench.Figure{
				Name: fmt.Sprintf("%sconfidence/%.2f-%.2f", prefix, b.From, b.To), Unit: "%",
				Value: 100 * b.Kept, Yardstick: 100 * b.Promised, N: b.N,
			}))
		}
	}
	return figures
}

func beside(f bench.Figure) bench.Figure {
	if f.Yardstick > 0 {
		f.Ratio = f.Value / f.Yardstick
	}
	return f
}

// Goods and lines of the speed measure.
const (
	speedGoods   = 5000
	speedOfBrand = 8
	speedLines   = 20_000
)

// speed counts lines in a second of one core: of the processor time of this
// process, which what else the machine does takes nothing from.
func (m *benchMatch) speed(ctx context.Context) error {
	products := names.Goods(speedGoods, speedOfBrand)
	goods, err := assortment.New(products)
	if err != nil {
		return err
	}
	literal := names.Yardsticks(goods)[0]
	lines := names.Lines(products, speedLines)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	tallies, err := bench.Interleave(ctx, m.slice,
		steady(lines, func(name string) { goods.Match(assortment.Line{Name: name}) }),
		steady(lines, func(name string) { literal.Answer(name) }))
	if err != nil {
		return err
	}
	f := bench.Throughput("match/lines", "lines/s", tallies[0], tallies[1])
	f.Goal = "10000"
	return m.print.print(f)
}

// steady answers the lines over and over for the length of a slice.
func steady(lines []string, answer func(string)) bench.Side {
	return func(ctx context.Context, length time.Duration) (bench.Tally, error) {
		var t bench.Tally
		start, used := time.Now(), processTime()
		for before := start; before.Sub(start) < length && ctx.Err() == nil; {
			answer(lines[len(t.Latencies)%len(lines)])
			now := time.Now()
			t.Latencies = append(t.Latencies, now.Sub(before))
			before = now
		}
		t.Took = processTime() - used
		return t, ctx.Err()
	}
}
