package campaigns_test

import (
	"fmt"

	"promobot/campaigns"
	"promobot/campaigns/assortment"
	"promobot/fns"
)

// A reward explains itself: which line is which product and why, and of a
// refusal the rule with its numbers.
func ExampleJudge_Reward() {
	judge, err := campaigns.NewJudge(campaigns.Terms{
		Slug: "spring", Minimum: 500_00, MinimumOn: campaigns.OnPromo, PerProduct: 10, FirstReceipt: 50, UnitsReceipt: 5,
		Products: []assortment.Product{{SKU: "kola", Brand: "Ясный Ключ", Title: "Кола", Volume: "0,5 л", GTIN: "4609990000012"}},
	})
	if err != nil {
		panic(err)
	}
	ticket := fns.Ticket{Items: []fns.Item{
		{Name: "КОЛА 6ШТ", GTIN: "04609990000012", Quantity: 6 * fns.Unit, Sum: 540_00},
		{Name: "ХЛЕБ", Quantity: fns.Unit, Sum: 60_00},
		{Name: "КОЛА ПРЕДОПЛАТА", GTIN: "04609990000012", Quantity: fns.Unit, Sum: 90_00, PaymentType: 1},
	}}
	reward := judge.Reward(ticket, campaigns.History{FirstReceipt: true})
	for i, line := range reward.Lines {
		fmt.Printf("%s: sku %q, %d units, %d points (%s)\n", ticket.Items[i].Name, line.SKU, line.Units, line.Points, line.Reason)
	}
	fmt.Println(reward.Points, "points and", reward.First, "for the first receipt")

	ticket.Items = ticket.Items[1:]
	refused := judge.Reward(ticket, campaigns.History{}).Refusal
	fmt.Println(refused.Rule, refused.Args)
	// Output:
	// КОЛА 6ШТ: sku "kola", 5 units, 50 points (GTIN 04609990000012)
	// ХЛЕБ: sku "", 0 units, 0 points (no brand of the assortment)
	// КОЛА ПРЕДОПЛАТА: sku "", 0 units, 0 points (payment type 1: counted when the goods are handed over)
	// 50 points and 50 for the first receipt
	// campaign.no_promo map[lines:2]
}
