package main

import (
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// A shopper on a narrow phone asks what the points were for, down to the line
// and the version of the rules, and for a code to pay with.
func TestShopperReadsTheBooksInTheBrowser(t *testing.T) {
	t.Parallel()
	url := newHouse(t, "sqlite:"+filepath.Join(t.TempDir(), "books.db")).start(t).url
	b := newBrowser(t, "ru", 360, 740)
	b.do(open(url+"/chat"), registered(),
		chromedp.SetUploadFiles(chromedp.CSS(`[data-testid="chat-photo"]`), []string{receiptPhoto(t)}), told("Первый чек: +50"))
	b.look("books-accepted")
	b.do(press("Показать код"), told("DEMO-"))
	b.look("books-certificate")
	b.do(say("баланс"), told("На счёте"), press("История"), told("Что менялось"))
	b.look("books-history")
	b.do(chromedp.Click(`(//button[@data-testid="chat-button" and starts-with(normalize-space(), "+") and not(starts-with(normalize-space(), "+50,")) and not(starts-with(normalize-space(), "+10,"))])[last()]`), told("версия 1"))
	b.look("books-entry")
	b.do(say("оплатить баллами"), told("Код для кассы"))
	b.look("books-pay")
	b.do(say("правила"), told("Покупку вернули"))
	b.look("books-rules")
	b.wantSilence()
}
