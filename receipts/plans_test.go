package receipts_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm"

	"promobot/internal/store"
	"promobot/internal/store/storetest"
)

// grows are the tables of this room that a promotion fills; to read one of them
// whole takes ever longer.
var grows = regexp.MustCompile(`^SCAN (receipts|receipt_photos|photo_traces|receipt_lines|receipt_holds|fiscal_documents|fiscal_requests|picture_looks|guesses|guess_pauses|appeals|[a-z])\b`)

// queries collects what is read, each statement once, with its parameters.
type queries struct {
	sync.Mutex
	args map[string][]any
}

func (q *queries) note(g *gorm.DB) {
	q.Lock()
	defer q.Unlock()
	q.args[g.Statement.SQL.String()] = g.Statement.Vars
}

// watch notes every query of the world's database, outside and in transactions.
func (w world) watch() *queries {
	w.Helper()
	q := &queries{args: map[string][]any{}}
	watch := func(g *gorm.DB) error {
		return errors.Join(g.Callback().Query().After("gorm:query").Register("test:plans", q.note),
			g.Callback().Row().After("gorm:row").Register("test:plans", q.note))
	}
	if err := watch(w.db.Read(context.Background())); err != nil {
		w.Fatal(err)
	}
	w.must(func(_ context.Context, tx *store.Tx) error { return watch(tx.DB) })
	return q
}

// plan is how SQLite would answer the query.
func (w world) plan(query string, args []any) (steps []string) {
	w.Helper()
	var rows []struct{ Detail string }
	if err := w.db.Read(context.Background()).Raw("EXPLAIN QUERY PLAN "+query, args...).Scan(&rows).Error; err != nil {
		w.Fatalf("%s: %v", query, err)
	}
	for _, row := range rows {
		steps = append(steps, row.Detail)
	}
	return steps
}

// TestEveryQueryFindsItsIndex: whatever way a receipt goes, SQLite reads no
// table of this room from end to end for it.
func TestEveryQueryFindsItsIndex(t *testing.T) {
	w := newWorld(t, storetest.SQLiteURL(t))
	w.apply(spring())
	asked := w.watch()
	w.everyWay()
	w.indexed(asked)
}

// everyWay sends receipts whose handling asks all that this room asks.
func (w world) everyWay() {
	w.Helper()
	me, another := w.person(), w.person()
	code := w.office.good()
	w.check(w.photo(me, shot(code.String(), "", aLook)).ID)
	w.photo(another, shot(code.String(), "", aLook))
	w.cellar.files["telegram:plan"] = []byte(w.office.good().String())
	w.turn(w.remote(me, "telegram:plan").ID)
	for range 4 {
		w.wrong(me)
	}
	w.photo(me, order{Hint: "glare", Trace: "a"}.picture())
	w.photo(me, order{Hint: "glare", Trace: "b"}.picture())
	refused := w.wrong(another)
	if _, err := w.appeal(another, refused.ID); err != nil {
		w.Fatal(err)
	}
	if err := w.refuse(w.openCase(refused.ID).ID); err != nil {
		w.Fatal(err)
	}
	if _, err := w.receipts.List(context.Background(), w.db.Read(context.Background()), me, 10); err != nil {
		w.Fatal(err)
	}
}

// indexed checks the plans of what was asked.
func (w world) indexed(asked *queries) {
	w.Helper()
	seen := map[string]bool{}
	for query, args := range maps.Clone(asked.args) {
		steps := w.plan(query, args)
		for _, step := range steps {
			if grows.MatchString(step) {
				w.Errorf("%s\n\treads a table whole: %s", query, strings.Join(steps, "; "))
			}
			if _, index, found := strings.Cut(step, "USING INDEX "); found {
				seen[strings.Fields(index)[0]] = true
			}
		}
	}
	for _, index := range []string{"receipts_document", "receipt_photos_sum", "picture_looks_bits", "photo_traces_participant", "guesses_participant", "guess_pauses_participant"} {
		if !seen[index] {
			w.Errorf("no query used %s: %s", index, fmt.Sprint(seen))
		}
	}
	if n := len(seen); n < 10 {
		w.Errorf("%d indexes are used, want those of every step", n)
	}
}
