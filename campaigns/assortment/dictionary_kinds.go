package assortment

// kindWords are what goods are called. A line is "kind: entries"; see
// buildLexicon for the bar.
const kindWords = drinkKinds + dairyKinds + sweetKinds + foodKinds + houseKinds

const drinkKinds = `
	drink: НАП|ИТОК НАПИТКИ НАПИТ Н/К Н/Б Б/А Б/АЛК БЕЗАЛК|ОГОЛЬНЫЙ Б/АЛК|ОГОЛЬНЫЙ Б/АЛКОГ ПРОХЛ|АДИТЕЛЬНЫЙ DRINK
	soda: ЛИМОНАД ГАЗИРОВКА СОДОВАЯ ШИПУЧИЙ SODA
	energy: ЭНЕРГ|ЕТИЧЕСКИЙ ЭНЕРГЕТИК ЭНЕРГЕТ ЭН ЭНР ЭНЕРДЖИ ТОНИЗ|ИРУЮЩИЙ ENERGY
	nectar: НЕК|ТАР
	juice: СОК СОКИ СОКА JUICE ФРЕШ
	juicedrink: СОКОСОД|ЕРЖАЩИЙ С/СОД МОРС МОРСЫ
	kvass: КВАС КВАСС
	compote: КОМПОТ КИСЕЛЬ
	smoothie: СМУЗИ SMOOTHIE
	water: ВОД|А ВОДИЧКА МИН|ЕРАЛЬНАЯ МИНЕРАЛКА АКВА AQUA WATER
	icedtea: ХОЛ|ОДНЫЙ АЙСТИ ICE АЙС
	tea: ЧАЙ ЧАЯ ЧАИ TEA ТИ
	coffee: КОФ|Е КОФЕЙН|ЫЙ COFFEE КАПУЧИНО КАППУЧИНО АМЕРИКАНО ЛАТТЕ ЭСПРЕССО ESPRESSO
	cocoa: КАКАО COCOA
	chicory: ЦИКОРИЙ
	beer: ПИВ|О ПИВН|ОЙ СИДР BEER
	wine: ВИНО ШАМПАНСК|ОЕ ВЕРМУТ
	spirits: ВОДКА КОНЬЯК ВИСКИ РОМ НАСТОЙКА ЛИКЕР ДЖИН ТЕКИЛА
`

const dairyKinds = `
	milk: МОЛ|ОКО МОЛОЧ|НЫЙ MILK
	cocktail: КОКТ|ЕЙЛЬ КОКТ/МОЛ
	kefir: КЕФ|ИР КЕФИРНЫЙ БИОКЕФИР
	ryazhenka: РЯЖ|ЕНКА БИОРЯЖЕНКА
	varenets: ВАРЕНЕЦ
	sourmilk: ПРОСТОКВАША
	acidophilus: АЦИДОФИЛИН
	snowball: СНЕЖОК
	airan: АЙРАН
	tan: ТАН
	matsoni: МАЦОНИ
	yoghurt: ЙОГ|УРТ ЙОГУРТН|ЫЙ БИОЙОГ|УРТ БИО/ЙОГ YOGURT YOGHURT
	fermented: БИОПР|ОДУКТ К/М КИСЛОМОЛ|ОЧНЫЙ БИОЛАКТ ЗАКВАСКА
	dessert: ДЕСЕРТ ПУДИНГ МУСС
	jelly: ЖЕЛЕ
	sourcream: СМЕТ|АНА СМЕТАНН|ЫЙ
	curd: ТВОР|ОГ ТВОРОЖ|НЫЙ ТВОРОЖОК ТВОРОЖНАЯ БИОТВОР|ОГ ТВ
	curdbar: СЫРОК СЫРКИ СЫРК ГЛАЗ|ИРОВАННЫЙ ГЛАЗУР
	cheese: СЫР СЫРЫ СЫРН|ЫЙ CHEESE БРЫНЗА МОЦАРЕЛЛА КАМАМБЕР БРИ МААСДАМ СУЛУГУНИ ФЕТА ПАРМЕЗАН
	butter: МАСЛО СПРЕД МАРГАРИН
	cream: СЛИВКИ СЛИВОК СЛИВ
	condensed: СГУЩ|ЕННОЕ СГУЩЕНКА
	icecream: МОРОЖ|ЕНОЕ МОРОЖЕН ПЛОМ|БИР ПЛОМБ|ИР ЭСКИМО МОР/ЖЕНОЕ
	egg: ЯЙЦ|О ЯИЧ|НЫЙ ЯЙЦА
`

