package assortment

// Payable is the confidence from which a line is paid without a person.
const Payable = 0.9

// What is left of the confidence for each weakness of what a name says. They
// multiply, so that one more weakness never makes a line surer; docs/matching.md
// holds them against what was measured. Those above Payable are weaknesses that
// tills have every day; one below it sends the line to a person.
const (
	allAgree = 0.995 // brand, kind and volume, and nothing else is known

	byAbbreviation = 0.99 // of the brand
	byInitials     = 0.97
	bySlip         = 0.95 // a misspelt brand
	byBriefAlias   = 0.98

	kindUnsaid      = 0.98 // of goods that the brand tells
	kindOfKin       = 0.99 // "drink" for a lemonade
	strangeFlavour  = 0.99 // a word that nobody taught us, of goods with any flavour
	volumeUnitless  = 0.98
	volumeAtTheEdge = 0.97 // the last number of a name that may be cut

	kindDoubted    = 0.35
	volumeMissing  = 0.5
	volumeCut      = 0.7  // missing where the till has cut the name
	traitMissing   = 0.35 // of each
	strangeWord    = 0.4
	equallyLikely  = 0.5
	siblingsLikely = 0.8
)

// confidence multiplies what the weaknesses leave.
func (h *hearing) confidence() float64 {
	left := allAgree * brandLeft(h.named)
	switch {
	case !h.clear():
		left *= kindDoubted
	case h.kind == "":
		left *= kindUnsaid
	case !h.ownKind:
		left *= kindOfKin
	}
	switch {
	case h.volume.outcome == absent && h.facts.cut:
		left *= volumeCut
	case h.volume.outcome == absent:
		left *= volumeMissing
	case h.volume.unitless && h.facts.cut:
		left *= volumeAtTheEdge
	case h.volume.unitless:
		left *= volumeUnitless
	}
	for range h.missing {
		left *= traitMissing
	}
	for range h.unknown {
		left *= h.strangeLeft()
	}
	return left
}

func brandLeft(s sighting) float64 {
	left := 1.0
	switch s.strength {
	case abbreviated:
		left = byAbbreviation
	case initialled:
		left = byInitials
	case misspelt:
		left = bySlip
	}
	if s.brief {
		left *= byBriefAlias
	}
	return left
}

// strangeLeft is what an unknown word leaves: little where every word counts, and
// almost all where it will be one more flavour.
func (h *hearing) strangeLeft() float64 {
	if h.article.varies() {
		return strangeFlavour
	}
	return strangeWord
}
