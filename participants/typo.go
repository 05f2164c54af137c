package participants

// near tells whether one word may be a typo of the other: they begin alike, and
// one letter in five is wrong, missing, too much or swapped with its neighbour,
// most at the most.
func near(a, b string, most int) bool {
	x, y := []rune(a), []rune(b)
	if len(x) == 0 || len(y) == 0 || x[0] != y[0] {
		return false
	}
	allowed := min(most, typos(max(len(x), len(y))))
	return allowed > 0 && distance(x, y) <= allowed
}

// typos is how many are forgiven in a word of n letters. In a short word one
// letter makes another name.
func typos(n int) int {
	switch {
	case n < 5:
		return 0
	case n < 9:
		return 1
	}
	return 2
}

// distance is that of Damerau and Levenshtein, with neighbours swapped once.
func distance(a, b []rune) int {
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
