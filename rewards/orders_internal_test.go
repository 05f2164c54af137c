package rewards

import (
	"testing"
	"time"
)

func TestGap(t *testing.T) {
	for tries, want := range map[int64]time.Duration{0: 2 * time.Second, 1: 2 * time.Second, 2: 4 * time.Second, 3: 8 * time.Second,
		9: 512 * time.Second, 10: 10 * time.Minute, 1 << 40: 10 * time.Minute} {
		if got := gap(tries); got != want {
			t.Errorf("after %d tries %s, want %s", tries, got, want)
		}
	}
}
