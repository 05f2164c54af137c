package main

import (
	"fmt"
	"io"
	"os"
	"time"
)

// How often progress is shown: in one line of a terminal, or in lines of a log.
const (
	onTerminal = 200 * time.Millisecond
	inLog      = 10 * time.Second
)

// Progress is worth a word when there is this much to wait for.
const (
	manySteps = 20
	longWait  = 2 * time.Second
)

// progress counts steps of something long where people look, beside the output
// proper. Short work passes in silence.
type progress struct {
	out      io.Writer
	what     string
	total    int // 0: nobody knows
	terminal bool
	now      func() time.Time

	began, shown time.Time
	done         int
	drawn        bool // a line without an end stands on the terminal
}

func newProgress(out io.Writer, what string, total int) *progress {
	p := &progress{out: out, what: what, total: total, terminal: isTerminal(out), now: time.Now}
	p.began = p.now()
	p.shown = p.began
	return p
}

func isTerminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// step counts one more that is done.
func (p *progress) step() {
	p.done++
	now := p.now()
	every := inLog
	if p.terminal {
		every = onTerminal
	}
	if short := p.done <= manySteps && now.Sub(p.began) < longWait; short || now.Sub(p.shown) < every {
		return
	}
	p.shown = now
	if p.terminal {
		p.clear()
		fmt.Fprint(p.out, p.String())
		p.drawn = true
		return
	}
	fmt.Fprintln(p.out, p.String())
}

// clear takes the line off the terminal: before anything else is written there,
// and at the end.
func (p *progress) clear() {
	if p.drawn {
		fmt.Fprint(p.out, "\r\x1b[K")
		p.drawn = false
	}
}

// String is the line.
func (p *progress) String() string {
	if p.total == 0 {
		return fmt.Sprintf("%s: %d", p.what, p.done)
	}
	return fmt.Sprintf("%s: %d of %d", p.what, p.done, p.total)
}
