package peer

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"

	"promobot/qr"
)

// NodePackages are the decoders that run under Node.js, as node/read.mjs calls
// them.
var NodePackages = []string{"zxing-wasm", "zbar-wasm", "jsqr", "paulmillr-qr"}

// Node is a package in a process of its own, which stays for many pictures: its
// compiler is warm as it would be on a page. Its time is that around the
// package's call, all threads together.
type Node struct {
	name string
	in   io.WriteCloser
	out  *bufio.Reader
	stop func()
	wait func() error
}

// StartNode starts the package from a folder made by InstallNode; the caller
// closes it.
func StartNode(ctx context.Context, folder, name string) (*Node, error) {
	ctx, stop := context.WithCancel(ctx)
	cmd := exec.CommandContext(ctx, "node", "read.mjs", name) // #nosec G204 -- one of NodePackages
	cmd.Dir = folder
	in, err := cmd.StdinPipe()
	if err != nil {
		stop()
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		stop()
		return nil, err
	}
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		stop()
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	n := &Node{name: name, in: in, out: bufio.NewReader(out), stop: stop, wait: cmd.Wait}
	if line, err := n.out.ReadString('\n'); line != "ready\n" {
		n.Close()
		return nil, fmt.Errorf("%s does not start: %w: %s", name, errors.Join(err, errNotReady), strings.TrimSpace(said.String()))
	}
	return n, nil
}

var errNotReady = errors.New("it does not say that it is ready")

// Name is that of the package.
func (n *Node) Name() string { return n.name }

type nodeAnswer struct {
	Codes []struct {
		Text    string         `json:"text"`
		Corners *[4][2]float64 `json:"corners"`
	} `json:"codes"`
	CPU   int64  `json:"cpu_us"`
	Error string `json:"error"`
}

// Read returns the time that the package took. A package that trips over a
// picture has read nothing on it.
func (n *Node) Read(ctx context.Context, s Sheet) ([]qr.Code, time.Duration, error) {
	question, err := json.Marshal(map[string]any{"file": s.File, "all": s.All})
	if err != nil {
		return nil, 0, err
	}
	if _, err := n.in.Write(append(question, '\n')); err != nil {
		return nil, 0, fmt.Errorf("%s: %w", n.name, errors.Join(ctx.Err(), err))
	}
	line, err := n.out.ReadBytes('\n')
	if err != nil {
		return nil, 0, fmt.Errorf("%s: %w", n.name, errors.Join(ctx.Err(), err))
	}
	var answer nodeAnswer
	if err := json.Unmarshal(line, &answer); err != nil {
		return nil, 0, fmt.Errorf("%s answers %q: %w", n.name, line, err)
	}
	var codes []qr.Code
	for _, found := range answer.Codes {
		c := qr.Code{Text: found.Text}
		if found.Corners != nil {
			for i, at := range found.Corners {
				c.Corners[i] = qr.Point{X: at[0], Y: at[1]}
			}
		}
		codes = append(codes, c)
	}
	return codes, time.Duration(answer.CPU) * time.Microsecond, nil
}

// Close ends the process.
func (n *Node) Close() {
	_ = n.in.Close()
	n.stop()
	_ = n.wait() // it was told to end
}
