package qr_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"

	"github.com/skip2/go-qrcode"

	"promobot/qr"
)

// A photo shows the code of a menu beside that of a receipt; only the receipt
// is wanted.
func ExampleScanner_Scan() {
	sheet := image.NewGray(image.Rect(0, 0, 700, 300))
	for x := range 700 {
		for y := range 300 {
			sheet.SetGray(x, y, color.Gray{Y: 255})
		}
	}
	lay(sheet, 10, "https://example.com/menu")
	lay(sheet, 360, "t=20260311T1405&s=1499.00&fn=9999078900005678&i=731&fp=1029384756&n=1")
	var photo bytes.Buffer
	if err := png.Encode(&photo, sheet); err != nil {
		panic(err)
	}

	receipts := qr.Scanner{Accept: func(text string) bool { return strings.Contains(text, "&fn=") }}
	found, err := receipts.Scan(context.Background(), photo.Bytes())
	fmt.Println(found.Text, found.Hint, err)
	// Output: t=20260311T1405&s=1499.00&fn=9999078900005678&i=731&fp=1029384756&n=1 none <nil>
}

func lay(sheet *image.Gray, left int, text string) {
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		panic(err)
	}
	modules := code.Bitmap()
	for y := range len(modules) * 6 {
		for x := range len(modules) * 6 {
			if modules[y/6][x/6] {
				sheet.SetGray(left+x, 10+y, color.Gray{})
			}
		}
	}
}
