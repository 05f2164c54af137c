package rewards

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"promobot/campaigns"
	"promobot/internal/money"
)

func TestWhatPointsMayPayOfAnItem(t *testing.T) {
	pay := campaigns.Pay{Share: 70, KopecksPerPoint: 100}
	for _, tt := range []struct {
		name     string
		item     PayItem
		most     money.Kopecks
		alone    money.Kopecks // whole points for the item alone
		fraction bool          // whether one kopeck more is above 70 %
	}{
		{"exactly 70 %", PayItem{Price: 100_00, Quantity: 1}, 70_00, 70, true},
		{"69.99 % of it", PayItem{Price: 99_99, Quantity: 1}, 69_99, 69, true},
		{"70 % of one kopeck more", PayItem{Price: 100_01, Quantity: 1}, 70_00, 70, true},
		{"one kopeck", PayItem{Price: 1, Quantity: 1}, 0, 0, true},
		{"two kopecks", PayItem{Price: 2, Quantity: 1}, 1, 0, true},
		{"1.42 roubles are just below a point", PayItem{Price: 1_42, Quantity: 1}, 99, 0, true},
		{"1.43 roubles make one", PayItem{Price: 1_43, Quantity: 1}, 1_00, 1, true},
		{"each unit is rounded alone", PayItem{Price: 99, Quantity: 3}, 3 * 69, 2, true},
		{"ten units of 1.01", PayItem{Price: 1_01, Quantity: 10}, 7_00, 7, true},
		{"not below its price", PayItem{Price: 100_00, Quantity: 1, FullOnly: true}, 0, 0, false},
		{"the dearest", PayItem{Price: basketMost, Quantity: 1}, 7_000_000_00, 7_000_000, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			list, err := capped(pay, []PayItem{tt.item})
			if err != nil {
				t.Fatal(err)
			}
			if got := list[0].Most; got != tt.most || got/pay.KopecksPerPoint != tt.alone {
				t.Errorf("at most %s, %d points; want %s, %d", got, got/pay.KopecksPerPoint, tt.most, tt.alone)
			}
			unit := list[0].Most / money.Kopecks(tt.item.Quantity)
			if unit*100 > tt.item.Price*70 || tt.fraction && (unit+1)*100 <= tt.item.Price*70 {
				t.Errorf("%s of a unit is not the most of 70 %% of %s", unit, tt.item.Price)
			}
		})
	}
}

// Kopecks of several items make a point that none makes alone.
func TestAPurchaseMayTakeMoreThanItsItemsAlone(t *testing.T) {
	list, err := capped(campaigns.Pay{Share: 70, KopecksPerPoint: 100}, []PayItem{{Price: 72, Quantity: 1}, {Price: 72, Quantity: 1}})
	if err != nil {
		t.Fatal(err)
	}
	q := Quote{Rate: 100, Items: list}
	if q.MaxPoints() != 1 || list[0].Most != 50 {
		t.Errorf("%d points, %s of the first; want 1 and 0.50", q.MaxPoints(), list[0].Most)
	}
}

func TestPurchasesAreBounded(t *testing.T) {
	pay := campaigns.Pay{Share: 70, KopecksPerPoint: 100}
	many := func(n int) (list []PayItem) { return slices.Repeat([]PayItem{{Price: 1, Quantity: 1}}, n) }
	for _, tt := range []struct {
		name  string
		items []PayItem
		item  int // that is blamed; -2: none is
	}{
		{"none", nil, -1}, {"201", many(201), -1}, {"200", many(200), -2},
		{"free", []PayItem{{Price: 0, Quantity: 1}}, 0}, {"below zero", []PayItem{{Price: -1, Quantity: 1}}, 0},
		{"no unit", []PayItem{{Price: 1, Quantity: 1}, {Price: 1}}, 1},
		{"ten millions", []PayItem{{Price: basketMost - 1, Quantity: 1}, {Price: 1, Quantity: 1}}, -2},
		{"a kopeck more", []PayItem{{Price: basketMost, Quantity: 1}, {Price: 1, Quantity: 1}}, 1},
		{"many units", []PayItem{{Price: 2, Quantity: 1<<63 - 1}}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := capped(pay, tt.items)
			if basket, _ := err.(*BasketError); basket == nil && tt.item != -2 || basket != nil && basket.Item != tt.item {
				t.Errorf("%v, want item %d blamed", err, tt.item)
			}
		})
	}
}

func TestSplit(t *testing.T) {
	for _, tt := range []struct {
		name string
		sum  money.Kopecks
		caps []money.Kopecks
		want []money.Kopecks
	}{
		{"one item", 100, []money.Kopecks{700}, []money.Kopecks{100}},
		{"all of it", 900, []money.Kopecks{700, 200}, []money.Kopecks{700, 200}},
		{"halves", 100, []money.Kopecks{50_00, 50_00}, []money.Kopecks{50, 50}},
		{"the first of equal rests", 100, []money.Kopecks{70, 70, 70}, []money.Kopecks{34, 33, 33}},
		{"the larger rest", 100, []money.Kopecks{100, 200, 3}, []money.Kopecks{33, 66, 1}},
		{"nothing of what has no share", 100, []money.Kopecks{0, 100, 0}, []money.Kopecks{0, 100, 0}},
		{"nothing", 0, []money.Kopecks{5, 5}, []money.Kopecks{0, 0}},
		{"no item with a share", 0, []money.Kopecks{0}, []money.Kopecks{0}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := split(tt.sum, tt.caps); !slices.Equal(got, tt.want) {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
}

// Whatever is split, the parts sum to it, none exceeds its cap, and none is a
// kopeck or more from its exact share.
func TestSplitIsExact(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		caps := rapid.SliceOfN(rapid.Int64Range(0, int64(basketMost)/200), 1, 200).Draw(r, "caps")
		list := make([]money.Kopecks, len(caps))
		for i, k := range caps {
			list[i] = money.Kopecks(k)
		}
		sum := money.Kopecks(rapid.Int64Range(0, int64(total(list))).Draw(r, "sum"))
		parts := split(sum, list)
		if total(parts) != sum {
			r.Fatalf("%v sums to %d, want %d", parts, total(parts), sum)
		}
		for i, part := range parts {
			if part < 0 || part > list[i] {
				r.Fatalf("part %d of cap %d", part, list[i])
			}
			if off := part*total(list) - sum*list[i]; off <= -total(list) && total(list) > 0 || off >= total(list) && total(list) > 0 {
				r.Fatalf("part %d is a kopeck from its share", part)
			}
		}
	})
}
