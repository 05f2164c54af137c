package decimal

import (
	"errors"
	"testing"
)

func TestScaled(t *testing.T) {
	for _, tt := range []struct {
		text   string
		places int
		want   int64
		err    error
	}{
		{"0.294", 3, 294, nil},
		{"2", 3, 2000, nil},
		{"2.0", 3, 2000, nil},
		{"-1.5", 3, -1500, nil},
		{"2.4740000000000002", 3, 2474, nil},
		{"2.4739999999999998", 3, 2474, nil},
		{"0.0004", 3, 0, nil},
		{"0.0005", 3, 1, nil},
		{"1e3", 0, 1000, nil},
		{"1.5E-1", 3, 150, nil},
		{"5e-18", 3, 0, nil},
		{"234000.00", 0, 234000, nil},
		{"9223372036854775806", 0, 9223372036854775806, nil},
		{"9223372036854775807", 0, 0, ErrSyntax},
		{"1e19", 0, 0, ErrSyntax},
		{"1e999999999", 0, 0, ErrSyntax},
		{"", 0, 0, ErrSyntax},
		{"-", 0, 0, ErrSyntax},
		{".5", 0, 0, ErrSyntax},
		{"5.", 0, 0, ErrSyntax},
		{"1.2.3", 0, 0, ErrSyntax},
		{"+1", 0, 0, ErrSyntax},
		{"1e", 0, 0, ErrSyntax},
		{"1,5", 0, 0, ErrSyntax},
		{"٥", 0, 0, ErrSyntax},
		{"NaN", 0, 0, ErrSyntax},
	} {
		got, err := Scaled(tt.text, tt.places)
		if got != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("Scaled(%q, %d) = %d, %v; want %d, %v", tt.text, tt.places, got, err, tt.want, tt.err)
		}
	}
}
