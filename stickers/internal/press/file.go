package press

import (
	"image"
	"os"
	"path/filepath"
	"slices"
)

const (
	partsFile = "parts.svg"
	styleFile = "style.css"
)

// Drawings lists the files of a folder that are drawings of stickers, sorted.
func Drawings(folder string) ([]string, error) {
	paths, err := filepath.Glob(filepath.Join(folder, "*.svg"))
	names := []string{}
	for _, p := range paths {
		if name := filepath.Base(p); name != partsFile {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, err
}

// Read assembles a drawing of the folder.
func Read(folder, name string) ([]byte, error) {
	texts := [3][]byte{}
	for i, file := range []string{name, partsFile, styleFile} {
		text, err := os.ReadFile(filepath.Join(folder, file))
		if err != nil {
			return nil, err
		}
		texts[i] = text
	}
	return Assemble(texts[0], texts[1], texts[2])
}

// Save writes the picture as PNG.
func Save(path string, m image.Image) error {
	data, err := PNG(m)
	if err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o644) // #nosec G306 -- pictures are for everybody
}
