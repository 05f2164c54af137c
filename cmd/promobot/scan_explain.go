package main

import (
	"errors"
	"image/png"
	"os"
	"path/filepath"
	"strings"

	"promobot/qr"
)

// explainScan writes a picture for each stage of a scan into the folder. A path
// inside folders becomes one flat name.
func explainScan(folder, path string, pictures []qr.Picture) error {
	name := strings.NewReplacer("/", "_", "\\", "_").Replace(strings.TrimLeft(filepath.ToSlash(path), "./"))
	for _, p := range pictures {
		if err := writePicture(filepath.Join(folder, name+"."+p.Stage+".png"), p); err != nil {
			return err
		}
	}
	return nil
}

func writePicture(path string, p qr.Picture) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(png.Encode(file, p.Image), file.Close())
}
