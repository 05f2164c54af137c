package main

import (
	"promobot/fraud"
	"promobot/receipts"
)

// dossierJSON is everything under the names that programs rely on.
func dossierJSON(d receipts.Dossier) map[string]any {
	m := caseJSON(d.Case)
	m["phone"], m["name"], m["same_phone"] = d.Person.Phone.String(), d.Person.Name, sharersJSON(d)
	m["receipt"], m["terms"], m["picture"], m["appeal"] = receiptJSON(d.Receipt), d.Terms, nil, nil
	if d.Picture != nil {
		m["picture"] = map[string]any{"receipt": d.Receipt.ID, "sha256": d.Picture.SHA256, "bytes": d.Picture.Bytes}
	}
	if d.Appeal != nil {
		m["appeal"] = map[string]any{"reason": d.Appeal.Reason, "facts": d.Appeal.Facts, "at": d.Appeal.AppealedAt.UTC(), "due_at": d.Appeal.DueAt.UTC()}
	}
	m["lines"], m["timeline"] = linesJSON(d.Lines), timelineJSON(d)
	m["other"] = nil
	if d.Other != nil {
		m["other"] = receiptJSON(*d.Other)
	}
	m["till"], m["till_suspicious_at"] = tillJSON(d.Till), d.Marked
	m["earlier_receipts"], m["earlier_cases"] = []map[string]any{}, []map[string]any{}
	for _, r := range d.Earlier {
		m["earlier_receipts"] = append(m["earlier_receipts"].([]map[string]any), receiptJSON(r))
	}
	for _, c := range d.Cases {
		m["earlier_cases"] = append(m["earlier_cases"].([]map[string]any), caseJSON(c))
	}
	return m
}

func sharersJSON(d receipts.Dossier) []map[string]any {
	list := []map[string]any{}
	for _, p := range d.OnPhone {
		list = append(list, map[string]any{"participant": p.ID, "name": p.Name})
	}
	return list
}

func receiptJSON(r receipts.Receipt) map[string]any {
	return map[string]any{"id": r.ID, "participant": r.ParticipantID, "status": r.Status, "reason": r.Reason, "facts": r.Facts, "way": r.Way,
		"fn": r.FN, "fd": r.FD, "fp": r.FP, "operation": r.Operation, "total_kopecks": r.TotalKopecks, "purchased_at": r.PurchasedAt,
		"seller_inn": r.SellerINN, "points": r.Points, "submitted_at": r.SubmittedAt.UTC(), "verified_at": r.VerifiedAt, "decided_at": r.DecidedAt}
}

func linesJSON(lines []receipts.Line) []map[string]any {
	list := []map[string]any{}
	for _, l := range lines {
		list = append(list, map[string]any{"n": l.N, "name": l.Name, "gtin": l.GTIN, "quantity_thousandths": l.QuantityThousandths, "sum_kopecks": l.SumKopecks,
			"sku": l.SKU, "candidate": l.Candidate, "points": l.Points, "reason": l.Reason, "review": l.Review})
	}
	return list
}

func timelineJSON(d receipts.Dossier) []map[string]any {
	list := []map[string]any{}
	for _, e := range d.Timeline {
		list = append(list, map[string]any{"at": e.HappenedAt.UTC(), "kind": e.Kind, "data": e.Data})
	}
	return list
}

func tillJSON(till []fraud.Sighting) []map[string]any {
	list := []map[string]any{}
	for _, s := range till {
		list = append(list, map[string]any{"subject": s.Subject, "participant": s.ParticipantID, "bought_at": s.BoughtAt.UTC(),
			"total_kopecks": s.TotalKopecks, "outcome": s.Outcome})
	}
	return list
}
