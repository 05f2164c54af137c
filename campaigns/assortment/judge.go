package assortment

import (
	"fmt"
	"slices"
	"strings"
)

// hearing collects what a name says for and against being one article.
type hearing struct {
	article *article
	brands  *brandIndex
	facts   *facts
	named   sighting

	kind     string   // the word that names the kind
	ownKind  bool     // it is the product's own kind, not one of its kin
	agreed   []string // traits and title words found
	against  []string
	missing  []string
	unknown  []string
	volume   finding
	seen     map[string]bool // title words found, by their text
	evidence int
}

// listen weighs everything that the name says for and against the article.
func (h *hearing) listen() {
	h.seen = map[string]bool{}
	if h.volume.outcome == contradicts {
		h.against = append(h.against, h.volume.String())
	}
	h.findKind()
	h.settleKind()
	h.vessel()
	for i, t := range h.facts.words {
		if i < h.named.from || i >= h.named.to {
			h.word(t, t.last && h.facts.cut, i > 0 && with[h.facts.words[i-1].text])
		}
	}
	h.findMissing()
	h.comparePercents()
	h.compareCounts()
}

// findKind looks for the word that names the kind, the product's own rather
// than one of its kin.
func (h *hearing) findKind() {
	for i, t := range h.facts.words {
		if i >= h.named.from && i < h.named.to || h.ownKind {
			continue
		}
		for _, m := range meanings(t.text) {
			if m.group == kindGroup && h.article.called(m.value) {
				h.kind, h.ownKind = t.text, h.article.is(m.value)
			}
		}
	}
}

// with are the words behind which something is an ingredient: "с соком".
var with = map[string]bool{"С": true, "СО": true, "ВКУС": true, "ВКУСОМ": true}

// settleKind takes the kind away from an adjective beside the name of other
// goods: a wafer cake is no wafer.
func (h *hearing) settleKind() {
	if h.kind == "" || !attribute.MatchString(h.kind) || slices.Contains(h.article.attributes, h.article.kinds[0]) {
		return
	}
	for i, t := range h.facts.words {
		if i >= h.named.from && i < h.named.to || attribute.MatchString(t.text) {
			continue
		}
		if found := meanings(t.text); len(found) > 0 && found[0].group == kindGroup && !slices.ContainsFunc(found, h.fits) {
			h.kind, h.ownKind = "", false
			return
		}
	}
}

// fits reports a meaning that the product may have.
func (h *hearing) fits(m meaning) bool {
	return m.group == kindGroup && (h.article.called(m.value) || h.article.beside(m.value)) || m.group == neutralGroup
}

// vessel takes a vessel in front of a name that says no kind for the goods: a
// glass with the sign of a drink.
func (h *hearing) vessel() {
	if len(h.facts.words) == 0 || h.kind != "" || h.named.from == 0 {
		return
	}
	first := h.facts.words[0]
	if slices.Contains(meanings(first.text), meaning{kindGroup, "household"}) && !h.article.is("household") {
		h.against = append(h.against, first.text)
	}
}

// word weighs one word that is not the brand; cut tells that its end may be
// missing, ingredient that it stands behind "с".
func (h *hearing) word(t token, cut, ingredient bool) {
	if t.number || runes(t.text) == 1 {
		return
	}
	found := h.article.applicable(meanings(t.text))
	switch {
	case slices.ContainsFunc(found, func(m meaning) bool { return m.group == kindGroup && h.article.called(m.value) }):
	case h.trait(t, found), h.titleWord(t, cut), h.brandAgain(t):
	case ingredient && h.article.varies() && slices.ContainsFunc(found, func(m meaning) bool { return slices.Contains(tastes, m.value) }):
	case h.article.opposes(found):
		h.against = append(h.against, t.text)
	case slices.ContainsFunc(found, func(m meaning) bool { return h.article.permits(m, h.kind != "") }):
	case len(found) > 0 && !(cut && runes(t.text) < 3): // two letters may be the stump of any word
		h.against = append(h.against, t.text)
	default:
		h.unknown = append(h.unknown, t.text)
	}
}

// trait compares with the title's words that the dictionaries know.
func (h *hearing) trait(t token, found []meaning) bool {
	for _, own := range h.article.traits {
		if slices.Contains(found, own.meaning) {
			h.find(own.text)
			return true
		}
	}
	return false
}

// titleWord compares with the title's words that no dictionary knows: in either
// script, and cut if the till shows it.
func (h *hearing) titleWord(t token, cut bool) bool {
	key := squeeze(t.text)
	for _, own := range h.article.words {
		for _, s := range own.spellings {
			if s == key || strings.HasPrefix(s, key) && (runes(key) >= 4 || t.dotted && runes(key) >= 2 || cut && runes(key) >= 3) {
				h.find(own.text)
				return true
			}
		}
	}
	return false
}

// flavoured reports that the name says some flavour; an unknown word is taken
// for one.
func (h *hearing) flavoured() bool {
	return len(h.unknown) > 0 || slices.ContainsFunc(h.facts.words, func(t token) bool { return means(t.text, flavourGroup) })
}

