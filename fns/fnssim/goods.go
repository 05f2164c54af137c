package fnssim

import (
	"fmt"

	"promobot/internal/money"
)

// marked is the product type of goods with a marking code, plain of others.
const (
	marked = 33
	plain  = 1
)

// inventedGoods are promoted when the options name none.
var inventedGoods = []Good{
	{"НАП.РОСИНКА КОЛА газ.ПЭТ 1.5л", "04609990000012", 129_90},
	{"ЧИПСЫ РОСИНКА карт.смет/лук 140г", "04609990000029", 169_99},
	{"ШОКОЛАД РОСИНКА мол.фундук 90г", "04609990000036", 99_90},
}

// ordinary is an everyday article with the range its price is in.
type ordinary struct {
	name          string
	least, most   money.Kopecks
	byTheKilogram bool
}

// everyday covers, with overlaps, every sum from a kopeck up to most of the
// last: whatever remains of a total is somebody's price.
var everyday = []ordinary{
	{"Пакет майка", 1, 15_00, false},
	{"Спички хозяйственные", 1_00, 12_00, false},
	{"Хлеб ДАРНИЦКИЙ нарезка 350г", 12_00, 75_00, false},
	{"Вода питьевая негаз. 0,5л", 15_00, 60_00, false},
	{"МОЛОКО 2,5% паст. 930мл БЗМЖ", 60_00, 130_00, false},
	{"Яйцо куриное С1 10шт", 70_00, 160_00, false},
	{"Бананы 1кг", 110_00, 170_00, true},
	{"Томаты сливовидные 1кг", 150_00, 320_00, true},
	{"Макароны спирали в/с 450г", 45_00, 120_00, false},
	{"Сухарики «Соль & перец» 80г", 35_00, 95_00, false},
	{"ЙОГУРТ питьевой клубника 290г", 49_00, 110_00, false},
	{"Сыр полутвердый 45% 200г", 150_00, 390_00, false},
	{"Филе куриное охл. 1кг", 330_00, 480_00, true},
	{"Кофе молотый 250г", 280_00, 790_00, false},
	{"Порошок стиральный 3кг", 390_00, 990_00, false},
	{"Масло оливковое 0,5л", 700_00, 1500_00, false},
	{"Набор посуды 4 пр.", 1200_00, 6000_00, false},
	{"Пылесос бытовой", 4900_00, 25_000_00, false},
	{"Холодильник двухкамерный", 20_000_00, 95_000_00, false},
}

// shop is an invented seller; its till decides which one it is.
type shop struct {
	region                       int
	seller, place, city, address string
}

var shops = []shop{
	{36, `ООО "РОСИНКА-МАРКЕТ"`, "Росинка-0417", "394000, г Воронеж", "ул Примерная, д 1"},
	{77, `ООО "ЗЕЛЁНАЯ КОРЗИНА"`, "Зелёная корзина №12", "101000, г Москва", "пр-кт Образцовый, д 25, к 2"},
	{78, `АО "СЕВЕРНЫЙ ПРИЛАВОК"`, "Прилавок 118", "190000, г Санкт-Петербург", "наб Условная, д 7"},
	{54, `ООО "СЫР & КО"`, "Сыр & Ко", "630000, г Новосибирск", "ул Пробная, д 63"},
	{66, `ООО "У ДОМА ПЛЮС"`, "У дома плюс 3302", "620000, г Екатеринбург", "ул Тестовая, д 14"},
	{23, `ООО "ЮЖНАЯ ЛАВКА"`, "Южная лавка-9", "350000, г Краснодар", "ул Вымышленная, д 40"},
}

// inn makes the taxpayer number of an invented company: a region, a low serial
// number, and the check digit.
func inn(region, serial int) string {
	digits := fmt.Sprintf("%02d00%05d", region, serial)
	sum := 0
	for i, weight := range []int{2, 4, 10, 3, 5, 9, 4, 6, 8} {
		sum += weight * int(digits[i]-'0')
	}
	return digits + string(rune('0'+sum%11%10))
}
