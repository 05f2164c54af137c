package campaigns_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"promobot/campaigns"
	"promobot/campaigns/assortment"
	"promobot/fns"
	"promobot/internal/money"
	"promobot/points"
)

const (
	kolaGTIN  = "04609990000012"
	chipsGTIN = "04609990000029"
)

// goods are the promo products of these tests; their numbers are invented.
func goods() []assortment.Product {
	return []assortment.Product{
		{SKU: "kola", Brand: "Ясный Ключ", Title: "Кола Ясный Ключ", Volume: "0,5 л", GTIN: kolaGTIN},
		{SKU: "chips", Brand: "Хрустик", Title: "Чипсы Хрустик", Volume: "140 г", GTIN: chipsGTIN, Scope: assortment.ScopeAnyFlavour},
	}
}

// Lines of a receipt, each for so many units and that sum.
func kola(n fns.Quantity, sum money.Kopecks) fns.Item {
	return fns.Item{Name: "КОЛА", GTIN: kolaGTIN, Quantity: n * fns.Unit, Sum: sum, PaymentType: 4}
}

func chips(n fns.Quantity, sum money.Kopecks) fns.Item {
	return fns.Item{Name: "ЧИПСЫ", GTIN: chipsGTIN, Quantity: n * fns.Unit, Sum: sum, PaymentType: 4}
}

func bread(sum money.Kopecks) fns.Item {
	return fns.Item{Name: "ХЛЕБ РЖАНОЙ", Quantity: fns.Unit, Sum: sum, PaymentType: 4}
}

// doubtful is a line that names a promo product without its volume.
func doubtful(sum money.Kopecks) fns.Item {
	return fns.Item{Name: "КОЛА ЯСНЫЙ КЛЮЧ", Quantity: fns.Unit, Sum: sum, PaymentType: 4}
}

// with changes a line's quantity, in thousandths, and its payment type.
func with(item fns.Item, thousandths fns.Quantity, paymentType int) fns.Item {
	item.Quantity, item.PaymentType = thousandths, paymentType
	return item
}

func judge(t *testing.T, change func(*campaigns.Terms)) *campaigns.Judge {
	t.Helper()
	terms := march()
	terms.FirstReceipt = 0
	if change != nil {
		change(&terms)
	}
	j, err := campaigns.NewJudge(terms)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func ticket(items ...fns.Item) fns.Ticket {
	t := fns.Ticket{SellerINN: "7700000001", Items: items}
	for _, item := range items {
		t.Total += item.Sum
	}
	return t
}

func TestRewardCounts(t *testing.T) {
	perRouble := func(per money.Kopecks) func(*campaigns.Terms) {
		return func(t *campaigns.Terms) { t.PerProduct, t.KopecksPerPoint = 0, per }
	}
	for _, tt := range []struct {
		name   string
		change func(*campaigns.Terms)
		items  []fns.Item
		want   points.Amount
	}{
		{"one unit", nil, []fns.Item{kola(1, 100_00)}, 10},
		{"three units on a line and one on another", nil, []fns.Item{kola(3, 300_00), bread(50_00), chips(1, 90_00)}, 40},
		{"24 equal lines of a tray", nil, slices.Repeat([]fns.Item{kola(1, 60_00)}, 24), 240},
		{"a special rate for one product", func(t *campaigns.Terms) { t.PerSKU = map[string]points.Amount{"chips": 25} },
			[]fns.Item{kola(2, 100_00), chips(2, 200_00)}, 70},
		{"a special rate of nothing", func(t *campaigns.Terms) { t.PerSKU = map[string]points.Amount{"chips": 0} },
			[]fns.Item{kola(1, 100_00), chips(5, 200_00)}, 10},
		{"goods by weight are one piece", nil, []fns.Item{with(kola(1, 100_00), 294, 4), with(chips(1, 100_00), 2500, 4)}, 20},
		{"a line of no quantity", nil, []fns.Item{with(kola(1, 100_00), 0, 4), chips(1, 50_00)}, 10},
		{"prepaid, advance and credit are counted at the handing over", nil,
			[]fns.Item{with(kola(1, 100_00), 1000, 1), with(kola(1, 100_00), 1000, 3), with(kola(1, 100_00), 1000, 6), kola(1, 100_00)}, 10},
		{"a source that does not tell the payment type", nil, []fns.Item{with(kola(2, 100_00), 2000, 0)}, 20},
		{"limit of units inside a line", func(t *campaigns.Terms) { t.UnitsReceipt = 5 }, []fns.Item{kola(3, 100_00), chips(9, 100_00)}, 50},
		{"limit of units used up by the first line", func(t *campaigns.Terms) { t.UnitsReceipt = 3 }, []fns.Item{kola(3, 100_00), chips(9, 100_00)}, 30},
		{"a point per 100 roubles", perRouble(100_00), []fns.Item{kola(1, 100_00)}, 1},
		{"a kopeck less than a point", perRouble(100_00), []fns.Item{kola(1, 99_99)}, 0},
		{"roubles carry over from line to line", perRouble(100_00), []fns.Item{kola(1, 60_00), bread(500_00), kola(1, 60_00), chips(1, 80_00)}, 2},
		{"per unit and per rouble together", func(t *campaigns.Terms) { t.KopecksPerPoint = 10_00 }, []fns.Item{kola(2, 105_00)}, 30},
		{"millions do not overflow", func(t *campaigns.Terms) { t.PerProduct = 1_000_000 }, []fns.Item{kola(1_000_000, 100_00)}, 1_000_000_000_000},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := judge(t, tt.change).Reward(ticket(tt.items...), campaigns.History{})
			if got.Refusal != nil || got.Points != tt.want {
				t.Errorf("%d points, refusal %+v; want %d", got.Points, got.Refusal, tt.want)
			}
			var sum points.Amount
			for _, line := range got.Lines {
				sum += line.Points
			}
			if sum != got.Points || len(got.Lines) != len(tt.items) {
				t.Errorf("%d lines of %d points, the reward is %d for %d lines", len(got.Lines), sum, got.Points, len(tt.items))
			}
		})
	}
}

