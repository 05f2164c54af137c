package bot

import (
	"embed"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/nicksnyder/go-i18n/v2/i18n/template"
	"go.yaml.in/yaml/v3"
	"golang.org/x/text/language"

	"promobot/internal/money"
)

// The languages of the talk.
const (
	russian = "ru"
	english = "en"
)

//go:embed words/active.ru.yaml words/active.en.yaml
var wordFiles embed.FS

// catalogues are the words by language; they never change.
var catalogues = map[string]*i18n.Localizer{russian: load(russian), english: load(english)}

// load reads one catalogue. Each stands alone: a word that is missing in one
// language must not come in the other. That the files are whole is tested.
func load(lang string) *i18n.Localizer {
	bundle := i18n.NewBundle(language.MustParse(lang))
	bundle.RegisterUnmarshalFunc("yaml", yaml.Unmarshal)
	if _, err := bundle.LoadMessageFileFS(wordFiles, "words/active."+lang+".yaml"); err != nil {
		panic(err)
	}
	return i18n.NewLocalizer(bundle, lang)
}

// strict makes a text with a hole that nothing fills an error.
var strict = &template.TextParser{Option: "missingkey=error"}

// moscow is the zone of dates while there is no campaign.
var moscow = time.FixedZone("MSK", 3*60*60)

// Say returns a text of the catalogue, for doors that refuse before there is an
// update. The language is "en"; all else is Russian.
func Say(lang, key string) string {
	return voice{language: spoken(lang)}.say(key, nil)
}

// spoken is the language of the talk for a tag such as "en-US".
func spoken(tag string) string {
	if strings.HasPrefix(strings.ToLower(tag), english) {
		return english
	}
	return russian
}

// voice says things to one person at one moment.
type voice struct {
	language string
	zone     *time.Location
	now      time.Time
}

// say fills the text of the key. One that cannot be filled is "": who speaks to
// people has another text for that case.
func (v voice) say(key string, args map[string]any) string {
	text, err := catalogues[v.language].Localize(&i18n.LocalizeConfig{
		MessageID: key, TemplateData: args, TemplateParser: strict,
	})
	if err != nil {
		return ""
	}
	return text
}

// count is a number with its noun: "3 балла".
func (v voice) count(key string, n int64) string {
	text, err := catalogues[v.language].Localize(&i18n.LocalizeConfig{
		MessageID: key, PluralCount: n, TemplateParser: strict,
		TemplateData: map[string]any{"N": grouped(n)},
	})
	if err != nil {
		return grouped(n)
	}
	return text
}

func (v voice) points(n int64) string { return v.count("count.points", n) }

func (v voice) button(key, id string) Button { return Button{ID: id, Label: v.say(key, nil)} }

func (v voice) message(text string, buttons ...Button) Message {
	return Message{Text: text, Buttons: buttons}
}

// date is the day of a reading of the wall clock, with its year if that is not
// the current one.
func (v voice) date(wall time.Time) string {
	args := map[string]any{
		"Day":   strconv.Itoa(wall.Day()),
		"Month": v.say("month."+strconv.Itoa(int(wall.Month())), nil),
		"Year":  strconv.Itoa(wall.Year()),
	}
	if wall.Year() == v.now.In(v.zone).Year() {
		return v.say("date.short", args)
	}
	return v.say("date.long", args)
}

// day is the date of a moment in the campaign's zone.
func (v voice) day(moment time.Time) string { return v.date(moment.In(v.zone)) }

// noBreak keeps a number on one line.
const noBreak = "\u00a0"

// roubles writes an amount for people, with kopecks only where there are some.
func roubles(k money.Kopecks) string {
	if k < 0 {
		return "−" + roubles(-k)
	}
	text := grouped(int64(k / 100))
	if k%100 != 0 {
		text += fmt.Sprintf(",%02d", k%100)
	}
	return text + noBreak + "₽"
}

// grouped writes 1240 as "1 240".
func grouped(n int64) string {
	digits, sign := strconv.FormatInt(n, 10), ""
	if n < 0 {
		digits, sign = digits[1:], "−"
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + noBreak + digits[i:]
	}
	return sign + digits
}

// cut shortens a text to n characters.
func cut(text string, n int) string {
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	return strings.TrimSpace(string(runes[:n-1])) + "…"
}
