package assortment_test

import (
	"strings"
	"testing"

	"promobot/campaigns/assortment"
)

// sure reports whether a water of the brand is recognised under a till spelling.
func sure(t *testing.T, brand, spelling string) bool {
	t.Helper()
	a, err := assortment.New([]assortment.Product{{SKU: "A", Brand: brand, Title: "Вода " + brand, Volume: "1 л", Scope: "any_flavour"}})
	if err != nil {
		t.Fatal(err)
	}
	return a.Match(assortment.Line{Name: "Вода " + spelling + " 1л"}).SKU == "A"
}

// No brand of this list is known to the code: the spellings are computed.
func TestBrandSpellings(t *testing.T) {
	for _, pair := range strings.Split(`Nutella НУТЕЛЛА|Jacobs ЯКОБС|Jacobs ДЖЕЙКОБС|Sprite СПРАЙТ|Kinder КИНДЕР|Milka МИЛКА|
		Bounty БАУНТИ|Heinz ХАЙНЦ|Heinz ХЕЙНЦ|Fairy ФЕЙРИ|Bonaqua БОНАКВА|Borjomi БОРЖОМИ|Nestea НЕСТИ|Schweppes ШВЕПС|
		Hochland ХОХЛАНД|Oltermanni ОЛЬТЕРМАННИ|Tchibo ЧИБО|Curtis КЕРТИС|Pringles ПРИНГЛС|Cheetos ЧИТОС|Oreo ОРЕО|
		Gillette ДЖИЛЕТ|Colgate КОЛГЕЙТ|Nivea НИВЕЯ|Tide ТАЙД|Ariel АРИЭЛЬ|Whiskas ВИСКАС|Pedigree ПЕДИГРИ|Calve КАЛЬВЕ|
		Raffaello РАФФАЭЛЛО|Skittles СКИТТЛС|Huggies ХАГГИС|Nesquik НЕСКВИК|Village ВИЛЛАДЖ|Village ВИЛИДЖ|Lightman ЛАЙТМАН|
		Агуша AGUSHA|Чудо CHUDO|Ручеёк RUCHEEK|Жигулёвское ZHIGULEVSKOE|Царьград TSARGRAD|Махеевъ МАХЕЕВ|Аквария AQUARIA|
		Active АКТИВ|Café КАФЕ|O'Neil ОНЕИЛ`, "|") {
		brand, spelling, _ := strings.Cut(strings.TrimSpace(pair), " ")
		for _, written := range []string{spelling, brand, strings.ToUpper(brand)} {
			if !sure(t, brand, written) {
				t.Errorf("%s is not seen in %s", brand, written)
			}
		}
	}
}

func TestShortenedBrands(t *testing.T) {
	for _, tt := range []struct {
		why, brand, spelling string
		want                 bool
	}{
		{"three letters and a dot", "Каравелла", "КАР.", true},
		{"two letters and a dot", "Каравелла", "КА.", false},
		{"five letters", "Каравелла", "КАРАВ", true},
		{"four letters", "Каравелла", "КАРА", false},
		{"other ending", "Каравелла", "КАРАВАН", false},
		{"both words cut", "Зимний Берег", "ЗИМ.БЕР.", true},
		{"first word a letter", "Зимний Берег", "З.БЕРЕГ", true},
		{"both words a letter", "Зимний Берег", "З.Б.", false},
		{"one word", "Зимний Берег", "ЗИМНИЙ", false},
		{"a long first word alone", "Серебристый Лось", "СЕРЕБРИСТЫЙ", true},
		{"second word alone", "Серебристый Лось", "ЛОСЬ", false},
		{"words apart", "Зимний Берег", "ЗИМНИЙ ТЕПЛЫЙ БЕРЕГ", false},
		{"words glued", "Зимний Берег", "ЗИМНИЙБЕРЕГ", true},
		{"words by a hyphen", "Зимний Берег", "ЗИМНИЙ-БЕРЕГ", true},
		{"initials", "Зимний Берег", "ЗБ", true},
		{"a letter and a digit", "Q9", "КУ9", false},
		{"a letter and a digit as written", "Q9", "Q9", true},
		{"a short brand cut", "Лес", "ЛЕ.", false},
		{"part of another word", "Лес", "ЛЕСНАЯ", false},
	} {
		if got := sure(t, tt.brand, tt.spelling); got != tt.want {
			t.Errorf("%s: %s in %s is %v", tt.why, tt.brand, tt.spelling, got)
		}
	}
}

// What a plain product is made of anyway is no other flavour.
func TestPlainProductsKeepTheirTaste(t *testing.T) {
	a, err := assortment.New([]assortment.Product{
		{SKU: "TEA", Brand: "Листок", Title: "Чай чёрный Листок Earl Grey", Volume: "25 пак.x2 г"},
		{SKU: "COLA", Brand: "Шипучкин", Title: "Шипучкин классический", Volume: "1 л"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"Чай ЛИСТОК Эрл Грей с бергамотом 25х2г": "TEA", "Чай ЛИСТОК Эрл Грей с лимоном 25х2г": "",
		"Напиток ШИПУЧКИН кола 1л": "COLA", "Напиток ШИПУЧКИН вишня 1л": "",
	} {
		if got := a.Match(assortment.Line{Name: name}); got.SKU != want {
			t.Errorf("%q is %q, want %q: %s", name, got.SKU, want, got.Reason)
		}
	}
}
