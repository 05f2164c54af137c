package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"promobot/internal/money"
	"promobot/participants"
	"promobot/prizes"
	"promobot/rewards"
)

// taxRow is what one person was given in a year. Accounts of one verified phone
// are one person.
type taxRow struct {
	Participants []int64       `json:"participants"`
	Name         string        `json:"name"`
	Phone        string        `json:"phone"`
	Prizes       int64         `json:"prizes"`
	Gated        int64         `json:"gated"` // of these, waiting for documents
	Sum          money.Kopecks `json:"sum_kopecks"`
	Base         money.Kopecks `json:"base_kopecks"` // above what is free in a year
	Tax          money.Kopecks `json:"tax_kopecks"`  // whole roubles, as the Tax Code counts
	Cleared      bool          `json:"cleared"`      // the documents are there
}

// newTaxCommand returns `promobot prizes tax`: the register of a year, and below
// it the verb that notes documents.
func (r *prizesRun) newTaxCommand() *cobra.Command {
	var t taxRun
	cmd := r.command("tax", "Print who was given prizes of what value in a calendar year, for the tax", 0, func(c *prizesCall) error { return r.register(c, t) })
	cmd.Long = "Sums up the values of prizes by person and calendar year of Moscow. " + fmt.Sprintf("Up to %s ₽ a year are free\n", prizes.TaxFreeYearly) +
		fmt.Sprintf("(Tax Code, article 217, point 28); what is above is taxed at %d %% (article 224, point 2), in whole roubles\n", prizes.TaxPercent) +
		"(article 52, point 6). Withdrawn, replaced and returned prizes do not count."
	cmd.Flags().IntVar(&t.year, "year", 0, "calendar `YEAR`; by default the current one")
	cmd.Flags().BoolVar(&t.csv, "csv", false, "print CSV")
	cmd.Flags().BoolVar(&t.reveal, "reveal", false, "names and phones in full")
	clear := r.command("clear PARTICIPANT", "Note that the documents for a participant's year are there, and give the prizes that wait for them", 1,
		func(c *prizesCall) error { return r.clearTax(c, t) })
	clear.Flags().IntVar(&t.year, "year", 0, "calendar `YEAR`; by default the current one")
	clear.Flags().StringVar(&t.by, "by", "console", "who decides, for the record")
	clear.Flags().StringVar(&t.note, "note", "", "which documents, for the record")
	cmd.AddCommand(clear)
	return cmd
}

// taxRun is one run of a command about taxes.
type taxRun struct {
	year        int
	csv, reveal bool
	by, note    string
}

func (t taxRun) of(now time.Time) int {
	if t.year == 0 {
		return prizes.YearOf(now)
	}
	return t.year
}

func (r *prizesRun) clearTax(c *prizesCall, t taxRun) error {
	id, err := strconv.ParseInt(c.args[0], 10, 64)
	if err != nil {
		return fmt.Errorf("%q is no number of a participant", c.args[0])
	}
	desk := rewards.NewDesk(c.shop, participants.NewService(c.db, c.vault))
	waited, err := desk.ClearTax(c.ctx, c.db, id, t.of(c.db.Now()), t.by, t.note)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.out, "%d prizes waited for the documents\n", waited)
	return err
}

func (r *prizesRun) register(c *prizesCall, t taxRun) error {
	if r.json && t.csv {
		return errors.New("--json and --csv do not go together")
	}
	rows, err := taxRows(c, t)
	if err != nil {
		return err
	}
	switch {
	case r.json:
		for _, row := range rows {
			if err := printJSON(c.out, row); err != nil {
				return err
			}
		}
		return nil
	case t.csv:
		return writeTaxCSV(c.out, rows)
	}
	return writeTaxTable(c.out, rows)
}

// taxRows joins the accounts of each person, by the first of them.
func taxRows(c *prizesCall, t taxRun) ([]taxRow, error) {
	sums, err := c.shop.YearSums(c.ctx, c.db.Read(c.ctx), t.of(c.db.Now()))
	if err != nil {
		return nil, err
	}
	people := participants.NewService(c.db, c.vault)
	var rows []taxRow
	places := map[int64]int{} // of a person's row, by its first account
	for _, s := range sums {
		person, err := people.Person(c.ctx, c.db.Read(c.ctx), s.ParticipantID)
		if err != nil {
			return nil, err
		}
		at, known := places[person.Accounts[0]]
		if !known {
			at = len(rows)
			places[person.Accounts[0]] = at
			named, err := people.Get(c.ctx, c.db.Read(c.ctx), person.Accounts[0])
			if err != nil {
				return nil, err
			}
			rows = append(rows, t.named(named))
		}
		rows[at].add(s)
	}
	return rows, nil
}

func (t taxRun) named(p participants.Participant) taxRow {
	if t.reveal {
		return taxRow{Name: p.Name, Phone: p.Phone.Reveal()}
	}
	return taxRow{Name: initial(p.Name), Phone: p.Phone.String()}
}

// initial is all of a name that is shown to those who need not know it.
func initial(name string) string {
	for _, letter := range name {
		return string(letter) + "."
	}
	return ""
}

func (r *taxRow) add(s prizes.YearSum) {
	r.Participants = append(r.Participants, s.ParticipantID)
	r.Prizes, r.Gated, r.Sum, r.Cleared = r.Prizes+s.Prizes, r.Gated+s.Gated, r.Sum+s.Sum, r.Cleared || s.Cleared
	r.Base, r.Tax = prizes.Excess(r.Sum), prizes.Tax(r.Sum)
}

func (r taxRow) cells() []string {
	ids := make([]string, len(r.Participants))
	for i, id := range r.Participants {
		ids[i] = strconv.FormatInt(id, 10)
	}
	return []string{strings.Join(ids, " "), r.Name, r.Phone, strconv.FormatInt(r.Prizes, 10), strconv.FormatInt(r.Gated, 10),
		r.Sum.String(), r.Base.String(), r.Tax.String(), strconv.FormatBool(r.Cleared)}
}

var taxHeader = []string{"participants", "name", "phone", "prizes", "gated", "sum", "base", "tax", "cleared"}

// harmless keeps a spreadsheet from taking a text for a formula.
func harmless(text string) string {
	if text != "" && slices.Contains([]rune("=+-@\t\r＝＋－＠"), []rune(text)[0]) {
		return "'" + text
	}
	return text
}

func writeTaxCSV(out io.Writer, rows []taxRow) error {
	w := csv.NewWriter(out)
	_ = w.Write(taxHeader) // Error tells
	for _, row := range rows {
		cells := row.cells()
		cells[1], cells[2] = harmless(row.Name), harmless(row.Phone)
		_ = w.Write(cells)
	}
	w.Flush()
	return w.Error()
}

func writeTaxTable(out io.Writer, rows []taxRow) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, strings.ToUpper(strings.Join(taxHeader, "\t")))
	for _, row := range rows {
		fmt.Fprintln(table, strings.Join(row.cells(), "\t"))
	}
	return table.Flush()
}
