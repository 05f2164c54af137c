package assortment_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"promobot/campaigns/assortment"
)

// goods are invented.
const goods = `sku_id,brand,title,volume,gtin,scope
MILK,Рассветное,"Молоко Рассветное паст. 2,5%",930 мл,,exact
YOG2,Veselka,"Йогурт Veselka, любой вкус",200 г,,any_flavour
YOG4,Veselka,"Йогурт Veselka, любой вкус","0,4 кг",,any_flavour
FOX,Grumble Fox,Энергетик Grumble Fox классический ж/б,"0,449 л",4690000000016,exact
FOXM,Grumble Fox,Энергетик Grumble Fox Манго без сахара ж/б,"0,449 л",,exact
KEY15,Тихий Ключ,Вода Тихий Ключ негаз.,"1,5 л",,exact
KEY05,Тихий Ключ,Вода Тихий Ключ (газ. или негаз.),"0,5 л",,any_kind
TEA,Morningleaf,"Чай чёрный Morningleaf, любой сорт",100 пак.x2 г,,any_flavour
TEA25,Morningleaf,Чай чёрный Morningleaf Royal Grey,25 пак.x2 г,,exact
ROLL,Пушинка,Туалетная бумага Пушинка Люкс 3 сл. белая,8 шт,,exact
KEF,Ладушкино,"Кефир детский Ладушкино, любая жирность",930 г,,any_fat
CHIP,Hrustik,"Чипсы Hrustik, любой вкус",140-150 г,,any_flavour
BAR,Kometa,Батончик Kometa классический,50-55 г,,exact
CURD,Буренкино,"Сырок глазированный Буренкино (БУР), любой вкус",45 г,,any_flavour
COLA,Zubr,Zubr Кола,"0,5 л",,exact
EGG,Зорька,Яйцо куриное Зорька С0,30 шт,,exact
PIE,Печкин,Печенье Печкин 6 шт,168-180 г,,any_kind
TWIN1,Ладный,"Сок Ладный, любой вкус",1 л,,any_flavour
TWIN2,Ладный,"Сок Ладный, любой вкус",1000 мл,,any_flavour
GUM,Mintos,"Жевательная резинка Mintos, любой вкус","13,6 г",,any_flavour
`

