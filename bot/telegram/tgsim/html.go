package tgsim

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// htmlTags are the tags of parse_mode HTML and the entities that they make.
var htmlTags = map[string]string{
	"b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
	"s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler", "span": "spoiler",
	"a": "text_link", "code": "code", "pre": "pre", "blockquote": "blockquote", "tg-emoji": "custom_emoji",
}

// openTag is a start tag that waits for its end.
type openTag struct {
	name       string
	attributes map[string]string
	offset     int // in UTF-16 units of the text without tags
	at         int // in bytes of that text
}

// htmlReader reads a text with tags.
type htmlReader struct {
	source string
	at     int
	text   strings.Builder
	units  int
	open   []openTag
	marks  []Entity
}

// parseHTML returns the text without tags, and what they say as entities.
func parseHTML(source string) (string, []Entity, error) {
	r := &htmlReader{source: source}
	for r.at < len(source) {
		var err error
		switch rest := source[r.at:]; {
		case strings.HasPrefix(rest, "</"):
			err = r.end()
		case rest[0] == '<':
			err = r.start()
		case rest[0] == '&':
			r.reference()
		default:
			char, size := utf8.DecodeRuneInString(rest)
			r.write(char)
			r.at += size
		}
		if err != nil {
			return "", nil, err
		}
	}
	if n := len(r.open); n > 0 {
		return "", nil, unparsed("Can't find end tag corresponding to start tag %q", r.open[n-1].name)
	}
	return r.text.String(), r.marks, nil
}

func (r *htmlReader) write(char rune) {
	r.text.WriteRune(char)
	r.units++
	if char > 0xFFFF {
		r.units++
	}
}

// reference reads &lt; and the like; what is none stays as it is.
func (r *htmlReader) reference() {
	rest := r.source[r.at+1:]
	end := strings.IndexByte(rest, ';')
	if char := named(rest, end); char != 0 {
		r.write(char)
		r.at += end + 2
		return
	}
	r.write('&')
	r.at++
}

func named(rest string, end int) rune {
	if end < 1 || end > 10 {
		return 0
	}
	name := rest[:end]
	if char, known := map[string]rune{"lt": '<', "gt": '>', "amp": '&', "quot": '"'}[name]; known {
		return char
	}
	digits, decimal := strings.CutPrefix(name, "#")
	if !decimal {
		return 0
	}
	base := 10
	if hex, is := strings.CutPrefix(strings.ToLower(digits), "x"); is {
		digits, base = hex, 16
	}
	n, err := strconv.ParseInt(digits, base, 32)
	if err != nil || n < 1 || n > utf8.MaxRune || !utf8.ValidRune(rune(n)) {
		return 0
	}
	return rune(n)
}

// start reads a start tag with its attributes.
func (r *htmlReader) start() error {
	begin := r.at
	end := strings.IndexByte(r.source[begin:], '>')
	if end < 0 {
		return unparsed("Unclosed start tag at byte offset %d", begin)
	}
	inner := r.source[begin+1 : begin+end]
	name, rest, _ := strings.Cut(strings.ReplaceAll(inner, "\n", " "), " ")
	name = strings.ToLower(name)
	if htmlTags[name] == "" {
		return unparsed("Unsupported start tag %q at byte offset %d", name, begin)
	}
	attributes, ok := htmlAttributes(rest)
	if !ok {
		return unparsed("Expected equal sign in declaration of an attribute of the tag %q at byte offset %d", name, begin)
	}
	if name == "span" && attributes["class"] != "tg-spoiler" {
		return unparsed("Tag \"span\" must have class \"tg-spoiler\" at byte offset %d", begin)
	}
	r.open = append(r.open, openTag{name, attributes, r.units, r.text.Len()})
	r.at = begin + end + 1
	return nil
}

func htmlAttributes(text string) (map[string]string, bool) {
	found := map[string]string{}
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		name, rest, valued := strings.Cut(text, "=")
		if name = strings.ToLower(strings.TrimSpace(name)); name == "expandable" || !valued {
			found[name] = ""
			return found, name == "expandable"
		}
		rest = strings.TrimSpace(rest)
		if rest == "" || rest[0] != '"' && rest[0] != '\'' {
			return nil, false
		}
		value, more, closed := strings.Cut(rest[1:], rest[:1])
		if !closed {
			return nil, false
		}
		found[name], text = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&quot;", `"`, "&amp;", "&").Replace(value), more
	}
	return found, true
}

// end reads an end tag and makes the entity.
func (r *htmlReader) end() error {
	begin := r.at
	size := strings.IndexByte(r.source[begin:], '>')
	if size < 0 {
		return unparsed("Unclosed end tag at byte offset %d", begin)
	}
	name := strings.ToLower(strings.TrimSpace(r.source[begin+2 : begin+size]))
	if len(r.open) == 0 {
		return unparsed("Unexpected end tag at byte offset %d", begin)
	}
	tag := r.open[len(r.open)-1]
	if name != "" && name != tag.name {
		return unparsed("Unmatched end tag at byte offset %d, expected \"</%s>\", found \"</%s>\"", begin, tag.name, name)
	}
	r.open = r.open[:len(r.open)-1]
	r.at = begin + size + 1
	r.close(tag)
	return nil
}

func (r *htmlReader) close(tag openTag) {
	e := Entity{Type: htmlTags[tag.name], Offset: tag.offset, Length: r.units - tag.offset}
	inner := r.text.String()[tag.at:]
	switch tag.name {
	case "a":
		e.URL = tag.attributes["href"]
		if e.URL == "" {
			e.URL = inner
		}
		if !strings.Contains(e.URL, ".") && !strings.Contains(e.URL, "://") {
			return // no address: the text stays plain
		}
	case "code":
		e.Language = strings.TrimPrefix(tag.attributes["class"], "language-")
	case "blockquote":
		if _, expandable := tag.attributes["expandable"]; expandable {
			e.Type = "expandable_blockquote"
		}
	case "tg-emoji":
		e.EmojiID = tag.attributes["emoji-id"]
	}
	if e.Length > 0 {
		r.add(e)
	}
}

// add keeps an entity; code that fills a pre becomes its language.
func (r *htmlReader) add(e Entity) {
	if e.Type == "pre" {
		filled := func(m Entity) bool { return m.Type == "code" && m.Offset == e.Offset && m.Length == e.Length }
		if at := slices.IndexFunc(r.marks, filled); at >= 0 {
			e.Language = r.marks[at].Language
			r.marks = slices.Delete(r.marks, at, at+1)
		}
	}
	r.marks = append(r.marks, e)
}
