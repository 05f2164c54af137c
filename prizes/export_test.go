package prizes

import "io"

// SheetProblems reads a file of codes without a database.
func SheetProblems(r io.Reader) ([]Problem, error) {
	s, err := readSheet(r)
	if err != nil {
		return nil, err
	}
	return s.Problems, nil
}
