package fraud

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"promobot/internal/store"
	"promobot/internal/store/storetest"
)

// planned hands the test what SQLite means to do about a statement.
func planned(t *testing.T, test func(t *testing.T, g *gorm.DB, plan func(statement string, args ...any) string)) {
	t.Helper()
	storetest.OnSQLite(t, func(t *testing.T, db *store.DB) {
		g := db.Read(context.Background())
		test(t, g, func(statement string, args ...any) string {
			var steps []struct{ Detail string }
			if err := g.Raw("EXPLAIN QUERY PLAN "+statement, args...).Scan(&steps).Error; err != nil {
				t.Fatal(err)
			}
			return fmt.Sprint(steps)
		})
	})
}

// TestEverySideIsReadByAnIndex: no rule has SQLite look at all sightings.
func TestEverySideIsReadByAnIndex(t *testing.T) {
	own := Sighting{Subject: "receipt:1", ParticipantID: 1, PhoneMark: "a", FN: "1", INN: "7", BoughtAt: time.Unix(0, 0), SubmittedAt: time.Unix(0, 0)}
	planned(t, func(t *testing.T, _ *gorm.DB, plan func(string, ...any) string) {
		for index, by := range map[string]Key{"participant (participant_id=?": ByParticipant, "phone (phone_mark=?": ByPhone, "till (fn=?": ByTill, "inn (inn=?": ByINN} {
			for _, m := range []Measure{{"count", "receipts"}, {"sum", "kopecks"}, {"distinct", "names"}, {"distinct", "shop_days"}} {
				for _, w := range []Window{{Slide: time.Hour}, {Slide: time.Hour, Shop: true}, {ShopDay: true}} {
					reads := Rule{Measure: m, By: []Key{by}, Window: w, Limit: 1}.reading(own)
					for _, side := range sides {
						statement, args := reads.branch(side, own, store.SQLite)
						got := plan(statement, args...)
						if !strings.Contains(got, "SEARCH sightings USING INDEX sightings_"+index) || strings.Contains(got, "SCAN sightings") {
							t.Errorf("%v by %s within %s: %s", m, by, w, got)
						}
					}
				}
			}
		}
	})
}

// TestCasesOfAPersonAreFoundByAnIndex: whoever opens a case sees the others of
// its participant at once.
func TestCasesOfAPersonAreFoundByAnIndex(t *testing.T) {
	planned(t, func(t *testing.T, g *gorm.DB, plan func(string, ...any) string) {
		asked := ""
		err := g.Callback().Query().After("gorm:query").Register("asked", func(d *gorm.DB) {
			asked = d.Explain(d.Statement.SQL.String(), d.Statement.Vars...)
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := CasesOf(context.Background(), g, 1, 2, 10); err != nil {
			t.Fatal(err)
		}
		if got := plan(asked); !strings.Contains(got, "USING INDEX cases_participant (participant_id=?") || strings.Contains(got, "TEMP B-TREE") {
			t.Errorf("%s: %s", asked, got)
		}
	})
}
