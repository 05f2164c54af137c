package corpus

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"promobot/qr"
)

// ManifestName is the file of a folder that holds the labels.
const ManifestName = "manifest.tsv"

// ErrManifest reports a manifest that cannot be understood.
var ErrManifest = errors.New("corpus: the manifest cannot be understood")

// Load returns the pictures that a place names: a manifest; a folder with one,
// to which the manifests of its subfolders are added; or a folder of pictures
// that nobody has labelled.
func Load(place string) ([]Picture, error) {
	info, err := os.Stat(place)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return loadManifest(place)
	}
	manifests, err := manifestsIn(place)
	if err != nil {
		return nil, err
	}
	if len(manifests) == 0 {
		return unlabelled(place)
	}
	var all []Picture
	for _, manifest := range manifests {
		pictures, err := loadManifest(manifest)
		if err != nil {
			return nil, err
		}
		all = append(all, pictures...)
	}
	return all, nil
}

func manifestsIn(folder string) (manifests []string, err error) {
	err = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() && entry.Name() == ManifestName {
			manifests = append(manifests, path)
		}
		return err
	})
	slices.Sort(manifests)
	return manifests, err
}

// columns are the names in the first line of a manifest, and where they stand.
type columns map[string]int

// field is "" if there is no such column or the line ends before it.
func (c columns) field(line []string, name string) string {
	if i, there := c[name]; there && i < len(line) {
		return line[i]
	}
	return ""
}

func loadManifest(path string) ([]Picture, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(strings.TrimSpace(strings.ReplaceAll(string(text), "\r\n", "\n")), "\n")
	named := columns{}
	for i, name := range strings.Split(lines[0], "\t") {
		named[name] = i
	}
	parse, err := named.layout()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var pictures []Picture
	for i, line := range lines[1:] {
		fields := strings.Split(line, "\t")
		p, err := parse(fields)
		if err != nil {
			return nil, fmt.Errorf("%s, line %d: %w: %w", path, i+2, ErrManifest, err)
		}
		p.Path = filepath.ToSlash(named.field(fields, "path"))
		p.File = filepath.Join(filepath.Dir(path), filepath.FromSlash(p.Path))
		pictures = append(pictures, p)
	}
	return pictures, nil
}

// layout chooses how lines are read: photos have lists of texts and places,
// drawn receipts a text each and a damage.
func (c columns) layout() (func(line []string) (Picture, error), error) {
	_, path := c["path"]
	_, texts := c["expected_texts_json"]
	_, text := c["expected"]
	switch {
	case path && texts:
		return c.photo, nil
	case path && text:
		return c.drawn, nil
	}
	return nil, fmt.Errorf("%w: it has neither the columns path and expected_texts_json nor path and expected", ErrManifest)
}

func (c columns) photo(line []string) (Picture, error) {
	p := Picture{Corpus: c.field(line, "corpus"), Category: c.field(line, "category")}
	p.Fiscal = p.Corpus == Receipts
	texts := c.field(line, "expected_texts_json")
	if p.Open = texts == "?"; p.Open {
		return p, nil
	}
	if err := json.Unmarshal([]byte(texts), &p.Texts); err != nil {
		return p, err
	}
	quads := c.field(line, "quads_json")
	if quads == "" {
		return p, nil
	}
	return p, p.place(quads)
}

// place reads the corners of every label.
func (p *Picture) place(text string) error {
	var quads [][4][2]float64
	if err := json.Unmarshal([]byte(text), &quads); err != nil {
		return err
	}
	if len(quads) != len(p.Texts) {
		return fmt.Errorf("%d texts at %d places", len(p.Texts), len(quads))
	}
	for _, quad := range quads {
		var corners [4]qr.Point
		for i, at := range quad {
			corners[i] = qr.Point{X: at[0], Y: at[1]}
		}
		p.Corners = append(p.Corners, corners)
	}
	return nil
}

func (c columns) drawn(line []string) (Picture, error) {
	p := Picture{Corpus: Synthetic, Category: c.field(line, "family"), Severity: c.field(line, "severity"), Fiscal: true}
	text := c.field(line, "expected")
	if p.Open = text == "?"; !p.Open {
		p.Texts = []string{text}
	}
	return p, nil
}
