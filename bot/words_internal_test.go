package bot

import (
	"testing"
	"time"

	"promobot/internal/money"
)

func TestNumbersAsPeopleReadThem(t *testing.T) {
	ru, en := voice{language: russian, zone: moscow}, voice{language: english, zone: moscow}
	for _, tt := range []struct{ got, want string }{
		{ru.points(0), "0 баллов"}, {ru.points(1), "1 балл"}, {ru.points(2), "2 балла"}, {ru.points(5), "5 баллов"},
		{ru.points(11), "11 баллов"}, {ru.points(21), "21 балл"}, {ru.points(112), "112 баллов"}, {ru.points(1_000_001), "1\u00a0000\u00a0001 балл"},
		{en.points(1), "1 point"}, {en.points(0), "0 points"}, {en.points(21), "21 points"},
		{ru.count("count.days", 3), "3 дня"}, {ru.count("count.receipts", 101), "101 чек"}, {ru.count("count.goods", 14), "14 товаров"},
		{roubles(0), "0\u00a0₽"}, {roubles(1), "0,01\u00a0₽"}, {roubles(99_99), "99,99\u00a0₽"}, {roubles(1000_00), "1\u00a0000\u00a0₽"},
		{roubles(1_234_567_05), "1\u00a0234\u00a0567,05\u00a0₽"}, {roubles(money.Kopecks(-5)), "−0,05\u00a0₽"},
		{grouped(-1240), "−1\u00a0240"}, {grouped(999), "999"}, {cut("абвг", 4), "абвг"}, {cut("абвгд", 4), "абв…"},
	} {
		if tt.got != tt.want {
			t.Errorf("%q, want %q", tt.got, tt.want)
		}
	}
}

func TestDatesHaveTheirYearWhenItIsNotThisOne(t *testing.T) {
	// In Moscow the new year has begun three hours ago.
	now := time.Date(2025, 12, 31, 22, 0, 0, 0, time.UTC)
	ru, en := voice{russian, moscow, now}, voice{english, moscow, now}
	for _, tt := range []struct{ got, want string }{
		{ru.date(time.Date(2026, 6, 14, 23, 59, 0, 0, time.UTC)), "14 июня"},
		{ru.date(time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC)), "31 декабря 2025"},
		{en.date(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)), "January 1"},
		{en.date(time.Date(2016, 11, 1, 0, 0, 0, 0, time.UTC)), "November 1, 2016"},
		{ru.day(time.Date(2026, 6, 14, 21, 30, 0, 0, time.UTC)), "15 июня"},
	} {
		if tt.got != tt.want {
			t.Errorf("%q, want %q", tt.got, tt.want)
		}
	}
}

func TestAMissingWordIsNothing(t *testing.T) {
	v := voice{language: russian, zone: moscow}
	if got := v.say("no.such.key", nil); got != "" {
		t.Errorf("%q for a key that is not there", got)
	}
	if got := v.say("campaign.minimum", map[string]any{}); got != "" {
		t.Errorf("%q with holes that nothing fills", got)
	}
	if got := v.reason("campaign.minimum", map[string]any{}); got != v.say("refused", nil) {
		t.Errorf("%q, want the plain refusal", got)
	}
	if got := v.reason("no.such.reason", nil); got != v.say("refused", nil) {
		t.Errorf("%q, want the plain refusal", got)
	}
}

func TestAReasonNamesItsCorner(t *testing.T) {
	ru, en := voice{language: russian, zone: moscow}, voice{language: english, zone: moscow}
	corner := func(c string) map[string]any { return map[string]any{"corner": c} }
	for _, tt := range []struct {
		v      voice
		reason string
		args   map[string]any
		want   string
	}{
		{ru, "scan.glare", corner("top_right"), "Блик закрыл правый верхний угол кода. Поверните чек от лампы или окна и снимите снова."},
		{ru, "scan.cut", corner("bottom_left"), "Код обрезан: не видно левого нижнего угла. Снимите ещё раз: квадрат целиком, с полями вокруг."},
		{ru, "scan.blurred", corner("top_left"), "Смазан левый верхний угол кода. Положите чек на стол, протрите камеру и снимите снова."},
		{ru, "scan.damaged", corner("bottom_right"), "Повреждён правый нижний угол кода. Разгладьте чек и снимите снова или вставьте сюда текст кода."},
		{ru, "scan.glare", nil, "Блик закрыл часть кода. Поверните чек от лампы или окна и снимите снова."},
		{ru, "scan.glare", corner("middle"), "Блик закрыл часть кода. Поверните чек от лампы или окна и снимите снова."},
		{ru, "scan.too_small", corner("top_left"), "Код на фото слишком мелкий. Поднесите камеру ближе, чтобы он занял треть кадра."},
		{ru, "scan.cut", map[string]any{"corner": "bottom_left", "again": true}, "Код обрезан: не видно левого нижнего угла. Пришлите ещё одно фото, где он есть, — я сложу его с этим."},
		{ru, "scan.blurred", map[string]any{"again": true}, "Фото смазано, код не читается. Пришлите ещё одно, чуть с другой стороны, — я сложу его с этим."},
		{en, "scan.glare", map[string]any{"corner": "top_right", "again": true}, "Glare hides the top right corner of the code. Turn the receipt from the light and send one more photo: I will put the two together."},
		{en, "scan.cut", corner("bottom_right"), "The code is cut off: the bottom right corner is missing. Take it again: the whole square with a margin around it."},
	} {
		if got := tt.v.reason(tt.reason, tt.args); got != tt.want {
			t.Errorf("%s %v: %q, want %q", tt.reason, tt.args, got, tt.want)
		}
	}
}

func TestWhatTextsAskFor(t *testing.T) {
	for text, want := range map[string]string{
		"Баланс": buttonBalance, " мои  ЧЕКИ. ": buttonReceipts, "/start p_7": buttonMenu, "/start": buttonMenu, "/help": buttonHelp,
		"/prizes now": buttonPrizes, "СТОП!": wordNewsOff, "stop": wordNewsOff, "START": wordNewsOn, "старт": wordNewsOn, "": "", "как дела": "",
		"/": "", "/nothing": "", "?": buttonHelp,
	} {
		if got := command(text); got != want {
			t.Errorf("%q asks for %q, want %q", text, got, want)
		}
	}
}

func TestWhatLooksLikeACode(t *testing.T) {
	for text, want := range map[string]bool{
		"t=20260614T1305&s=1240.00&fn=9999078900001234&i=1&fp=2&n=1": true,
		"s=1240.00&t=20260614T1305":                                  true,
		"FN=9999078900001234":                                        true,
		"t%3D20260614T1305%26fn%3D9999078900001234":                  true,
		"https://check.ofd.example/1":                                true,
		"привет":                                                     false, "": false, "s=1": false, "сколько t=?": false, "https://example.org": false,
	} {
		if got := looksLikeCode(text); got != want {
			t.Errorf("%q: %t, want %t", text, got, want)
		}
	}
}

func TestWhatIsKeptOfATextIsPlain(t *testing.T) {
	for text, want := range map[string]string{
		"a\x00b": "ab", "\u202eevil\u2066": "evil", "й": "й", "two\nlines\tx": "two\nlines\tx", "\xff": "", "<script>": "<script>",
	} {
		if got := plain(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
	if got := source("p_7-a.b:c<>é\n" + string(make([]byte, 100))); got != "p_7-a.b:c" {
		t.Errorf("source %q", got)
	}
}
