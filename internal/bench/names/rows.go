// Package names measures how well and how fast lines of receipts are matched
// with goods, beside simpler ways of doing it.
package names

import (
	"bufio"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"strings"
)

// Row is a till name with the product that it is.
type Row struct {
	Name string
	SKU  string // empty: none of the assortment
	Note string // match, hard_neg …; see Scored
}

// Scored reports a row that counts: people do not agree about the others.
func (r Row) Scored() bool { return !strings.HasPrefix(r.Note, "ambiguous") }

// Halves of a table. The rules may be written with the work half in view; the
// check half says how they do on names that nobody looked at.
const (
	Work  = "work"
	Check = "check"
)

// HalfOf is the half that a name belongs to, by a hash of it.
func HalfOf(name string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name)) // a hash takes everything
	if h.Sum32()>>16&1 == 0 {
		return Work
	}
	return Check
}

// ErrTable reports a table without rows, or a row without its columns.
var ErrTable = errors.New("names: not a table of names")

// Load reads a tab-separated table whose head row is left out: name, SKU or -,
// note.
func Load(path string) ([]Row, error) {
	file, err := os.Open(path) // #nosec G304 -- the operator names the file
	if err != nil {
		return nil, fmt.Errorf("names: %w", err)
	}
	defer file.Close()
	var rows []Row
	in := bufio.NewScanner(file)
	for line := 1; in.Scan(); line++ {
		cells := strings.Split(in.Text(), "\t")
		if len(cells) < 3 {
			return nil, fmt.Errorf("%w: %s: line %d has no three columns", ErrTable, path, line)
		}
		if line > 1 {
			rows = append(rows, Row{Name: cells[0], SKU: strings.TrimPrefix(cells[1], "-"), Note: cells[2]})
		}
	}
	if in.Err() != nil {
		return nil, fmt.Errorf("names: %s: %w", path, in.Err())
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("%w: %s has no row", ErrTable, path)
	}
	return rows, nil
}

// Of leaves the rows of one half; an empty half is all of them.
func Of(rows []Row, half string) []Row {
	var out []Row
	for _, r := range rows {
		if half == "" || HalfOf(r.Name) == half {
			out = append(out, r)
		}
	}
	return out
}