func TestRewardRefuses(t *testing.T) {
	promo := func(t *campaigns.Terms) { t.MinimumOn = campaigns.OnPromo }
	day := func(t *campaigns.Terms) { t.ReceiptsDay, t.ReceiptsTotal = 2, 5 }
	for _, tt := range []struct {
		name    string
		change  func(*campaigns.Terms)
		items   []fns.Item
		history campaigns.History
		want    string
		args    map[string]any
	}{
		{"no lines at all", nil, nil, campaigns.History{}, campaigns.RuleNoLines, map[string]any{}},
		{"nothing of ours", nil, []fns.Item{bread(900_00), bread(100_00)}, campaigns.History{}, campaigns.RuleNoPromo, map[string]any{"lines": 2}},
		{"only prepaid lines of ours", nil, []fns.Item{with(kola(1, 1000_00), 1000, 1)}, campaigns.History{}, campaigns.RuleNoPromo, map[string]any{"lines": 1}},
		{"only a line that a person must place", nil, []fns.Item{doubtful(1000_00)}, campaigns.History{}, campaigns.RuleUnsureLines, map[string]any{}},
		{"the whole reaches the minimum, promo lines need not", nil, []fns.Item{kola(1, 10_00), bread(990_00)}, campaigns.History{}, "", nil},
		{"promo lines a kopeck short", promo, []fns.Item{kola(1, 999_99), bread(500_00)}, campaigns.History{}, campaigns.RulePromoMin,
			map[string]any{"total": money.Kopecks(999_99), "minimum": money.Kopecks(1000_00), "missing": money.Kopecks(1)}},
		{"promo lines reach the minimum", promo, []fns.Item{kola(1, 999_99), chips(1, 1)}, campaigns.History{}, "", nil},
		{"promo lines are short, but one is unsure", promo, []fns.Item{kola(1, 500_00), doubtful(600_00)}, campaigns.History{}, campaigns.RuleUnsureLines, map[string]any{}},
		{"and a person has placed it", promo, []fns.Item{kola(1, 500_00), doubtful(600_00)}, campaigns.History{Trusted: map[int]bool{1: true}}, "", nil},
		{"a shop that is denied", func(t *campaigns.Terms) { t.ShopsDenied = []string{"7700000001"} }, []fns.Item{kola(1, 1000_00)}, campaigns.History{},
			campaigns.RuleShop, map[string]any{"inn": "7700000001"}},
		{"a shop that is not among the allowed", func(t *campaigns.Terms) { t.ShopsAllowed = []string{"7700000002"} }, []fns.Item{kola(1, 1000_00)}, campaigns.History{},
			campaigns.RuleShop, map[string]any{"inn": "7700000001"}},
		{"an allowed shop", func(t *campaigns.Terms) { t.ShopsAllowed = []string{"7700000002", "7700000001"} }, []fns.Item{kola(1, 1000_00)}, campaigns.History{}, "", nil},
		{"below the day's limit", day, []fns.Item{kola(1, 1000_00)}, campaigns.History{ReceiptsDay: 1, ReceiptsTotal: 4}, "", nil},
		{"at the day's limit", day, []fns.Item{kola(1, 1000_00)}, campaigns.History{ReceiptsDay: 2, ReceiptsTotal: 4}, campaigns.RuleDayLimit, map[string]any{"limit": 2}},
		{"at both limits the final one is named", day, []fns.Item{kola(1, 1000_00)}, campaigns.History{ReceiptsDay: 2, ReceiptsTotal: 5}, campaigns.RuleTotalLimit, map[string]any{"limit": 5}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := judge(t, tt.change).Reward(ticket(tt.items...), tt.history)
			if rule(got.Refusal) != tt.want {
				t.Fatalf("%+v, want %q", got.Refusal, tt.want)
			}
			if tt.want == "" {
				return
			}
			if !reflect.DeepEqual(got.Refusal.Args, tt.args) {
				t.Errorf("args %v, want %v", got.Refusal.Args, tt.args)
			}
			earned := got.Points + got.First
			for _, line := range got.Lines {
				earned += line.Points
			}
			if earned != 0 {
				t.Errorf("a refused receipt shows points: %+v", got)
			}
		})
	}
}

