package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"promobot/fraud"
	"promobot/participants"
	"promobot/receipts"
)

// newCaseShowCommand returns `promobot case show`.
func newCaseShowCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "show CASE", Short: "Show a case with everything that is known of its receipt", Args: cobra.ExactArgs(1), RunE: showCase}
	cmd.Flags().Bool("json", false, "print it as one JSON object")
	cmd.Flags().String("language", "en", "`LANGUAGE` of the explanations: en or ru")
	return cmd
}

func showCase(cmd *cobra.Command, args []string) error {
	id, err := caseNumber(args[0])
	if err != nil {
		return err
	}
	language, err := cmd.Flags().GetString("language")
	if err != nil || language != "en" && language != "ru" {
		return usage(fmt.Errorf("no language %q: en or ru", language))
	}
	return withReceipts(cmd, func(a *app) error {
		if done, err := a.showOther(cmd, id, language); done || err != nil {
			return err
		}
		d, err := a.receipts.Dossier(cmd.Context(), a.db.Read(cmd.Context()), id)
		if err != nil {
			return err
		}
		if asJSON(cmd) {
			return printJSON(cmd.OutOrStdout(), dossierJSON(d))
		}
		return page{cmd.OutOrStdout(), language}.dossier(d)
	})
}

func caseNumber(text string) (int64, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, usage(fmt.Errorf("%q is no number of a case", text))
	}
	return id, nil
}

// page writes a dossier for a person.
type page struct {
	w        io.Writer
	language string
}

func (p page) dossier(d receipts.Dossier) error {
	w := tabwriter.NewWriter(p.w, 0, 0, 2, ' ', 0)
	p = page{w, p.language}
	p.head(d)
	p.receipt(d)
	p.lines(d.Lines)
	p.timeline(d)
	p.links(d)
	p.past(d)
	return w.Flush()
}

func (p page) line(format string, args ...any) { fmt.Fprintf(p.w, format+"\n", args...) }

func (p page) head(d receipts.Dossier) { p.caseHead(d.Case, d.Person) }

// caseHead is what all cases have.
func (p page) caseHead(c fraud.Case, person participants.Participant) {
	p.line("CASE %d\t%s\t%s of %s\tscore %d", c.ID, c.Status, c.Kind, c.Subject, c.Score)
	p.line("participant %d\t%s\t%s", person.ID, person.Name, person.Phone)
	p.line("opened\t%s", moment(&c.OpenedAt))
	if c.DueAt != nil {
		p.line("answer promised\t%s", moment(c.DueAt))
	}
	if c.DecidedAt != nil {
		p.line("decided\t%s by %s\t%s", moment(c.DecidedAt), c.DecidedBy, c.Note)
	}
	p.line("\nWHY\trules %s", c.Rules)
	for _, h := range c.Hits {
		p.line("  %s\t%s\t%d\t%s", h.Rule, h.Tier, h.Score, h.Words(p.language))
	}
}

func (p page) receipt(d receipts.Dossier) {
	r := d.Receipt
	p.line("\nRECEIPT %d\t%s %s\tby %s, %s", r.ID, r.Status, r.Reason, r.Way, moment(&r.SubmittedAt))
	if r.FN != "" {
		p.line("  bought\t%s\t%s ₽\tFN %s FD %d FP %d", wall(r.PurchasedAt), r.TotalKopecks, r.FN, r.FD, r.FP)
	}
	p.line("  seller INN %s\tverified %s\tterms %s\tpoints %d", r.SellerINN, moment(r.VerifiedAt), d.Terms, r.Points)
	if d.Picture != nil {
		p.line("  picture %d\tsha256 %s\t%d bytes", r.ID, d.Picture.SHA256, d.Picture.Bytes)
	}
	if a := d.Appeal; a != nil {
		p.line("  disputed\t%s %s\t%s", a.Reason, compact(a.Facts), moment(&a.AppealedAt))
	}
	if o := d.Other; o != nil {
		p.line("  THE DOCUMENT IS TAKEN by receipt %d\tof participant %d\t%s, %d points\tverified %s", o.ID, o.ParticipantID, o.Status, o.Points, moment(o.VerifiedAt))
	}
}

func (p page) lines(lines []receipts.Line) {
	if len(lines) > 0 {
		p.line("\nLINES\tquantity\tsum\tproduct\tpoints\twhy")
	}
	for _, l := range lines {
		product := l.SKU
		if product == "" && l.Candidate != "" {
			product = l.Candidate + "?"
		}
		p.line("  %d %s\t%s\t%s\t%s\t%d\t%s %s", l.N, l.Name, l.QuantityThousandths, l.SumKopecks, product, l.Points, l.Reason, l.Review)
	}
}

func (p page) timeline(d receipts.Dossier) {
	p.line("\nTIMELINE")
	for _, e := range d.Timeline {
		p.line("  %s\t%s\t%s", moment(&e.HappenedAt), e.Kind, compact(e.Data))
	}
}

func (p page) links(d receipts.Dossier) {
	if len(d.OnPhone) > 0 {
		p.line("\nSAME PHONE")
	}
	for _, other := range d.OnPhone {
		p.line("  participant %d\t%s", other.ID, other.Name)
	}
	if len(d.Till) > 1 {
		mark := ""
		if d.Marked != nil {
			mark = "suspicious since " + moment(d.Marked)
		}
		p.line("\nSAME TILL, SAME DAY\t%s", mark)
		for _, s := range d.Till {
			p.line("  %s\tparticipant %d\t%s\t%s ₽\t%s", s.Subject, s.ParticipantID, wall(&s.BoughtAt), s.TotalKopecks, s.Outcome)
		}
	}
}

func (p page) past(d receipts.Dossier) {
	if len(d.Earlier) > 0 {
		p.line("\nEARLIER RECEIPTS")
	}
	for _, r := range d.Earlier {
		p.line("  receipt %d\t%s\t%s %s\t%d points", r.ID, moment(&r.SubmittedAt), r.Status, r.Reason, r.Points)
	}
	if len(d.Cases) > 0 {
		p.line("\nOTHER CASES")
	}
	for _, c := range d.Cases {
		p.line("  case %d\t%s\t%s of %s\t%s", c.ID, c.Status, c.Kind, c.Subject, why(c.Hits, p.language))
	}
}

// moment is a time where the program runs; "no" if it has not come.
func moment(at *time.Time) string {
	if at == nil {
		return "no"
	}
	return at.Local().Format("2006-01-02 15:04")
}

// wall is a reading of the shop's clock.
func wall(at *time.Time) string {
	if at == nil {
		return "no"
	}
	return at.UTC().Format("2006-01-02 15:04")
}

func compact(args map[string]any) string {
	if len(args) == 0 {
		return ""
	}
	text, err := json.Marshal(args)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
