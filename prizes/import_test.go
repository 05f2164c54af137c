package prizes_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"promobot/internal/store"
	"promobot/prizes"
)

func TestImport(t *testing.T) {
	const header = "prize_id,code,valid_until\n"
	cases := []struct {
		name, file string
		added      int64
		problems   []prizes.Problem
	}{
		{"two columns", "prize_id,code\nmug,AAAA\ntea,BBBB\n", 2, nil},
		{"semicolons, mark, quotes, capitals, CRLF", "\ufeffPrize_ID; Code ;valid_until\r\n\"mug\";\" A;\"\"A \";2026-06-02\r\n", 1, nil},
		{"no end, end today", header + "mug,AAAA,\nmug,BBBB,2026-06-01\n", 2, nil},
		{"blank rows", header + "\nmug,AAAA,\n,,\n\n", 1, nil},
		{"no newline at the end", "prize_id,code\nmug,AAAA", 1, nil},
		{"longest", "prize_id,code\nmug," + strings.Repeat("Я", 128), 1, nil},
		{"header only", header, 0, nil},

		{"empty", "", 0, []prizes.Problem{{1, "the header must be prize_id,code or prize_id,code,valid_until"}}},
		{"no header", "mug,AAAA\n", 0, []prizes.Problem{{1, "the header must be prize_id,code or prize_id,code,valid_until"}}},
		{"columns mixed up", "code,prize_id\nAAAA,mug\n", 0, []prizes.Problem{{1, "the header must be prize_id,code or prize_id,code,valid_until"}}},
		{"a picture", "\x89PNG\r\n\x1a\n\x00\x00\"\x00", 0, []prizes.Problem{{1, "the header must be prize_id,code or prize_id,code,valid_until"}}},
		{"codes", "prize_id,code\nmug,AAAA\nmug,\nmug,AAA\nmug," + strings.Repeat("A", 129) + "\nmug,AA\u200bAA\nmug,AA\xffAA\n", 0, []prizes.Problem{
			{3, "empty code"}, {4, "the code is shorter than 4 characters"}, {5, "the code is longer than 128 characters"},
			{6, "the code has characters that cannot be printed"}, {7, "the code has characters that cannot be printed"}}},
		{"prizes", "prize_id,code\ncar,AAAA\n,BBBB\nMUG,CCCC\n", 0, []prizes.Problem{
			{2, "unknown prize"}, {3, "unknown prize"}, {4, "unknown prize"}}},
		{"dates", header + "mug,AAAA,2026-05-31\nmug,BBBB,02.06.2026\nmug,CCCC,2026-02-30\nmug,DDDD,2026-06-02 \n", 0, []prizes.Problem{
			{2, "valid_until is in the past"}, {3, "valid_until must be YYYY-MM-DD"}, {4, "valid_until must be YYYY-MM-DD"}}},
		{"twins", "prize_id,code\nmug,AAAA\nmug, AAAA \ntea,AAAA\nmug,aaaa\n", 0, []prizes.Problem{
			{3, "the code stands twice in the file, first in row 2"}, {4, "the code stands twice in the file, first in row 2"}}},
		{"cells", header + "mug,AAAA\nmug,BBBB,,\n", 0, []prizes.Problem{
			{2, "another number of cells than the header"}, {3, "another number of cells than the header"}}},
		{"quotes", "prize_id,code\nmug,A\"AA\"A\nmug,BBBB\nmug,\"CCCC\n", 0, []prizes.Problem{
			{2, "not CSV: quotes that do not match"}, {4, "not CSV: quotes that do not match"}}},
		{"a line break in a code", "prize_id,code\nmug,\"AA\nAA\"\ncar,BBBB\n", 0, []prizes.Problem{
			{2, "the code has characters that cannot be printed"}, {4, "unknown prize"}}},
	}
	eachShop(t, func(w world) {
		for _, tt := range cases {
			w.must(func(_ context.Context, tx *store.Tx) error { return tx.Exec("DELETE FROM certificates").Error })
			preview, err := w.shop.Preview(context.Background(), strings.NewReader(tt.file))
			if err != nil {
				w.Fatalf("%s: %v", tt.name, err)
			}
			got, err := w.load(tt.file)
			if errors.Is(err, prizes.ErrProblems) != (tt.problems != nil) || tt.problems == nil && err != nil {
				w.Errorf("%s: error %v", tt.name, err)
			}
			if !reflect.DeepEqual(got, preview) {
				w.Errorf("%s: import %+v, preview %+v", tt.name, got, preview)
			}
			if tt.problems == nil && got.Added != tt.added || fmt.Sprint(got.Problems) != fmt.Sprint(tt.problems) {
				w.Errorf("%s: added %d, problems %v; want %d, %v", tt.name, got.Added, got.Problems, tt.added, tt.problems)
			}
			if n := w.count("SELECT COUNT(*) FROM certificates"); n != tt.added {
				w.Errorf("%s: %d certificates, want %d", tt.name, n, tt.added)
			}
		}
	})
}

