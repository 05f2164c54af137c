package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"promobot/internal/store"
	"promobot/internal/store/storetest"
	"promobot/internal/vault"
)

// prizesWorld runs `promobot prizes` on a database of its own.
type prizesWorld struct {
	*testing.T
	url, keys string
	restocked [][]string
	fail      error // what the restock hook says
}

func (w *prizesWorld) open(cmd *cobra.Command) (*store.DB, *vault.Vault, func(), error) {
	v, err := vault.OpenOrCreate(w.keys)
	if err != nil {
		return nil, nil, nil, err
	}
	db, err := store.Open(cmd.Context(), w.url, nil)
	return db, v, func() { _ = db.Close() }, err
}

func (w *prizesWorld) heard(_ context.Context, _ *store.Tx, prizeIDs []string) error {
	w.restocked = append(w.restocked, prizeIDs)
	return w.fail
}

func (w *prizesWorld) run(args ...string) (out string, status int) {
	w.Helper()
	var text bytes.Buffer
	cmd := newPrizesCommand(w.open, w.heard)
	cmd.SetOut(&text)
	cmd.SetErr(&bytes.Buffer{})
	cmd.SetArgs(args)
	if err := cmd.ExecuteContext(context.Background()); err != nil {
		var exit exitError
		if !errors.As(err, &exit) {
			w.Fatalf("%v: an error without a status: %v", args, err)
		}
		status = exit.ExitCode()
	}
	return text.String(), status
}

func (w *prizesWorld) file(name, text string) string {
	w.Helper()
	path := filepath.Join(w.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		w.Fatal(err)
	}
	return path
}

func eachPrizes(t *testing.T, test func(w *prizesWorld)) {
	t.Helper()
	storetest.EachURL(t, func(t *testing.T, url string) {
		test(&prizesWorld{T: t, url: url, keys: filepath.Join(t.TempDir(), "keys.json")})
	})
}

func TestPrizesFromCatalogueToStock(t *testing.T) {
	eachPrizes(t, func(w *prizesWorld) {
		good := w.file("codes.csv", "prize_id,code\ntea,AAAA-1111\ntea,BBBB-2222\n")
		bad := w.file("bad.csv", "prize_id,code\ntea,CCCC-3333\ncar,DDDD-4444\n")
		const list = "ID   PRICE  FREE  TITLE\nmug  300    0     Кружка\ntea  100    %d     Чай\n"
		for _, step := range []struct {
			args   []string
			want   string
			status int
		}{
			{[]string{"catalogue", w.file("prizes.yaml", "- {id: mug, title: Кружка, price: 300}\n- {id: tea, title: Чай, price: 100}\n")}, fmt.Sprintf(list, 0), 0},
			{[]string{"catalogue", w.file("odd.yaml", "- {id: pen, title: Ручка, price: 1, weight: 2}\n")}, "", 1},
			{[]string{"import", good, "--preview"}, "would add 2 codes, 0 known already\n", 0},
			{[]string{"list"}, fmt.Sprintf(list, 0), 0},
			{[]string{"import", bad}, "row 3: unknown prize\nwould add 1 codes, 0 known already\n", 1},
			{[]string{"import", bad, "--json"}, `{"added":1,"known":0,"prizes":["tea"],"problems":[{"row":3,"text":"unknown prize"}]}` + "\n", 1},
			{[]string{"import", good}, "added 2 codes, 0 known already\n", 0},
			{[]string{"import", good, "--json"}, `{"added":0,"known":2,"prizes":[],"problems":[]}` + "\n", 0},
			{[]string{"list"}, fmt.Sprintf(list, 2), 0},
			{[]string{"list", "--json"}, `[{"id":"mug","title":"Кружка","title_en":"Кружка","price":300,"how_to_use":"","how_to_use_en":"","free":0,"sources":["pool"],"low_stock":0,"value_kopecks":0,"per_person":0,"per_person_days":0,"complain_days":30},` +
				`{"id":"tea","title":"Чай","title_en":"Чай","price":100,"how_to_use":"","how_to_use_en":"","free":2,"sources":["pool"],"low_stock":0,"value_kopecks":0,"per_person":0,"per_person_days":0,"complain_days":30}]` + "\n", 0},
		} {
			if got, status := w.run(step.args...); got != step.want || status != step.status {
				w.Errorf("prizes %s: status %d, want %d; got\n%s\nwant\n%s", strings.Join(step.args, " "), status, step.status, got, step.want)
			}
		}
		if fmt.Sprint(w.restocked) != "[[tea]]" {
			w.Errorf("restocked %v, want tea once", w.restocked)
		}
	})
}

// Codes and word to who waits come together or not at all.
func TestPrizesImportFallsWithItsHook(t *testing.T) {
	eachPrizes(t, func(w *prizesWorld) {
		w.run("catalogue", w.file("prizes.yaml", "- {id: tea, title: Чай, price: 100}\n"))
		w.fail = errors.New("no word")
		if _, status := w.run("import", w.file("codes.csv", "prize_id,code\ntea,AAAA-1111\n")); status != 2 {
			w.Errorf("status %d, want 2", status)
		}
		if got, _ := w.run("list"); !strings.Contains(got, "tea  100    0") {
			w.Errorf("codes stayed:\n%s", got)
		}
	})
}

func TestPrizesCalledWrongly(t *testing.T) {
	w := &prizesWorld{T: t, url: "sqlite:" + filepath.Join(t.TempDir(), "none.db"), keys: filepath.Join(t.TempDir(), "keys.json")}
	for _, args := range [][]string{
		{"import"}, {"import", "a", "b"}, {"import", "absent.csv"}, {"import", "--colour", "a"},
		{"catalogue"}, {"catalogue", "absent.yaml"}, {"list", "x"}, {"list"}, // the last: no tables
	} {
		if out, status := w.run(args...); status != 2 || out != "" {
			t.Errorf("%v: status %d, printed %q; want 2 and nothing", args, status, out)
		}
	}
}
