package bench

import (
	"bytes"
	"fmt"
	"image"
	_ "image/jpeg" // photos as phones make them
	_ "image/png"  // and as screens do

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// ReadPlainly reads the code on a picture as the decoder's own manual shows it,
// with nothing around it; "" if it finds none.
func ReadPlainly(picture []byte) (string, error) {
	photo, _, err := image.Decode(bytes.NewReader(picture))
	if err != nil {
		return "", fmt.Errorf("plain reading: %w", err)
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(photo)
	if err != nil {
		return "", fmt.Errorf("plain reading: %w", err)
	}
	code, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	if err != nil {
		return "", nil // it finds none: that is an answer
	}
	return code.GetText(), nil
}
