package fraud

import (
	"bytes"
	_ "embed" // the default rules
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

//go:embed rules.yaml
var standard []byte

// Problem is one finding of lint: which rule, which field, what is wrong. A
// warning does not keep the rules from being used.
type Problem struct {
	Rule    string `json:"rule"` // id, or "rules[2]" where it has none; "" for the file
	Field   string `json:"field"`
	Text    string `json:"text"`
	Warning bool   `json:"warning"`
}

// String is the problem on one line: "fraud.x limit: 0 is not above zero".
func (p Problem) String() string {
	return strings.TrimSpace(p.Rule+" "+p.Field) + ": " + p.Text
}

// file is the rules as an operator writes them.
type file struct {
	Slow  string     `yaml:"slow"`
	Hold  string     `yaml:"hold"`
	Rules []ruleText `yaml:"rules"`
}

type ruleText struct {
	ID      string `yaml:"id"`
	Measure string `yaml:"measure"`
	By      names  `yaml:"by"`
	Window  string `yaml:"window"`
	Clock   string `yaml:"clock"`
	Limit   int64  `yaml:"limit"`
	Tier    string `yaml:"tier"`
	When    string `yaml:"when"`
	Score   int    `yaml:"score"`
	Mark    string `yaml:"mark"`
}

// names is one word or a list of them.
type names []string

// UnmarshalYAML takes both.
func (n *names) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		*n = names{node.Value}
		return nil
	}
	return node.Decode((*[]string)(n))
}

// Standard returns the default file's rules.
func Standard() Rules {
	rules, problems := Parse(standard)
	if len(problems) > 0 {
		panic(problems[0]) // the file is ours, and tested
	}
	return rules
}

// Parse reads a rules file in YAML, see rules.yaml for its form, and lints it.
// An unknown key, a second document or a wrong value is a problem; rules are
// usable unless a problem is no warning.
func Parse(text []byte) (Rules, []Problem) {
	var f file
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&f); err != nil && !errors.Is(err, io.EOF) {
		return Rules{}, []Problem{{Text: err.Error()}}
	}
	if err := decoder.Decode(new(any)); !errors.Is(err, io.EOF) {
		return Rules{}, []Problem{{Text: "more than one document"}}
	}
	r := reader{}
	rules := Rules{SlowFor: r.pause("slow", f.Slow, time.Minute, 2*time.Hour), HoldFor: r.pause("hold", f.Hold, time.Hour, 14*24*time.Hour)}
	for i, t := range f.Rules {
		rules.Velocity = append(rules.Velocity, r.rule(i, t))
	}
	r.lint(rules.Velocity)
	return rules, r.problems
}

// Usable tells that no problem keeps the rules from being used.
func Usable(problems []Problem) bool {
	return !slices.ContainsFunc(problems, func(p Problem) bool { return !p.Warning })
}

// reader collects problems.
type reader struct {
	at       string // the rule that is read
	problems []Problem
}

func (r *reader) bad(field, format string, args ...any) {
	r.problems = append(r.problems, Problem{Rule: r.at, Field: field, Text: fmt.Sprintf(format, args...)})
}

func (r *reader) warn(field, format string, args ...any) {
	r.bad(field, format, args...)
	r.problems[len(r.problems)-1].Warning = true
}

// pause reads how long a mild tier takes; "" is the default.
func (r *reader) pause(field, text string, least, most time.Duration) time.Duration {
	if text == "" {
		return 0
	}
	d, err := duration(text)
	if err != nil || d < least || d > most {
		r.bad(field, "%q is no time from %s to %s", text, least, most)
	}
	return d
}

// duration reads "90s", "10m", "24h" and "7d".
func duration(text string) (time.Duration, error) {
	days, ok := strings.CutSuffix(text, "d")
	if !ok {
		return time.ParseDuration(text)
	}
	n, err := strconv.Atoi(days)
	return time.Duration(n) * 24 * time.Hour, err
}

var (
	idForm   = regexp.MustCompile(`^fraud\.[a-z][a-z0-9_]{0,40}$`)
	reserved = []string{RuleReceiptsPerHour, RuleNamesPerPhone, RuleLinesTotal, "fraud.slow", "fraud.hold", "fraud.refused"}
)

func (r *reader) rule(i int, t ruleText) Rule {
	if r.at = t.ID; t.ID == "" {
		r.at = fmt.Sprintf("rules[%d]", i)
	}
	rule := Rule{ID: t.ID, Limit: t.Limit, When: strings.TrimSpace(t.When), Tier: Outcome(t.Tier), Score: t.Score, Mark: t.Mark != ""}
	switch {
	case !idForm.MatchString(t.ID):
		r.bad("id", "%q is no id such as fraud.many_tills", t.ID)
	case slices.Contains(reserved, t.ID):
		r.bad("id", "%s means something else: a setting of the configuration or words for people", t.ID)
	}
	if rule.Tier.severity() < Slow.severity() {
		r.bad("tier", "%q is none of slow, hold, review, refuse", t.Tier)
	}
	if rule.Score == 0 {
		rule.Score = standardScore[rule.Tier]
	}
	if rule.Score < 1 || rule.Score > 99 {
		r.bad("score", "%d is not 1 to 99", rule.Score)
	}
	r.counting(t, &rule)
	r.asking(&rule)
	return rule
}

// asking compiles the rule's condition.
func (r *reader) asking(rule *Rule) {
	if rule.When == "" {
		return
	}
	c, err := compile(rule.When)
	if err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n")
		r.bad("when", "%s", first)
		return
	}
	rule.condition = c
}
