package assortment_test

import (
	"strings"
	"testing"

	"promobot/campaigns/assortment"
)

func TestNormalize(t *testing.T) {
	for _, tt := range []struct {
		name string
		in   string
		want string
	}{
		{"nothing", "", ""},
		{"only signs", " *** ", ""},
		{"capitals and ё", "Тёплый хлеб", "ТЕПЛЫЙ ХЛЕБ"},
		{"compatibility forms", "ＭＩＬＫ ５００г", "MILK 500 Г"},
		{"accents", "Café Olé", "CAFE OLE"},
		{"й stays", "чай", "ЧАЙ"},
		{"й of two characters", "чаи\u0306", "ЧАЙ"},
		{"a Latin letter in a Cyrillic word", "Биоpяженка", "БИОРЯЖЕНКА"},
		{"a Cyrillic letter in a Latin word", "GRЕEN", "GREEN"},
		{"only look-alikes, the majority Cyrillic", "СOК", "СОК"},
		{"only look-alikes, the majority Latin", "CОAT", "COAT"},
		{"an article in front", "3394144 Кефир", "КЕФИР"},
		{"an article and a star", "*3394144 Кефир", "КЕФИР"},
		{"a line number and an article", "10 3406624 Сыр", "СЫР"},
		{"a line number and a colon", "1:3906690 Сыр", "СЫР"},
		{"a bar code", "4690000000013 СЫР", "СЫР"},
		{"a promo price", "****  0123 Сыр", "СЫР"},
		{"a mark", "[М+] Вода", "ВОДА"},
		{"a mark with a Latin letter", "[M] Вода", "ВОДА"},
		{"the mark of dairy in front", "БЗМЖ Кефир", "КЕФИР"},
		{"the mark of dairy behind", "Кефир БЗМЖ", "КЕФИР"},
		{"a volume in front is no code", "900Г СМЕТАНА", "900 Г СМЕТАНА"},
		{"a percentage in front is no code", "100% СОК", "100 % СОК"},
		{"a count in front is no code", "100ШТХ2Г ЧАЙ", "100 ШТ Х 2 Г ЧАЙ"},
		{"a number alone is a name", "12345", "12345"},
		{"glued number and unit", "Вода0,5л", "ВОДА 0.5 Л"},
		{"a decimal point", "Вода 0.5 л", "ВОДА 0.5 Л"},
		{"a percentage without its beginning", "КЕФИР ,5%400", "КЕФИР .5 % 400"},
		{"a glued unit", "0.95лСЛ12ХДПНР", "0.95 Л СЛ 12 Х ДПНР"},
		{"a container glued to a unit", "0,5ЛПЭТ", "0.5 Л ПЭТ"},
		{"a kind behind a number is no unit", "5ЛУКОВИЦ", "5 ЛУКОВИЦ"},
		{"a pack by a star", "6*32*55г", "6 Х 32 Х 55 Г"},
		{"a pack by a Latin x", "25x2г", "25 Х 2 Г"},
		{"a pack by the sign", "25×2 г", "25 Х 2 Г"},
		{"humps", "ТропМикс", "ТРОП МИКС"},
		{"capitals glued to small letters", "МОЛпаст", "МОЛ ПАСТ"},
		{"three words in two scripts", "йогуртпитVESELKAклуб", "ЙОГУРТПИТ VESELKA КЛУБ"},
		{"a slash in a short word", "Ж/Б", "Ж/Б"},
		{"spaces around the slash", "ж / б", "Ж/Б"},
		{"a hyphen for the slash", "ж-б", "Ж/Б"},
		{"a slash between words", "ПЕРСИК/МАНГО", "ПЕРСИК МАНГО"},
		{"an apostrophe", "Nan'a", "NANA"},
		{"quotes and dots", `Вода "Ключ".`, "ВОДА КЛЮЧ"},
		{"no UTF-8", "Вода \xff\xfe 1л", "ВОДА 1 Л"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := assortment.Normalize(tt.in)
			if got != tt.want {
				t.Errorf("%q becomes %q, want %q", tt.in, got, tt.want)
			}
			if again := assortment.Normalize(got); again != got {
				t.Errorf("%q becomes %q the second time", got, again)
			}
		})
	}
}

func FuzzNormalize(f *testing.F) {
	for _, seed := range []string{
		"", "3394144 САРАФ.Кефир дет.3,2% 930г", "0.95лСЛ12ХДПНР", "ж / б/а", "БЗМЖ 12345 X 5", "5 БЗМЖ X",
		"йогуртпитEPICAклуб/мар290", "24х30х13.6г УУ-00", "١٢ Ж-Б-", "ß ŉ ﬁ Ǆ", "1.2.3,4", " ,5%", "А/Б/В/Г 1X/Б", "12345 ПАК X 2",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		once := assortment.Normalize(name)
		if twice := assortment.Normalize(once); twice != once {
			t.Errorf("%q becomes %q, then %q", name, once, twice)
		}
		if strings.ContainsAny(once, "\t\r\n") || strings.TrimSpace(once) != once {
			t.Errorf("%q becomes %q", name, once)
		}
	})
}
