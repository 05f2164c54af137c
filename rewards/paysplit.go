package rewards

import (
	"cmp"
	"slices"

	"promobot/internal/money"
)

// split divides a sum over items in proportion to what each may take, to the
// kopeck: everybody gets the whole kopecks of his part, and what is left goes,
// one each, to those with the largest rests; of equal rests the first item
// wins. No part is larger than its cap. The sum is at most that of the caps,
// which is at most basketMost.
func split(sum money.Kopecks, caps []money.Kopecks) []money.Kopecks {
	whole := total(caps)
	parts, rests, order := make([]money.Kopecks, len(caps)), make([]money.Kopecks, len(caps)), make([]int, len(caps))
	left := sum
	for i, most := range caps {
		order[i] = i
		if whole > 0 {
			parts[i], rests[i] = sum*most/whole, sum*most%whole
		}
		left -= parts[i]
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rests[b], rests[a]) })
	for _, i := range order[:left] {
		parts[i]++
	}
	return parts
}

func total(list []money.Kopecks) (sum money.Kopecks) {
	for _, k := range list {
		sum += k
	}
	return sum
}
