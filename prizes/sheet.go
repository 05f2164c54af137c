package prizes

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// moscow is the zone in which certificates end; it has no summer time.
var moscow = time.FixedZone("MSK", 3*60*60)

const (
	minCode = 4 // characters
	maxCode = 128
)

// The texts of problems. None may show a cell: with columns mixed up any cell
// can hold a code.
const (
	problemHeader  = "the header must be prize_id,code or prize_id,code,valid_until"
	problemCSV     = "not CSV: quotes that do not match"
	problemCells   = "another number of cells than the header"
	problemPrize   = "unknown prize"
	problemNoCode  = "empty code"
	problemShort   = "the code is shorter than 4 characters"
	problemLong    = "the code is longer than 128 characters"
	problemSigns   = "the code has characters that cannot be printed"
	problemDate    = "valid_until must be YYYY-MM-DD"
	problemPast    = "valid_until is in the past"
	problemTwice   = "the code stands twice in the file, first in row "
	problemAnother = "the code belongs to another prize"
)

// sheetRow is a row of a file of codes.
type sheetRow struct {
	row        int // line of the file, from 1
	prizeID    string
	code       Code
	mark       string
	validUntil *time.Time
}

// sheet reads a file of codes.
type sheet struct {
	csv  *csv.Reader
	rows []sheetRow
	Import
}

// readSheet reads rows that are sound by themselves, and the problems of the
// others. Its error is one of reading only.
func readSheet(r io.Reader) (*sheet, error) {
	reader, err := csvReader(r)
	if err != nil {
		return nil, err
	}
	s := &sheet{csv: reader, Import: Import{Prizes: []string{}, Problems: []Problem{}}}
	header, err := reader.Read()
	if err != nil && !errors.Is(err, io.EOF) && !broken(err) {
		return nil, err
	}
	if !soundHeader(header) {
		s.problem(1, problemHeader)
		return s, nil
	}
	for {
		cells, err := reader.Read()
		switch {
		case errors.Is(err, io.EOF):
			return s, nil
		case broken(err):
			s.problem(brokenAt(err), problemCSV)
		case err != nil:
			return nil, err
		default:
			s.take(cells, len(header))
		}
	}
}

// csvReader skips a byte order mark and sees the separator in the first line.
func csvReader(r io.Reader) (*csv.Reader, error) {
	text := bufio.NewReader(r)
	head, err := text.Peek(64)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if bytes.HasPrefix(head, []byte("\ufeff")) {
		_, _ = text.Discard(len("\ufeff")) // peeked at just now
	}
	reader := csv.NewReader(text)
	reader.FieldsPerRecord = -1
	reader.ReuseRecord = true
	firstLine, _, _ := bytes.Cut(head, []byte("\n"))
	if bytes.ContainsRune(firstLine, ';') {
		reader.Comma = ';'
	}
	return reader, nil
}

func broken(err error) bool {
	var parse *csv.ParseError
	return errors.As(err, &parse)
}

func brokenAt(err error) int {
	var parse *csv.ParseError
	errors.As(err, &parse)
	return parse.StartLine
}

func soundHeader(cells []string) bool {
	columns := []string{"prize_id", "code", "valid_until"}
	names := make([]string, len(cells))
	for i, cell := range cells {
		names[i] = strings.ToLower(strings.TrimSpace(cell))
	}
	return slices.Equal(names, columns[:2]) || slices.Equal(names, columns)
}

func (s *sheet) problem(row int, text string) {
	s.Problems = append(s.Problems, Problem{row, text})
}

// take keeps one row. Rows of empty cells, as spreadsheets leave them, are none.
func (s *sheet) take(cells []string, columns int) {
	line, _ := s.csv.FieldPos(0)
	for i, cell := range cells {
		cells[i] = strings.TrimSpace(cell)
	}
	if !slices.ContainsFunc(cells, func(cell string) bool { return cell != "" }) {
		return
	}
	if len(cells) != columns {
		s.problem(line, problemCells)
		return
	}
	row := sheetRow{row: line, prizeID: strings.Clone(cells[0]), code: Code(strings.Clone(cells[1]))}
	text := codeProblem(cells[1])
	if text == "" && columns == 3 {
		row.validUntil, text = parseEnd(cells[2])
	}
	if text != "" {
		s.problem(line, text)
		return
	}
	s.rows = append(s.rows, row)
}

func codeProblem(code string) string {
	n := utf8.RuneCountInString(code)
	switch {
	case n == 0:
		return problemNoCode
	case n < minCode:
		return problemShort
	case n > maxCode:
		return problemLong
	case !utf8.ValidString(code) || strings.ContainsFunc(code, func(r rune) bool { return !unicode.IsPrint(r) }):
		return problemSigns
	}
	return ""
}

// parseEnd is the last second of the day in Moscow; nil for an empty cell.
func parseEnd(cell string) (end *time.Time, problem string) {
	if cell == "" {
		return nil, ""
	}
	day, err := time.ParseInLocation(time.DateOnly, cell, moscow)
	if err != nil {
		return nil, problemDate
	}
	last := day.AddDate(0, 0, 1).Add(-time.Second).UTC()
	return &last, ""
}

// EndOfDay is the last second of a day YYYY-MM-DD in Moscow: how long a code is
// good that ends on that day.
func EndOfDay(day string) (time.Time, error) {
	end, problem := parseEnd(day)
	if end == nil {
		return time.Time{}, errors.New("prizes: " + problem)
	}
	return *end, nil
}
