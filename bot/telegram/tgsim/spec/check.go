package spec

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Check returns what is wrong with a request, a line each, none if it is
// right. params are the parameters as text, composite ones as JSON; the text
// null is an absent one. files are the names of the parts that hold files.
func (s *Spec) Check(method string, params map[string]string, files []string) []string {
	m, known := s.methods[strings.ToLower(method)]
	if !known {
		return []string{"unknown method " + method}
	}
	c := &check{spec: s, files: files, used: map[string]bool{}}
	for _, f := range m.Fields {
		c.parameter(f, params)
	}
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if !slices.ContainsFunc(m.Fields, func(f field) bool { return f.Name == name }) {
			c.say("%s: unknown parameter", name)
		}
	}
	for _, name := range files {
		if !c.used[name] {
			c.say("%s: a file that nothing refers to", name)
		}
	}
	return c.found
}

// check collects what is wrong with one request.
type check struct {
	spec  *Spec
	files []string
	used  map[string]bool // files that something refers to
	found []string
}

func (c *check) say(format string, args ...any) {
	c.found = append(c.found, fmt.Sprintf(format, args...))
}

func (c *check) parameter(f field, params map[string]string) {
	text, given := params[f.Name]
	if slices.Contains(c.files, f.Name) && slices.Contains(f.Types, "InputFile") {
		c.used[f.Name] = true
		return
	}
	if !given || text == "null" {
		if f.Required {
			c.say("%s: required and absent", f.Name)
		}
		return
	}
	c.found = append(c.found, least(f.Types, func(t string) []string { return c.text(t, text, f.Name) })...)
}

// least judges by each of the alternatives and returns the fewest faults.
func least(kinds []string, judge func(kind string) []string) []string {
	var best []string
	for i, kind := range kinds {
		if wrong := judge(kind); i == 0 || len(wrong) < len(best) {
			best = wrong
		}
	}
	return best
}

var (
	wholeForm = regexp.MustCompile(`^-?[0-9]+$`)
	floatForm = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?$`)
)

// text judges a parameter as a form sends it.
func (c *check) text(kind, text, at string) []string {
	switch kind {
	case "Integer":
		return unless(wholeForm.MatchString(text), at, "%.40q is no whole number", text)
	case "Float":
		return unless(floatForm.MatchString(text), at, "%.40q is no number", text)
	case "Boolean", "True":
		return unless(text == "true" || text == "false", at, "%.40q is neither true nor false", text)
	case "String":
		return c.attached(text, at)
	case "InputFile":
		if strings.HasPrefix(text, "attach://") {
			return c.attached(text, at)
		}
		return []string{at + ": want a file"}
	}
	var value any
	in := json.NewDecoder(strings.NewReader(text))
	in.UseNumber()
	if err := in.Decode(&value); err != nil || in.More() {
		return []string{fmt.Sprintf("%s: %.40q is no JSON, want %s", at, text, kind)}
	}
	return c.value(kind, value, at)
}

func unless(right bool, at, format string, args ...any) []string {
	if right {
		return nil
	}
	return []string{at + ": " + fmt.Sprintf(format, args...)}
}

// attached judges what may refer to a file of the request.
func (c *check) attached(text, at string) []string {
	name, refers := strings.CutPrefix(text, "attach://")
	if !refers {
		return nil
	}
	c.used[name] = true
	return unless(slices.Contains(c.files, name), at, "%s has no part in the request", text)
}

// value judges a part of a composite parameter.
func (c *check) value(kind string, value any, at string) []string {
	if of, array := strings.CutPrefix(kind, "Array of "); array {
		return c.list(of, value, at)
	}
	switch kind {
	case "Integer", "Float":
		n, ok := value.(json.Number)
		form := wholeForm
		if kind == "Float" {
			form = floatForm
		}
		return unless(ok && form.MatchString(n.String()), at, "want %s", kind)
	case "Boolean", "True":
		_, ok := value.(bool)
		return unless(ok, at, "want true or false")
	case "String", "InputFile":
		text, ok := value.(string)
		if !ok {
			return []string{at + ": want text"}
		}
		return c.attached(text, at)
	}
	return c.object(kind, value, at)
}

func (c *check) list(of string, value any, at string) []string {
	items, ok := value.([]any)
	if !ok {
		return []string{fmt.Sprintf("%s: want a list of %s", at, of)}
	}
	var wrong []string
	for i, item := range items {
		wrong = append(wrong, c.value(of, item, fmt.Sprintf("%s[%d]", at, i))...)
	}
	return wrong
}

// object judges an object of a named type; one with subtypes is right if any
// of them takes it, else the one with the least faults tells what is wrong.
func (c *check) object(kind string, value any, at string) []string {
	t, known := c.spec.types[kind]
	fields, ok := value.(map[string]any)
	if !known || !ok {
		return []string{fmt.Sprintf("%s: want an object %s", at, kind)}
	}
	if len(t.Subtypes) == 0 {
		return c.fields(t, fields, at)
	}
	return least(t.Subtypes, func(sub string) []string { return c.object(sub, value, at) })
}

func (c *check) fields(t kind, values map[string]any, at string) []string {
	var wrong []string
	for _, f := range t.Fields {
		value, given := values[f.Name]
		if !given || value == nil {
			if f.Required {
				wrong = append(wrong, fmt.Sprintf("%s.%s: required and absent", at, f.Name))
			}
			continue
		}
		wrong = append(wrong, c.field(f, value, at+"."+f.Name)...)
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !slices.ContainsFunc(t.Fields, func(f field) bool { return f.Name == name }) {
			wrong = append(wrong, fmt.Sprintf("%s.%s: unknown field", at, name))
		}
	}
	return wrong
}

func (c *check) field(f field, value any, at string) []string {
	if f.only != "" && value != f.only {
		return []string{fmt.Sprintf("%s: %v, must be %s", at, value, f.only)}
	}
	return least(f.Types, func(t string) []string { return c.value(t, value, at) })
}
