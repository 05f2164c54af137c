package torture

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"
)

// process is a running `promobot serve`.
type process struct {
	command *exec.Cmd
	url     string // "" if it died before it was ready
	log     *log
	ended   chan struct{}
	err     error // of the end
}

// launch runs `promobot serve` until it is ready or dead; it is killed with the
// test at the latest.
func launch(t *testing.T, environment []string) *process {
	t.Helper()
	p := &process{command: exec.Command(program(t), "serve", "--listen", "127.0.0.1:0"), log: &log{}, ended: make(chan struct{})}
	p.command.Env, p.command.Stderr = environment, p.log
	out, err := p.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.command.Process.Kill() })
	line, _ := bufio.NewReader(out).ReadBytes('\n') // a dead process has no line
	var ready struct{ URL string }
	_ = json.Unmarshal(line, &ready)
	p.url = ready.URL
	go func() {
		p.err = p.command.Wait()
		close(p.ended)
	}()
	return p
}

// serving wants the process to be ready.
func (p *process) serving(t *testing.T) *process {
	t.Helper()
	if p.url == "" {
		<-p.ended
		t.Fatalf("no ready line but the end (%v): %s", p.err, p.log)
	}
	return p
}

// signalled tells which signal ended the process; 0: none did.
func (p *process) signalled() syscall.Signal {
	var exit *exec.ExitError
	if !errors.As(p.err, &exit) {
		return 0
	}
	return exit.Sys().(syscall.WaitStatus).Signal()
}

// kill ends the process without a warning.
func (p *process) kill(t *testing.T) {
	t.Helper()
	if err := p.command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-p.ended
}

// drain ends the process with SIGTERM and wants 0.
func (p *process) drain(t *testing.T) {
	t.Helper()
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.ended:
	case <-time.After(60 * time.Second):
		t.Fatalf("no drain: %s", p.log)
	}
	if p.err != nil {
		t.Fatalf("the drain ended with %v: %s", p.err, p.log)
	}
}

// log keeps the end of what a process says.
type log struct {
	mu   sync.Mutex
	text []byte
}

const mostLog = 1 << 20

// Write keeps the text.
func (l *log) Write(text []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, text...)
	if len(l.text) > mostLog {
		l.text = append([]byte{}, l.text[len(l.text)-mostLog/2:]...)
	}
	return len(text), nil
}

// String is the last of the log, which is enough for a failure.
func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.text[max(0, len(l.text)-4000):])
}

func (l *log) whole() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	return bytes.Clone(l.text)
}
