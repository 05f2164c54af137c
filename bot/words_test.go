package bot_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"promobot/bot"
	"promobot/fns"
	"promobot/qr"
	"promobot/rewards"
)

// catalogue reads the words of a language: a text, or its plural forms.
func catalogue(t *testing.T, lang string) map[string]any {
	t.Helper()
	text, err := os.ReadFile("words/active." + lang + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	words := map[string]any{}
	if err := yaml.Unmarshal(text, &words); err != nil {
		t.Fatal(err)
	}
	return words
}

// speakers are the calls whose argument is a key, with its place.
var speakers = map[string]int{"say": 0, "count": 0, "button": 0, "answer": 0, "reason": 0, "Say": 1, "refuse": 3}

// spokenKeys are all keys that the sources name.
func spokenKeys(t *testing.T) map[string]string {
	t.Helper()
	keys := map[string]string{}
	var files []string
	for _, pattern := range []string{"*.go", "webchat/*.go"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		set := token.NewFileSet()
		tree, err := parser.ParseFile(set, file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			for _, key := range named(n) {
				keys[key] = set.Position(n.Pos()).String()
			}
			return true
		})
	}
	return keys
}

// named are the keys that a node names: in a call of a speaker, in a variable
// called key, or in a table of refusals.
func named(n ast.Node) []string {
	var found []ast.Expr
	switch n := n.(type) {
	case *ast.CallExpr:
		name := ""
		switch f := n.Fun.(type) {
		case *ast.SelectorExpr:
			name = f.Sel.Name
		case *ast.Ident:
			name = f.Name
		}
		if at, ok := speakers[name]; ok && at < len(n.Args) {
			found = n.Args[at : at+1]
		}
		if name == "say" && len(n.Args) == 3 { // the local one of pointRules
			found = n.Args[1:2]
		}
	case *ast.AssignStmt:
		if target, ok := n.Lhs[0].(*ast.Ident); ok && target.Name == "key" && len(n.Rhs) == 1 {
			found = n.Rhs
		}
	case *ast.CompositeLit:
		if len(n.Elts) == 3 { // a row of refusals
			found = n.Elts[2:]
		}
	}
	var keys []string
	for _, e := range found {
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if key, err := strconv.Unquote(lit.Value); err == nil && looksLikeKey.MatchString(key) && known(n, key) {
				keys = append(keys, key)
			}
		}
	}
	return keys
}

// known leaves of tables only the door's words: other tables have other words.
func known(n ast.Node, key string) bool {
	_, table := n.(*ast.CompositeLit)
	return !table || strings.HasPrefix(key, "door.")
}

var looksLikeKey = regexp.MustCompile(`^[a-z_]+(\.[a-z_]+)*$`)

// composed are keys that are put together from a part that the sources name.
func composed() []string {
	keys := []string{"receipt.line", "receipt.read", "appeal.again"}
	for month := 1; month <= 12; month++ {
		keys = append(keys, "month."+strconv.Itoa(month))
	}
	for day := range 7 {
		keys = append(keys, "weekday."+strconv.Itoa(day))
	}
	for _, by := range []string{"registration", "both"} {
		keys = append(keys, "rules.by_"+by)
	}
	for _, status := range []string{"submitted", "checking", "waiting", "review", "held", "reversed", "returned"} {
		keys = append(keys, "state."+status)
	}
	for _, room := range []string{"scan", "code", "receipt", "fns", "campaign", "case", "fraud", "appeal", "return"} {
		keys = append(keys, "brief."+room)
	}
	for _, reason := range rewards.AdjustReasons {
		keys = append(keys, "adjusted.why."+reason)
	}
	for _, problem := range []string{"too_large", "bomb", "format", "broken", "pdf", "gone"} {
		keys = append(keys, "scan.picture."+problem)
	}
	for _, kind := range []string{"voice", "video", "audio", "sticker", "location", "edited", "other"} {
		keys = append(keys, "odd."+kind)
	}
	for _, c := range bot.Commands("ru") {
		keys = append(keys, "command."+c.Name)
	}
	for _, field := range fns.TypedFields {
		keys = append(keys, "typed.ask."+field, "typed.field."+field)
	}
	for _, problem := range []fns.Problem{"drive", fns.SlipDigits, fns.SlipRange, fns.SlipDate, fns.SlipNoTime, fns.SlipNoYear, fns.SlipFuture,
		fns.SlipEarly, fns.SlipSum, fns.SlipTwice, fns.SlipUnclear, fns.SlipNoKopecks, fns.SlipSwapped} {
		keys = append(keys, "typed.slip."+string(problem))
	}
	for _, reason := range []string{"cut", "blurred", "glare", "damaged"} {
		keys = append(keys, "scan."+reason+".corner")
	}
	for _, corner := range []qr.Corner{qr.CornerTopLeft, qr.CornerTopRight, qr.CornerBottomLeft, qr.CornerBottomRight} {
		keys = append(keys, "corner."+string(corner), "corner_of."+string(corner))
	}
	for _, change := range []string{"receipt", "bonus", "focus", "first", "welcome", "prize", "prize_back", "pay", "pay_back", "return", "undone",
		"repayment", "refund", "expiry", "correction", "other"} {
		keys = append(keys, "change."+change)
	}
	keys = append(keys, "code.cooldown.open", "code.cooldown.case")
	keys = append(keys, rewards.NoticePayHeld, rewards.NoticePaid, rewards.NoticePayFreed, rewards.NoticePayBack)
	return append(keys, bot.Reasons()...)
}

