package fiscal

import (
	"strings"
	"sync"
)

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

// combined lists the values of all choices. Cells of the same choices share
// their list.
func combined(m mode, base int, sets []string) []int {
	if len(sets) == 1 && m == byteMode && len(sets[0]) == 1 {
		return []int{int(sets[0][0])}
	}
	key := choices{mode: m}
	copy(key.sets[:], sets)
	if list, ok := lists.Load(key); ok {
		return list.([]int)
	}
	list := newCombined(m, base, sets)
	lists.Store(key, list)
	return list
}

type choices struct {
	mode mode
	sets [3]string
}

var lists sync.Map // choices to []int

func newCombined(m mode, base int, sets []string) []int {
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

// packing is a segment that is not of bytes: units of certain lengths.
type packing struct {
	lengths    []int
	characters int
	bits       int
	// telling are its cells, from the first bit of the data, but for those of
	// three digits that may be any: they exclude 24 of 1024 values.
	telling []cell
}

type packingKey struct {
	mode    mode
	unit, n int
}

var packed sync.Map // packingKey to []packing

// packings lists the segments of n units from a unit on.
func packings(m mode, unit, n int) []packing {
	key := packingKey{m, unit, n}
	if list, ok := packed.Load(key); ok {
		return list.([]packing)
	}
	list := newPackings(m, units[unit:unit+n], nil, nil)
	packed.Store(key, list)
	return list
}

func newPackings(m mode, rest []unit, lengths []int, sets []string) (list []packing) {
	if len(rest) == 0 {
		p := packing{lengths: lengths, characters: len(sets), bits: dataBits(m, len(sets))}
		for _, c := range cells(m, 0, sets) {
			if m != numeric || len(c.values) < 1000 {
				p.telling = append(p.telling, c)
			}
		}
		return []packing{p}
	}
	for _, n := range rest[0].lengths() {
		list = append(list, newPackings(m, rest[1:], append(lengths[:len(lengths):len(lengths)], n),
			append(sets[:len(sets):len(sets)], rest[0].sets(n)...))...)
	}
	return list
}