func parse(t testing.TB, text string) *assortment.Assortment {
	t.Helper()
	a, err := assortment.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Every case is a border of the decision: the SKU, "-" for none, "?" and a SKU
// for a line that a person has to look at.
func TestMatchByName(t *testing.T) {
	a := parse(t, goods)
	for _, tt := range []struct{ why, name, want string }{
		{"nothing", "", "-"},
		{"no brand", "Йогурт персик 200г", "-"},
		{"brand alone", "ВЕСЕЛКА", "-"},
		{"brand and volume, a kind that brands do not say", "ВЕСЕЛКА 200г", "?YOG2"},
		{"all agree", "Йогурт Veselka персик 200г", "YOG2"},
		{"brand in the other script", "Йогурт ВЕСЕЛКА персик 200г", "YOG2"},
		{"brand glued between words", "ЙогуртVESELKAклуб 200г", "YOG2"},
		{"brand cut with a dot", "ВЕСЕЛ.Йогурт клубн.200г", "YOG2"},
		{"brand cut too short", "ВЕ.Йогурт клубн.200г", "-"},
		{"volume in the other unit", "Йогурт Веселка 0,2 кг", "YOG2"},
		{"the other volume", "Йогурт Веселка 400г", "YOG4"},
		{"volume without a unit", "ЙОГУРТ ВЕСЕЛКА 1,5%400", "YOG4"},
		{"a third volume", "Йогурт Веселка 300г", "-"},
		{"volume cut away", "Йогурт Веселка с пер", "?YOG2"},
		{"another kind", "Сметана Веселка 200г", "-"},
		{"another kind that is a taste too", "Творог Веселка 200г", "-"},
		{"kind that is a taste, beside the kind", "Йогурт Веселка творожный с шоколадом 200г", "YOG2"},

		{"fat agrees", "РАССВЕТНОЕ Молоко паст.2,5% 930мл", "MILK"},
		{"other fat", "РАССВЕТНОЕ Молоко паст.3,2% 930мл", "-"},
		{"fat unsaid", "РАССВЕТНОЕ Молоко паст. 930мл", "?MILK"},
		{"other treatment", "РАССВЕТНОЕ Молоко стер.2,5% 930мл", "-"},
		{"treatment unsaid", "РАССВЕТНОЕ Молоко 2,5% 930мл", "MILK"},
		{"another sort", "РАССВЕТНОЕ Молоко отб.2,5% 930мл", "-"},
		{"any fat", "ЛАДУШ.Кефир дет.1% 930г", "KEF"},
		{"any fat, unsaid", "Кефир детский Ладушкино 930г", "KEF"},
		{"any fat, but not for children", "Кефир Ладушкино 1% 930г", "?KEF"},

		{"can", "Нап.энерг.GRUMBLE FOX ж/б 0,449л", "FOX"},
		{"rounded volume", "Грамбл Фокс энерг.напиток 0,45л", "FOX"},
		{"volume a step too large", "Грамбл Фокс энерг.напиток 0,46л", "-"},
		{"bottle instead of can", "Грамбл Фокс энерг.напиток пэт 0,449л", "-"},
		{"trade pack", "Грамбл Фокс 0.449Л БАН 12Х", "FOX"},
		{"flavour and sweetness said", "Грамбл Фокс манго б/сах 0,449л ж/б", "FOXM"},
		{"sweetness said in two words", "Грамбл Фокс манго без сахара 0,449л", "FOXM"},
		{"sweetness unsaid", "Грамбл Фокс манго 0,449л ж/б", "?FOXM"},
		{"a flavour that nobody sells here", "Грамбл Фокс вишня 0,449л ж/б", "-"},
		{"an unknown word in an exact article", "Грамбл Фокс Турбо 0,449л ж/б", "?FOX"},
		{"an unknown word at the width of a till", "Энергетик Грамбл Фокс 0,449л Турбо", "?FOX"},
		{"the stump of a word at the width of a till", "Энергетик Грамбл Фокс 0,449л Тр", "?FOX"},
		{"a stump that would contradict", "Энергетик Грамбл Фокс 0,449л Нс", "?FOX"},
		{"the stump of a flavour", "Йогурт Веселка клубничный 200г Ма", "YOG2"},
		{"initials with the kind", "Энергетик GF 0,449л", "FOX"},
		{"initials with a kind of many goods", "Напиток GF 0,449л", "-"},
		{"first word of the brand only", "Энергетик GRUMBLE 0,449л", "-"},

		{"still water", "Вода ТИХИЙ КЛЮЧ н/г 1,5л", "KEY15"},
		{"sparkling instead of still", "Вода ТИХИЙ КЛЮЧ газ 1,5л", "-"},
		{"water that does not say", "Вода ТИХИЙ КЛЮЧ 1,5л", "?KEY15"},
		{"either water", "ТИХ.КЛЮЧ вода газ.0,5л", "KEY05"},
		{"either water, without gas in two words", "Тихий Ключ без газа 0.5л ПЭТ", "KEY05"},
		{"the brackets leave only gas open", "Вода ТИХИЙ КЛЮЧ лимон 0,5л", "-"},

		{"bags and weight", "100ШТХ2Г Чай MORNINGLEAF", "TEA"},
		{"weight before bags", "Чай Морнинглиф 2г*100", "TEA"},
		{"bags without weight", "Чай MORNINGLEAF мята 100пак", "TEA"},
		{"lighter bags", "Чай MORNINGLEAF 100пакХ1,5г", "-"},
		{"fewer bags", "Чай MORNINGLEAF чер.20х2г", "-"},
		{"green", "Чай MORNINGLEAF зел.100х2г", "-"},
		{"named sort", "Чай MORNINGLEAF Роял Грей 25х2г", "TEA25"},
		{"other sort", "Чай MORNINGLEAF Голд 25х2г", "?TEA25"},
		{"loose", "Чай MORNINGLEAF чер. 200г", "?TEA"},

		{"rolls", "Т/бумага ПУШИНКА Люкс 3сл 8рул", "ROLL"},
		{"fewer rolls", "Т/бумага ПУШИНКА Люкс 3сл 4рул", "-"},
		{"fewer layers", "Т/бумага ПУШИНКА Люкс 2сл 8рул", "-"},
		{"layers without rolls", "Т/бумага ПУШИНКА Люкс 3сл", "?ROLL"},
		{"other line of the brand", "Т/бумага ПУШИНКА 3сл 8рул", "?ROLL"},
		{"towels", "Полотенца ПУШИНКА Люкс 8шт", "-"},

		{"least of a range", "Чипсы ХРУСТИК сыр 140г", "CHIP"},
		{"most of a range", "Чипсы ХРУСТИК сыр 150г", "CHIP"},
		{"below a range", "Чипсы ХРУСТИК сыр 130г", "-"},
		{"above a range", "Чипсы ХРУСТИК сыр 160г", "-"},
		{"a carton of bars", "6*32*55г КОМЕТА", "BAR"},
		{"white bar", "Комета белая 50г", "-"},
		{"the brand's ice cream", "Мороженое Комета 50г", "-"},
		{"number cut in the middle", "Батончик шок. Kometa 5", "?BAR"},
		{"short form in the title", "Сырок БУР ваниль 0,045 кг.", "CURD"},
		{"short form with another kind", "Йогурт БУР ваниль 0,045 кг.", "-"},
		{"flavour is the kind", "Зубр кола 0,5 пэт", "COLA"},
		{"the flavour unsaid", "Зубр 0,5 пэт", "?COLA"},
		{"zero where the title has none", "Зубр кола зеро 0,5 пэт", "-"},
		{"grade", "Яйцо ЗОРЬКА С0 30шт", "EGG"},
		{"grade in letters", "ЗОРЬКА Яйцо кур. СО 30 шт", "EGG"},
		{"other grade", "Яйцо ЗОРЬКА С1 30шт", "-"},
		{"a third of the eggs", "Яйцо ЗОРЬКА С0 10шт", "-"},
		{"gum", "Ж/Р МИНТОС арбуз 13.6г", "GUM"},
		{"gum, rounded", "ЖР Mintos 14г", "GUM"},
		{"gum, too heavy", "ЖР Mintos 15г", "-"},
		{"a bar with what bars are made of", "Батончик КОМЕТА с арахисом и карамелью 50г", "BAR"},
		{"a bar with a taste of its own", "Батончик КОМЕТА с кокосом 50г", "-"},
		{"a bar beside another thing", "Батончик КОМЕТА 50г + сок 200мл", "-"},
		{"two weights", "Батончик КОМЕТА 50г + 95г", "?BAR"},
		{"the brand in both scripts", "Йогурт Veselka ВЕСЕЛКА 200г", "YOG2"},
		{"pieces instead of a weight", "Печенье ПЕЧКИН 6шт", "PIE"},
		{"other pieces", "Печенье ПЕЧКИН 12шт", "-"},
		{"pieces that weigh what all do", "Печенье ПЕЧКИН 6х30г", "PIE"},
		{"pieces of another number with the weight", "Печенье ПЕЧКИН 12шт 180г", "-"},
		{"two articles that agree equally", "Сок ЛАДНЫЙ 1л", "?TWIN1"},
		{"two brands", "Йогурт Веселка Буренкино 200г", "YOG2"},
	} {
		t.Run(tt.why, func(t *testing.T) {
			if got := shown(a.Match(assortment.Line{Name: tt.name})); got != tt.want {
				t.Errorf("%q is %s, want %s: %s", tt.name, got, tt.want, a.Match(assortment.Line{Name: tt.name}).Reason)
			}
		})
	}
}

func shown(m assortment.Match) string {
	switch {
	case m.Unsure:
		return "?" + m.Candidate
	case m.SKU == "":
		return "-"
	}
	return m.SKU
}

func TestMatchByGTIN(t *testing.T) {
	a := parse(t, goods)
	for _, tt := range []struct{ why, name, gtin, want string }{
		{"equal, whatever the name", "Товар", "04690000000016", "FOX"},
		{"equal, 13 digits", "Товар", "4690000000016", "FOX"},
		{"different, the name alike", "Энергетик Grumble Fox 0,449л", "04690000000023", "-"},
		{"different, the product without a number", "Йогурт Веселка 200г", "04690000000023", "YOG2"},
		{"different, a sibling without a number", "Грамбл Фокс манго б/сах 0,449л", "04690000000023", "FOXM"},
		{"wrong check digit is no number", "Энергетик Grumble Fox 0,449л", "04690000000024", "FOX"},
		{"weighed in the shop is no number", "Энергетик Grumble Fox 0,449л", "2100000000005", "FOX"},
		{"zeros are no number", "Энергетик Grumble Fox 0,449л", "00000000000000", "FOX"},
		{"equal, in front of the name", "**02  4690000000016 НАПИТ", "", "FOX"},
		{"different, in front of the name", "4690000000023 Энергетик Grumble Fox 0,449л", "", "-"},
		{"the line's own goes before the name's", "4690000000023 НАПИТ", "04690000000016", "FOX"},
	} {
		t.Run(tt.why, func(t *testing.T) {
			m := a.Match(assortment.Line{Name: tt.name, GTIN: tt.gtin})
			if got := shown(m); got != tt.want {
				t.Errorf("got %s, want %s: %s", got, tt.want, m.Reason)
			}
		})
	}
}

func TestMatchByModerator(t *testing.T) {
	odd := "ВСЛК п/н 0071"
	key := assortment.Normalize(odd)
	a := parse(t, goods).WithAliases(map[string]string{
		key: "YOG2", "7700000000|" + key: "YOG4",
		assortment.Normalize("Зубр кола 0,5 пэт"): "-",
		"ПРОЧЕЕ": "GONE", "ЛИСА": "FOX",
	})
	for _, tt := range []struct {
		why  string
		line assortment.Line
		want string
	}{
		{"for every shop", assortment.Line{Name: odd}, "YOG2"},
		{"written a little differently", assortment.Line{Name: "*333444 ВСЛК  П/Н 0071"}, "YOG2"},
		{"for one shop", assortment.Line{Name: odd, INN: "7700000000"}, "YOG4"},
		{"for another shop", assortment.Line{Name: odd, INN: "7700000001"}, "YOG2"},
		{"decided as none", assortment.Line{Name: "Зубр кола 0,5 пэт"}, "-"},
		{"product no longer there", assortment.Line{Name: "Прочее"}, "-"},
		{"against another GTIN", assortment.Line{Name: "Лиса", GTIN: "04690000000023"}, "-"},
		{"GTIN first", assortment.Line{Name: odd, GTIN: "04690000000016"}, "FOX"},
	} {
		t.Run(tt.why, func(t *testing.T) {
			m := a.Match(tt.line)
			if got := shown(m); got != tt.want {
				t.Errorf("got %s, want %s: %s", got, tt.want, m.Reason)
			}
		})
	}
}

func TestAliasesAddUpAndLeaveTheFirst(t *testing.T) {
	first := parse(t, goods)
	second := first.WithAliases(map[string]string{"ОДИН": "YOG2"}).WithAliases(map[string]string{"ДВА": "YOG4"})
	for name, want := range map[string]string{"Один": "YOG2", "Два": "YOG4"} {
		if got := shown(second.Match(assortment.Line{Name: name})); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
		if got := shown(first.Match(assortment.Line{Name: name})); got != "-" {
			t.Errorf("%s is %s without the alias", name, got)
		}
	}
}

func TestPack(t *testing.T) {
	a := parse(t, goods)
	for _, tt := range []struct {
		name string
		want int
	}{
		{"Грамбл Фокс 0.449Л БАН", 1},
		{"Грамбл Фокс 0.449Л БАН 12Х", 12},
		{"Грамбл Фокс 0.449лСЛ6ХДП", 6},
		{"Энергетик Grumble Fox 4х0,449л", 4},
		{"Энергетик Grumble Fox 0,449л 1Х", 1},
		{"Энергетик Grumble Fox 0,449л 1000Х", 1},
		{"6*32*55г КОМЕТА", 1}, // a carton's arithmetic: one bar is sold
		{"Чай MORNINGLEAF 100х2г", 1},
		{"Хлеб", 1},
		{"", 1},
	} {
		if got := a.Match(assortment.Line{Name: tt.name}).Pack; got != tt.want {
			t.Errorf("%q: pack %d, want %d", tt.name, got, tt.want)
		}
	}
}

func TestReasons(t *testing.T) {
	a := parse(t, goods)
	for _, tt := range []struct{ name, gtin, says string }{
		{"Йогурт Веселка 200г", "", "brand Veselka (ВЕСЕЛКА), kind ЙОГУРТ, volume 200 г"},
		{"Йогурт Веселка 300г", "", "300 instead of volume 200 г"},
		{"Йогурт Веселка", "", "unsure: maybe YOG2"},
		{"Сметана Веселка 200г", "", "СМЕТАНА"},
		{"ВЕСЕЛКА", "", "alone"},
		{"Хлеб", "", "no brand"},
		{"Хлеб", "04690000000016", "GTIN 04690000000016"},
		{"Энергетик Grumble Fox 0,449л", "04690000000023", "GTIN 04690000000023"},
	} {
		m := a.Match(assortment.Line{Name: tt.name, GTIN: tt.gtin})
		if !strings.Contains(m.Reason, tt.says) {
			t.Errorf("%q: %q does not say %q", tt.name, m.Reason, tt.says)
		}
		if strings.HasPrefix(m.Reason, "unsure:") != m.Unsure || m.Unsure == (m.Candidate == "") {
			t.Errorf("%q: %+v", tt.name, m)
		}
	}
}

func ExampleAssortment_Match() {
	a, _ := assortment.New([]assortment.Product{
		{SKU: "K1", Brand: "Red Comet", Title: "Энергетик Red Comet ж/б", Volume: "0,25 л"},
	})
	for _, name := range []string{"0,25Л ЭН НАП РЕД КОМЕТ Ж/Б", "РЕД КОМЕТ ЭНЕРГ. 0,5", "Энергетик Red Comet"} {
		m := a.Match(assortment.Line{Name: name})
		fmt.Printf("%q: %s\n", m.SKU, m.Reason)
	}
	// Output:
	// "K1": brand Red Comet (РЕД КОМЕТ), kind ЭН, said Ж/Б, volume 0,25 л
	// "": brand Red Comet (РЕД КОМЕТ), but not K1: 0.5 instead of volume 0,25 л
	// "": unsure: maybe K1: brand Red Comet (RED COMET), kind ЭНЕРГЕТИК; no volume
}

// What no till prints takes no longer than a name: nothing grows with the length
// or the shape of it.
func TestAbsurdNamesAreBounded(t *testing.T) {
	a := parse(t, goods)
	began := time.Now()
	for _, name := range []string{
		strings.Repeat("Ы", 1_000_000), strings.Repeat("ГРАМБЛ", 200_000), strings.Repeat("Г ", 500_000), strings.Repeat("1х", 500_000),
		strings.Repeat("Б/", 500_000), strings.Repeat("Aя", 500_000), strings.Repeat("9", 1_000_000), strings.Repeat("\u0306", 500_000),
		strings.Repeat("ТИХИЙКЛЮЧ", 100_000), strings.Repeat("GRUMBLEFO", 100_000), strings.Repeat("0,5л ", 200_000),
	} {
		checkConfidence(t, name[:16], a.Match(assortment.Line{Name: name}))
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("eleven names took %s", took)
	}
}

func FuzzMatch(f *testing.F) {
	a := parse(f, goods)
	for _, seed := range []string{"", "Йогурт Веселка 200г", "6*32*55г КОМЕТА", "ГРАМБЛ Ф.0.449лСЛ12ХДПНР", "Яйцо ЗОРЬКА С0 1/30", "- 5%х*", "Х 5 Х 5Х", "4690000000016"} {
		f.Add(seed, "04690000000016")
		f.Add(seed, "")
	}
	f.Fuzz(func(t *testing.T, name, gtin string) {
		m := a.Match(assortment.Line{Name: name, GTIN: gtin})
		if m.Pack < 1 || m.Reason == "" || strings.ContainsAny(m.Reason, "\t\r\n") {
			t.Errorf("%q: %+v", name, m)
		}
		checkConfidence(t, name, m)
		if m.Unsure && (m.SKU != "" || m.Candidate == "" || !strings.HasPrefix(m.Reason, "unsure:")) {
			t.Errorf("%q: %+v", name, m)
		}
	})
}

func BenchmarkMatch(b *testing.B) {
	a := parse(b, goods)
	names := []string{"3394144 ВЕСЕЛ.Йогурт клубн.200г", "Хлеб Дарницкий нарезка 350г", "Грамбл Фокс 0.449Л БАН 12Х", "Чай MORNINGLEAF чер.20х2г"}
	for i := 0; b.Loop(); i++ {
		a.Match(assortment.Line{Name: names[i%len(names)]})
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "names/s")
}
