package fns

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
)

// maxQRText is more than the largest QR code holds.
const maxQRText = 4096

// qrFields are the names a receipt code uses; five of them are needed.
var qrFields = map[string]bool{"t": true, "s": true, "fn": true, "i": true, "fp": true, "n": false}

// readPairs finds the fields of a receipt code in a text, names in small
// letters. It refuses what is no receipt code at all, what is only a link to
// one, and texts that two readers could understand differently.
func readPairs(text string) (map[string]string, error) {
	if len(text) > maxQRText {
		return nil, ErrNotReceipt
	}
	text = strings.TrimFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r == '\uFEFF' })
	text, decoded := unescape(text)
	query := text
	if _, after, found := strings.Cut(text, "?"); found {
		query = after
	}
	pairs, clash := splitPairs(query, decoded)
	if err := judge(text, pairs); err != nil {
		return nil, err
	}
	if clash != "" {
		return nil, &FieldError{Field: clash, Reason: "given twice"}
	}
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\t' }) {
		return nil, &FieldError{Reason: "control characters"}
	}
	return pairs, nil
}

// unescape undoes what a page or a messenger did to the whole text: &amp; for
// &, or percent signs for the very = and &. Each is undone once.
func unescape(text string) (plain string, decoded bool) {
	text = strings.ReplaceAll(text, "&amp;", "&")
	if !strings.Contains(text, "%") || strings.Contains(text, "=") && strings.Contains(text, "&") {
		return text, false
	}
	plain, err := url.PathUnescape(text)
	if err != nil {
		return text, false
	}
	return plain, true
}

// splitPairs reads the known fields of a query and names one that is given
// twice with different values.
func splitPairs(query string, decoded bool) (pairs map[string]string, clash string) {
	pairs = make(map[string]string)
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(strings.Trim(pair, " \t"), "=")
		if !decoded {
			name, value = unescapePart(name), unescapePart(value)
		}
		name = strings.ToLower(name)
		if _, known := qrFields[name]; !known {
			continue
		}
		if before, found := pairs[name]; found && before != value {
			clash = name
		}
		pairs[name] = value
	}
	return pairs, clash
}

func unescapePart(text string) string {
	plain, err := url.PathUnescape(text)
	if err != nil {
		return text
	}
	return plain
}

// judge tells receipt codes from all others. Four of the five needed fields, or
// the drive number and one more, make a receipt code; neighbouring countries'
// codes share at most three and have no fn.
func judge(text string, pairs map[string]string) error {
	n := 0
	for name := range pairs {
		if qrFields[name] {
			n++
		}
	}
	_, drive := pairs["fn"]
	_, t := pairs["t"]
	_, s := pairs["s"]
	switch {
	case drive && n == 3 && !t && !s:
		return ErrIncomplete
	case n >= 4, drive && n >= 2:
		return nil
	case n == 0 && linksToReceipt(text):
		return ErrIncomplete
	}
	return ErrNotReceipt
}

// documentPath ends in drive number, document number and fiscal sign.
var documentPath = regexp.MustCompile(`/[0-9]{16}/[0-9]{1,10}/[0-9]{1,10}/?$`)

// linksToReceipt recognises the links that data operators print instead of a
// code with all fields.
func linksToReceipt(text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return false
	}
	if documentPath.MatchString(u.Path) || strings.HasSuffix(u.Path, "/show") && u.Query().Has("id") {
		return true
	}
	return strings.Contains(strings.ToLower(u.Hostname()), "ofd")
}
