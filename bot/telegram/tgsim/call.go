package tgsim

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// maxRequest is the largest request that the service takes: 50 MB.
const maxRequest = 50 << 20

// call is a request to the Bot API, whatever its encoding.
type call struct {
	method string            // as it was written
	params map[string]string // composite ones as JSON; an absent or null one is missing
	files  map[string]upload // by the name of their part
}

type upload struct {
	name, mime string
	content    []byte
}

// readCall reads the query string and the body in any of the four encodings.
func readCall(r *http.Request, method string) (*call, error) {
	c := &call{method: method, params: map[string]string{}, files: map[string]upload{}}
	c.take(r.URL.Query())
	if r.Method != http.MethodPost {
		return c, nil
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxRequest+1))
	if err != nil {
		return nil, err
	}
	if len(body) > maxRequest {
		return nil, tooLarge
	}
	return c, c.read(r.Header.Get("Content-Type"), body)
}

func (c *call) read(contentType string, body []byte) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil // some clients announce a form and send none
	}
	kind, with, _ := mime.ParseMediaType(contentType) // none and a broken one are a plain form
	switch kind {
	case "application/json":
		return c.readJSON(body)
	case "multipart/form-data":
		return c.readMultipart(body, with["boundary"])
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return bad("can't parse parameters")
	}
	c.take(form)
	return nil
}

func (c *call) take(values url.Values) {
	for name, all := range values {
		c.set(name, all[0])
	}
}

// set keeps a parameter; the text null is what some clients send for none.
func (c *call) set(name, value string) {
	if value != "null" {
		c.params[name] = value
	}
}

func (c *call) readJSON(body []byte) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return bad("can't parse JSON object")
	}
	for name, raw := range fields {
		var text string
		if json.Unmarshal(raw, &text) != nil || string(raw) == "null" {
			text = string(raw)
		}
		c.set(name, text)
	}
	return nil
}

func (c *call) readMultipart(body []byte, boundary string) error {
	if !bytes.Contains(body, []byte("--"+boundary+"--")) {
		return bad("can't parse multipart form data") // cut off
	}
	parts := multipart.NewReader(bytes.NewReader(body), boundary)
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return bad("can't parse multipart form data")
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return bad("can't parse multipart form data")
		}
		if part.FileName() == "" {
			c.set(part.FormName(), string(content))
			continue
		}
		c.files[part.FormName()] = upload{part.FileName(), part.Header.Get("Content-Type"), content}
	}
}

// text returns a parameter, or "".
func (c *call) text(name string) string { return c.params[name] }

// number returns a whole parameter, or what stands for an absent or a broken
// one, as the service does.
func (c *call) number(name string, absent int64) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(c.params[name]), 10, 64)
	if err != nil {
		return absent
	}
	return n
}

// flag returns a truth value; the service takes true, yes and 1 in any case.
func (c *call) flag(name string) bool {
	return slices.Contains([]string{"true", "yes", "1"}, strings.ToLower(c.params[name]))
}

// object reads a composite parameter; false means that it is absent. what is
// its name in the refusal of text that is no such object.
func (c *call) object(name, what string, into any) (bool, error) {
	text := c.params[name]
	if text == "" {
		return false, nil
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		return false, bad("can't parse %s JSON object", what)
	}
	return true, nil
}

func (c *call) fileNames() []string {
	var names []string
	for name := range c.files {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
