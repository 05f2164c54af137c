package fnssim_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"promobot/fns"
	"promobot/fns/fnssim"
)

// TestMintRefund: a refund is another document of the same till and seller.
func TestMintRefund(t *testing.T) {
	sim := fnssim.New(fnssim.Options{Clock: func() time.Time { return time.Date(2026, 3, 14, 20, 0, 0, 0, time.UTC) }})
	defer sim.Close()
	items := []fns.Item{{Name: "Кола", GTIN: "04609990000012", Price: 60_00, Sum: 120_00, Quantity: 2 * fns.Unit}, {Name: "Хлеб", Price: 50_00, Sum: 50_00, Quantity: fns.Unit}}
	sale, err := sim.Mint(fnssim.Order{Items: items})
	if err != nil {
		t.Fatal(err)
	}
	whole, err := sim.Mint(fnssim.Order{Sale: sale.String()})
	if err != nil || whole.Operation != fns.SaleReturn || whole.FN != sale.FN || whole.FD == sale.FD || whole.Total != sale.Total {
		t.Errorf("%v (%v), want a refund of %v", whole, err, sale)
	}
	part, err := sim.Mint(fnssim.Order{Sale: sale.String(), Items: items[1:]})
	if err != nil || part.Total != 50_00 || part.FN != sale.FN {
		t.Errorf("%v (%v), want a refund of the bread", part, err)
	}
	for _, text := range []string{"nonsense", whole.String(), strings.Replace(sale.String(), "i=", "i=1", 1)} {
		if _, err := sim.Mint(fnssim.Order{Sale: text}); !errors.Is(err, fnssim.ErrMint) {
			t.Errorf("%s: %v, want ErrMint", text, err)
		}
	}
}
