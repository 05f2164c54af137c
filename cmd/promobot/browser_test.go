package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// step is one thing that a person does or waits for.
type step = chromedp.Action[chromedp.Void]

// browser is a tab of a headless Chromium.
type browser struct {
	t   *testing.T
	ctx context.Context

	mu  sync.Mutex
	log []string // what the page wrote into the browser's log
}

// newBrowser opens a window of the size in pixels for a reader of the language.
// Whatever the pages write into the browser's log fails the test: a message, an
// exception, a file that is missing, a breach of the content security policy.
func newBrowser(t *testing.T, language string, width, height int64) *browser {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium(t)), chromedp.NoSandbox,
		chromedp.DisableGPU, chromedp.Flag("accept-lang", language), chromedp.WSURLReadTimeout(time.Minute))
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	// The context of the first step is the life of the browser, so the limit
	// stands on a later one.
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	limited, stop := context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(stop)
	b := &browser{t: t, ctx: limited}
	if err := chromedp.Listen(ctx, b.hear); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.wantSilence)
	b.do(window(width, height))
	return b
}

func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("no Chromium on this machine: the pages are not tried in a browser")
	return ""
}

// window is a phone's, with touch, up to 600 pixels, and a desk's above.
func window(width, height int64) step {
	if width < 600 {
		return chromedp.EmulateViewport(width, height, chromedp.EmulateMobile, chromedp.EmulateTouch)
	}
	return chromedp.EmulateViewport(width, height)
}

func (b *browser) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		line := string(e.Type) + ":"
		for _, arg := range e.Args {
			line += " " + describe(arg)
		}
		b.log = append(b.log, line)
	case *runtime.EventExceptionThrown:
		b.log = append(b.log, "exception: "+e.ExceptionDetails.Text+" "+describe(e.ExceptionDetails.Exception))
	case *log.EventEntryAdded:
		b.log = append(b.log, string(e.Entry.Level)+": "+e.Entry.Text+" "+e.Entry.URL)
	}
}

func describe(o *runtime.RemoteObject) string {
	if o == nil {
		return ""
	}
	return string(o.Value) + o.Description
}

func (b *browser) wantSilence() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, line := range b.log {
		b.t.Errorf("the browser's log: %s", line)
	}
}

func (b *browser) do(steps ...step) {
	b.t.Helper()
	for i, s := range steps {
		if err := chromedp.Do(b.ctx, s); err != nil {
			b.look(b.t.Name() + "-failed")
			b.t.Fatalf("step %d of %d: %v", i+1, len(steps), err)
		}
	}
}

// ask evaluates an expression in the page; a promise is awaited.
func ask[T any](b *browser, expression string) T {
	b.t.Helper()
	answer, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%.80s: %v", expression, err)
	}
	return answer
}

// look keeps a screenshot for people when PROMOBOT_TEST_SCREENSHOTS names a
// folder.
func (b *browser) look(name string) {
	b.t.Helper()
	folder := os.Getenv("PROMOBOT_TEST_SCREENSHOTS")
	if folder == "" {
		return
	}
	time.Sleep(time.Second) // messages fade in
	ctx, stop := context.WithTimeout(context.WithoutCancel(b.ctx), 10*time.Second)
	defer stop()
	picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

const chatInput = `[data-testid="chat-input"]`

// open goes to the address of a chat and waits until it is connected.
func open(url string) step {
	return chromedp.Steps(chromedp.Navigate(url),
		chromedp.WaitVisible(chromedp.CSS(`[data-testid="chat-status"][data-state="open"]`)))
}

// enter presses the Enter key: its character follows only if the page lets it,
// as on a real keyboard.
func enter(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
	key := input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: "Enter", Code: "Enter", WindowsVirtualKeyCode: 13, Text: kb.Enter}
	_, err := cdp.Call(ctx, t, input.DispatchKeyEvent, key)
	if err != nil {
		return chromedp.Void{}, err
	}
	key.Type, key.Text = input.DispatchKeyEventTypeKeyUp, ""
	_, err = cdp.Call(ctx, t, input.DispatchKeyEvent, key)
	return chromedp.Void{}, err
}

// say types a message and sends it with the Enter key.
func say(text string) step {
	return chromedp.Steps(chromedp.SendKeys(chatInput, text), enter)
}

// button is the newest button of the chat with the label, in XPath.
func button(label string) string {
	return `(//button[@data-testid="chat-button" and normalize-space()="` + label + `"])[last()]`
}

// press waits for the newest button with the label and clicks it.
func press(label string) step { return chromedp.Click(button(label)) }

// told waits for a message of the bot that has the text.
func told(text string) step {
	return chromedp.WaitVisible(`(//*[@data-testid="chat-message" and @data-from="bot" and contains(., "` + text + `")])[last()]`)
}

// tabTo moves the focus forwards, or backwards, with the Tab key until the
// condition on document.activeElement, called e, is true.
func (b *browser) tabTo(condition string, backwards bool) {
	b.t.Helper()
	key := chromedp.KeyEvent(kb.Tab)
	if backwards {
		key = chromedp.KeyEvent(kb.Tab, chromedp.KeyModifiers(chromedp.ModifierShift))
	}
	for range 60 {
		b.do(key)
		if ask[bool](b, `(e => Boolean(`+condition+`))(document.activeElement)`) {
			return
		}
	}
	b.t.Fatalf("the Tab key does not reach %s", condition)
}
