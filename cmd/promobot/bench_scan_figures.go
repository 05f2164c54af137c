package main

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"promobot/internal/bench"
	"promobot/qr/corpus"
)

// scanRow is one figure of every column.
type scanRow struct {
	name   string // scan/SET/…
	unit   string
	n      int
	values []float64
	cpu    [][]time.Duration

	yardstick int // its column
}

// print writes a JSON line for each figure of each column, or one table.
func (m *scanMeasure) print() error {
	var rows []scanRow
	for _, set := range corpus.Sets(m.pictures) {
		rows = append(rows, m.rows(set)...)
	}
	if !m.asJSON {
		return m.table(rows)
	}
	for _, row := range rows {
		for i := range m.columns {
			if err := printJSON(m.out, m.figure(row, i)); err != nil {
				return err
			}
		}
	}
	return nil
}

// rows are the whole set, its groups, and what the reading cost.
func (m *scanMeasure) rows(set corpus.Set) (rows []scanRow) {
	rows = append(rows, m.rate(set))
	if set.Name == corpus.BoofCV {
		rows = append(rows, m.row("pictures/rate", "%", set, labelled, corpus.Tally.PictureRate))
	}
	for _, g := range set.Groups {
		if len(set.Groups) > 1 { // one is the set again
			rows = append(rows, m.row(g.Name+"/rate", "%", g, labels, corpus.Tally.Rate))
		}
	}
	if set.Name != corpus.BoofCV { // its labels are not complete
		rows = append(rows, m.row("wrong", "texts", set, pictures, func(t corpus.Tally) float64 { return float64(t.Wrong) }))
	}
	rows = append(rows,
		m.row("cpu-median", "ms", set, pictures, func(t corpus.Tally) float64 { return bench.Quantile(t.CPU, 0.50) }),
		m.row("cpu-p95", "ms", set, pictures, func(t corpus.Tally) float64 { return bench.Quantile(t.CPU, 0.95) }))
	yardstick := m.yardstick(set)
	for i := range rows {
		rows[i].name, rows[i].yardstick = "scan/"+set.Name+"/"+rows[i].name, yardstick
	}
	return slices.DeleteFunc(rows, func(r scanRow) bool { return r.n == 0 })
}

func labels(t corpus.Tally) int   { return t.Of }
func labelled(t corpus.Tally) int { return t.Pictures }
func pictures(t corpus.Tally) int { return len(t.CPU) }

// rate is that of the whole set, which is more than a tally.
func (m *scanMeasure) rate(set corpus.Set) scanRow {
	row := m.row("rate", "%", set, labels, corpus.Tally.Rate)
	for i, c := range m.columns {
		row.values[i] = set.Rate(m.pictures, c.outcomes)
	}
	return row
}

// tallied is a set or a group.
type tallied interface {
	Tally([]corpus.Picture, []corpus.Outcome) corpus.Tally
}

func (m *scanMeasure) row(name, unit string, of tallied, n func(corpus.Tally) int, value func(corpus.Tally) float64) scanRow {
	row := scanRow{name: name, unit: unit}
	for _, c := range m.columns {
		t := of.Tally(m.pictures, c.outcomes)
		row.n, row.values, row.cpu = n(t), append(row.values, value(t)), append(row.cpu, t.CPU)
	}
	return row
}

// yardstick is the column of gozxing that reads more of the set.
func (m *scanMeasure) yardstick(set corpus.Set) (best int) {
	rate := -1.0
	for i, c := range m.columns {
		if r := set.Rate(m.pictures, c.outcomes); strings.HasPrefix(c.name, "gozxing") && r > rate {
			best, rate = i, r
		}
	}
	return best
}

// figure of another decoder carries its name at the end.
func (m *scanMeasure) figure(row scanRow, column int) bench.Figure {
	f := bench.Figure{Name: row.name, Value: row.values[column], Unit: row.unit, Yardstick: row.values[row.yardstick], N: row.n}
	if column > 0 {
		f.Name += "/" + m.columns[column].name
	}
	if f.Yardstick > 0 {
		f.Ratio = f.Value / f.Yardstick
	}
	f.P50, f.P99 = bench.Quantile(row.cpu[column], 0.5), bench.Quantile(row.cpu[column], 0.99)
	return f
}

func (m *scanMeasure) table(rows []scanRow) error {
	longest := 0
	for _, row := range rows {
		longest = max(longest, len(row.name))
	}
	w := tabwriter.NewWriter(m.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "%-*s\tN\tUNIT\t", longest, "NAME")
	for _, c := range m.columns {
		fmt.Fprint(w, c.name, "\t")
	}
	fmt.Fprintln(w)
	for _, row := range rows {
		fmt.Fprintf(w, "%-*s\t%d\t%s\t", longest, row.name, row.n, row.unit)
		for _, value := range row.values {
			fmt.Fprintf(w, "%.1f\t", value)
		}
		fmt.Fprintln(w)
	}
	return w.Flush()
}
