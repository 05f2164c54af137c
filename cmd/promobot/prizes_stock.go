package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
)

// stock prints what every prize has, where it comes from and what is under way.
func (r *prizesRun) stock(c *prizesCall) error {
	shelves, err := c.shop.Stock(c.ctx, c.db.Read(c.ctx))
	if err != nil {
		return err
	}
	if r.json {
		return printJSON(c.out, shelves)
	}
	table := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tFREE\tEXPIRED\tRESERVED\tISSUED\tOPENED\tVOID\tORDERED\tGATED\tWAITING\tLOW AT\tLOW SINCE\tPAUSED\tIMPORTED\tSOURCES")
	for _, s := range shelves {
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%s\t%s\t%s\t%s\n", s.PrizeID, s.Free, s.Expired, s.Reserved, s.Issued, s.Opened, s.Void,
			s.Ordered, s.Gated, s.Waiting, s.LowStock, moment(s.LowSince), orDash(strings.Join(s.Paused, ",")), moment(s.ImportedAt), strings.Join(s.Sources, ","))
	}
	return table.Flush()
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
