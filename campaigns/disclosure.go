package campaigns

import (
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// Disclosure is what the law wants participants to be told beside the organiser,
// the dates and the place of the full rules: how many prizes there are in all,
// and how one is received.
type Disclosure struct {
	Prizes  int64  `json:",omitzero" yaml:"prizes"`
	Claim   string `json:",omitzero" yaml:"claim"`
	ClaimEN string `json:",omitzero" yaml:"claim_en"`
}

func (d Disclosure) words() map[string]string {
	words := map[string]string{"claim": d.Claim, "claim_en": d.ClaimEN}
	if d.Prizes != 0 {
		words["prizes"] = fmt.Sprint(d.Prizes)
	}
	return words
}

// Texts are the full rules as their author wrote them. Lint compares their
// numbers with the terms.
type Texts struct {
	Rules   string `json:",omitzero"`
	RulesEN string `json:",omitzero"`
}

func (t Texts) words() map[string]string {
	return map[string]string{"rules": t.Rules, "rules_en": t.RulesEN}
}

// textsFile holds texts, or names of files that lie beside the campaign's: one
// word that ends in .md or .txt.
type textsFile struct {
	Rules   string `yaml:"rules"`
	RulesEN string `yaml:"rules_en"`
}

func (r *reader) texts(dir fs.FS, name string, f textsFile) Texts {
	return Texts{Rules: r.text(dir, name, "texts.rules", f.Rules), RulesEN: r.text(dir, name, "texts.rules_en", f.RulesEN)}
}

func (r *reader) text(dir fs.FS, name, field, text string) string {
	text = strings.TrimSpace(text)
	if strings.ContainsAny(text, " \n") || !strings.HasSuffix(text, ".md") && !strings.HasSuffix(text, ".txt") {
		return text
	}
	read, err := fs.ReadFile(dir, path.Join(path.Dir(name), text))
	if err != nil {
		r.find("texts", false, field, "%v", err)
	}
	return strings.TrimSpace(string(read))
}

// lintLaw finds what participants must be told and are not.
func (r *reader) lintLaw(t Terms) {
	if t.Disclosure.Prizes <= 0 {
		r.doubt("law.prizes", "disclosure.prizes", "is missing: the law wants the number of prizes told")
	}
	if t.Disclosure.Claim == "" || t.Disclosure.ClaimEN == "" {
		r.doubt("law.claim", "disclosure.claim", "is missing: the law wants it told how a prize is received")
	}
}
