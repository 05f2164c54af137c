package qr

import (
	"os"
	"strconv"
	"testing"
	"time"

	"promobot/qr/internal/worn"
)

// TestNothingIsReadWhereNothingIs scans pictures without a code that look like
// codes. PROMOBOT_QR_EMPTY=100000 scans more of them.
func TestNothingIsReadWhereNothingIs(t *testing.T) {
	t.Parallel()
	n := 40
	if more, err := strconv.Atoi(os.Getenv("PROMOBOT_QR_EMPTY")); err == nil {
		n = more
	}
	for seed := range uint64(n) {
		r := mustScan(t, Scanner{Budget: time.Minute}, asPNG(t, worn.Empty(seed)))
		for _, c := range r.Codes {
			t.Errorf("picture %d: read %q by %s, confidence %.2f", seed, c.Text, c.Stage, c.Confidence)
		}
		if seed > 0 && seed%10000 == 0 {
			t.Logf("%d pictures", seed)
		}
	}
}
