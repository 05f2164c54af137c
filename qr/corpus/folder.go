package corpus

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// ErrEmpty reports a folder with neither a manifest nor pictures.
var ErrEmpty = errors.New("corpus: no pictures there")

var extensions = []string{".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif", ".pdf"}

// Unlabelled is the category of pictures without a manifest.
const Unlabelled = "unlabelled"

// unlabelled are the pictures below a folder, by their paths. Nobody knows what
// they say, so that only reading at all can be counted.
func unlabelled(folder string) (pictures []Picture, err error) {
	whole, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	err = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || !slices.Contains(extensions, strings.ToLower(filepath.Ext(path))) {
			return err
		}
		inside, err := filepath.Rel(folder, path)
		pictures = append(pictures, Picture{File: path, Path: filepath.ToSlash(inside), Corpus: filepath.Base(whole), Category: Unlabelled, Open: true})
		return err
	})
	if err == nil && len(pictures) == 0 {
		err = ErrEmpty
	}
	return pictures, err
}
