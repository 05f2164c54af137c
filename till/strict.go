package till

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"unicode/utf8"
)

// mostDepth is how deep a body may nest: more than any of ours does.
const mostDepth = 8

var nameForm = regexp.MustCompile(`^[a-z_]{1,40}$`)

// decode reads a body into value. Names that are unknown or stand twice, values
// of another kind, bad UTF-8, deep nesting and a second value are refused, all
// as problemBody.
func decode(body []byte, value any) error {
	if err := strict(body); err != nil {
		return problemBody.with("%v", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(value); err != nil {
		var kind *json.UnmarshalTypeError
		if errors.As(err, &kind) {
			return problemBody.with("%s is no %s of its range", kind.Field, kind.Type.Kind())
		}
		return problemBody.with("%v", err)
	}
	return nil
}

// decodeNothing takes a body that says nothing: none, or an empty object.
func decodeNothing(body []byte) error {
	if len(body) == 0 {
		return nil
	}
	return decode(body, &struct{}{})
}

// strict checks what the decoder lets pass.
func strict(body []byte) error {
	if !utf8.Valid(body) {
		return errors.New("it is no UTF-8")
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if err := walk(decoder, 0); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something stands behind the object")
	}
	return nil
}

// walk goes through one value. Its errors do not repeat what a stranger sent,
// but for names of our form.
func walk(decoder *json.Decoder, depth int) error {
	token, err := decoder.Token()
	if err != nil {
		return errors.New("it is no JSON")
	}
	opened, nests := token.(json.Delim)
	switch {
	case !nests && depth == 0:
		return errors.New("it is no object")
	case !nests && token == nil:
		return errors.New("null is no value here: leave the name out")
	case !nests:
		return nil
	case depth >= mostDepth:
		return fmt.Errorf("it nests deeper than %d", mostDepth)
	}
	seen := map[string]bool{}
	for decoder.More() {
		if opened == '{' {
			if err := walkName(decoder, seen); err != nil {
				return err
			}
		}
		if err := walk(decoder, depth+1); err != nil {
			return err
		}
	}
	if _, err := decoder.Token(); err != nil {
		return errors.New("it is no JSON")
	}
	return nil
}

// walkName takes a name: the decoder would take CODE for code.
func walkName(decoder *json.Decoder, seen map[string]bool) error {
	token, err := decoder.Token()
	name, _ := token.(string)
	switch {
	case err != nil:
		return errors.New("it is no JSON")
	case !nameForm.MatchString(name):
		return errors.New("a name is unknown: all are of a-z and _")
	case seen[name]:
		return fmt.Errorf("%s stands twice", name)
	}
	seen[name] = true
	return nil
}
