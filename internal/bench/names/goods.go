package names

import (
	"fmt"
	"math/rand"
	"strings"

	"promobot/campaigns/assortment"
)

// The parts of invented goods. What is invented sounds like goods, so that the
// matcher's tables are as full as in real life.
var (
	cyrillicParts = strings.Fields("Бел Вес Гор Дар Зар Кал Лад Мар Нев Ост Пол Рос Сол Тав Уст Фир Хол Чуд Шел Яр Бор Клен Луг Мед Свет Снеж Тих Вол Зим Крас")
	cyrillicEnds  = strings.Fields("анка ушка еево ица овка инка ада ария онка ино ский ное ея ель ушкин евъ ок ень")
	latinParts    = strings.Fields("Bel Cor Dan Fen Gal Hor Jam Kel Lor Mon Nor Pel Quin Ros Sel Tor Vel West Zan Bright Clear Green High Light Prime Rich Snow Sun True Wild")
	latinEnds     = strings.Fields("ella ino ora field way ton ley land ery ina ex on ia a is ette berry lane ner")
	lines         = []line{
		{"Сок", "Сок", "любой вкус", []string{"0,2 л", "1 л", "1,93 л"}, "any_flavour"},
		{"Нектар", "Нек.", "любой вкус", []string{"0,95 л", "1,93 л", "0,2 л"}, "any_flavour"},
		{"Вода", "Вода", "", []string{"0,5 л", "1,5 л", "5 л"}, "any_kind"},
		{"Йогурт", "Йог.", "любой вкус", []string{"130 г", "290 г", "400 г"}, "any_flavour"},
		{"Молоко", "Мол.", "2,5%", []string{"930 мл", "1 л", "0,5 л"}, "exact"},
		{"Кефир", "Кеф.", "1%", []string{"930 г", "450 г"}, "exact"},
		{"Сыр", "Сыр", "45%", []string{"200 г", "400 г"}, "exact"},
		{"Чай чёрный", "Чай чер.", "любой сорт", []string{"25 пак.x2 г", "100 пак.x2 г"}, "any_flavour"},
		{"Кофе", "Кофе", "", []string{"95 г", "190 г"}, "exact"},
		{"Шоколад", "Шок.", "любой вкус", []string{"85 г", "200 г"}, "any_flavour"},
		{"Печенье", "Печ.", "любой вкус", []string{"120 г", "300 г"}, "any_flavour"},
		{"Чипсы", "Чипсы", "любой вкус", []string{"70 г", "140 г"}, "any_flavour"},
		{"Кетчуп", "Кетч.", "Томатный", []string{"350 г", "500 г"}, "exact"},
		{"Шампунь", "Шамп.", "любой вид", []string{"250 мл", "400 мл"}, "any_kind"},
		{"Корм для кошек", "Корм д/кош.", "любой вкус", []string{"85 г", "400 г"}, "any_flavour"},
	}
	strangers = strings.Fields("Хлеб Батон Бананы Картофель Пакет Салат Яйцо Огурцы Шаурма Сосиски Пельмени Сигареты Мыло Водка Окорочка")
)

// line is a line of goods: its kind, how tills write it, and its sizes.
type line struct {
	kind, short, variety string
	volumes              []string
	scope                string
}

// Goods invents n products, so many of a brand, the same every time.
func Goods(n, ofBrand int) []assortment.Product {
	chance := rand.New(rand.NewSource(1)) // #nosec G404 -- invents test material
	var out []assortment.Product
	for b := 0; len(out) < n; b++ {
		brand := brandName(chance, b)
		for i := 0; i < ofBrand && len(out) < n; i++ {
			l := lines[(b+i/2)%len(lines)]
			title := strings.TrimSpace(l.kind + " " + brand + " " + l.variety)
			if strings.HasPrefix(l.variety, "люб") {
				title = l.kind + " " + brand + ", " + l.variety
			}
			out = append(out, assortment.Product{
				SKU: fmt.Sprint("G", len(out)+1), Brand: brand, Title: title, Scope: l.scope, Volume: l.volumes[i%len(l.volumes)],
			})
		}
	}
	return out
}

// brandName is another one for every b: half Latin, a fourth of two words.
func brandName(chance *rand.Rand, b int) string {
	parts, ends := cyrillicParts, cyrillicEnds
	if b%2 == 0 {
		parts, ends = latinParts, latinEnds
	}
	pick := func(list []string) string { return list[chance.Intn(len(list))] }
	name := parts[b/2%len(parts)] + ends[b/2/len(parts)%len(ends)]
	if b/2 >= len(parts)*len(ends) || b%4 == 0 {
		name += " " + pick(parts) + pick(ends)
	}
	return name
}

// Lines writes n receipt lines of the goods as tills do: a third of them
// promo goods, a third the same brands in other sizes, a third of other goods.
func Lines(goods []assortment.Product, n int) []string {
	chance := rand.New(rand.NewSource(2)) // #nosec G404 -- invents test material
	out := make([]string, n)
	for i := range out {
		p := goods[chance.Intn(len(goods))]
		volume := strings.ReplaceAll(p.Volume, " ", "")
		kind, _, _ := strings.Cut(p.Title, " ")
		brand := strings.ToUpper(p.Brand)
		if short := []rune(brand); i%4 == 0 && len(short) > 7 {
			brand = string(short[:6]) + "."
		}
		switch i % 3 {
		case 0:
			out[i] = fmt.Sprintf("%d %s %s.клубн.%s", 3000000+i, brand, kind, volume)
		case 1:
			out[i] = fmt.Sprintf("%s %s 3,2%% %dг", kind, brand, 115+10*(i%50))
		default:
			out[i] = fmt.Sprintf("%s %s %s %dг", strangers[i%len(strangers)], parts(chance), parts(chance), 100+i%400)
		}
	}
	return out
}

func parts(chance *rand.Rand) string {
	return cyrillicParts[chance.Intn(len(cyrillicParts))] + cyrillicEnds[chance.Intn(len(cyrillicEnds))]
}
