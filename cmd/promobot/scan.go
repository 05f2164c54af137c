package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"promobot/fns"
	"promobot/qr"
)

// scanLine is one line of output; its names are part of the contract.
type scanLine struct {
	File       string     `json:"file"`
	Text       *string    `json:"text"`
	Stage      string     `json:"stage"`
	Confidence float64    `json:"confidence"`
	Ms         float64    `json:"ms"`
	CPUMs      float64    `json:"cpu_ms"`
	Codes      []scanCode `json:"codes"`
	Hint       qr.Hint    `json:"hint"`
}

type scanCode struct {
	Text    string        `json:"text"`
	Corners [4][2]float64 `json:"corners"`
	Stage   string        `json:"stage"`
}

// scanRun is one run of the command.
type scanRun struct {
	all, any   bool
	budget     time.Duration
	explainDir string

	out      *json.Encoder
	errs     io.Writer
	progress *progress
	unread   int
}

// newScanCommand returns `promobot scan`: pictures in, a JSON line each out.
func newScanCommand() *cobra.Command {
	s := &scanRun{}
	cmd := &cobra.Command{
		Use:   "scan FILE…",
		Short: "Read the codes of receipts from pictures and PDFs",
		Long: "Read the codes of receipts from pictures and PDFs: files, folders, or - for a list of\n" +
			"them on standard input. Prints one JSON line per picture. Ends with 0 when every picture\n" +
			"was read, 1 when some were not, 2 when it was called wrongly.",
		SilenceUsage: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			s.out = json.NewEncoder(cmd.OutOrStdout())
			s.out.SetEscapeHTML(false)
			s.errs = cmd.ErrOrStderr()
			return s.run(cmd.Context(), cmd.InOrStdin(), args)
		},
	}
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage(err) })
	flags := cmd.Flags()
	flags.BoolVar(&s.all, "all", false, "look for every code, not only the first")
	flags.BoolVar(&s.any, "any", false, "report codes that are no receipts too")
	flags.DurationVar(&s.budget, "budget", qr.DefaultBudget, "time to search one picture")
	flags.StringVar(&s.explainDir, "explain", "", "write each picture with its codes marked into `DIR`")
	return cmd
}

func (s *scanRun) run(ctx context.Context, list io.Reader, args []string) error {
	if err := s.prepare(args); err != nil {
		return err
	}
	s.progress = newProgress(s.errs, "scan", 0) // a list says only at its end how long it is
	defer s.progress.clear()
	for _, arg := range args {
		if err := s.argument(ctx, list, arg); err != nil {
			return err
		}
	}
	if s.unread > 0 {
		return exitError{exitFindings, fmt.Errorf("not read: %d", s.unread)}
	}
	return nil
}

func (s *scanRun) prepare(args []string) error {
	switch {
	case len(args) == 0:
		return usage(errors.New("scan: name a file, a folder, or - for a list on standard input"))
	case s.budget <= 0:
		return usage(errors.New("scan: --budget must be positive"))
	case s.explainDir == "":
		return nil
	}
	if err := os.MkdirAll(s.explainDir, 0o750); err != nil {
		return usage(fmt.Errorf("scan: --explain: %w", err))
	}
	return nil
}

// argument scans what one argument names. Only a failure of the run itself is
// an error; a picture that cannot be read is a line and a message.
func (s *scanRun) argument(ctx context.Context, list io.Reader, arg string) error {
	if arg != "-" {
		return s.fileOrFolder(ctx, arg)
	}
	lines := bufio.NewScanner(list)
	for lines.Scan() {
		if path := strings.TrimRight(lines.Text(), "\r"); path != "" {
			if err := s.fileOrFolder(ctx, path); err != nil {
				return err
			}
		}
	}
	return lines.Err()
}

func (s *scanRun) fileOrFolder(ctx context.Context, path string) error {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return s.file(ctx, path)
	}
	inside, err := picturesIn(path)
	if err != nil {
		return usage(fmt.Errorf("scan: %w", err))
	}
	for _, name := range inside {
		if err := s.file(ctx, strings.TrimSuffix(path, "/")+"/"+name); err != nil {
			return err
		}
	}
	return nil
}

var pictureExtensions = []string{".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif", ".pdf"}

// picturesIn lists the pictures below a folder by their paths inside it, sorted.
func picturesIn(folder string) (names []string, err error) {
	err = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if hidden := strings.HasPrefix(entry.Name(), ".") && path != folder; hidden && entry.IsDir() {
			return filepath.SkipDir
		}
		if entry.Type().IsRegular() && slices.Contains(pictureExtensions, strings.ToLower(filepath.Ext(path))) {
			name, err := filepath.Rel(folder, path)
			names = append(names, filepath.ToSlash(name))
			return err
		}
		return nil
	})
	slices.Sort(names)
	return names, err
}

func (s *scanRun) file(ctx context.Context, path string) error {
	began, cpu := time.Now(), processTime()
	result, pictures, err := s.scan(ctx, path)
	line := s.line(path, result)
	line.Ms, line.CPUMs = scanMs(time.Since(began)), scanMs(processTime()-cpu)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	s.progress.clear()
	defer s.progress.step()
	if err != nil {
		line.Hint = refusalHint(err)
		fmt.Fprintf(s.errs, "%s: %v\n", path, err)
	}
	if line.Text == nil {
		s.unread++
	}
	if err := explainScan(s.explainDir, path, pictures); err != nil {
		fmt.Fprintf(s.errs, "%s: explain: %v\n", path, err)
	}
	return s.out.Encode(line)
}

// scan never reads more of a file than the guard lets through.
func (s *scanRun) scan(ctx context.Context, path string) (qr.Result, []qr.Picture, error) {
	picture, err := pictureFile(path)
	if err != nil {
		return qr.Result{}, nil, err
	}
	reader := qr.Scanner{Accept: isReceipt, Budget: s.budget}
	if s.any {
		reader.Accept = nil
	}
	if s.explainDir != "" {
		return reader.Explain(ctx, picture, s.all)
	}
	look := reader.Scan
	if s.all {
		look = reader.ScanAll
	}
	result, err := look(ctx, picture)
	return result, nil, err
}

func pictureFile(path string) ([]byte, error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no regular file", path)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, qr.MaxBytes+1))
}

func isReceipt(text string) bool {
	_, err := fns.ParseQR(text)
	return err == nil
}

func (s *scanRun) line(path string, r qr.Result) scanLine {
	line := scanLine{File: path, Stage: r.Stage, Confidence: math.Round(r.Confidence*1000) / 1000, Codes: []scanCode{}, Hint: r.Hint}
	if r.Text != "" {
		line.Text = &r.Text
	}
	for _, c := range r.Codes {
		if !s.any && !isReceipt(c.Text) {
			continue
		}
		code := scanCode{Text: c.Text, Stage: c.Stage}
		for i, p := range c.Corners {
			code.Corners[i] = [2]float64{math.Round(p.X*10) / 10, math.Round(p.Y*10) / 10}
		}
		line.Codes = append(line.Codes, code)
	}
	return line
}

// refusalHint is for a file that was not searched.
func refusalHint(err error) qr.Hint {
	if errors.Is(err, qr.ErrBroken) || errors.Is(err, qr.ErrPDF) {
		return qr.HintDamaged
	}
	return qr.HintNoCode
}

func scanMs(d time.Duration) float64 {
	return math.Round(float64(d.Microseconds())/10) / 100
}

// processTime is the processor time that the process has used.
func processTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