const sweetKinds = `
	chips: ЧИП|СЫ CHIPS
	rusks: СУХ|АРИКИ СУХАР|ИКИ ГРЕНКИ ГРЕН|КИ
	snack: СНЭК|И СНЕК|И КУКУРУЗН|ЫЙ
	popcorn: ПОПКОРН
	cracker: КРЕКЕР КРЕК
	seeds: СЕМЕЧ|КИ СЕМ СЕМЕНА
	nuts: ОРЕХИ ФИСТАШК|И АРАХИС МИНДАЛЬ КЕШЬЮ ФУНДУК
	crispbread: ХЛЕБЦЫ
	straws: СОЛОМКА
	bar: БАТОНЧ|ИК БАТ БАТОНЧИКИ
	chocolate: ШОК|ОЛАД ШОКОЛАДН|ЫЙ CHOCOLATE CHOC
	candy: КОНФ|ЕТЫ КОНФЕТА
	dragee: ДРАЖЕ
	caramel: КАРАМ|ЕЛЬ
	lollipop: ЛЕДЕН|ЦЫ ЛЕДЕНЕЦ ПАСТИЛКИ
	jellies: МАРМ|ЕЛАД
	marshmallow: ЗЕФИР ПАСТИЛА
	toffee: ИРИС
	halva: ХАЛВА КОЗИНАК|И
	gum: Ж/Р ЖР ЖЕВ|АТЕЛЬНАЯ Ж/РЕЗ|ИНКА РЕЗ|ИНКА ЖЕВАЧКА ЖВАЧКА Ж/РЕЗИНКА ЖЕВ/РЕЗ ЖЕВ/РЕЗИНКА GUM
	cookie: ПЕЧ|ЕНЬЕ ПЕЧЕНЬЕ БИСКВИТ|НОЕ ПИРОЖН|ОЕ COOKIES
	cake: ТОРТ
	muffin: КЕКС МАФФИН
	roll: РУЛЕТ
	gingerbread: ПРЯН|ИКИ ПРЯНИК
	croissant: КРУАССАН
	bagels: СУШКИ БАРАНКИ
	wafer: ВАФ|ЛИ ВАФЕЛЬН|ЫЙ ВАФЛЯ
	bread: ХЛЕБ БАТОН БАГЕТ
	bun: БУЛКА БУЛОЧКА СЛОЙКА
	pie: ПИРОГ
	lavash: ЛАВАШ
	dough: ТЕСТО
	spread: Ш/ПАСТА
	jam: ДЖЕМ КОНФИТЮР
	preserves: ВАРЕНЬЕ
	marmalade: ПОВИДЛО
`

