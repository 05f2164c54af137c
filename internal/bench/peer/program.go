package peer

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"

	"promobot/qr"
)

// Program is a decoder that is installed as a command. Its time is that of the
// whole command, so the start of a process is in it.
type Program struct {
	name  string
	path  string
	args  []string
	parse func(out []byte) ([]qr.Code, error)
}

// Programs returns those of the known commands that are installed, and what is
// not.
func Programs() (installed []Program, missing []error) {
	known := []Program{
		{name: "zbarimg", args: []string{"--quiet", "--nodbus", "--xml", "-Sdisable", "-Sqrcode.enable"}, parse: parseZbar},
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

// Read runs the command and returns the processor time that it took. Commands
// end with an error when they find nothing, and that is an answer.
func (p Program) Read(ctx context.Context, s Sheet) ([]qr.Code, time.Duration, error) {
	cmd := exec.CommandContext(ctx, p.path, append(p.args, s.File)...) // #nosec G204 -- a known command on a file of ours
	out, err := cmd.Output()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		return nil, 0, fmt.Errorf("%s: %w", p.name, err)
	}
	codes, err := p.parse(out)
	if err != nil {
		return nil, 0, fmt.Errorf("%s: %w", p.name, err)
	}
	return codes, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), ctx.Err()
}

type zbarAnswer struct {
	Symbols []struct {
		Data struct {
			Format string `xml:"format,attr"`
			Text   string `xml:",chardata"`
		} `xml:"data"`
	} `xml:"source>index>symbol"`
}

// parseZbar reads texts without places: the command tells none.
func parseZbar(out []byte) (codes []qr.Code, err error) {
	if len(bytes.TrimSpace(out)) == 0 {
		return nil, nil
	}
	var answer zbarAnswer
	if err := xml.Unmarshal(out, &answer); err != nil {
		return nil, err
	}
	for _, symbol := range answer.Symbols {
		text := symbol.Data.Text
		if symbol.Data.Format == "base64" {
			plain, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
			if err != nil {
				return nil, err
			}
			text = string(plain)
		}
		codes = append(codes, qr.Code{Text: text})
	}
	return codes, nil
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
