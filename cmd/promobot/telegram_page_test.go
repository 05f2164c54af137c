package main

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// messenger's steps: what a person does in the demo's Telegram skin.

func key(label string) step {
	return chromedp.Click(`(//button[(@data-testid="telegram-button" or @data-testid="telegram-keyboard") and contains(., "` + label + `")])[last()]`)
}

func heard(text string) step {
	return chromedp.WaitVisible(`(//*[@data-testid="telegram-message" and @data-from="bot" and contains(., "` + text + `")])[last()]`)
}

// telegramIsShown goes from the first press to a certificate in the messenger's
// skin, through its simulator and the product's own client, at phone width.
func telegramIsShown(t *testing.T, url string) {
	b := newBrowser(t, "ru", 390, 844)
	b.do(scheme("light"), chromedp.Navigate(url+"/demo/telegram?lang=ru"),
		chromedp.Click(chromedp.CSS(`[data-testid="telegram-start"]`)),
		key("Согласен на обработку данных"), key("Не сейчас"), key("Поделиться номером"), heard("Как вас зовут"),
		chromedp.SendKeys(chromedp.CSS(`[data-testid="telegram-input"]`), "Анна"), enter, heard("Готово, Анна!"))
	b.look("telegram-registered")
	b.do(chromedp.SetUploadFiles(chromedp.CSS(`[data-testid="telegram-photo"]`), []string{receiptPhoto(t)}),
		heard("Первый чек: +50"), key("Показать код"), heard("DEMO-"))
	b.look("telegram-certificate")
	b.wantAccessible("telegram in light")
	b.do(window(320, 640), chromedp.Sleep(300*time.Millisecond))
	if ask[bool](b, `document.documentElement.scrollWidth > document.documentElement.clientWidth`) {
		t.Error("the page scrolls sideways at 320 pixels")
	}
	b.do(scheme("dark"), chromedp.Reload(), heard("DEMO-"))
	b.wantAccessible("telegram in dark")
}
