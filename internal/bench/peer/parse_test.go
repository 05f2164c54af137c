package peer

import (
	"testing"

	"promobot/qr"
)

// What the commands print, as we found it.
func TestParse(t *testing.T) {
	const zbar = "QR-Code:A\nB\nQR-Code:\xff\x00\n\n"
	const zxing = "Text:       \"two\nlines \"quoted\"\"\nFormat:     QRCode\nContent:    Text\nPosition:   1x2 11x2 11x12 -1x12 \nRotation:   0 deg\n\n" +
		"Text:       \"8496\"\nFormat:     MicroQRCode\nPosition:   0x0 1x0 1x1 0x1 \n"
	for _, tt := range []struct {
		name  string
		parse func([]byte) ([]qr.Code, error)
		out   string
		want  []string
	}{
		{"zbar", parseZbar, zbar, []string{"A\nB", "ÿ\x00\n"}},
		{"zbar, nothing", parseZbar, "", nil},
		{"zxing, no Micro QR", parseZXing, zxing, []string{"two\nlines \"quoted\""}},
		{"zxing, nothing", parseZXing, "No barcode found\n", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			codes, err := tt.parse([]byte(tt.out))
			if err != nil || len(codes) != len(tt.want) {
				t.Fatalf("%v (%v), want %q", codes, err, tt.want)
			}
			for i, want := range tt.want {
				if codes[i].Text != want {
					t.Errorf("%q, want %q", codes[i].Text, want)
				}
			}
		})
	}
	codes, _ := parseZXing([]byte(zxing))
	if got := codes[0].Corners[3]; got != (qr.Point{X: -1, Y: 12}) {
		t.Errorf("bottom left at %v", got)
	}
	if _, err := parseZXing([]byte("Text: something new")); err == nil {
		t.Error("a form that nobody knows passes for nothing found")
	}
	if _, err := parseZbar([]byte("EAN-13:1")); err == nil {
		t.Error("another barcode passes for nothing found")
	}
}
