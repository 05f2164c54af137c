package qr

import "promobot/qr/internal/gray"

// view is a way to look at a picture. Several rungs may share one.
type view int

const (
	whole    view = iota // at most screen pixels a side
	sharp                // whole doubled, some of the camera's blur undone
	full                 // as the camera took it; nothing for a small picture
	inverted             // whole, white on black turned black on white
	small                // half of whole: noise and fine texture vanish
	smooth               // whole, slightly blurred
	dim                  // whole doubled and blurred: for noise in the dark
	turned               // whole, turned off the axes
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
	follow   bool // whether unread finders are worth a closer look
}

// ladder goes from cheap passes that read most pictures to dear ones that read
// few.
var ladder = []rung{
	{"plain", whole, hybrid, false},
	{"soft", whole, nil, false},
	{"sharp", sharp, hybrid, false},
	{"global", whole, global, false},
	{"full", full, hybrid, false},
	{"inverted", inverted, hybrid, false},
	{"half", small, hybrid, false},
	{"adaptive", smooth, adaptive, false},
	{"half-adaptive", small, adaptive, false},
	{"full-adaptive", full, adaptive, false},
	{"sharp-adaptive", sharp, adaptive, false},
	{"dim", dim, hybrid, false},
	{"dim-adaptive", dim, adaptive, false},
	{"turned", turned, hybrid, false},
}

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
		if max(p.W, p.H) <= screen {
			return nil
		}
		return p.Fit(largest)
	case small:
		return p.Fit(max(1, min(half, max(p.W, p.H)/2)))
	}
	w := h.see(whole)
	switch v {
	case sharp:
		return w.Enlarge().Unsharp(2, 2)
	case inverted:
		return w.Invert()
	case smooth:
		return w.Blur(1)
	case dim:
		return w.Enlarge().Blur(3)
	}
	return w.Rotate(30)
}
