package fraud_test

import (
	"context"
	"errors"
	"testing"

	"promobot/fraud"
	"promobot/internal/store"
	"promobot/internal/store/storetest"
)

func TestCaseIsOpenedAndDecidedOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		people(t, db, 1)
		in := func(fn func(tx *store.Tx) error) error { return db.InTx(ctx, fn) }
		open := func(kind fraud.CaseKind) error {
			return in(func(tx *store.Tx) error {
				hits := []fraud.Hit{{Rule: fraud.RuleNamesPerPhone, Args: map[string]any{"names": 2}}}
				return fraud.OpenCase(ctx, tx, fraud.Case{ParticipantID: 1, Subject: "receipt:17", Kind: kind, Score: 50, Hits: hits})
			})
		}
		if err := errors.Join(open(fraud.KindReview), open(fraud.KindAppeal)); err != nil {
			t.Fatal(err)
		}
		list, err := fraud.Cases(ctx, db.Read(ctx), fraud.CaseOpen, 10)
		if err != nil || len(list) != 1 || list[0].Hits[0].Rule != fraud.RuleNamesPerPhone || list[0].Kind != fraud.KindReview || list[0].Score != 50 {
			t.Fatalf("open cases %+v (%v), want the first with its hit", list, err)
		}
		decide := func(to fraud.CaseStatus) error {
			return in(func(tx *store.Tx) error {
				_, err := fraud.Decide(ctx, tx, list[0].ID, to, "agent", "")
				return err
			})
		}
		if err := decide(fraud.CaseApproved); err != nil {
			t.Fatal(err)
		}
		if err := decide(fraud.CaseRefused); !errors.Is(err, fraud.ErrDecided) {
			t.Errorf("second decision: %v, want ErrDecided", err)
		}
		if err := open(fraud.KindAppeal); err != nil {
			t.Fatal(err)
		}
		c, err := fraud.CaseByID(ctx, db.Read(ctx), list[0].ID)
		if err != nil || c.Status != fraud.CaseOpen || c.Kind != fraud.KindAppeal || c.DecidedBy != "" || c.DecidedAt != nil {
			t.Errorf("%+v (%v), want the case open anew", c, err)
		}
		if _, err := fraud.CaseByID(ctx, db.Read(ctx), 999); !errors.Is(err, fraud.ErrNoCase) {
			t.Errorf("unknown case: %v, want ErrNoCase", err)
		}
	})
}
