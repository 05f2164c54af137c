package tgsim_test

import (
	"slices"
	"testing"

	"promobot/bot/telegram/tgsim"
)

// e is an entity of a kind at a place, both in UTF-16 units.
func e(kind string, offset, length int) tgsim.Entity {
	return tgsim.Entity{Type: kind, Offset: offset, Length: length}
}

func TestHTML(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	must(t)(w.Start(anna, ""))
	link := e("text_link", 0, 3)
	link.URL = "https://e.example/?a=1&b=2"
	pre := e("pre", 0, 1)
	pre.Language = "go"
	for _, tt := range []struct {
		name, html, text string
		marks            []tgsim.Entity
		words            string // of the refusal
	}{
		{"plain", "просто", "просто", nil, ""},
		{"signs", "a &lt;&amp;&gt; &quot;b&quot; &#1071; &#x42F; &nbsp; &", "a <&> \"b\" Я Я &nbsp; &", nil, ""},
		{"nested", "<b>a<i>б</i></b>", "aб", []tgsim.Entity{e("bold", 0, 2), e("italic", 1, 1)}, ""},
		{"after an emoji", "🎉<code>A1</code>", "🎉A1", []tgsim.Entity{e("code", 2, 2)}, ""},
		{"trimmed", "  <b> a </b>  ", "a", []tgsim.Entity{e("bold", 0, 1)}, ""},
		{"a link", `<a href="https://e.example/?a=1&amp;b=2">чек</a>`, "чек", []tgsim.Entity{link}, ""},
		{"a link to nowhere", `<a href="x">чек</a>`, "чек", nil, ""},
		{"code with a language", `<pre><code class="language-go">x</code></pre>`, "x", []tgsim.Entity{pre}, ""},
		{"a spoiler", `<span class="tg-spoiler">x</span>`, "x", []tgsim.Entity{e("spoiler", 0, 1)}, ""},
		{"a long quote", `<blockquote expandable>x</blockquote>`, "x", []tgsim.Entity{e("expandable_blockquote", 0, 1)}, ""},
		{"a command", "жми /start или <code>/help</code>", "жми /start или /help", []tgsim.Entity{e("bot_command", 4, 6), e("code", 15, 5)}, ""},
		{"an address", "см. https://e.example/a, a@b.example", "см. https://e.example/a, a@b.example", []tgsim.Entity{e("url", 4, 19), e("email", 25, 11)}, ""},
		{"unknown tag", "<h1>a</h1>", "", nil, `can't parse entities: Unsupported start tag "h1" at byte offset 0`},
		{"not closed", "a<b>b", "", nil, `can't parse entities: Can't find end tag corresponding to start tag "b"`},
		{"crossed", "<b><i>a</b></i>", "", nil, `can't parse entities: Unmatched end tag at byte offset 7, expected "</i>", found "</b>"`},
		{"closed twice", "a</b>", "", nil, "can't parse entities: Unexpected end tag at byte offset 1"},
		{"cut", "a <b", "", nil, "can't parse entities: Unclosed start tag at byte offset 2"},
		{"cut end", "<b>a</b", "", nil, "can't parse entities: Unclosed end tag"},
		{"a bare sign", "1 < 2", "", nil, "can't parse entities"},
		{"an attribute without quotes", "<a href=x.y>a</a>", "", nil, "can't parse entities"},
		{"a span of nothing", "<span>a</span>", "", nil, "can't parse entities"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := w.send(tt.html, "parse_mode", "HTML")
			if tt.words != "" {
				a.wantRefused(t, 400, tt.words)
				return
			}
			var m tgsim.Message
			a.into(t, &m)
			if m.Text != tt.text || !slices.Equal(m.Entities, tt.marks) {
				t.Errorf("%q %+v, want %q %+v", m.Text, m.Entities, tt.text, tt.marks)
			}
		})
	}
}

func TestEntities(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	must(t)(w.Start(anna, ""))
	for _, tt := range []struct {
		name, text, entities, words string
	}{
		{"the whole text", "a🎉", `[{"type":"bold","offset":0,"length":3}]`, ""},
		{"after an emoji", "🎉b", `[{"type":"bold","offset":2,"length":1}]`, ""},
		{"one beyond the end", "a🎉", `[{"type":"bold","offset":0,"length":4}]`, "ends after the end of the text at UTF-16 offset 4"},
		{"behind the end", "a", `[{"type":"bold","offset":5,"length":1}]`, "entity beginning at UTF-16 offset 5"},
		{"before the start", "a", `[{"type":"bold","offset":-1,"length":1}]`, "incorrect offset"},
		{"begins inside an emoji", "🎉b", `[{"type":"bold","offset":1,"length":2}]`, "begins in a middle of a UTF-16 symbol"},
		{"ends inside an emoji", "b🎉", `[{"type":"bold","offset":0,"length":2}]`, "ends in a middle of a UTF-16 symbol"},
		{"unknown kind", "a", `[{"type":"loud","offset":0,"length":1}]`, "unsupported entity type"},
		{"no list", "a", `{}`, "can't parse entities JSON object"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := w.send(tt.text, "entities", tt.entities)
			if tt.words == "" {
				if !a.OK {
					t.Errorf("refused: %s", a.Description)
				}
				return
			}
			a.wantRefused(t, 400, "can't parse entities")
			a.wantRefused(t, 400, tt.words)
		})
	}
}
