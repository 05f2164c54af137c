package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"promobot/campaigns"
	"promobot/internal/money"
	"promobot/internal/store"
	"promobot/points"
)

// newReportCommand returns `promobot report`.
func newReportCommand() *cobra.Command {
	report := &cobra.Command{Use: "report", Short: "Figures for the books of the organiser"}
	liability := &cobra.Command{
		Use: "liability", Short: "Points that participants may still ask for, and what they would cost", Args: cobra.NoArgs, RunE: reportLiability,
		Long: "Sums the ledger up to the end of a day in the campaign's zone.\n" +
			"Breakage is expired / (spent + expired) of all points gone so far, and unknown while none has\n" +
			"gone; what it leaves of the outstanding points is what will probably be asked for.\n" +
			"The cost is the points by what one is worth: as --roubles-per-point says, else points.value of the terms,\n" +
			"else what a point pays at a till.",
	}
	liability.Flags().String("at", "", "the last `DATE` that counts, YYYY-MM-DD; today without it")
	liability.Flags().String("roubles-per-point", "", "what one point is worth, such as `5.00`; else what the terms say")
	liability.Flags().Bool("json", false, "print JSON")
	report.AddCommand(liability)
	return report
}

// liabilityReport is the report as JSON has it.
type liabilityReport struct {
	At          string        `json:"at"` // the last day that counts
	Available   points.Amount `json:"available"`
	Held        points.Amount `json:"held"`
	Debt        points.Amount `json:"debt"`
	Outstanding points.Amount `json:"outstanding"` // available and held
	Ending      []monthDue    `json:"ending"`      // of the available, by the month of their last day
	Open        points.Amount `json:"open"`        // of the available, what never expires
	Spent       points.Amount `json:"spent"`
	Expired     points.Amount `json:"expired"`

	BreakageThousandths *int64         `json:"breakage_thousandths"` // null: unknown
	ExpectedBreakage    *points.Amount `json:"expected_breakage"`    // of the outstanding, rounded down

	KopecksPerPoint *money.Kopecks `json:"kopecks_per_point"` // null: nobody has said
	Cost            *money.Kopecks `json:"cost_kopecks"`      // of all outstanding points
	ExpectedCost    *money.Kopecks `json:"expected_cost_kopecks"`
}

type monthDue struct {
	Month  string        `json:"month"` // "2026-07"
	Points points.Amount `json:"points"`
}

func reportLiability(cmd *cobra.Command, _ []string) error {
	day, err := cmd.Flags().GetString("at")
	if err != nil {
		return usage(err)
	}
	worth, err := pointWorth(cmd)
	if err != nil {
		return usage(err)
	}
	return withExisting(cmd, func(db *store.DB) error {
		zone, said, err := campaignSays(cmd.Context(), db)
		if err != nil {
			return usage(err)
		}
		if worth == nil {
			worth = said
		}
		at := db.Now().In(zone)
		if day != "" {
			if at, err = time.ParseInLocation(time.DateOnly, day, zone); err != nil {
				return usage(fmt.Errorf("--at %q is not a date, write YYYY-MM-DD", day))
			}
		}
		end := time.Date(at.Year(), at.Month(), at.Day()+1, 0, 0, 0, 0, zone)
		l, err := points.Ledger{}.Liability(cmd.Context(), db.Read(cmd.Context()), end.UTC())
		if err != nil {
			return usage(err)
		}
		return newLiabilityReport(l, at, worth).print(cmd.OutOrStdout(), asJSON(cmd))
	})
}

// pointWorth is what a point is worth; nil if nobody has said.
func pointWorth(cmd *cobra.Command) (*money.Kopecks, error) {
	text, err := cmd.Flags().GetString("roubles-per-point")
	if err != nil || text == "" {
		return nil, err
	}
	k, err := money.ParseRoubles(text)
	if err != nil {
		return nil, fmt.Errorf("--roubles-per-point %q is not an amount such as 5.00", text)
	}
	return &k, nil
}

// campaignSays is the zone in which days end, UTC before there is a campaign, and
// what its terms make a point worth; nil: nothing.
func campaignSays(ctx context.Context, db *store.DB) (zone *time.Location, worth *money.Kopecks, err error) {
	v, err := (&campaigns.Book{}).Newest(ctx, db.Read(ctx))
	if errors.Is(err, campaigns.ErrNone) {
		return time.UTC, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	if k := cmp.Or(v.PointValue, v.Pay.KopecksPerPoint); k > 0 {
		worth = &k
	}
	return v.Location(), worth, nil
}

func newLiabilityReport(l points.Liability, at time.Time, worth *money.Kopecks) liabilityReport {
	r := liabilityReport{At: at.Format(time.DateOnly), Available: l.Available, Held: l.Held, Debt: l.Debt, Outstanding: l.Outstanding(),
		Ending: []monthDue{}, Open: l.Open, Spent: l.Spent, Expired: l.Expired, KopecksPerPoint: worth}
	for _, d := range l.Ending {
		month := d.At.Add(-time.Microsecond).In(at.Location()).Format("2006-01") // the end is the moment after the last day
		if n := len(r.Ending); n > 0 && r.Ending[n-1].Month == month {
			r.Ending[n-1].Points += d.Points
			continue
		}
		r.Ending = append(r.Ending, monthDue{month, d.Points})
	}
	lost := points.Amount(0)
	if rate, known := l.Breakage(); known {
		lost = r.Outstanding * points.Amount(rate) / 1000
		r.BreakageThousandths, r.ExpectedBreakage = &rate, &lost
	}
	if worth == nil {
		return r
	}
	cost := money.Kopecks(r.Outstanding) * *worth
	r.Cost = &cost
	if r.ExpectedBreakage != nil {
		expected := money.Kopecks(r.Outstanding-lost) * *worth
		r.ExpectedCost = &expected
	}
	return r
}

func (r liabilityReport) print(out io.Writer, asJSON bool) error {
	if asJSON {
		return printJSON(out, r)
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "to the end of\t%s\navailable\t%d\nheld\t%d\ndebt\t%d\noutstanding\t%d\n", r.At, r.Available, r.Held, r.Debt, r.Outstanding)
	for _, m := range r.Ending {
		fmt.Fprintf(w, "  expires in %s\t%d\n", m.Month, m.Points)
	}
	fmt.Fprintf(w, "  never expires\t%d\nspent\t%d\nexpired\t%d\n", r.Open, r.Spent, r.Expired)
	breakage, expected := "unknown: nothing was spent or has expired", "unknown"
	if r.BreakageThousandths != nil {
		breakage = fmt.Sprintf("%d.%d %% of what is gone: about %d points", *r.BreakageThousandths/10, *r.BreakageThousandths%10, *r.ExpectedBreakage)
	}
	cost := "unknown: say --roubles-per-point"
	if r.Cost != nil {
		cost = r.Cost.String() + " roubles"
	}
	if r.ExpectedCost != nil {
		expected = r.ExpectedCost.String() + " roubles"
	}
	fmt.Fprintf(w, "breakage\t%s\ncost of all\t%s\ncost less breakage\t%s\n", breakage, cost, expected)
	return w.Flush()
}
