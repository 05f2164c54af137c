package fiscal

import "strings"

// cell is a few bits that hold one of the listed values.
type cell struct {
	at, width int
	values    []int
}

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

// cells packs characters, of each of which a set is known, as a segment of the
// mode does (ISO/IEC 18004, 7.4).
func cells(m mode, at int, sets []string) (list []cell) {
	group, base := 1, 256
	switch m {
	case numeric:
		group, base = 3, 10
	case alphanumeric:
		group, base = 2, len(alphabet)
	}
	for len(sets) > 0 {
		n := min(group, len(sets))
		width := dataBits(m, n)
		list = append(list, cell{at, width, combined(m, base, sets[:n])})
		at, sets = at+width, sets[n:]
	}
	return list
}

func combined(m mode, base int, sets []string) []int {
	values := []int{0}
	for _, set := range sets {
		next := make([]int, 0, len(values)*len(set))
		for _, v := range values {
			for i := range len(set) {
				next = append(next, v*base+number(m, set[i]))
			}
		}
		values = next
	}
	return values
}

func number(m mode, character byte) int {
	switch m {
	case numeric:
		return int(character - '0')
	case alphanumeric:
		return strings.IndexByte(alphabet, character)
	}
	return int(character)
}

// sets lists what each of the n characters of the unit may be.
func (u unit) sets(n int) []string {
	list := make([]string, n)
	for i := range list {
		if u.word != "" {
			list[i] = u.word[i : i+1]
			continue
		}
		list[i] = u.digits(i, n)
	}
	return list
}
