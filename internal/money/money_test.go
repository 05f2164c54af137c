package money

import (
	"errors"
	"testing"
)

func TestParseRoubles(t *testing.T) {
	for _, tt := range []struct {
		text string
		want Kopecks
		err  error
	}{
		{"587.40", 587_40, nil},
		{"587.4", 587_40, nil},
		{"587,40", 587_40, nil},
		{"587", 587_00, nil},
		{"100", 100_00, nil},
		{"0.01", 1, nil},
		{"0", 0, nil},
		{"999999999999.99", 999999999999_99, nil},
		{"1000000000000", 0, ErrSyntax},
		{"", 0, ErrSyntax},
		{".5", 0, ErrSyntax},
		{"5.", 0, ErrSyntax},
		{"5.123", 0, ErrSyntax},
		{"1.000,50", 0, ErrSyntax},
		{"-5", 0, ErrSyntax},
		{"+5", 0, ErrSyntax},
		{"٥", 0, ErrSyntax},
		{"1 000", 0, ErrSyntax},
	} {
		got, err := ParseRoubles(tt.text)
		if got != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("ParseRoubles(%q) = %d, %v; want %d, %v", tt.text, got, err, tt.want, tt.err)
		}
	}
}

func TestString(t *testing.T) {
	for k, want := range map[Kopecks]string{0: "0.00", 5: "0.05", 123450: "1234.50", -1: "-0.01", -12345: "-123.45"} {
		if got := k.String(); got != want {
			t.Errorf("Kopecks(%d) = %s, want %s", int64(k), got, want)
		}
	}
}
