package bot_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"promobot/bot"
	"promobot/campaigns"
	"promobot/receipts"
)

var rewrite = flag.Bool("rewrite", false, "write the transcripts anew")

// transcript writes a talk down as a person reads it.
type transcript struct {
	strings.Builder
	first int64 // id of the first message
}

func (tr *transcript) add(what string, list []bot.Outgoing) {
	fmt.Fprintf(tr, "> %s\n", what)
	for _, m := range list {
		if tr.first == 0 {
			tr.first = m.ID
		}
		mark := fmt.Sprint(m.ID - tr.first + 1)
		if m.Edits != 0 {
			mark += fmt.Sprintf(" instead of %d", m.Edits-tr.first+1)
		}
		fmt.Fprintf(tr, "%s: %s\n", mark, strings.ReplaceAll(m.Text, "\n", "\n   "))
		for _, button := range m.Buttons {
			fmt.Fprintf(tr, "   [%s](%s)\n", button.Label, button.ID)
		}
	}
	tr.WriteString("\n")
}

func (tr *transcript) compare(t *testing.T, name string) {
	t.Helper()
	file := filepath.Join("testdata", name+".txt")
	if *rewrite {
		if err := os.WriteFile(file, []byte(tr.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Split(tr.String(), "\n")
	for i, line := range strings.Split(string(want), "\n") {
		if i >= len(got) || got[i] != line {
			t.Fatalf("%s line %d:\n got %q\nwant %q", file, i+1, strings.Join(got[min(i, len(got)):min(i+3, len(got))], "\n"), line)
		}
	}
	if len(got) != len(strings.Split(string(want), "\n")) {
		t.Errorf("%s: the talk goes on after the transcript", file)
	}
}

// about is what every notice of the journey's receipt names.
func about(more map[string]any) map[string]any {
	args := map[string]any{"receipt": 1, "date": "2026-06-14T13:05:00Z", "sum": 1240_00}
	for key, value := range more {
		args[key] = value
	}
	return args
}

func TestJourneyFromChequeToCertificate(t *testing.T) {
	for _, lang := range []string{"ru", "en"} {
		t.Run(lang, func(t *testing.T) {
			eachWorld(t, func(w *world) {
				w.stock("AAAA-1111")
				tr := &transcript{}
				journey(w.person("anna"), tr, lang)
				tr.compare(w.T, "journey_"+lang)
			})
		})
	}
}

func journey(p *person, tr *transcript, lang string) {
	p.Helper()
	p.send(bot.Update{Text: "/start p_7", Language: lang})
	tr.add("/start p_7", p.heard())
	for _, step := range []string{"[consent:what]", "[consent:data]", "[menu:rules]", "[news:no]", "12345", "8 (999) 000-00-01", "42", "Анна",
		"привет", "баланс", "(photo)"} {
		tr.add(step, p.does(step))
	}
	tr.add("— read", p.isTold("receipt:1", receipts.NoticeRead, about(nil)))
	p.earns("receipt:1", campaigns.Reward{Points: 12, First: 50})
	tr.add("— accepted", p.isTold("receipt:1", receipts.NoticeAccepted, about(map[string]any{
		"lines":  []any{map[string]any{"title": "Чай чёрный Чайка", "units": 2, "points": 12}},
		"unsure": 1, "lines_points": 12, "first": 50, "points": 62, "balance": 72,
	})))
	for _, step := range []string{"баланс", "призы", "[prize:take:ozon-300]", "[prize:no]", "[prize:take:ozon-300]", "[prize:yes:*]",
		"[cert:show:1]", "[cert:show:1]", "[prize:yes:*]", "мои сертификаты", "мои чеки", "помощь", "START", "СТОП"} {
		tr.add(step, p.does(step))
	}
}

// does sends a text, [a button] or (a photo).
func (p *person) does(step string) []bot.Outgoing {
	p.Helper()
	switch {
	case strings.HasPrefix(step, "["):
		return p.presses(strings.Trim(step, "[]"))
	case strings.HasPrefix(step, "("):
		return p.shows(step)
	}
	return p.says(step)
}
