// Package paper draws till receipts as photos: white thermal paper on a table,
// with the damage that receipts come to in pockets. They are made from our own
// data, for the demonstration and for tests. The same receipt, damages and
// seed give the same pixels on every machine of one architecture.
package paper

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"time"

	"promobot/fns"
	"promobot/internal/money"
)

// Receipt is what a till prints. The document's numbers, its moment and its
// operation are read from Code, as a buyer would; a Code that is no receipt's
// leaves those lines out.
type Receipt struct {
	Shop    string // as on the sign over the door
	Seller  string // the legal name, "" to leave it out
	INN     string
	Address string
	Items   []fns.Item
	Total   money.Kopecks
	Code    string    // the text of the QR code
	At      time.Time // printed when Code does not say a moment
}

// Damage changes how a receipt looks. Damages are applied in their order.
type Damage func(*scene)

// Photo draws the receipt lying on a table. It panics when Code is too long for
// a QR code.
func Photo(r Receipt, seed uint64, damages ...Damage) *image.RGBA {
	s := newScene(printed(r), seed)
	for _, damage := range damages {
		damage(s)
	}
	return s.shoot()
}

// JPEG encodes a photo as a phone would, at quality 88.
func JPEG(photo image.Image) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, photo, &jpeg.Options{Quality: 88}); err != nil {
		panic(err) // the picture is ours and memory does not refuse
	}
	return b.Bytes()
}

// PNG encodes a photo without loss.
func PNG(photo image.Image) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, photo); err != nil {
		panic(err)
	}
	return b.Bytes()
}
