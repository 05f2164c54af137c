package peer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"promobot/qr"
)

// Program is a decoder that is installed as a command. Its time is that of the
// whole command, so the start of a process is in it.
type Program struct {
	name    string
	path    string
	args    []string
	nothing int // the status that it ends with when it finds nothing
	parse   func(out []byte) ([]qr.Code, error)
}

// Programs returns those of the known commands that are installed, and what is
// not.
func Programs() (installed []Program, missing []error) {
	known := []Program{
		{name: "zbarimg", args: []string{"--quiet", "--nodbus", "-Sdisable", "-Sqrcode.enable", "-Sqrcode.binary"}, nothing: 4, parse: parseZbar},
		{name: "ZXingReader", args: []string{"-format", "QRCode"}, parse: parseZXing},
	}
	for _, p := range known {
		path, err := exec.LookPath(p.name)
		if err != nil {
			missing = append(missing, fmt.Errorf("%s is not installed", p.name))
			continue
		}
		p.path = path
		installed = append(installed, p)
	}
	return installed, missing
}

// Name is that of the command.
func (p Program) Name() string { return p.name }

// Read runs the command and returns the processor time that it took.
func (p Program) Read(ctx context.Context, s Sheet) ([]qr.Code, time.Duration, error) {
	cmd := exec.CommandContext(ctx, p.path, append(p.args, s.File)...) // #nosec G204 -- a known command on a file of ours
	out, err := cmd.Output()
	var ended *exec.ExitError
	if errors.As(err, &ended) && ended.ExitCode() == p.nothing {
		err = nil
	}
	if err != nil {
		return nil, 0, fmt.Errorf("%s: %w", p.name, errors.Join(ctx.Err(), err))
	}
	codes, err := p.parse(out)
	if err != nil {
		return nil, 0, fmt.Errorf("%s: %w", p.name, err)
	}
	return codes, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), nil
}

// zbarMark stands before each symbol.
const zbarMark = "QR-Code:"

// parseZbar reads bytes without places: the command tells none, and what it
// makes of bytes is often another code page. A text that has the mark at the
// start of a line is taken for two.
func parseZbar(out []byte) (codes []qr.Code, err error) {
	if len(out) == 0 {
		return nil, nil
	}
	first, found := strings.CutPrefix(string(out), zbarMark)
	if !found {
		return nil, errOtherWords
	}
	for _, symbol := range strings.Split(strings.TrimSuffix(first, "\n"), "\n"+zbarMark) {
		codes = append(codes, qr.Code{Text: textOf(symbol)})
	}
	return codes, nil
}

// textOf takes bytes that are no UTF-8 for Latin-1, where none is lost.
func textOf(symbol string) string {
	if utf8.ValidString(symbol) {
		return symbol
	}
	text, _ := charmap.ISO8859_1.NewDecoder().String(symbol) // it knows every byte
	return text
}

// One symbol as the command of zxing-cpp prints it. Line ends within the text
// stand as they are.
var (
	zxingSymbol   = regexp.MustCompile(`(?s)Text: +"(.*?)"\n(.*?)Position: +(-?\d+)x(-?\d+) (-?\d+)x(-?\d+) (-?\d+)x(-?\d+) (-?\d+)x(-?\d+)`)
	zxingMicro    = regexp.MustCompile(`(?m)^Format: +\S*(Micro|RMQR)`)
	errOtherWords = errors.New("it prints what is not understood")
)

func parseZXing(out []byte) (codes []qr.Code, err error) {
	found := zxingSymbol.FindAllSubmatch(out, -1)
	if len(found) == 0 && bytes.Contains(out, []byte("Text:")) {
		return nil, errOtherWords
	}
	for _, m := range found {
		if zxingMicro.Match(m[2]) {
			continue
		}
		c := qr.Code{Text: string(m[1])}
		for i := range c.Corners {
			x, _ := strconv.Atoi(string(m[3+2*i])) // the expression lets nothing else through
			y, _ := strconv.Atoi(string(m[4+2*i]))
			c.Corners[i] = qr.Point{X: float64(x), Y: float64(y)}
		}
		codes = append(codes, c)
	}
	return codes, nil
}
