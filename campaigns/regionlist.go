package campaigns

import (
	"strconv"
	"strings"
)

// regionList has a line for each region: its code in the tax service, what kind
// it is, the words that name it, the first three digits of its postcodes, and
// its capital, unless another region has a town of that name.
const regionList = `
01 респ адыгея 385 майкоп
02 респ башкортостан 450-453 уфа
03 респ бурятия 670-671 улан_удэ
04 респ алтай 649 горно_алтайск
05 респ дагестан 367-368 махачкала
06 респ ингушетия 386 магас
07 респ кабардино_балкарская,кабардино_балкария 360-361 нальчик
08 респ калмыкия 358-359 элиста
09 респ карачаево_черкесская,карачаево_черкесия 369 черкесск
10 респ карелия 185-186 петрозаводск
11 респ коми 167-169 сыктывкар
12 респ марий_эл 424-425 йошкар_ола
13 респ мордовия 430-431 саранск
14 респ саха,якутия 677-678 якутск
15 респ северная_осетия 362-363 владикавказ
16 респ татарстан 420-423 казань
17 респ тыва,тува 667-668 кызыл
18 респ удмуртская,удмуртия 426-427 ижевск
19 респ хакасия 655 абакан
20 респ чеченская,чечня 364-366 грозный
21 респ чувашская,чувашия 428-429 чебоксары
22 край алтайский 656-659 барнаул
23 край краснодарский 350-354 краснодар
24 край красноярский 647-648,660-663 красноярск
25 край приморский 690-692 владивосток
26 край ставропольский 355-357 ставрополь
27 край хабаровский 680-682 хабаровск
28 обл амурская 675-676 -
29 обл архангельская 163-165 архангельск
30 обл астраханская 414-416 астрахань
31 обл белгородская 308-309 белгород
32 обл брянская 241-243 брянск
33 обл владимирская 600-602 владимир
34 обл волгоградская 400-404 волгоград
35 обл вологодская 160-162 вологда
36 обл воронежская 394-397 воронеж
37 обл ивановская 153-155 иваново
38 обл иркутская 664-666,669 иркутск
39 обл калининградская 236-238 калининград
40 обл калужская 248-249 калуга
41 край камчатский 683-684,688 петропавловск_камчатский
42 обл кемеровская,кузбасс 650-654 кемерово
43 обл кировская 610-613 -
44 обл костромская 156-157 кострома
45 обл курганская 640-641 курган
46 обл курская 305-307 курск
47 обл ленинградская 187-188 -
48 обл липецкая 398-399 липецк
49 обл магаданская 685-686 магадан
50 обл московская 140-144 -
51 обл мурманская 183-184 мурманск
52 обл нижегородская 603-607 нижний_новгород
53 обл новгородская 173-175 великий_новгород
54 обл новосибирская 630-633 новосибирск
55 обл омская 644-646 омск
56 обл оренбургская 460-462 оренбург
57 обл орловская 302-303 орел
58 обл пензенская 440-442 пенза
59 край пермский 614-619 пермь
60 обл псковская 180-182 псков
61 обл ростовская 344-347 ростов_на_дону
62 обл рязанская 390-391 рязань
63 обл самарская 443-446 самара
64 обл саратовская 410-413 саратов
65 обл сахалинская 693-694 южно_сахалинск
66 обл свердловская 620-624 екатеринбург
67 обл смоленская 214-216 смоленск
68 обл тамбовская 392-393 тамбов
69 обл тверская 170-172 тверь
70 обл томская 634-636 томск
71 обл тульская 300-301 тула
72 обл тюменская 625-627 тюмень
73 обл ульяновская 432-433 ульяновск
74 обл челябинская 454-457 челябинск
75 край забайкальский 672-674,687 чита
76 обл ярославская 150-152 ярославль
77 г москва 101-135 -
78 г санкт_петербург 190-199 -
79 аобл еврейская 679 биробиджан
83 ао ненецкий - нарьян_мар
86 ао ханты_мансийский 628 ханты_мансийск
87 ао чукотский 689 анадырь
89 ао ямало_ненецкий 629 салехард
91 респ крым 295-298 симферополь
92 г севастополь 299 -
`

// regionMarks are the words beside a region's own that say what it is, as addresses
// and people write them.
var regionMarks = map[string][]string{
	"респ": {"респ", "республика"},
	"край": {"край"},
	"обл":  {"обл", "область"},
	"аобл": {"аобл", "автономная область", "а обл"},
	"ао":   {"ао", "автономный округ", "а окр"},
	"г":    {"г", "город"},
}

// regions is the list, read once; nothing changes it.
var regions = readRegions()

type regionIndex struct {
	codes    map[string]bool
	names    map[string]string // code by name, as regionMarks write it
	capitals map[string]string
	posts    map[string]string // code by the first three digits of a postcode
}

func readRegions() regionIndex {
	index := regionIndex{codes: map[string]bool{}, names: map[string]string{}, capitals: map[string]string{}, posts: map[string]string{}}
	for line := range strings.Lines(strings.TrimSpace(regionList)) {
		field := strings.Fields(line)
		code := field[0]
		index.codes[code] = true
		for word := range strings.SplitSeq(field[2], ",") {
			beside(index.names, code, word, regionMarks[field[1]])
		}
		index.post(code, field[3])
		beside(index.capitals, code, field[4], regionMarks["г"])
	}
	return index
}

// post adds spans of postcodes: "664-666,669".
func (index regionIndex) post(code, spans string) {
	for span := range strings.SplitSeq(spans, ",") {
		from, until, ranged := strings.Cut(span, "-")
		if !ranged {
			until = from
		}
		first, _ := strconv.Atoi(from) // "" of a region without any is none
		last, _ := strconv.Atoi(until)
		for n := max(first, 1); n <= last; n++ {
			index.posts[strconv.Itoa(n)] = code
		}
	}
}

// beside adds the ways to write a word with one of the marks before or behind
// it; "-" is no word.
func beside(names map[string]string, code, word string, marks []string) {
	if word == "-" {
		return
	}
	word = strings.ReplaceAll(word, "_", " ")
	for _, mark := range marks {
		names[mark+" "+word], names[word+" "+mark] = code, code
	}
}
