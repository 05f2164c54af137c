package main

import (
	"context"
	_ "embed"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// axe is axe-core 4.14.1, unchanged; its licences lie beside it.
//
//go:embed testdata/axe.min.js
var axe string

// runAxe lists the breaches of WCAG 2.2 A and AA on the page as it stands. A
// frame is a page of its own and is judged as such.
const runAxe = `axe.run(document, {
	iframes: false,
	resultTypes: ['violations'],
	runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
}).then(({violations, passes}) => ({
	passed: passes.length,
	violations: violations.map(v => v.id + ' (' + v.help + '): ' + v.nodes.map(n => n.html + ' ' + n.failureSummary).join('; ')),
}))`

// judged is what axe-core says about a page.
type judged struct {
	Passed     int
	Violations []string
}

// wantAccessible wants no breach of WCAG. The devtools protocol puts axe-core
// into the page, past the policy that would keep it out.
func (b *browser) wantAccessible(page string) {
	b.t.Helper()
	b.look("axe-" + strings.ReplaceAll(page, " ", "-"))
	ask[chromedp.Void](b, axe)
	result := ask[judged](b, runAxe)
	if result.Passed < 10 {
		b.t.Errorf("%s: only %d rules found something to look at", page, result.Passed)
	}
	for _, v := range result.Violations {
		b.t.Errorf("%s: %s", page, v)
	}
}

// scheme has the reader prefer light or dark pages, and no movement: a colour
// that is still on its way to another is not judged.
func scheme(name string) step {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: name}, {Name: "prefers-reduced-motion", Value: "reduce"},
		}})
		return chromedp.Void{}, err
	}
}
