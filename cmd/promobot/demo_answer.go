package main

import (
	"context"
	"strings"
	"time"

	"promobot/prizes"
	"promobot/receipts"
)

// answered is the line that is printed for one file.
type answered struct {
	File        string  `json:"file"`
	Text        *string `json:"text"`
	Verdict     string  `json:"verdict"`
	Reason      string  `json:"reason"`
	Points      int64   `json:"points"`
	Balance     int64   `json:"balance"`
	Certificate *string `json:"certificate"`
	Ms          spent   `json:"ms"`

	unanswered bool // a file that cannot be opened, or a bot that did not answer
}

// spent is wall time in milliseconds.
type spent struct {
	Scan   int64 `json:"scan"`
	Check  int64 `json:"check"`
	Settle int64 `json:"settle"`
	Total  int64 `json:"total"`
}

func (s *sender) line(ctx context.Context, file string, r receipts.Receipt) (answered, error) {
	a := answered{File: file, Verdict: verdictOf(r), Reason: r.Reason, Points: int64(r.Points)}
	if a.Verdict == "waiting" && a.Reason == "" {
		a.Reason = receipts.ReasonUnavailable // asked, and not a word for all our patience
	}
	if r.Code != "" {
		a.Text = &r.Code
	}
	balance, err := s.app.desk.Balance(ctx, s.app.db.Read(ctx), s.participantID)
	if err != nil {
		return a, err
	}
	a.Balance = int64(balance.Available)
	a.Certificate, err = s.certificate(ctx, r)
	return a, err
}

// certificate is the masked code of what the receipt brought by itself.
func (s *sender) certificate(ctx context.Context, r receipts.Receipt) (*string, error) {
	list, err := s.app.shop.Issued(ctx, s.app.db.Read(ctx), s.participantID)
	if err != nil || r.ID == 0 {
		return nil, err
	}
	for _, c := range list {
		mine, found, err := s.app.shop.BySource(ctx, s.app.db.Read(ctx), receipts.Subject(r.ID)+"/prize:"+c.PrizeID)
		if err != nil {
			return nil, err
		}
		if found {
			return s.masked(ctx, mine)
		}
	}
	return nil, nil
}

func (s *sender) masked(ctx context.Context, c prizes.Certificate) (*string, error) {
	code, err := s.app.shop.Peek(ctx, s.app.db.Read(ctx), c.ID)
	text := code.String()
	return &text, err
}

// verdictOf names the status as the command's readers know it.
func verdictOf(r receipts.Receipt) string {
	switch {
	case r.Status == receipts.Accepted || r.Status == receipts.Returned:
		return "accepted"
	case r.Status == receipts.Reversed:
		return "rejected"
	case r.Status == receipts.Review:
		return "review"
	case r.Status != receipts.Rejected:
		return "waiting"
	case r.Reason == receipts.ReasonDuplicate || r.Reason == receipts.ReasonDuplicateOwn:
		return "duplicate"
	case strings.HasPrefix(r.Reason, "scan."), strings.HasPrefix(r.Reason, "code."):
		return "unreadable"
	}
	return "rejected"
}

// timesOf reads the stages from the receipt's own moments; total is what the
// sender waited.
func timesOf(r receipts.Receipt, began, ended time.Time) spent {
	ms := func(from, to *time.Time) int64 {
		if from == nil || to == nil {
			return 0
		}
		return max(0, to.Sub(*from).Milliseconds())
	}
	return spent{Scan: ms(&r.SubmittedAt, r.ScannedAt), Check: ms(r.AskedAt, r.AnsweredAt), Settle: ms(r.AnsweredAt, &ended), Total: ms(&began, &ended)}
}
