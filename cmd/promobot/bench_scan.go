package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"promobot/internal/bench/peer"
	"promobot/qr"
	"promobot/qr/corpus"
)

// benchReader is another decoder. Read returns the processor time that it used
// outside of this process.
type benchReader interface {
	Name() string
	Read(context.Context, peer.Sheet) ([]qr.Code, time.Duration, error)
}

// benchScan is one run of `promobot bench scan`.
type benchScan struct {
	budget time.Duration
	half   string
	peers  string
	asJSON bool

	out, err io.Writer
	readers  []benchReader
}

const benchScanHelp = `How many codes are read of labelled pictures, beside gozxing, once and in many passes, and beside
other decoders that are found: zbarimg, ZXingReader, and packages run by Node.js, which npm fetches
once into the user's cache folder. What is not there is named and does not take part.

A place is a manifest.tsv, a folder with one in it or below it, or a folder of pictures without
labels, of which whatever is read counts. Rates are in percent of pictures; in BoofCV of codes found
at their place, and the whole is the mean of its categories. Receipts count when the text is exact;
wrong is what was read and is on no label, of receipts only what passes for a receipt.

Every picture is read by one decoder after another, alone. Milliseconds are processor time and
include decoding the file: of this process for the product and gozxing; for the others that of the
same decoding plus the whole command (zbarimg, ZXingReader) or the package's call (Node.js). zbarimg
tells no places, so in BoofCV it is believed without.

The yardstick of a figure is gozxing, once or in many passes, whichever reads more of the set.`

var (
	errNoPlace = errors.New("bench scan: name a folder of pictures or a manifest")
	errHalf    = errors.New("bench scan: --half is all, work or check")
	errPeers   = errors.New("bench scan: --peers is auto or none")
)

func newBenchScanCommand() *cobra.Command {
	s := &benchScan{}
	cmd := &cobra.Command{
		Use:   "scan PLACE…",
		Short: "Count what is read of labelled pictures, beside other decoders",
		Long:  benchScanHelp,
		RunE: func(cmd *cobra.Command, args []string) error {
			s.asJSON, s.out, s.err = asJSON(cmd), cmd.OutOrStdout(), cmd.ErrOrStderr()
			return usage(s.run(cmd.Context(), args))
		},
	}
	flags := cmd.Flags()
	flags.Bool("json", false, "print a JSON line for each figure")
	flags.DurationVar(&s.budget, "budget", qr.DefaultBudget, "time to search one picture")
	flags.StringVar(&s.half, "half", string(corpus.All), "the half of the pictures to read: all, work or check")
	flags.StringVar(&s.peers, "peers", "auto", "other decoders: auto takes those that are found, none only gozxing")
	return cmd
}

func (s *benchScan) run(ctx context.Context, places []string) error {
	switch {
	case len(places) == 0:
		return errNoPlace
	case s.budget <= 0:
		return errors.New("bench scan: --budget must be positive")
	case !slices.Contains([]string{"auto", "none"}, s.peers):
		return errPeers
	}
	pictures, err := s.pictures(places)
	if err != nil {
		return err
	}
	scratch, err := os.MkdirTemp("", "promobot-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	done := s.invite(ctx)
	defer done()
	m := &scanMeasure{benchScan: s, pictures: pictures, sheet: filepath.Join(scratch, "sheet.pgm")}
	if err := m.read(ctx); err != nil {
		return err
	}
	return m.print()
}

// pictures are those of the half, each once however often it is named.
func (s *benchScan) pictures(places []string) ([]corpus.Picture, error) {
	half := corpus.Half(s.half)
	if !slices.Contains([]corpus.Half{corpus.All, corpus.Work, corpus.Check}, half) {
		return nil, errHalf
	}
	var all []corpus.Picture
	known := map[string]bool{}
	for _, place := range places {
		named, err := corpus.Load(place)
		if err != nil {
			return nil, fmt.Errorf("bench scan: %s: %w", place, err)
		}
		for _, p := range half.Of(named) {
			if file, err := filepath.Abs(p.File); err == nil && !known[file] {
				known[file], all = true, append(all, p)
			}
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("bench scan: %w", corpus.ErrEmpty)
	}
	return all, nil
}

// invite gathers the other decoders; done sends them home.
func (s *benchScan) invite(ctx context.Context) (done func()) {
	s.readers = []benchReader{peer.Gozxing{}, peer.Gozxing{ManyPasses: true}}
	if s.peers == "none" {
		return func() {}
	}
	programs, missing := peer.Programs()
	for _, p := range programs {
		s.readers = append(s.readers, p)
	}
	for _, why := range missing {
		s.absent(why)
	}
	return s.inviteNode(ctx)
}

func (s *benchScan) absent(why error) {
	fmt.Fprintf(s.err, "bench scan: does not take part: %v\n", why)
}

func (s *benchScan) inviteNode(ctx context.Context) (done func()) {
	var running []*peer.Node
	done = func() {
		for _, n := range running {
			n.Close()
		}
	}
	folder, err := s.nodeFolder(ctx)
	if err != nil {
		s.absent(fmt.Errorf("packages for Node.js: %w", err))
		return done
	}
	for _, name := range peer.NodePackages {
		n, err := peer.StartNode(ctx, folder, name)
		if err != nil {
			s.absent(err)
			continue
		}
		running, s.readers = append(running, n), append(s.readers, n)
	}
	return done
}

func (s *benchScan) nodeFolder(ctx context.Context) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return peer.InstallNode(ctx, filepath.Join(cache, "promobot"), func(folder string) {
		fmt.Fprintf(s.err, "bench scan: npm installs other decoders into %s, once\n", folder)
	})
}
