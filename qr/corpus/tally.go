package corpus

import (
	"time"

	"promobot/qr"
)

// Outcome is what a decoder made of one picture.
type Outcome struct {
	Right int      // labels that it read
	Any   bool     // it read something
	Wrong []string // what it read and is on no label
	CPU   time.Duration
}

// Judge counts what was read of the picture; see Wrong for accept.
func (p Picture) Judge(codes []qr.Code, cpu time.Duration, accept func(text string) bool) Outcome {
	return Outcome{Right: p.Right(codes), Any: len(codes) > 0, Wrong: p.Wrong(codes, accept), CPU: cpu}
}

// Tally sums up outcomes.
type Tally struct {
	// Right of Of were read: labels in a category of BoofCV, pictures elsewhere.
	// Pictures of which nobody knows the text do not count, unless there is no
	// manifest: then any text counts.
	Right, Of int
	// Read of Pictures, those with labels, have at least one label read.
	Read, Pictures int
	Wrong          int
	CPU            []time.Duration
}

// Rate is Right in percent of Of; 0 of nothing.
func (t Tally) Rate() float64 { return percent(t.Right, t.Of) }

// PictureRate is Read in percent of Pictures.
func (t Tally) PictureRate() float64 { return percent(t.Read, t.Pictures) }

func percent(n, of int) float64 { return 100 * float64(n) / float64(max(1, of)) }

func (t *Tally) add(p Picture, o Outcome) {
	t.CPU = append(t.CPU, o.CPU)
	t.Wrong += len(o.Wrong)
	read, labelled := o.Right > 0, len(p.Texts) > 0
	if p.Category == Unlabelled {
		read, labelled = o.Any, true
	}
	if !labelled {
		return
	}
	t.Pictures++
	if read {
		t.Read++
	}
	if p.Corpus == BoofCV {
		t.Right, t.Of = t.Right+o.Right, t.Of+len(p.Texts)
		return
	}
	t.Right, t.Of = t.Read, t.Pictures
}
