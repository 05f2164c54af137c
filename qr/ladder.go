package qr

import "promobot/qr/internal/gray"

// view is a way to look at a picture. Several rungs may share one.
type view int

const (
	whole    view = iota // at most screen pixels a side
	full                 // as the camera took it; nothing for a small picture
	inverted             // whole, white on black turned black on white
	small                // half of whole: noise and fine texture vanish
	smooth               // whole, slightly blurred
	views
)

const (
	screen  = 1200 // pixels of the longer side at which most codes read at once
	half    = 600
	largest = 4200 // a photo of 12 megapixels is looked at whole
)

// rung is one pass over a picture: a view of it, and how ink is told from paper;
// nil where modules are judged without deciding pixels first.
type rung struct {
	name     string
	view     view
	binarize binarizer
	brief    bool // only what clear finders promise
}

// ladder goes from cheap passes that read most pictures to dear ones that read
// few.
var ladder = []rung{
	{"plain", whole, hybrid, false},
	{"soft", whole, nil, false},
	{"half", small, hybrid, false},
	{"global", whole, global, false},
	{"adaptive", smooth, adaptive, false},
	{"inverted", inverted, nil, true},
	{"full", full, nil, false},
}

// enough is the number of rungs after which every code of a picture counts as
// found once there is one.
const enough = 5

// see makes a view, or returns nil when it adds nothing to the others.
func (h *hunt) see(v view) *gray.Plane {
	if h.views[v] == nil {
		h.views[v] = h.look(v)
	}
	return h.views[v]
}

func (h *hunt) look(v view) *gray.Plane {
	p := h.picture
	switch v {
	case whole:
		return p.Fit(screen)
	case full:
		if max(p.W, p.H) <= screen*3/2 {
			return nil
		}
		return p.Fit(largest)
	case small:
		return p.Fit(max(1, min(half, max(p.W, p.H)/2)))
	}
	w := h.see(whole)
	if v == inverted {
		return w.Invert()
	}
	return w.Blur(1)
}
