package worn

import (
	"math"
	"strings"

	"github.com/makiuchi-d/gozxing/qrcode/decoder"
)

const alphanumerics = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

// A segment is a run of the text in one mode of encoding.
type segment struct {
	mode *decoder.Mode
	text string
}

// The styles of segmentation: tills differ, and who knows the text by half
// must guess among them.
var styles = []string{"byte", "mix", "mix2", "optimal"}

// segmented cuts the text in a style. A run shorter than least stays bytes.
func segmented(text, style string, least int) []segment {
	switch style {
	case "mix":
		return joined(text, numericRuns(text, least))
	case "mix2":
		modes := numericRuns(text, max(least, 8)) // shorter ones belong to a run of letters and digits
		for _, r := range runs(modes, text, isAlphanumeric) {
			if r.to-r.from >= least {
				fill(modes, r, decoder.Mode_ALPHANUMERIC)
			}
		}
		return joined(text, modes)
	case "optimal":
		return joined(text, cheapest(text))
	}
	return []segment{{decoder.Mode_BYTE, text}}
}

func isDigit(c byte) bool        { return '0' <= c && c <= '9' }
func isAlphanumeric(c byte) bool { return strings.IndexByte(alphanumerics, c) >= 0 }

type run struct{ from, to int }

// runs finds the longest stretches of bytes so far that all have a property.
func runs(modes []*decoder.Mode, text string, has func(byte) bool) (found []run) {
	start := 0
	for i := 0; i <= len(text); i++ {
		if i < len(text) && modes[i] == decoder.Mode_BYTE && has(text[i]) {
			continue
		}
		if i > start {
			found = append(found, run{start, i})
		}
		start = i + 1
	}
	return found
}

func fill(modes []*decoder.Mode, r run, mode *decoder.Mode) {
	for i := r.from; i < r.to; i++ {
		modes[i] = mode
	}
}

func numericRuns(text string, least int) []*decoder.Mode {
	modes := make([]*decoder.Mode, len(text))
	fill(modes, run{0, len(text)}, decoder.Mode_BYTE)
	for _, r := range runs(modes, text, isDigit) {
		if r.to-r.from >= least {
			fill(modes, r, decoder.Mode_NUMERIC)
		}
	}
	return modes
}

func joined(text string, modes []*decoder.Mode) (all []segment) {
	for i, mode := range modes {
		if i == 0 || mode != modes[i-1] {
			all = append(all, segment{mode: mode})
		}
		all[len(all)-1].text += text[i : i+1]
	}
	return all
}

// A way of encoding a mode's characters: bits a character, bits of a header
// in versions 1 to 9.
type way struct {
	mode         *decoder.Mode
	bits, header float64
	takes        func(byte) bool
}

var ways = []way{
	{decoder.Mode_NUMERIC, 10.0 / 3, 14, isDigit},
	{decoder.Mode_ALPHANUMERIC, 5.5, 13, isAlphanumeric},
	{decoder.Mode_BYTE, 8, 12, func(byte) bool { return true }},
}

// cheapest finds the modes with the fewest bits, by the usual walk over
// characters that remembers the best way to end in each mode.
func cheapest(text string) []*decoder.Mode {
	cost := make([]float64, len(ways))
	from := make([][]int, len(text))
	for i := range text {
		next := make([]float64, len(ways))
		from[i] = make([]int, len(ways))
		for j, w := range ways {
			next[j], from[i][j] = arrive(cost, i == 0, j)
			if next[j] += w.bits; !w.takes(text[i]) {
				next[j] = math.Inf(1)
			}
		}
		cost = next
	}
	return traced(cost, from)
}

func arrive(cost []float64, first bool, to int) (least float64, from int) {
	least = math.Inf(1)
	for k, c := range cost {
		if k != to || first {
			c += ways[to].header
		}
		if c < least {
			least, from = c, k
		}
	}
	return least, from
}

func traced(cost []float64, from [][]int) []*decoder.Mode {
	last := 0
	for j := range cost {
		if cost[j] < cost[last] {
			last = j
		}
	}
	modes := make([]*decoder.Mode, len(from))
	for i := len(from) - 1; i >= 0; i-- {
		modes[i] = ways[last].mode
		last = from[i][last]
	}
	return modes
}