func TestImportAgain(t *testing.T) {
	eachShop(t, func(w world) {
		const file = "prize_id,code,valid_until\nmug,AAAA,2026-06-02\ntea,BBBB,\n"
		if got, err := w.load(file); err != nil || got.Added != 2 || fmt.Sprint(got.Prizes) != "[mug tea]" {
			w.Fatalf("%+v, %v", got, err)
		}
		participant := w.people(1)[0]
		if _, err := w.issue(participant, "mug", "1"); err != nil {
			w.Fatal(err)
		}
		before := w.dump("certificates", "certificate_imports")
		got, err := w.load(file)
		if err != nil || got.Added != 0 || got.Known != 2 || len(got.Prizes) != 0 {
			w.Errorf("the same file: %+v, %v", got, err)
		}
		if w.dump("certificates", "certificate_imports") != before {
			w.Error("the same file changed something")
		}
		// A date that has passed since is no problem of a known code.
		if got, err := w.load("prize_id,code,valid_until\nmug,AAAA,2020-01-01\ntea,CCCC,\n"); err != nil || got.Added != 1 || got.Known != 1 {
			w.Errorf("one more code: %+v, %v", got, err)
		}
		got, err = w.load("prize_id,code\ntea,AAAA\ntea,DDDD\n")
		if !errors.Is(err, prizes.ErrProblems) || fmt.Sprint(got.Problems) != "[{2 the code belongs to another prize}]" {
			w.Errorf("a code of another prize: %+v, %v", got, err)
		}
		if n := w.count("SELECT COUNT(*) FROM certificates"); n != 3 {
			w.Errorf("%d certificates, want 3", n)
		}
	})
}

func TestImportRaced(t *testing.T) {
	eachShop(t, func(w world) {
		file := "prize_id,code\n"
		for i := range 1200 {
			file += fmt.Sprintf("mug,CODE-%04d\n", i)
		}
		got := make([]prizes.Import, 4)
		race(4, func(i int) {
			var err error
			if got[i], err = w.load(file); err != nil {
				w.Error(err)
			}
		})
		added := int64(0)
		for _, g := range got {
			added += g.Added
			if g.Added+g.Known != 1200 {
				w.Errorf("%d added and %d known of 1200", g.Added, g.Known)
			}
		}
		if added != 1200 || w.count("SELECT SUM(added) FROM certificate_imports") != 1200 {
			w.Errorf("%d added, want 1200", added)
		}
	})
}

// Many statements, one transaction, and a last batch of one.
func TestLargeImport(t *testing.T) {
	eachShop(t, func(w world) {
		w.stock("mug", 2_501)
		ctx := context.Background()
		got, err := w.shop.Catalogue(ctx, w.db.Read(ctx), []string{"tea", "mug"})
		if err != nil || got[0].Free != 0 || got[1].Free != 2_501 {
			w.Errorf("%+v, %v", got, err)
		}
	})
}

func TestDumpShowsNoCode(t *testing.T) {
	eachShop(t, func(w world) {
		participant := w.people(1)[0]
		if _, err := w.load("prize_id,code\nmug,SECRET-ISSUED\nmug,SECRET-FREE\ntea,СЕКРЕТ-ЧАЙ\n"); err != nil {
			w.Fatal(err)
		}
		c, err := w.issue(participant, "mug", "choice:7")
		if err != nil {
			w.Fatal(err)
		}
		if _, _, err := w.open(participant, c.ID); err != nil {
			w.Fatal(err)
		}
		dump := w.dump("prizes", "awards", "certificates", "certificate_imports", "prize_waits")
		if !strings.Contains(dump, "choice:7") || !strings.Contains(dump, "codes.csv") {
			w.Fatal("the dump misses what is written in clear")
		}
		for _, secret := range []string{"SECRET", "ISSUED", "СЕКРЕТ"} {
			if strings.Contains(dump, secret) {
				w.Errorf("the dump shows %q", secret)
			}
		}
	})
}

// Whatever is wrong with a file, what is said about it shows none of its cells.
func FuzzProblemsShowNoCell(f *testing.F) {
	f.Add("prize_id,code\nmug,X7Y8Z9QQ\n")
	f.Add("X7Y8Z9QQ,mug\n\"X7Y8Z9QQ\n")
	f.Add("prize_id;code;valid_until\nX7Y8Z9QQ;mug;X7Y8Z9QQ\n\"X7Y8Z9QQ;X7Y8Z9QQ\"X7Y8Z9QQ\n")
	f.Fuzz(func(t *testing.T, file string) {
		problems, err := prizes.SheetProblems(strings.NewReader(file))
		if err != nil || strings.Contains(fmt.Sprint(problems), "X7Y8Z9QQ") {
			t.Errorf("%v, %v", problems, err)
		}
	})
}

// dump is every cell of the tables, bytes as they are.
func (w world) dump(tables ...string) string {
	w.Helper()
	var dump strings.Builder
	for _, table := range tables {
		rows, err := w.db.Read(context.Background()).Raw("SELECT * FROM " + table + " ORDER BY id").Rows()
		if err != nil {
			w.Fatal(err)
		}
		defer rows.Close()
		columns, _ := rows.Columns()
		for rows.Next() {
			cells, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range cells {
				into[i] = &cells[i]
			}
			if err := rows.Scan(into...); err != nil {
				w.Fatal(err)
			}
			for _, cell := range cells {
				fmt.Fprintf(&dump, "%s\n", cell)
			}
		}
	}
	return dump.String()
}