func TestRewardOfTheFirstReceipt(t *testing.T) {
	j := judge(t, func(t *campaigns.Terms) { t.FirstReceipt = 50 })
	good, none := ticket(kola(1, 1000_00)), ticket(bread(1000_00))
	for _, tt := range []struct {
		name  string
		t     fns.Ticket
		first bool
		want  points.Amount
	}{{"the first", good, true, 50}, {"a later one", good, false, 0}, {"the first, but refused", none, true, 0}} {
		if got := j.Reward(tt.t, campaigns.History{FirstReceipt: tt.first}); got.First != tt.want {
			t.Errorf("%s: %d points, want %d", tt.name, got.First, tt.want)
		}
	}
}

func TestUnsureLineIsNotPaidUntilPlaced(t *testing.T) {
	j, items := judge(t, nil), ticket(kola(1, 500_00), doubtful(500_00))
	before := j.Reward(items, campaigns.History{})
	line := before.Lines[1]
	if before.Points != 10 || !line.Unsure || line.SKU != "" || line.Candidate != "kola" || line.Units != 0 {
		t.Errorf("%d points, line %+v; want 10 and an unsure line that may be kola", before.Points, line)
	}
	after := j.Reward(items, campaigns.History{Trusted: map[int]bool{0: true, 1: true, 7: true}})
	if line := after.Lines[1]; after.Points != 20 || line.Unsure || line.SKU != "kola" || !strings.HasPrefix(line.Reason, "placed by a person") {
		t.Errorf("%d points, line %+v; want 20 and the line placed", after.Points, line)
	}
	if !reflect.DeepEqual(before.Lines[0], after.Lines[0]) {
		t.Errorf("trust changed a sure line: %+v", after.Lines[0])
	}
}

// TestRewardIsPure: the same input gives the same output, and nothing that is
// handed in changes.
func TestRewardIsPure(t *testing.T) {
	j := judge(t, func(t *campaigns.Terms) { t.KopecksPerPoint, t.UnitsReceipt = 7_00, 9 })
	items := ticket(kola(4, 333_33), doubtful(100_00), with(chips(1, 77_77), 1500, 4), bread(1), chips(30, 500_00))
	history := campaigns.History{FirstReceipt: true, ReceiptsDay: 1, Trusted: map[int]bool{1: true}}
	kept, want := fmt.Sprintf("%+v%+v%+v", items, history, j.Terms), j.Reward(items, history)
	for range 50 {
		if got := j.Reward(items, history); !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v, at first it was %+v", got, want)
		}
	}
	if now := fmt.Sprintf("%+v%+v%+v", items, history, j.Terms); now != kept {
		t.Errorf("the input changed: %s", now)
	}
}

func TestNewJudgeRefusesWhatLintWould(t *testing.T) {
	terms := march()
	terms.Products = append(terms.Products, terms.Products[0])
	if _, err := campaigns.NewJudge(terms); err == nil || !strings.Contains(err.Error(), "spring") {
		t.Errorf("%v, want a refusal that names the campaign", err)
	}
}
