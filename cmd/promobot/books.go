package main

import (
	"fmt"
	"log/slog"
	"text/tabwriter"
	"time"

	"github.com/riverqueue/river"

	"promobot/internal/store"
	"promobot/points"
	"promobot/rewards"
)

// periodic is the work that nobody asks for. Each kind looks for what is due, so
// that a period that was missed costs nothing but time.
var periodic = []store.Periodic{
	{Every: 10 * time.Minute, Args: rewards.ExpireArgs{}},
	{Every: 30 * time.Minute, Args: rewards.RemindArgs{}},
	{Every: 30 * time.Minute, Args: rewards.CertificateArgs{}},
	{Every: time.Hour, Args: points.RootArgs{}},
}

// addBooks registers the workers that keep the books.
func (a *app) addBooks(workers *river.Workers, log *slog.Logger) {
	river.AddWorker(workers, &rewards.ExpireWorker{DB: a.db, Desk: a.desk})
	river.AddWorker(workers, &rewards.RemindWorker{DB: a.db, Desk: a.desk, Book: a.book})
	river.AddWorker(workers, &rewards.CertificateWorker{DB: a.db, Desk: a.desk, Book: a.book})
	river.AddWorker(workers, &points.RootWorker{DB: a.db, Signer: a.signer, Logger: log})
}

func (r *prizesRun) unused(c *prizesCall) error {
	list, err := c.shop.Unused(c.ctx, c.db.Read(c.ctx), c.db.Now())
	if err != nil {
		return err
	}
	if r.json {
		return printJSON(c.out, list)
	}
	table := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tISSUED\tUNOPENED\tENDING\tLAPSED\tNEXT\tTITLE")
	for _, u := range list {
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%d\t%s\t%s\n", u.PrizeID, u.Issued, u.Unopened, u.Ending, u.Lapsed, u.Next, u.Title)
	}
	return table.Flush()
}
