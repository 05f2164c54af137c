package main

import (
	"bytes"
	"testing"
	"time"
)

func TestProgress(t *testing.T) {
	for _, tt := range []struct {
		name     string
		terminal bool
		total    int
		steps    int
		each     time.Duration
		want     string
	}{
		{"short work", true, 3, 3, 500 * time.Millisecond, ""},
		{"long work on a terminal", true, 3, 3, time.Second, "scan: 2 of 3\r\x1b[Kscan: 3 of 3\r\x1b[K"},
		{"many quick steps on a terminal", true, 0, 41, 10 * time.Millisecond, "scan: 21\r\x1b[Kscan: 41\r\x1b[K"},
		{"work in a log that is done before a line is due", false, 3, 3, 3 * time.Second, ""},
		{"longer work in a log", false, 0, 5, 6 * time.Second, "scan: 2\nscan: 4\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			p := newProgress(&out, "scan", tt.total)
			at := p.began
			p.terminal, p.now = tt.terminal, func() time.Time { return at }
			for range tt.steps {
				at = at.Add(tt.each)
				p.step()
			}
			p.clear()
			if out.String() != tt.want {
				t.Errorf("%q, want %q", out.String(), tt.want)
			}
		})
	}
}
