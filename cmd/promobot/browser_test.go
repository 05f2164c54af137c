package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"promobot/demo/paper"
)

// newBrowser opens a headless Chromium; its log must stay empty.
func newBrowser(t *testing.T, width, height int64) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("no chromium on this machine: the pages are not tried in a browser")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("lang", "ru"), chromedp.Flag("disable-quic", true), chromedp.UserDataDir(t.TempDir()))
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	ctx, stop = context.WithTimeout(ctx, 90*time.Second)
	t.Cleanup(stop)
	chromedp.ListenTarget(ctx, func(event any) {
		switch e := event.(type) {
		case *runtime.EventConsoleAPICalled:
			t.Errorf("the browser's log: %s %s", e.Type, e.Args[0].Value)
		case *runtime.EventExceptionThrown:
			t.Errorf("the page failed: %s", e.ExceptionDetails.Error())
		}
	})
	run(t, ctx, emulation.SetDeviceMetricsOverride(width, height, 1, width < 600))
	return ctx
}

func run(t *testing.T, ctx context.Context, actions ...chromedp.Action) {
	t.Helper()
	if err := chromedp.Run(ctx, actions...); err != nil {
		t.Fatal(err)
	}
}

// look keeps a screenshot for people when PROMOBOT_TEST_SCREENSHOTS names a
// folder.
func look(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	dir := os.Getenv("PROMOBOT_TEST_SCREENSHOTS")
	if dir == "" {
		return
	}
	var picture []byte
	run(t, ctx, chromedp.CaptureScreenshot(&picture))
	if err := os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o600); err != nil {
		t.Fatal(err)
	}
}

// say types a message and sends it with the keyboard alone.
func say(text string) chromedp.Action {
	const input = `[data-testid="chat-input"]`
	return chromedp.Tasks{chromedp.WaitEnabled(input), chromedp.SendKeys(input, text+"\r")}
}

// press waits for the newest button with the label and clicks it.
func press(label string) chromedp.Action {
	button := `//button[@data-testid="chat-button" and normalize-space()="` + label + `"]`
	return chromedp.Tasks{chromedp.WaitVisible(button, chromedp.BySearch), chromedp.Click("("+button+")[last()]", chromedp.BySearch)}
}

// told waits for a message of the bot that has the text.
func told(text string) chromedp.Action {
	return chromedp.WaitVisible(`//*[@data-testid="chat-message" and @data-from="bot" and contains(., "`+text+`")]`, chromedp.BySearch)
}

// A shopper at phone width: registration, a photo, points, a certificate.
func TestShopperGetsACertificateInTheBrowser(t *testing.T) {
	url := newHouse(t, "sqlite:"+filepath.Join(t.TempDir(), "chat.db")).start(t, "").url
	photo := filepath.Join(t.TempDir(), "receipt.jpg")
	receipt := paper.Receipt{Shop: "Магазин", INN: "7700000000", Address: "Москва", Code: "t=20260314T1842&s=1587.40&fn=9999078900001234&i=45871&fp=2874106593&n=1"}
	if err := os.WriteFile(photo, paper.JPEG(paper.Photo(receipt, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx := newBrowser(t, 390, 844)
	run(t, ctx, chromedp.Navigate(url+"/chat?lang=ru"), chromedp.WaitVisible(`[data-testid="chat-status"][data-state="open"]`))
	run(t, ctx, say("привет"), press("Согласен на обработку данных"), press("Не сейчас"),
		told("номер телефона"), say("8 999 000-00-01"), told("Как вас зовут"), say("Анна"), told("Готово, Анна!"))
	look(t, ctx, "registered")
	run(t, ctx, chromedp.SetUploadFiles(`[data-testid="chat-photo"]`, []string{photo}), told("Чек от 14 марта"), told("Первый чек: +50"))
	run(t, ctx, press("Показать код"), told("DEMO-"))
	look(t, ctx, "certificate")

	var wide bool
	run(t, ctx, emulation.SetDeviceMetricsOverride(320, 640, 1, true), chromedp.Sleep(300*time.Millisecond),
		chromedp.Evaluate(`document.documentElement.scrollWidth > document.documentElement.clientWidth`, &wide))
	if wide {
		t.Error("the page scrolls sideways at 320 pixels")
	}
	look(t, ctx, "narrow")
}

// The demo page: a receipt of the tray goes through the phone and along the
// road to its points.
func TestDemoShowsTheRoad(t *testing.T) {
	url := startProgram(t, os.Environ(), "demo").url
	ctx := newBrowser(t, 1360, 860)
	run(t, ctx, chromedp.Navigate(url+"/demo?lang=ru"), chromedp.WaitVisible(`[data-testid="demo-receipt"][data-id="good"]`))
	run(t, ctx, chromedp.Sleep(time.Second), chromedp.Evaluate(registerInFrame, nil))
	run(t, ctx, chromedp.Poll(`document.querySelector('iframe').contentDocument.body.innerText.includes('Готово')`, nil, chromedp.WithPollingTimeout(30*time.Second)))
	run(t, ctx, chromedp.Click(`[data-testid="demo-receipt"][data-id="good"]`),
		chromedp.WaitVisible(`.station[data-station="certificate"][data-state="done"]`))
	look(t, ctx, "road")
	var road string
	run(t, ctx, chromedp.Text(`.road`, &road))
	for _, want := range []string{"Принято", "Код", "ФНС", "Товары", "Правила", "Баллы", "Сертификат"} {
		if !strings.Contains(road, want) {
			t.Errorf("the road does not name %q: %s", want, road)
		}
	}
}

// registerInFrame talks in the phone of the demo page, as a person would type.
const registerInFrame = `(async () => {
	const page = document.querySelector('iframe').contentDocument
	const pause = ms => new Promise(r => setTimeout(r, ms))
	const wait = async find => { for (let i = 0; i < 300; i++) { const it = find(); if (it) return it; await pause(50) } throw new Error('not found: ' + find) }
	const say = async text => {
		const input = page.querySelector('[data-testid=chat-input]')
		input.value = text
		input.dispatchEvent(new Event('input', {bubbles: true}))
		page.querySelector('[data-testid=chat-send]').click()
	}
	const press = async label => (await wait(() => [...page.querySelectorAll('[data-testid=chat-button]')].findLast(b => b.textContent.trim() === label))).click()
	const told = text => wait(() => page.body.innerText.includes(text))
	await say('привет'); await press('Согласен на обработку данных'); await press('Не сейчас')
	await told('номер телефона'); await say('89990000001'); await told('Как вас зовут'); await say('Анна')
})()`
