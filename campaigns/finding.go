package campaigns

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Problem is one finding of lint. Rule names it for ever, Field says where it
// stands in the file, Next what to do. A warning does not keep the terms from
// being applied.
type Problem struct {
	Rule    string `json:"rule"`
	Field   string `json:"field"`
	Text    string `json:"text"`
	Next    string `json:"next"`
	Warning bool   `json:"warning"`
}

// String writes the problem as lint prints it.
func (p Problem) String() string { return p.Field + ": " + p.Text }

// find adds a finding; without a rule it is named by its field.
func (r *reader) find(rule string, warning bool, field, format string, args ...any) {
	rule = cmp.Or(rule, r.ruleOf(field))
	r.problems = append(r.problems, Problem{Rule: rule, Field: field, Text: fmt.Sprintf(format, args...), Next: nextStep(rule, field), Warning: warning})
}

// doubt adds a warning.
func (r *reader) doubt(rule, field, format string, args ...any) {
	r.find(rule, true, field, format, args...)
}

// named are the lists whose members have names of their own, which are no part
// of a rule's.
var named = []string{"points.products", "prizes", "bonus_days", "focus"}

// ruleOf names a finding by its field: that of "bonus_days.june.hours" is
// "bonus_days.hours".
func (r *reader) ruleOf(field string) string {
	if field == r.file {
		return "file"
	}
	for _, list := range named {
		rest, ok := strings.CutPrefix(field, list+".")
		if !ok {
			continue
		}
		if _, part, ok := strings.Cut(rest, "."); ok {
			return list + "." + part
		}
		return list
	}
	return field
}

// nextSteps say what to do about a finding whose text does not.
var nextSteps = map[string]string{
	"file":                "correct the line in the file; docs/campaigns.md lists every key",
	"limits.none":         "set limits.receipts_per_day or limits.receipts",
	"budget.unlimited":    "set budget.points to the points that the fund allows",
	"law.organiser":       "set organiser to the full name of who answers for the campaign",
	"law.rules_url":       "publish the full rules and set rules_url",
	"law.prizes":          "set disclosure.prizes to how many prizes there are in all",
	"law.claim":           "set disclosure.claim and claim_en: how, where and until when a prize is received",
	"law.dates":           "name the first and the last day in the text",
	"prizes.none":         "list what points are for under prizes",
	"dead.limit":          "leave the line out, or lower it",
	"dead.zero":           "leave the line out if no limit is meant, or set a number",
	"dead.denied_shop":    "leave it out of shops_denied: shops_allowed does not have it",
	"dead.rate":           "leave the line out, or set another rate",
	"dead.per_product":    "leave per_product out, or a product without a rate of its own in",
	"dead.product":        "give the product a rate, or leave it out of the assortment",
	"dead.bonus_day":      "move the day, its weekdays or its hours so that it comes",
	"dead.bonus_gain":     "use add instead of multiply, or name products that earn points",
	"dead.focus":          "move the weeks into the period",
	"dead.prize":          "lower its price, or raise the limits or the budget",
	"dead.budget":         "raise it above what one receipt earns",
	"dead.minimum":        "lower the minimum, or the roubles for a point",
	"overlap.bonus_days":  "give them different priorities, or set stack: true where both are meant to count",
	"overlap.bonus_focus": "set stack: true on the bonus day if both are meant to count, or move one of them",
	"overlap.focus":       "leave the product in one of them",
	"overlap.articles":    "make titles or volumes differ, or keep one of the two",
	"overlap.gtin":        "correct the GTIN of one of the two",
	"catalogue":           "mend the catalogue of prizes, see prizes import",
	"prizes.unknown":      "add the prize to the catalogue, or leave it out",
	"waive.unused":        "leave it out of waive",
	"waive.reason":        "say why it is meant so",
	"texts":               "write the text, or name a file beside the campaign's",
}

// nextStep is what to do about a finding.
func nextStep(rule, field string) string {
	if next, known := nextSteps[rule]; known {
		return next
	}
	if strings.HasPrefix(rule, "text.") {
		return "correct the text or the terms, so that both say the same"
	}
	return "correct " + field + "; docs/campaigns.md says what it may hold"
}

// waive leaves out the doubts that the file says are meant.
func (r *reader) waive(list map[string]string) {
	for _, rule := range slices.Sorted(maps.Keys(list)) {
		found := false
		r.problems = slices.DeleteFunc(r.problems, func(p Problem) bool {
			waived := p.Rule == rule && p.Warning
			found = found || waived
			return waived
		})
		if !found {
			r.doubt("waive.unused", "waive."+rule, "nothing of that name is found")
		}
		if strings.TrimSpace(list[rule]) == "" {
			r.doubt("waive.reason", "waive."+rule, "has no reason")
		}
	}
}

// zeroLimits names the limits that the file sets to 0: that means no limit, and
// is hardly what was meant.
func zeroLimits(text []byte) (fields []string) {
	var f map[string]yaml.Node
	if yaml.Unmarshal(text, &f) != nil {
		return nil
	}
	for _, part := range []string{"limits", "budget", "receipts"} {
		node := f[part]
		var values map[string]any
		if node.Decode(&values) != nil {
			continue
		}
		for _, key := range slices.Sorted(maps.Keys(values)) {
			if values[key] == 0 && key != "minimum" {
				fields = append(fields, part+"."+key)
			}
		}
	}
	return fields
}

// assortmentRule names what is wrong with a row of a table.
func assortmentRule(field string, row error) string {
	if strings.Contains(row.Error(), "column gtin") && strings.Contains(row.Error(), "already that of") {
		return "overlap.gtin"
	}
	return field
}
