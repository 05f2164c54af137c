package outbox

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"promobot/internal/store"
	"promobot/internal/store/storetest"
)

// TestWhatWasBeingSentIsFoundByAnIndex: a term begins without a look at every
// delivery that ever was.
func TestWhatWasBeingSentIsFoundByAnIndex(t *testing.T) {
	storetest.OnSQLite(t, func(t *testing.T, db *store.DB) {
		var steps []struct{ Detail string }
		args := map[string]any{"channel": "telegram", "lanes": Lanes()}
		if err := db.Read(context.Background()).Raw("EXPLAIN QUERY PLAN "+leftSending, args).Scan(&steps).Error; err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(steps); !strings.Contains(got, "SEARCH d USING INDEX deliveries_sending (channel=?") || strings.Contains(got, "TEMP B-TREE") {
			t.Error(got)
		}
	})
}
