package fraud_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"promobot/fraud"
)

func TestStandardRules(t *testing.T) {
	rules := fraud.Standard()
	if len(rules.Velocity) != 2 || rules.Pause(fraud.Slow) != 10*time.Minute || rules.Pause(fraud.Hold) != 24*time.Hour {
		t.Errorf("%+v", rules)
	}
	text, err := os.ReadFile("rules.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if again, problems := fraud.Parse(text); len(problems) > 0 || again.Version() != rules.Version() {
		t.Errorf("%v, version %s and %s", problems, again.Version(), rules.Version())
	}
	other := rules
	other.ReceiptsPerHour = 7
	if other.Version() == rules.Version() || other.Ready().Version() != other.Version() {
		t.Errorf("other rules have the version %s, these %s", other.Version(), rules.Version())
	}
}

const good = "id: fraud.x, measure: count receipts, by: till, window: 1h, limit: 5, tier: review"

// TestProblemsHaveNames: each wrong file is refused by the rule and the field
// that is wrong.
func TestProblemsHaveNames(t *testing.T) {
	one := func(text string) string { return "rules: [{" + text + "}]" }
	with := func(old, new string) string { return one(strings.Replace(good, old, new, 1)) }
	for _, tt := range []struct{ name, text, want string }{
		{"not YAML", "rules: [", "did not find"},
		{"unknown key", one(good + ", limmit: 5"), "limmit"},
		{"unknown key of the file", "slower: 1h", "slower"},
		{"two documents", one(good) + "\n---\n" + one(good), "more than one document"},
		{"a list as the file", "- a", "cannot unmarshal"},
		{"text as a number", with("limit: 5", "limit: five"), "five"},
		{"no id", with("id: fraud.x, ", ""), `rules[0] id: "" is no id`},
		{"an id of another room", with("fraud.x", "campaign.x"), `id: "campaign.x" is no id`},
		{"a reserved id", with("fraud.x", "fraud.receipts_per_hour"), "means something else"},
		{"one id twice", "rules: [{" + good + "}, {" + strings.Replace(good, "1h", "2h", 1) + "}]", "fraud.x id: stands twice"},
		{"no measure", with("measure: count receipts", "measure: ''"), "neither a measure nor a condition"},
		{"unknown measure", with("count receipts", "count people"), `measure: "count people" is none of`},
		{"sum of receipts", with("count receipts", "sum receipts"), `"sum receipts" is none of`},
		{"distinct kopecks", with("count receipts", "distinct kopecks"), `"distinct kopecks" is none of`},
		{"one word", with("count receipts", "receipts"), `"receipts" is none of`},
		{"no key", with("by: till, ", ""), "fraud.x by:"},
		{"unknown key to count by", with("by: till", "by: card"), "fraud.x by: [card]"},
		{"a key twice", with("by: till", "by: [till, till]"), "each once"},
		{"distinct by itself", with("count receipts", "distinct tills"), "never more than one of tills"},
		{"distinct days of a day", with("count receipts, by: till, window: 1h", "distinct shop_days, by: till, window: shop day"), "never more than one of shop_days"},
		{"no window", with("window: 1h, ", ""), `window: "" is neither`},
		{"a window in words", with("1h", "an hour"), `"an hour" is neither`},
		{"a window too short", with("1h", "59s"), `"59s" is neither`},
		{"a window too long", with("1h", "32d"), `"32d" is neither`},
		{"a negative window", with("1h", "-1h"), `"-1h" is neither`},
		{"days on the shop's clock", with("1h", "2d, clock: shop"), `"2d" is neither`},
		{"unknown clock", with("1h", "1h, clock: moon"), `clock: "moon" is none of`},
		{"a shop day by submission", with("1h", "shop day, clock: submitted"), "a shop day is one of the shop's clock"},
		{"no limit", with("limit: 5, ", ""), "limit: 0 is not 1"},
		{"a negative limit", with("limit: 5", "limit: -5"), "limit: -5 is not 1"},
		{"a limit beyond what is looked at", with("limit: 5", "limit: 500"), "limit: 500 is not 1 to 499"},
		{"no tier", with(", tier: review", ""), `tier: "" is none of`},
		{"allow is no tier", with("tier: review", "tier: allow"), `tier: "allow" is none of`},
		{"a score of a hundred", one(good + ", score: 100"), "score: 100 is not 1 to 99"},
		{"a negative score", one(good + ", score: -1"), "score: -1 is not"},
		{"a mark of a person", one(good + ", mark: participant"), "mark: only a rule by till"},
		{"a mark without a till", with("by: till", "by: inn, mark: till"), "mark: only a rule by till"},
		{"a condition with a limit alone", one("id: fraud.x, when: n > 1, limit: 5, tier: hold"), "limit: means nothing without a measure"},
		{"a condition with a window alone", one("id: fraud.x, when: n > 1, window: 5m, tier: hold"), "window: means nothing without a measure"},
		{"a condition that is a number", one(good + ", when: n + 1"), "when:"},
		{"a condition on nothing known", one(good + ", when: moon == 1"), "when: unknown name moon"},
		{"a condition of wrong kinds", one(good + ", when: 'inn > 5'"), "when: invalid operation"},
		{"a condition that loops", one(good + ", when: 'all(1..1000000000, # > 0)'"), "when:"},
		{"a condition that calls", one(good + ", when: 'len(inn) > 3'"), "when:"},
		{"an endless condition", one(good + ", when: '" + strings.Repeat("n > 1 and ", 200) + "true'"), "when:"},
		{"a condition that divides by nothing", one(good + ", when: 'n % total > 1'"), "when: % is not"},
		{"a pattern that is no pattern", one(good + ", when: 'inn matches fn'"), "when: matches is not"},
		{"half a condition", one(good + ", when: 'n >'"), "when:"},
		{"slow for hours", "slow: 3h", `slow: "3h" is no time`},
		{"hold for minutes", "hold: 10m", `hold: "10m" is no time`},
		{"hold in words", "hold: long", `hold: "long" is no time`},
		{"a looser rule", "rules: [{" + good + "}, {" + strings.Replace(strings.Replace(good, "fraud.x", "fraud.y", 1), "limit: 5", "limit: 9", 1) + "}]", "fraud.y limit: never decides: fraud.x hits before"},
		{"a milder rule", "rules: [{" + strings.Replace(strings.Replace(good, "fraud.x", "fraud.y", 1), "review", "slow", 1) + "}, {" + good + "}]", "fraud.y limit: never decides: fraud.x hits before"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, problems := fraud.Parse([]byte(tt.text))
			if got := fmt.Sprint(problems); !strings.Contains(got, tt.want) {
				t.Errorf("%s, want %q", got, tt.want)
			}
			if usable := strings.Contains(tt.want, "never decides"); fraud.Usable(problems) != usable {
				t.Errorf("%v: usable %t", problems, !usable)
			}
		})
	}
}

func TestRulesThatAreFine(t *testing.T) {
	for _, text := range []string{
		"", "rules: []", "slow: 1m\nhold: 14d", "rules: [{" + good + "}]",
		"rules: [{" + good + ", when: 'n > 7 and hour < 6 or total >= 100000 and not has_phone', score: 1, mark: till}]",
		"rules: [{id: fraud.y, when: 'inn in [\"7700000001\"] and weekday == 7', tier: refuse}]",
		"rules: [{id: fraud.y, measure: sum kopecks, by: [inn, phone], window: 31d, limit: 100000000, tier: slow}]",
		"rules: [{" + good + "}, {" + strings.Replace(strings.Replace(good, "fraud.x", "fraud.y", 1), "limit: 5, tier: review", "limit: 9, tier: refuse", 1) + "}]",
	} {
		if _, problems := fraud.Parse([]byte(text)); len(problems) > 0 {
			t.Errorf("%s: %v", text, problems)
		}
	}
}
