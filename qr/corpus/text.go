package corpus

import (
	"slices"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
)

// codePages are those that decoders take the bytes of a code for.
var codePages = []encoding.Encoding{encoding.Nop, charmap.ISO8859_1, japanese.ShiftJIS, charmap.Windows1251}

// Same reports whether two texts are the same but for carriage returns, space
// around them and the code page that the bytes of the symbol were taken for.
func Same(a, b string) bool {
	a, b = trimmed(a), trimmed(b)
	if a == b {
		return true
	}
	others := symbolBytes(b)
	return slices.ContainsFunc(symbolBytes(a), func(bytes string) bool { return slices.Contains(others, bytes) })
}

func trimmed(text string) string { return strings.TrimSpace(strings.ReplaceAll(text, "\r", "")) }

// symbolBytes are what may stand in the symbol if its text was read as this.
func symbolBytes(text string) (all []string) {
	for _, page := range codePages {
		if bytes, err := page.NewEncoder().String(text); err == nil {
			all = append(all, bytes)
		}
	}
	return all
}
