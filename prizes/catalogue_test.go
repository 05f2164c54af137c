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

func TestPut(t *testing.T) {
	cases := []struct {
		name  string
		prize prizes.Prize
		ok    bool
	}{
		{"least", prizes.Prize{ID: "a", Title: "A", Price: 1}, true},
		{"longest id", prizes.Prize{ID: strings.Repeat("9", 40), Title: "A", Price: 1}, true},
		{"id too long", prizes.Prize{ID: strings.Repeat("9", 41), Title: "A", Price: 1}, false},
		{"no id", prizes.Prize{Title: "A", Price: 1}, false},
		{"capitals", prizes.Prize{ID: "Mug", Title: "A", Price: 1}, false},
		{"a line after the id", prizes.Prize{ID: "mug\n", Title: "A", Price: 1}, false},
		{"free of charge", prizes.Prize{ID: "a", Title: "A"}, false},
		{"negative", prizes.Prize{ID: "a", Title: "A", Price: -1}, false},
		{"no title", prizes.Prize{ID: "a", Title: " ", Price: 1}, false},
		{"all sources", prizes.Prize{ID: "a", Title: "A", Price: 1, Sources: []string{"supplier:a", "pool", "supplier:b/SKU.1"}}, true},
		{"a source twice", prizes.Prize{ID: "a", Title: "A", Price: 1, Sources: []string{"supplier:a", "supplier:a/other"}}, false},
		{"the pool twice", prizes.Prize{ID: "a", Title: "A", Price: 1, Sources: []string{"pool", "pool"}}, false},
		{"an unknown source", prizes.Prize{ID: "a", Title: "A", Price: 1, Sources: []string{"shop"}}, false},
		{"days without a limit", prizes.Prize{ID: "a", Title: "A", Price: 1, PerPersonDays: 1}, false},
		{"a negative value", prizes.Prize{ID: "a", Title: "A", Price: 1, Value: -1}, false},
		{"a hundred years", prizes.Prize{ID: "a", Title: "A", Price: 1, PerPerson: 1, PerPersonDays: 36500}, true},
		{"a day more", prizes.Prize{ID: "a", Title: "A", Price: 1, PerPerson: 1, PerPersonDays: 36501}, false},
	}
	eachShop(t, func(w world) {
		for _, tt := range cases {
			err := w.in(func(ctx context.Context, tx *store.Tx) error { return w.shop.Put(ctx, tx, tt.prize) })
			if errors.Is(err, prizes.ErrEntry) == tt.ok || tt.ok && err != nil {
				w.Errorf("%s: got %v, want ok %v", tt.name, err, tt.ok)
			}
		}
	})
}

func TestCatalogue(t *testing.T) {
	eachShop(t, func(w world) {
		ctx := context.Background()
		w.stock("tea", 3)
		if _, err := w.issue(w.people(1)[0], "tea", "1"); err != nil {
			w.Fatal(err)
		}
		w.put(prizes.Prize{ID: "tea", Title: "Чай чёрный", TitleEN: "Black tea", Price: 150})
		got, err := w.shop.Catalogue(ctx, w.db.Read(ctx), []string{"tea", "mug"})
		if err != nil || len(got) != 2 || got[1].ID != "mug" || got[1].Free != 0 {
			w.Fatalf("%+v, %v", got, err)
		}
		want := prizes.Prize{ID: "tea", Title: "Чай чёрный", TitleEN: "Black tea", Price: 150, Free: 2, Sources: []string{prizes.SourcePool}, ComplainDays: 30}
		if !reflect.DeepEqual(got[0], want) {
			w.Errorf("got %+v, want %+v", got[0], want)
		}
		if got, err := w.shop.Catalogue(ctx, w.db.Read(ctx), nil); err != nil || len(got) != 0 {
			w.Errorf("of nothing: %+v, %v", got, err)
		}
		if _, err := w.shop.Catalogue(ctx, w.db.Read(ctx), []string{"mug", "car"}); !errors.Is(err, prizes.ErrUnknown) {
			w.Errorf("of an unknown prize: %v, want ErrUnknown", err)
		}
		if p, err := w.shop.Prize(ctx, w.db.Read(ctx), "mug"); err != nil || p.Price != 300 || p.HowToUseEN != "Show the code" {
			w.Errorf("one: %+v, %v", p, err)
		}
		if _, err := w.shop.Prize(ctx, w.db.Read(ctx), ""); !errors.Is(err, prizes.ErrUnknown) {
			w.Errorf("none: %v, want ErrUnknown", err)
		}
	})
}

func TestParseCatalogue(t *testing.T) {
	const mug = "- id: mug\n  title: Кружка\n  price: 300\n"
	for _, tt := range []struct {
		name, file string
		want       string // the ids, or "" for a refusal
	}{
		{"two", mug + "- {id: tea, title: Чай, title_en: Tea, price: 100, how_to_use: Код, how_to_use_en: Code}\n", "mug tea"},
		{"with sources and a value", mug + "  sources: [pool, supplier:alpha]\n  value: \"300.50\"\n  low_stock: 20\n", "mug"},
		{"a value that is none", mug + "  value: much\n", ""},
		{"a source that is none", mug + "  sources: [shop]\n", ""},
		{"empty", "", ""},
		{"unknown key", mug + "  colour: red\n", ""},
		{"stock is not said here", mug + "  free: 7\n", ""},
		{"half a point", "- {id: tea, title: Чай, price: 0.5}\n", ""},
		{"no price", "- {id: tea, title: Чай}\n", ""},
		{"twice", mug + mug, ""},
		{"no list", "id: tea\n", ""},
		{"no YAML", "\t: [", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := prizes.ParseCatalogue(strings.NewReader(tt.file))
			var ids []string
			for _, p := range got {
				ids = append(ids, p.ID)
			}
			if strings.Join(ids, " ") != tt.want || errors.Is(err, prizes.ErrEntry) == (tt.want != "") {
				t.Errorf("got %v, %v; want %q", ids, err, tt.want)
			}
		})
	}
}

func ExampleParseCatalogue() {
	list, err := prizes.ParseCatalogue(strings.NewReader("- id: mug\n  title: Кружка\n  title_en: Mug\n  price: 300\n"))
	fmt.Println(list[0].TitleEN, list[0].Price, err)
	// Output: Mug 300 <nil>
}
