// Dump writes a set of worn receipts into a folder: the pictures,
// manifest.tsv, and truth.json with the modules and their places.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math"
	"os"
	"path/filepath"
	"strings"

	"promobot/qr/internal/worn"
)

const header = "path\texpected\tfamily\tseverity\tversion\tecc\tmask\tstyle\tpx_module\tjpegq\n"

// truth is what is known of one picture. The names are those of the sets that
// other tools read.
type truth struct {
	Text     string         `json:"text"`
	Version  int            `json:"version"`
	Level    string         `json:"ecc"`
	Mask     int            `json:"mask"`
	Style    string         `json:"style"`
	N        int            `json:"n"`
	Modules  []string       `json:"M"`
	Family   string         `json:"fam"`
	Severity int            `json:"sev"`
	Index    int            `json:"idx"`
	Quality  int            `json:"jq"`
	ModulePx float64        `json:"px_module"`
	Centers  [][][2]float64 `json:"centres"`
}

func main() {
	out := flag.String("out", "", "folder to write to; made if it is missing")
	n := flag.Int("n", 9, "pictures of each family and severity")
	seed := flag.Uint64("seed", 1, "another seed makes another set")
	only := flag.String("family", "", "comma-separated families; all if empty")
	flag.Parse()
	families := worn.Families()
	if *only != "" {
		families = strings.Split(*only, ",")
	}
	if err := dump(*out, families, *n, *seed); err != nil {
		log.Fatal(err)
	}
}

// A set is what was written so far.
type set struct {
	folder   string
	seed     uint64
	manifest string
	truths   map[string]truth
}

// dump writes a round of all families and severities at a time, so that what
// is there may be used while the rest is drawn.
func dump(folder string, families []string, n int, seed uint64) error {
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return err
	}
	s := &set{folder, seed, header, map[string]truth{}}
	for index := range n {
		for _, family := range families {
			for severity := 1; severity <= 3; severity++ {
				if err := s.add(family, severity, index); err != nil {
					return err
				}
			}
		}
		if err := s.describe(); err != nil {
			return err
		}
	}
	return nil
}

func (s *set) add(family string, severity, index int) error {
	name := fmt.Sprintf("%s-%d-%02d.jpg", family, severity, index)
	w := worn.Draw(family, severity, s.seed<<20+uint64(index)) // #nosec G115 -- an index is not negative
	s.manifest += fmt.Sprintf("%s\t%s\t%s\t%d\t%d\t%s\t%d\t%s\t%.2f\t%d\n", name, w.Text, family, severity,
		w.Version, w.Level, w.Mask, w.Segments, w.ModulePx, w.Quality)
	s.truths[name] = truthOf(w, index)
	return os.WriteFile(filepath.Join(s.folder, name), w.Picture, 0o600)
}

func (s *set) describe() error {
	if err := os.WriteFile(filepath.Join(s.folder, "manifest.tsv"), []byte(s.manifest), 0o600); err != nil {
		return err
	}
	text, err := json.Marshal(s.truths)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(s.folder, "truth.json"), text, 0o600)
}

func truthOf(s worn.Sheet, index int) truth {
	t := truth{
		Text: s.Text, Version: s.Version, Level: s.Level, Mask: s.Mask, Style: s.Segments, N: s.Dimension,
		Family: s.Family, Severity: s.Severity, Index: index, Quality: s.Quality, ModulePx: hundredths(s.ModulePx),
	}
	for _, row := range s.Modules {
		t.Modules = append(t.Modules, digits(row))
	}
	for _, row := range s.Centers {
		places := make([][2]float64, len(row))
		for i, p := range row {
			places[i] = [2]float64{hundredths(p.X), hundredths(p.Y)}
		}
		t.Centers = append(t.Centers, places)
	}
	return t
}

func digits(row []bool) string {
	out := make([]byte, len(row))
	for i, dark := range row {
		out[i] = '0'
		if dark {
			out[i] = '1'
		}
	}
	return string(out)
}

func hundredths(x float64) float64 { return math.Round(100*x) / 100 }
