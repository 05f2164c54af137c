package assortment

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
)

var columns = []string{"sku_id", "brand", "title", "volume", "gtin", "scope"}

// Parse reads an assortment from CSV whose first row names the columns sku_id,
// brand, title, volume, gtin and scope, in any order; others are ignored. It
// collects what is wrong with every row, each with its line in the file and
// its column, and refuses the whole file with ErrInvalid, as New refuses the
// aliases.
func Parse(r io.Reader, aliases ...BrandAlias) (*Assortment, error) {
	rows := csv.NewReader(r)
	rows.FieldsPerRecord = -1
	head, err := rows.Read()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: the file is empty", ErrInvalid)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: head row: %w", ErrInvalid, err)
	}
	at, err := positions(head, columns...)
	if err != nil {
		return nil, err
	}
	return readRows(rows, at, len(head), aliases)
}

// positions finds the wanted columns in the head row.
func positions(head []string, wanted ...string) (map[string]int, error) {
	at := map[string]int{}
	for i, name := range head {
		name = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))
		if _, twice := at[name]; twice {
			return nil, fmt.Errorf("%w: column %s stands twice", ErrInvalid, name)
		}
		at[name] = i
	}
	for _, name := range wanted {
		if _, ok := at[name]; !ok {
			return nil, fmt.Errorf("%w: column %s is missing", ErrInvalid, name)
		}
	}
	return at, nil
}

func readRows(rows *csv.Reader, at map[string]int, width int, aliases []BrandAlias) (*Assortment, error) {
	a := &Assortment{bySKU: map[string]int{}, byGTIN: map[string]int{}}
	var errs []error
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil { // the reader cannot find the next row after broken quotes
			errs = append(errs, fmt.Errorf("%w: %w", ErrInvalid, err))
			break
		}
		line, _ := rows.FieldPos(0)
		if len(row) != width {
			errs = append(errs, fmt.Errorf("row %d: %w: %d columns, the head row has %d", line, ErrInvalid, len(row), width))
			continue
		}
		if err := a.add(product(row, at)); err != nil {
			errs = append(errs, fmt.Errorf("row %d: %w", line, err))
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return a.index(aliases)
}

func product(row []string, at map[string]int) Product {
	cell := func(name string) string { return strings.TrimSpace(row[at[name]]) }
	return Product{
		SKU: cell("sku_id"), Brand: cell("brand"), Title: cell("title"),
		Volume: cell("volume"), GTIN: cell("gtin"), Scope: cell("scope"),
	}
}
