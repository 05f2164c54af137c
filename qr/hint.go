package qr

import "github.com/makiuchi-d/gozxing/qrcode/detector"

// Hint says what is wrong with a picture, as far as it can be told.
type Hint string

// Hints. They are guesses from the finder patterns that were seen, good
// enough to tell a person what to do better next time.
const (
	HintNone      Hint = "none"       // there is a text
	HintNoCode    Hint = "no_code"    // nothing looks like a QR code
	HintCut       Hint = "cut"        // part of the code is outside the picture
	HintBlurred   Hint = "blurred"    // out of focus or shaken
	HintGlare     Hint = "glare"      // light covers part of the code
	HintTooSmall  Hint = "too_small"  // fewer than two pixels a module
	HintOtherCode Hint = "other_code" // a code was read, but not one that is wanted
	HintDamaged   Hint = "damaged"    // a code is there and cannot be read
)

func (h *hunt) remember(p *plane, centers []*detector.FinderPattern) {}
func (h *hunt) hint() Hint                                           { return HintNoCode }
