package assortment_test

import (
	"testing"

	"promobot/campaigns/assortment"
)

// TestVolumes writes one product in each form of the volume column and asks
// what tills make of it: "=" matches, "?" is unsure, "-" is another product.
func TestVolumes(t *testing.T) {
	for _, tt := range []struct {
		volume string
		kind   string
		tills  map[string]string
	}{
		{"2 л", "Вода", map[string]string{"2л": "=", "2,0 Л": "=", "2000мл": "=", "2L": "=", "1л": "-", "2,5л": "-", "2": "?", "": "?", "2.0": "?", "20": "?"}},
		{"0,5 л", "Вода", map[string]string{"0.5": "=", "0,50л": "=", "500": "=", "0,5ПЭТ": "=", "0,51л": "-", "0.55": "-", "0,505л": "=", "5": "?"}},
		{"1,75 л", "Вода", map[string]string{"1.75л": "=", "1,75": "=", "1,8л": "-", "1,5": "-"}},
		{"140-150 г", "Чипсы", map[string]string{"140г": "=", "145 гр": "=", "150": "=", "0,15кг": "=", "139г": "=", "138г": "-", "152г": "-", "15": "?"}},
		{"13,6 г", "Драже", map[string]string{"13.6г": "=", "14г": "=", "13г": "-", "13,0г": "-", "13,6": "=", "24х30х13.6г": "=", "24х13.6г": "=", "24х30х20г": "-"}},
		{"12 шт", "Салфетки", map[string]string{"12шт": "=", "12 рул": "=", "4шт": "-", "12": "=", "1шт": "?", "": "?", "24шт": "-"}},
		{"25 пак.x2 г", "Чай", map[string]string{"25х2г": "=", "2г*25": "=", "25пак": "=", "25 пак. по 2 г": "=", "50г": "?", "25х1,8г": "-", "100х2г": "-", "25*2": "=", "25*1.5": "-", "100пак": "-", "": "?"}},
		{"1,2 кг", "Печенье", map[string]string{"1,2кг": "=", "1200г": "=", "1,2": "=", "6х200г": "=", "6х250г": "-"}},
	} {
		a, err := assortment.New([]assortment.Product{{SKU: "A", Brand: "Белка", Title: tt.kind + " Белка", Volume: tt.volume, Scope: "any_flavour"}})
		if err != nil {
			t.Fatal(err)
		}
		for till, want := range tt.tills {
			name := tt.kind + " БЕЛКА " + till
			m := a.Match(assortment.Line{Name: name})
			got := map[bool]string{true: "=", false: "-"}[m.SKU != ""]
			if m.Unsure {
				got = "?"
			}
			if got != want {
				t.Errorf("%s: %q is %s, want %s: %s", tt.volume, name, got, want, m.Reason)
			}
		}
	}
}
