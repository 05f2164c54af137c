package tgsim

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	_ "image/png" // pictures come as PNG too
	"sync"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // stickers do
)

// The long sides of the sizes of a photo, and how it is compressed.
var photoSides = []int{90, 320, 800, 1280}

const (
	photoQuality = 87
	maxPixels    = 100_000_000 // a picture with more is refused before it is unpacked
	cachedPhotos = 64
)

var errPicture = errors.New("no picture")

// rendition is one size of a picture, as JPEG.
type rendition struct {
	width, height int
	content       []byte
}

// darkroom makes the sizes of photos and remembers the last ones.
type darkroom struct {
	mu    sync.Mutex
	known map[[sha256.Size]byte][]rendition
	order [][sha256.Size]byte
}

func newDarkroom() *darkroom {
	return &darkroom{known: make(map[[sha256.Size]byte][]rendition)}
}

// sizes re-encodes a picture as the service does: JPEG, the long side at most
// 1280, smaller ones before larger.
func (d *darkroom) sizes(content []byte) ([]rendition, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	sum := sha256.Sum256(content)
	if renditions, known := d.known[sum]; known {
		return renditions, nil
	}
	picture, err := unpack(content)
	if err != nil {
		return nil, err
	}
	renditions := enlarge(picture, orientation(content))
	d.known[sum] = renditions
	d.order = append(d.order, sum)
	if len(d.order) > cachedPhotos {
		delete(d.known, d.order[0])
		d.order = d.order[1:]
	}
	return renditions, nil
}

func unpack(content []byte) (image.Image, error) {
	config, _, err := image.DecodeConfig(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errPicture, err)
	}
	if config.Width < 1 || config.Height < 1 || config.Width*config.Height > maxPixels {
		return nil, fmt.Errorf("%w: %d×%d", errPicture, config.Width, config.Height)
	}
	picture, _, err := image.Decode(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errPicture, err)
	}
	return picture, nil
}

// enlarge returns the renditions of all sizes that the picture fills, upright.
// The larger ones are made first, each smaller from the one above.
func enlarge(picture image.Image, held int) []rendition {
	var renditions []rendition
	long := max(picture.Bounds().Dx(), picture.Bounds().Dy())
	for i := len(photoSides) - 1; i >= 0; i-- {
		if long <= photoSides[max(i-1, 0)] && i > 0 {
			continue // the size below holds all of it
		}
		sheet := upright(scale(picture, photoSides[i]), held)
		picture, held = sheet, 1
		renditions = append([]rendition{develop(sheet)}, renditions...)
	}
	return renditions
}

// scale draws a picture on white paper with the long side at most side.
func scale(picture image.Image, side int) *image.RGBA {
	w, h := picture.Bounds().Dx(), picture.Bounds().Dy()
	if long := max(w, h); long > side {
		w, h = max(1, (w*side+long/2)/long), max(1, (h*side+long/2)/long)
	}
	sheet := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(sheet, sheet.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.BiLinear.Scale(sheet, sheet.Bounds(), picture, picture.Bounds(), draw.Over, nil)
	return sheet
}

func develop(sheet *image.RGBA) rendition {
	var out bytes.Buffer
	if err := jpeg.Encode(&out, sheet, &jpeg.Options{Quality: photoQuality}); err != nil {
		panic(err) // a buffer takes everything, and the sheet is smaller than the format's limit
	}
	return rendition{sheet.Bounds().Dx(), sheet.Bounds().Dy(), out.Bytes()}
}

// develop makes the sizes of the uploaded pictures before the lock is taken,
// since that takes long; the method finds them made. What is no picture it
// refuses itself.
func (s *Sim) develop(method string, c *call) {
	if method != "sendphoto" && method != "sendmediagroup" && method != "senddocument" {
		return
	}
	for _, f := range c.files {
		_, _ = s.pictures.sizes(f.content)
	}
}

// storePhoto keeps all sizes of a picture; the last is the largest.
func (s *Sim) storePhoto(renditions []rendition) []PhotoSize {
	photo := []PhotoSize{}
	for _, p := range renditions {
		f := s.store("Photo", "", "", "image/jpeg", p.content)
		photo = append(photo, PhotoSize{f.id, f.unique, p.width, p.height, len(p.content)})
	}
	for _, size := range photo {
		s.files.byID[size.FileID].photo = photo
	}
	return photo
}

// thumbnail returns the small print of a file that is a picture, or nil.
func (s *Sim) thumbnail(content []byte) *PhotoSize {
	renditions, err := s.pictures.sizes(content)
	if err != nil {
		return nil
	}
	p := renditions[min(1, len(renditions)-1)]
	f := s.store("Thumbnail", "", "", "image/jpeg", p.content)
	return &PhotoSize{f.id, f.unique, p.width, p.height, len(p.content)}
}

// measure returns the width and height of a picture.
func measure(content []byte) (int, int, error) {
	config, _, err := image.DecodeConfig(bytes.NewReader(content))
	if err != nil {
		return 0, 0, fmt.Errorf("%w: %w", errPicture, err)
	}
	return config.Width, config.Height, nil
}
