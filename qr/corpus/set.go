package corpus

import (
	"slices"
	"strings"
)

// Set is the pictures of one corpus, with the groups that they are counted in.
type Set struct {
	Name   string
	Groups []Group
	members
}

// Group is pictures of one category, or of one severity.
type Group struct {
	Name string
	members
}

// members are places in the list of all pictures.
type members []int

// Sets sorts pictures by corpus, and the pictures of a corpus by category; drawn
// ones by severity, then by damage and severity.
func Sets(pictures []Picture) (sets []Set) {
	for i, p := range pictures {
		at := slices.IndexFunc(sets, func(s Set) bool { return s.Name == p.Corpus })
		if at < 0 {
			at, sets = len(sets), append(sets, Set{Name: p.Corpus})
		}
		sets[at].members = append(sets[at].members, i)
		for _, name := range p.groups() {
			sets[at].put(name, i)
		}
	}
	for i := range sets {
		slices.SortFunc(sets[i].Groups, func(a, b Group) int { return strings.Compare(order(a.Name), order(b.Name)) })
	}
	return sets
}

const severity = "severity-"

func (p Picture) groups() []string {
	if p.Severity == "" {
		return []string{p.Category}
	}
	return []string{severity + p.Severity, p.Category + "-" + p.Severity}
}

// order puts severities before damages.
func order(group string) string {
	if strings.HasPrefix(group, severity) {
		return " " + group
	}
	return group
}

func (s *Set) put(name string, picture int) {
	at := slices.IndexFunc(s.Groups, func(g Group) bool { return g.Name == name })
	if at < 0 {
		at, s.Groups = len(s.Groups), append(s.Groups, Group{Name: name})
	}
	s.Groups[at].members = append(s.Groups[at].members, picture)
}

// Tally sums up the outcomes of the members; pictures and outcomes are lists of
// all pictures.
func (m members) Tally(pictures []Picture, outcomes []Outcome) (t Tally) {
	for _, i := range m {
		t.add(pictures[i], outcomes[i])
	}
	return t
}

// Rate is the rate of the whole set in percent. Of BoofCV it is the mean of the
// categories' rates, since one category holds a third of all codes.
func (s Set) Rate(pictures []Picture, outcomes []Outcome) float64 {
	if s.Name != BoofCV {
		return s.Tally(pictures, outcomes).Rate()
	}
	sum := 0.0
	for _, g := range s.Groups {
		sum += g.Tally(pictures, outcomes).Rate()
	}
	return sum / float64(max(1, len(s.Groups)))
}