const foodKinds = `
	ketchup: КЕТЧ|УП KETCHUP
	mayonnaise: МАЙОН|ЕЗ
	sauce: СОУС АЙОЛИ ЗАПРАВКА
	adjika: АДЖИКА
	mustard: ГОРЧИЦА ГОРЧ
	vinegar: УКСУС
	paste: ПАСТА Т/ПАСТА
	pea: ГОР|ОШЕК ГОРОХ
	corn: КУКУР|УЗА
	beans: ФАСОЛЬ НУТ ЧЕЧЕВИЦА
	olives: ОЛИВКИ
	blackolives: МАСЛИНЫ
	cucumbers: ОГУР|ЦЫ
	tomatoes: ТОМАТЫ ПОМИДОРЫ
	mushrooms: ШАМПИНЬОНЫ ГРИБЫ ОПЯТА
	caviar: ИКРА
	medley: АССОРТИ СМЕСЬ ОВОЩИ ОВОЩН|ОЙ
	marrow: КАБАЧ|ОК
	lecho: ЛЕЧО
	cabbage: КАПУСТА
	porridge: КАША КАШКА
	flakes: ХЛОП|ЬЯ ГЕРКУЛЕС ОВС ОВСЯН|ЫЕ
	muesli: МЮСЛИ ГРАНОЛА
	breakfast: ЗАВТР|АК
	grits: КРУПА
	buckwheat: ГРЕЧК|А ГРЕЧ|А ГРЕЧНЕВ|АЯ
	rice: РИС
	millet: ПШЕНО ПЕРЛОВКА
	flour: МУКА
	salt: СОЛЬ
	sugar: РАФИНАД С/ПЕСОК
	pasta: МАКАР|ОНЫ МАКАРОНН|ЫЕ МАК/ИЗД МАК СПАГ|ЕТТИ SPAGHETTI PASTA
	noodles: ЛАПША ВЕРМ|ИШЕЛЬ
	soup: СУП БОРЩ БУЛЬОН КУБИК
	puree: ПЮРЕ ПЮРЕШКА
	formula: СМЕСЬ
	sausage: КОЛБ|АСА САЛЯМИ СЕРВЕЛАТ
	frankfurters: СОСИС|КИ СОС
	wieners: САРД|ЕЛЬКИ ШПИКАЧКИ
	ham: ВЕТЧ|ИНА
	meat: МЯСО ФИЛЕ ОКОРОЧКА КРЫЛЬЯ БЕДРО
	mince: ФАРШ
	kebab: ШАШЛЫК
	pate: ПАШТ|ЕТ
	steak: СТЕЙК
	cutlets: КОТЛ|ЕТЫ БИТОЧКИ
	nuggets: НАГГ|ЕТСЫ
	burger: БУРГЕР
	stew: ТУШ|ЕНКА ТУШЕНЫЙ
	dumplings: ПЕЛ|ЬМЕНИ ХИНКАЛИ МАНТЫ
	vareniki: ВАРЕНИКИ
	pancakes: БЛИНЧ|ИКИ БЛИНЫ СЫРНИКИ
	chebureki: ЧЕБУРЕКИ ЧЕБУПЕЛИ
	pizza: ПИЦЦА
	fish: РЫБА
	herring: СЕЛЬДЬ
	sprats: ШПРОТЫ
	tuna: ТУНЕЦ
	salmon: ЛОСОСЬ СЕМГА ФОРЕЛЬ ГОРБУША
	saury: САЙРА СКУМБРИЯ МИНТАЙ
	crab: КРАБ|ОВЫЕ
	sticks: ПАЛ|ОЧКИ
	tobacco: СИГАР|ЕТЫ СТИКИ ТАБАК
	treat: ЛАКОМ|СТВО
	petfood: КОРМ КОНС/КОРМ
	litter: НАПОЛН|ИТЕЛЬ
	set: НАБОР ПОДАРОЧН|ЫЙ ПОДАРОК
`

const houseKinds = `
	paper: БУМАЖН|ЫЙ Т/Б Т/БУМ|АГА ТУАЛ|ЕТНАЯ ТУАЛ/БУМ БУМ|АГА TOILET
	towel: ПОЛОТ|ЕНЦА ПОЛОТЕНЦЕ П/ПОЛОТЕНЦА
	napkin: САЛФ|ЕТКИ
	hankie: ПЛАТ|КИ ПЛАТОЧКИ
	diapers: ПОДГ|УЗНИКИ ПОДГУЗН
	pants: ТРУС|ИКИ
	pads: ПРОКЛ|АДКИ ЕЖЕДН|ЕВНЫЕ ТАМПОНЫ
	shampoo: ШАМП|УНЬ SHAMPOO
	balm: БАЛЬЗ|АМ ОПОЛ|АСКИВАТЕЛЬ
	soap: МЫЛО SOAP
	gel: ГЕЛЬ
	skincream: КРЕМ
	lotion: ЛОСЬОН ТОНЕР МОЛОЧКО
	facemask: МАСКА ПАТЧИ СКРАБ
	toothpaste: З/П З/ПАСТА ЗУБН|АЯ
	brush: ЩЕТ|КА З/ЩЕТКА З/ЩЕТ
	deodorant: ДЕЗ|ОДОРАНТ ДЕЗОД АНТИПЕРСП|ИРАНТ DEO
	hairdye: КРАСКА КР/КРАСКА
	hairspray: ЛАК
	detergent: ПОРОШ|ОК СМС СТИР/ПОР
	softener: КОНДИЦ|ИОНЕР КОНД
	stains: ПЯТНОВЫВ|ОДИТЕЛЬ ОТБЕЛ|ИВАТЕЛЬ
	remedy: СРЕДСТВ|О СРЕД|СТВО СР СР/ВО СРВО
	tablets: ТАБЛ|ЕТКИ
	sponge: ГУБКА ГУБКИ ТРЯПКА
	bags: МЕШКИ
	household: СТАКАН КРУЖКА МАЙКА ИГРУШКА БРЕЛОК ФУТБОЛКА ТАРЕЛКА ПЕРЧАТКИ`
