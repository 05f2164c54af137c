package assortment

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// verdict takes the article that agrees; two that agree equally, or the best of
// those left in doubt, go to a person.
func verdict(heard []*hearing) Match {
	sure, doubted, refused := sorted(heard)
	switch {
	case len(sure) == 1, len(sure) > 1 && sure[0].evidence > sure[1].evidence:
		h := sure[0]
		return Match{SKU: h.article.SKU, Reason: h.agreements(), Pack: h.volume.pack, Confidence: h.confidence()}
	case len(sure) > 1:
		return unsure(sure[0], sure[0].confidence()*equallyLikely, "as likely "+sure[1].article.SKU)
	case len(doubted) > 0:
		return doubt(doubted)
	}
	h := refused[0]
	if len(h.against) == 0 {
		return Match{Reason: fmt.Sprintf("brand %s (%s) alone", h.article.Brand, h.named.text), Pack: 1}
	}
	return Match{Reason: fmt.Sprintf("brand %s (%s), but not %s: %s", h.article.Brand, h.named.text, h.article.SKU, strings.Join(h.against, ", ")), Pack: 1}
}

// sorted parts the hearings; within a part the better supported come first. A
// name with neither kind nor volume is a brand alone.
func sorted(heard []*hearing) (sure, doubted, refused []*hearing) {
	for _, h := range heard {
		switch doubts := h.doubts(); {
		case len(h.against) > 0, !h.clear() && h.volume.outcome != agrees, h.named.strength <= initialled && len(doubts) > 0:
			refused = append(refused, h)
		case h.confidence() >= Payable && len(doubts) == 0:
			sure = append(sure, h)
		default:
			doubted = append(doubted, h)
		}
	}
	slices.SortStableFunc(sure, func(a, b *hearing) int { return b.evidence - a.evidence })
	slices.SortStableFunc(doubted, func(a, b *hearing) int {
		return cmp.Or(cmp.Compare(b.confidence(), a.confidence()), b.evidence-a.evidence)
	})
	slices.SortStableFunc(refused, func(a, b *hearing) int { return len(a.against) - len(b.against) })
	return sure, doubted, refused
}

// doubt names the likeliest of several in doubt.
func doubt(doubted []*hearing) Match {
	h := doubted[0]
	confidence := h.confidence()
	if len(doubted) > 1 {
		confidence *= siblingsLikely
	}
	reasons := h.doubts()
	if len(reasons) == 0 {
		reasons = []string{"too many small doubts"}
	}
	return unsure(h, min(confidence, Payable*siblingsLikely), strings.Join(reasons, "; "))
}

func unsure(h *hearing, confidence float64, why string) Match {
	return Match{
		Unsure: true, Candidate: h.article.SKU, Pack: 1, Confidence: confidence,
		Reason: fmt.Sprintf("unsure: maybe %s: %s; %s", h.article.SKU, h.agreements(), why),
	}
}
