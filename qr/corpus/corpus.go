// Package corpus holds labelled pictures of QR codes and counts what a decoder
// made of them. Every decoder is counted by the same rules, so that its figures
// stand beside those of others.
package corpus

import (
	"hash/fnv"

	"promobot/qr"
)

// Picture is one picture with what is printed on it.
type Picture struct {
	// File is where it lies; Path is its name in its manifest or folder, with
	// slashes, the same wherever the corpus lies.
	File, Path string
	// Corpus is where it comes from; Category what is hard about it; Severity,
	// of drawn pictures, how hard it is.
	Corpus, Category, Severity string
	// Texts are the labels. One that is "" is a code that nobody could read. None
	// at all is a picture without a code, unless it is Open.
	Texts []string
	// Corners are the places of Texts, if they are known.
	Corners [][4]qr.Point
	// Open says that nobody knows what there is to read.
	Open bool
	// Fiscal says that the code wanted is that of a receipt.
	Fiscal bool
}

// The corpora with rules of their own.
const (
	BoofCV    = "boofcv"    // places are labelled, texts of some codes are not known
	Receipts  = "receipts"  // photos of receipts
	Synthetic = "synthetic" // drawn receipts
)

// Half is a half of a corpus: one to work with and one to check with whether
// that helped.
type Half string

// The halves, and both.
const (
	All   Half = "all"
	Work  Half = "work"
	Check Half = "check"
)

// Half is Work or Check by the FNV-1a of the picture's Path, even or odd: adding
// and removing other pictures moves none, and pictures numbered in a row are
// dealt to both.
func (p Picture) Half() Half {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(p.Path)) // a hash takes everything
	if sum.Sum32()%2 == 0 {
		return Work
	}
	return Check
}

// Of returns the pictures of the half, in order.
func (h Half) Of(pictures []Picture) (kept []Picture) {
	for _, p := range pictures {
		if h == All || p.Half() == h {
			kept = append(kept, p)
		}
	}
	return kept
}