func TestEveryWordIsThereAndNoneTooMany(t *testing.T) {
	said := spokenKeys(t)
	if len(said) < 80 {
		t.Fatalf("only %d keys found in the sources: the search is blind", len(said))
	}
	for _, key := range composed() {
		said[key] = "composed"
	}
	for _, lang := range []string{"ru", "en"} {
		words := catalogue(t, lang)
		for key, where := range said {
			if _, ok := words[key]; !ok {
				t.Errorf("%s: %s is said at %s and not in the catalogue", lang, key, where)
			}
		}
		for key := range words {
			if _, ok := said[key]; !ok {
				t.Errorf("%s: %s is in the catalogue and never said", lang, key)
			}
		}
	}
}

var hole = regexp.MustCompile(`\{\{[^}]*\}\}`)

// Both languages fill the same holes, so that none can be forgotten.
func TestLanguagesHaveTheSameHoles(t *testing.T) {
	ru, en := catalogue(t, "ru"), catalogue(t, "en")
	for key, text := range ru {
		a, isText := text.(string)
		b, _ := en[key].(string)
		if isText && !slices.Equal(holes(a), holes(b)) {
			t.Errorf("%s: %v in Russian, %v in English", key, holes(a), holes(b))
		}
	}
}

func holes(text string) []string {
	found := hole.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

// readable is what is read in eight seconds: about 26 characters a second, with
// a little room for what fills the holes.
const readable = 200

func TestEveryAnswerIsReadInEightSeconds(t *testing.T) {
	lists := []string{"help"} // looked up, not read through
	for _, lang := range []string{"ru", "en"} {
		for key, value := range catalogue(t, lang) {
			text, _ := value.(string)
			if n := utf8.RuneCountInString(hole.ReplaceAllString(text, "······")); n > readable && !slices.Contains(lists, key) {
				t.Errorf("%s %s: %d characters, at most %d", lang, key, n, readable)
			}
			if strings.HasPrefix(key, "button.") && utf8.RuneCountInString(text) > 30 {
				t.Errorf("%s %s: a label of %d characters", lang, key, utf8.RuneCountInString(text))
			}
		}
	}
}

// No refusal is bare: each has a sentence for the reason and one for what to do,
// and none says "error" alone.
func TestEveryReasonHasItsNextStep(t *testing.T) {
	for _, lang := range []string{"ru", "en"} {
		words := catalogue(t, lang)
		for _, id := range bot.Reasons() {
			text, _ := words[id].(string)
			if len(regexp.MustCompile(`[.!?:…](\s|$)|—|; `).FindAllString(text, -1)) < 2 {
				t.Errorf("%s %s has no next step: %q", lang, id, text)
			}
		}
	}
}

func TestReasonsAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../docs/reasons.md")
	if err != nil {
		t.Fatal(err)
	}
	ru, en := catalogue(t, "ru"), catalogue(t, "en")
	rows := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		if id := strings.Trim(cells[0], " `"); len(cells) == 5 && strings.Contains(id, ".") {
			rows[id] = cells
		}
	}
	for _, id := range bot.Reasons() {
		cells, ok := rows[id]
		if !ok {
			t.Errorf("%s is not in docs/reasons.md", id)
			continue
		}
		for i, words := range []map[string]any{ru, en} {
			if want, _ := words[id].(string); strings.TrimSpace(cells[3+i]) != strings.ReplaceAll(want, "\n", " ") {
				t.Errorf("%s: the document says %q, the catalogue %q", id, cells[3+i], want)
			}
		}
		delete(rows, id)
	}
	for key := range ru {
		if id, cornered := strings.CutSuffix(key, ".corner"); cornered && strings.HasPrefix(id, "scan.") {
			if want := fmt.Sprintf("| `%s` | %s | %s |", id, ru[key], en[key]); !strings.Contains(string(text), want) {
				t.Errorf("docs/reasons.md lacks %s", want)
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(rows)) {
		t.Errorf("%s stands in docs/reasons.md and is no reason", id)
	}
}

func TestPluralsOfRussian(t *testing.T) {
	for key, forms := range catalogue(t, "ru") {
		if strings.HasPrefix(key, "count.") {
			plural, _ := forms.(map[string]any)
			for _, form := range []string{"one", "few", "many", "other"} {
				if plural[form] == nil {
					t.Errorf("%s has no form %q", key, form)
				}
			}
		}
	}
}