// brandAgain reports the brand said twice, in both scripts. One word of several
// may be a variety: Red Bull Red.
func (h *hearing) brandAgain(t token) bool {
	if len(h.article.brandWords) > 1 {
		return false
	}
	if stem := strings.TrimRight(h.article.brandWords[0], "АЕИОУЫЭЮЯЙЬ"); runes(stem) >= minUndotted && strings.HasPrefix(t.text, stem+"СК") {
		return true // Очаковский
	}
	return h.brands.bears(h.article.brand, squeeze(t.text))
}

// find notes something the name says that the title says too.
func (h *hearing) find(text string) {
	if !h.seen[text] {
		h.seen[text] = true
		h.agreed = append(h.agreed, text)
		h.evidence++
	}
}

// findMissing lists what the title demands and the name does not say.
func (h *hearing) findMissing() {
	if h.article.has(aromaGroup) && h.flavoured() {
		h.seen[h.article.aroma()] = true
	}
	for _, own := range h.article.traits {
		if own.needed && !h.seen[own.text] && !slices.Contains(h.missing, own.text) {
			h.missing = append(h.missing, own.text)
		}
	}
	for _, own := range h.article.words {
		if !h.seen[own.text] {
			h.missing = append(h.missing, own.text)
		}
	}
	for _, n := range h.article.numbers {
		if !slices.ContainsFunc(h.facts.bare, func(m measure) bool { return m.low == n }) {
			h.missing = append(h.missing, fmt.Sprintf("%g", n))
		}
	}
}

// comparePercents holds the fat of the name against that of the title. 100%
// belongs to juices and says nothing.
func (h *hearing) comparePercents() {
	if h.article.Scope == ScopeAnyFat || len(h.article.percents) == 0 {
		return
	}
	own := h.article.percents[0]
	said := false
	for _, m := range h.facts.measures {
		if m.unit != percent || m.low == 100 || m.low < 1 && own.low > 1 { // ",5%" is the end of a percentage
			continue
		}
		if m.low == own.low && m.high == own.high {
			h.find(fmt.Sprintf("%g%%", own.low))
			return
		}
		said = true
	}
	switch {
	case said:
		h.against = append(h.against, fmt.Sprintf("not %g%%", own.low))
	case h.article.Scope == ScopeExact:
		h.missing = append(h.missing, fmt.Sprintf("%g%%", own.low))
	}
}

// compareCounts holds layers and pieces of the name against those of the title.
func (h *hearing) compareCounts() {
	for _, m := range h.facts.measures {
		switch {
		case m.unit == layer && h.article.layers > 0 && m.low != h.article.layers:
			h.against = append(h.against, fmt.Sprintf("%g layers", m.low))
		case m.unit == layer && m.low == h.article.layers:
			h.find("layers")
		case m.unit == piece && h.article.pieces > 0 && m.low > 1 && m.low != h.article.pieces:
			h.against = append(h.against, fmt.Sprintf("%g pieces", m.low))
		}
	}
}

// clear reports that the kind is beyond doubt. Initials need the product's own
// kind beside them: a drink РБ may be a drink of Belarus. A brand that is
// misspelt or very short needs some kind.
func (h *hearing) clear() bool {
	switch {
	case h.named.strength == initialled:
		return h.ownKind
	case h.named.strength == misspelt, h.named.brief:
		return h.kind != ""
	}
	return h.kind != "" || h.article.selfEvident() || h.article.is("paper") && h.seen["layers"] ||
		h.article.is("remedy") && h.says(useGroup) || h.article.is("yoghurt") && h.says(formGroup) || h.saysTitle()
}

// says reports that the name says a trait of the group.
func (h *hearing) says(group string) bool {
	return slices.ContainsFunc(h.article.traits, func(t trait) bool { return t.group == group && h.seen[t.text] })
}

// saysTitle reports that the name says the first word of a title whose kind no
// dictionary knows.
func (h *hearing) saysTitle() bool {
	return len(h.article.kinds) == 0 && len(h.article.words) > 0 && h.seen[h.article.words[0].text]
}

// doubts lists why a person should look; empty when all agrees.
func (h *hearing) doubts() []string {
	var out []string
	if !h.clear() {
		out = append(out, "no kind")
	}
	if h.volume.outcome == absent {
		out = append(out, h.volume.String())
	}
	if len(h.missing) > 0 {
		out = append(out, "not said: "+strings.Join(h.missing, ", "))
	}
	if len(h.unknown) > 0 && !h.article.varies() {
		out = append(out, "unknown words: "+strings.Join(h.unknown, ", "))
	}
	return out
}

// agreements names what speaks for the article.
func (h *hearing) agreements() string {
	parts := []string{fmt.Sprintf("brand %s (%s)", h.article.Brand, h.named.text)}
	if h.kind != "" {
		parts = append(parts, "kind "+h.kind)
	}
	if len(h.agreed) > 0 {
		parts = append(parts, "said "+strings.Join(h.agreed, ", "))
	}
	if h.volume.outcome == agrees {
		parts = append(parts, h.volume.text)
	}
	return strings.Join(parts, ", ")
}
