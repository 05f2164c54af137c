package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/chromedp/chromedp"

	"promobot/demo/paper"
)

// registered goes through the registration, from the first word to the welcome.
func registered() step {
	return chromedp.Steps(say("привет"), press("Согласен на обработку данных"), press("Не сейчас"),
		told("номер телефона"), say("8 999 000-00-01"), told("Как вас зовут"), say("Анна"), told("Готово, Анна!"))
}

// receiptPhoto draws a receipt of the season and returns its file.
func receiptPhoto(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "receipt.jpg")
	at := time.Now().Add(-time.Hour).Format("20060102T1504")
	r := paper.Receipt{Shop: "Магазин", INN: "7700000000", Address: "Москва", Total: 1587_40,
		Code: "t=" + at + "&s=1587.40&fn=9999078900001234&i=45871&fp=2874106593&n=1"}
	if err := os.WriteFile(path, paper.JPEG(paper.Photo(r, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A shopper at phone width: registration, a photo, points, a certificate.
func TestShopperGetsACertificateInTheBrowser(t *testing.T) {
	t.Parallel()
	photo := receiptPhoto(t)
	url := newHouse(t, "sqlite:"+filepath.Join(t.TempDir(), "chat.db")).start(t).url
	b := newBrowser(t, "ru", 390, 844)
	b.do(open(url+"/chat"), registered())
	b.look("registered")
	b.do(chromedp.SetUploadFiles(chromedp.CSS(`[data-testid="chat-photo"]`), []string{photo}),
		told("Чек от"), told("Первый чек: +50"), press("Показать код"), told("DEMO-"))
	b.look("certificate")
	b.do(window(320, 640), chromedp.Sleep(300*time.Millisecond))
	if ask[bool](b, `document.documentElement.scrollWidth > document.documentElement.clientWidth`) {
		t.Error("the page scrolls sideways at 320 pixels")
	}
	b.look("narrow")
}

// The keyboard alone: every key is reached with Tab, and nothing is focused or
// clicked for the person.
func TestChatWithTheKeyboardAlone(t *testing.T) {
	t.Parallel()
	url := newHouse(t, "sqlite:"+filepath.Join(t.TempDir(), "chat.db")).start(t).url
	b := newBrowser(t, "ru", 1000, 800)
	b.do(open(url + "/chat"))
	b.tabTo(`e.dataset.testid === 'chat-photo'`, false)
	b.tabTo(`e.dataset.testid === 'chat-input'`, false)
	b.do(chromedp.KeyEvent("привет"), enter, chromedp.WaitVisible(button("Согласен на обработку данных")))
	b.tabTo(`e.textContent === 'Согласен на обработку данных'`, true)
	b.look("keyboard")
	b.do(enter, chromedp.WaitVisible(button("Не сейчас")))
	b.tabTo(`e.textContent === 'Не сейчас'`, true)
	b.do(chromedp.KeyEvent(" "), told("номер телефона"))
	b.tabTo(`e.dataset.testid === 'chat-input'`, false)
	b.do(chromedp.KeyEvent("8 999 000-00-01"))
	b.tabTo(`e.dataset.testid === 'chat-send'`, false)
	b.do(chromedp.KeyEvent(" "), told("Как вас зовут"))
}

// The pages of one demo, each with a browser of its own.
func TestDemoInTheBrowser(t *testing.T) {
	t.Parallel()
	program := startProgram(t, os.Environ(), "demo")
	url := program.url
	t.Run("in English, before there are Russian goods", func(t *testing.T) { englishIsSpoken(t, url) })
	t.Run("the messenger", func(t *testing.T) { telegramIsShown(t, url) })
	t.Run("the road", func(t *testing.T) { roadIsShown(t, url) })
	program.drain(t)
}

// roadIsShown sends a receipt of the tray through the phone and along the road
// to its certificate, then judges both pages as they stand, in light and dark.
func roadIsShown(t *testing.T, url string) {
	b := newBrowser(t, "ru", 1360, 860)
	certificate := chromedp.WaitVisible(chromedp.CSS(`.station[data-station="certificate"][data-state="done"]`))
	b.do(scheme("light"), chromedp.Navigate(url+"/demo"), registered(),
		chromedp.Click(chromedp.CSS(`[data-testid="demo-receipt"][data-id="good"]`)), certificate, told("Первый чек"))
	road := ask[string](b, `document.querySelector('.road').innerText`)
	for _, want := range []string{"Принято", "Код", "ФНС", "Товары", "Правила", "Баллы", "Сертификат"} {
		if !strings.Contains(road, want) {
			t.Errorf("the road does not name %q: %s", want, road)
		}
	}
	b.wantAccessible("demo in light")
	b.do(scheme("dark"), chromedp.Reload(), certificate, told("Первый чек"))
	b.wantAccessible("demo in dark")
	b.do(open(url+"/chat"), told("Первый чек"))
	b.wantAccessible("chat in dark")
	b.do(scheme("light"), chromedp.Reload(), told("Первый чек"))
	b.wantAccessible("chat in light")
}

// englishIsSpoken to a browser that asks for it, by the pages and by the bot.
func englishIsSpoken(t *testing.T, url string) {
	b := newBrowser(t, "en", 390, 844)
	b.do(open(url+"/chat"), say("hello"), chromedp.WaitVisible(chromedp.CSS(`[data-testid="chat-button"]`)))
	b.look("english-chat")
	b.wantEnglish()
	b.do(chromedp.Navigate(url+"/demo"), chromedp.Click(chromedp.CSS(`[data-tab="tray"]`)),
		chromedp.WaitVisible(chromedp.CSS(`[data-testid="demo-receipt"]`)))
	b.look("english-demo")
	b.wantEnglish()
}

// wantEnglish wants a page marked as English whose only Russian word is the
// name of that language, which leads to it.
func (b *browser) wantEnglish() {
	b.t.Helper()
	if lang := ask[string](b, `document.documentElement.lang`); lang != "en" {
		b.t.Errorf("the page is marked as %q, want en", lang)
	}
	const words = `[...document.querySelectorAll('h1, h2, p, button, legend, label, li, [aria-label], [placeholder]')]
		.map(e => [e.innerText, e.getAttribute('aria-label'), e.getAttribute('placeholder')].join(' ')).join('\n')`
	for line := range strings.SplitSeq(strings.ReplaceAll(ask[string](b, words), "Русский", ""), "\n") {
		if strings.ContainsFunc(line, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }) {
			b.t.Errorf("Russian on the English page: %s", line)
		}
	}
}
