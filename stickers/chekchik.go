package stickers

// Hello is the sticker that greets who has joined.
const Hello = "hello"

// Chekchik returns the pack of Chekchik, the living receipt.
func Chekchik() (Pack, error) {
	p := Pack{Name: "chekchik", Title: "Чекчик — живой чек", Version: 1}
	for _, s := range chekchik() {
		drawn, err := s.draw()
		if err != nil {
			return Pack{}, err
		}
		p.Stickers = append(p.Stickers, drawn)
	}
	return p, nil
}

func chekchik() []Sticker {
	return []Sticker{
		{
			ID: Hello, Emoji: []string{"👋", "😊"},
			Keywords: []string{"привет", "здравствуйте", "hello", "hi"},
			AltRu:    "Чекчик, живой чек с завитком, машет рукой: «Привет!»",
			AltEn:    "Chekchik, a living receipt with a curl, waves hello",
		},
		{
			ID: "accepted", Emoji: []string{"✅", "🥳"},
			Keywords: []string{"принят", "готово", "ура", "accepted", "done"},
			AltRu:    "Чекчик прыгает от радости рядом с большой галочкой: «Принят!»",
			AltEn:    "Chekchik jumps for joy beside a big check mark: accepted",
		},
		{
			ID: "points", Emoji: []string{"💰", "🤩"},
			Keywords: []string{"баллы", "монеты", "копилка", "points", "coins"},
			AltRu:    "Чекчик со звёздами в глазах считает монетки",
			AltEn:    "Chekchik counts coins with stars in the eyes",
		},
		{
			ID: "prize", Emoji: []string{"🎁", "🎉"},
			Keywords: []string{"приз", "подарок", "ура", "prize", "gift"},
			AltRu:    "Чекчик выпрыгивает из подарочной коробки: «Ура!»",
			AltEn:    "Chekchik pops out of a gift box: hooray",
		},
		{
			ID: "search", Emoji: []string{"🔍", "🤔"},
			Keywords: []string{"ищу", "проверяю", "вопрос", "search", "checking"},
			AltRu:    "Чекчик смотрит одним большим глазом сквозь лупу",
			AltEn:    "Chekchik peers through a magnifying glass with one huge eye",
		},
		{
			ID: "waiting", Emoji: []string{"⏳", "😴"},
			Keywords: []string{"жду", "ждём", "сплю", "waiting", "sleep"},
			AltRu:    "Чекчик в колпаке спит, прислонившись к песочным часам",
			AltEn:    "Chekchik in a nightcap sleeps against an hourglass",
		},
		{
			ID: "oops", Emoji: []string{"😢", "💔"},
			Keywords: []string{"ой", "порвался", "жаль", "oops", "sorry"},
			AltRu:    "Чекчик порвался, плачет и держит пластырь: «Ой»",
			AltEn:    "Chekchik is torn, sheds a tear and holds a plaster: oops",
		},
		{
			ID: "thanks", Emoji: []string{"❤", "🙏"},
			Keywords: []string{"спасибо", "люблю", "обнимаю", "thanks", "love"},
			AltRu:    "Чекчик обнимает большое сердце: «Спасибо!»",
			AltEn:    "Chekchik hugs a big heart: thank you",
		},
	}
}
