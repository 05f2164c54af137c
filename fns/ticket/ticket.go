// Package ticket reads fiscal documents in every dialect they travel in: the
// official service's answer, a resale service's, the export of the tax
// service's phone application, and the older shapes that archives hold. It
// knows them by their contents, not by where they came from.
//
// Names of cashiers, buyers and phones are never read.
package ticket

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"promobot/fns"
)

var (
	// ErrNotTicket reports a document that holds no receipt, or several.
	ErrNotTicket = errors.New("ticket: no receipt in the document")
	// ErrMalformed reports a receipt with an unreadable field.
	ErrMalformed = errors.New("ticket: malformed receipt")
)

// maxItems is more lines than any till prints.
const maxItems = 10_000

// Parse reads one receipt or strict-reporting form (БСО) from a JSON document.
//
// The total and a readable time are required. A missing key, seller or list of
// items is not refused here, since archives lack them: fns.Agree compares the
// key, and rules about sellers and lines judge the rest.
func Parse(document []byte) (fns.Ticket, error) {
	receipt, err := Fields(document)
	if err != nil {
		return fns.Ticket{}, err
	}
	t, err := read(receipt)
	if err != nil {
		return fns.Ticket{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return t, nil
}

// Fields finds the one receipt in a JSON document, as Parse does, and returns
// its fields as they are, numbers as json.Number. They hold what Parse leaves
// out, persons among it: they are for those who must hand a document on, never
// for keeping.
func Fields(document []byte) (map[string]any, error) {
	root, err := decode(document)
	if err != nil {
		return nil, err
	}
	return locate(root)
}

func decode(document []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(document, []byte("\uFEFF"))))
	d.UseNumber()
	var root any
	if err := d.Decode(&root); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotTicket, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: text after the document", ErrNotTicket)
	}
	return root, nil
}

// envelopes are the names that dialects wrap a receipt in, from the outside in.
var envelopes = []string{"content", "ticket", "document", "receipt", "bso", "data", "json"}

// maxDepth is one more than the deepest envelope.
const maxDepth = 6

// locate finds the one receipt in a document: the object that has a total.
func locate(root any) (object, error) {
	if list, ok := root.([]any); ok && len(list) == 1 {
		root = list[0]
	}
	here, _ := root.(map[string]any)
	var operation object
	for range maxDepth {
		o := object(here)
		if o.has("totalSum") {
			return settle(o, operation)
		}
		if inner := o.object("operation"); inner != nil {
			operation = inner
		}
		here = o.firstObject(envelopes)
		if here == nil {
			break
		}
	}
	return nil, ErrNotTicket
}

// settle checks the document's code: 3 is a receipt, 4 a strict-reporting form;
// corrections and reports have others. The dead mobile service wrote the
// shop's wall clock only into its envelope.
func settle(o, operation object) (object, error) {
	for _, name := range []string{"code", "receiptCode"} {
		if code, found, err := o.integer(name); err != nil || found && code != 3 && code != 4 {
			return nil, fmt.Errorf("%w: document code %v", ErrNotTicket, o[name])
		}
	}
	if operation.has("date") && !o.has("localDateTime") {
		o["localDateTime"] = operation["date"]
	}
	return o, nil
}
