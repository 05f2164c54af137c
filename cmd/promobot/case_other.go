package main

import (
	"context"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"promobot/fraud"
	"promobot/prizes"
	"promobot/rewards"
)

// decideOther decides a case that is about no receipt; false for those that are.
func (a *app) decideOther(ctx context.Context, caseID int64, verb, by, note string) (bool, error) {
	c, err := fraud.CaseByID(ctx, a.db.Read(ctx), caseID)
	if err != nil {
		return false, err
	}
	switch {
	case c.Kind == fraud.KindCertificate && verb == "approve":
		return true, a.desk.Replace(ctx, a.db, caseID, by, note)
	case c.Kind == fraud.KindCertificate && verb == "refuse":
		return true, a.desk.Refuse(ctx, a.db, caseID, by, note)
	case c.Kind == fraud.KindTax && (verb == "approve" || verb == "refuse"):
		return true, a.decideTax(ctx, c, verb, by, note)
	}
	return false, nil
}

func (a *app) decideTax(ctx context.Context, c fraud.Case, verb, by, note string) error {
	participantID, year, err := rewards.TaxYear(c)
	if err != nil {
		return err
	}
	if c.Status != fraud.CaseOpen {
		return fraud.ErrDecided
	}
	if verb == "refuse" {
		return a.desk.RefuseTax(ctx, a.db, participantID, year, by, note)
	}
	_, err = a.desk.ClearTax(ctx, a.db, participantID, year, by, note)
	return err
}

// showOther shows a case that is about no receipt; false for those that are.
func (a *app) showOther(cmd *cobra.Command, caseID int64, language string) (bool, error) {
	ctx := cmd.Context()
	c, err := fraud.CaseByID(ctx, a.db.Read(ctx), caseID)
	if err != nil {
		return false, err
	}
	switch c.Kind {
	case fraud.KindCertificate:
		return true, a.showCertificateCase(cmd, c, language)
	case fraud.KindTax:
		return true, a.showTaxCase(cmd, c, language)
	}
	return false, nil
}

func (a *app) showCertificateCase(cmd *cobra.Command, c fraud.Case, language string) error {
	d, err := a.desk.CertificateDossier(cmd.Context(), a.db.Read(cmd.Context()), c)
	if err != nil {
		return err
	}
	if asJSON(cmd) {
		return printJSON(cmd.OutOrStdout(), certificateCaseJSON(d))
	}
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	p := page{w, language}
	p.certificate(d)
	return w.Flush()
}

func (p page) certificate(d rewards.CertificateCase) {
	p.caseHead(d.Case, d.Person)
	proof := d.Complaint.Proof
	p.line("\nCERTIFICATE %d\t%s\t%s\tcode %s", d.Complaint.CertificateID, proof.PrizeID, proof.Status, proof.Code)
	p.line("  said\t%s\t%s", d.Complaint.Problem, moment(&d.Complaint.ComplainedAt))
	p.line("  issued\t%s\tfirst shown %s\tin %s\tby %s", moment(proof.IssuedAt), moment(proof.OpenedAt), orDash(proof.OpenedIn), orDash(proof.OpenedBy))
	if proof.Supplier != "" {
		p.line("  ordered from\t%s\torder %s\ttheirs %s\t%s", proof.Supplier, proof.External, orDash(proof.OrderRef), moment(proof.OrderedAt))
	} else {
		p.line("  imported with\t%s\timport %d", proof.FileName, proof.ImportID)
	}
	if d.Instead != nil {
		p.line("  replaced by\taward %d\t%s", d.Instead.ID, d.Instead.Status)
	}
	p.line("\nTIMELINE")
	for _, e := range d.Timeline {
		p.line("  %s\t%s\t%s", moment(&e.HappenedAt), e.Kind, compact(e.Data))
	}
}

func certificateCaseJSON(d rewards.CertificateCase) map[string]any {
	m := caseJSON(d.Case)
	m["phone"], m["name"] = d.Person.Phone.String(), d.Person.Name
	proof := d.Complaint.Proof
	m["certificate"] = map[string]any{"id": d.Complaint.CertificateID, "prize": proof.PrizeID, "status": proof.Status, "code": proof.Code.String(),
		"problem": d.Complaint.Problem, "complained_at": d.Complaint.ComplainedAt, "issued_at": proof.IssuedAt, "opened_at": proof.OpenedAt,
		"opened_in": proof.OpenedIn, "opened_by": proof.OpenedBy, "supplier": proof.Supplier, "order": proof.External, "order_ref": proof.OrderRef,
		"import": proof.ImportID, "file": proof.FileName}
	m["instead"] = nil
	if d.Instead != nil {
		m["instead"] = map[string]any{"award": d.Instead.ID, "status": d.Instead.Status}
	}
	return m
}

func (a *app) showTaxCase(cmd *cobra.Command, c fraud.Case, language string) error {
	ctx := cmd.Context()
	participantID, year, err := rewards.TaxYear(c)
	if err != nil {
		return err
	}
	person, err := a.people.Get(ctx, a.db.Read(ctx), participantID)
	if err != nil {
		return err
	}
	waiting, err := a.shop.Gated(ctx, a.db.Read(ctx), participantID, year)
	if err != nil {
		return err
	}
	if asJSON(cmd) {
		m := caseJSON(c)
		m["phone"], m["name"], m["year"], m["awards"] = person.Phone.String(), person.Name, year, awardsJSON(waiting)
		return printJSON(cmd.OutOrStdout(), m)
	}
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	p := page{w, language}
	p.caseHead(c, person)
	p.line("\nWAITING FOR DOCUMENTS OF %d\tfree in a year %s ₽", year, prizes.TaxFreeYearly)
	for _, award := range waiting {
		p.line("  award %d\t%s\t%s ₽\t%s", award.ID, award.PrizeID, award.Value, moment(&award.AwardedAt))
	}
	return w.Flush()
}

func awardsJSON(awards []prizes.Award) []map[string]any {
	list := []map[string]any{}
	for _, a := range awards {
		list = append(list, map[string]any{"award": a.ID, "prize": a.PrizeID, "value_kopecks": a.Value, "at": a.AwardedAt})
	}
	return list
}
