package qr

// rung is one pass over a picture: how it is prepared and how ink is told from
// paper. A nil plane says that the pass has nothing to add for this picture.
type rung struct {
	name     string
	prepare  func(picture *plane) *plane
	binarize binarizer
}

const (
	screen  = 1200 // pixels of the longer side at which most codes read at once
	half    = 600
	largest = 4200 // a photo of 12 megapixels is looked at whole
)

// ladder goes from cheap passes that read most pictures to dear ones that read
// few. Measured on photos: see the tests.
var ladder = []rung{
	{"plain", whole, hybrid},
	{"sharp", sharp, hybrid},
	{"global", whole, global},
	{"full", full, hybrid},
	{"inverted", inverted, hybrid},
	{"half", small, hybrid},
	{"adaptive", smoothed, adaptive},
	{"full-adaptive", full, adaptive},
	{"half-adaptive", small, adaptive},
	{"sharp-adaptive", sharp, adaptive},
	{"dim", dim, adaptive},
	{"dim-hybrid", dim, hybrid},
	{"turned", turned, hybrid},
}

func whole(p *plane) *plane    { return p.fit(screen) }
func small(p *plane) *plane    { return p.fit(min(half, max(p.w, p.h)/2)) }
func inverted(p *plane) *plane { return p.fit(screen).invert() }
func smoothed(p *plane) *plane { return p.fit(screen).blur(1) }
func turned(p *plane) *plane   { return p.fit(screen).rotate(30) }

// sharp undoes some of the blur of a camera: an unsharp mask on an enlargement.
func sharp(p *plane) *plane {
	return p.fit(screen).enlarge().unsharp(2, 2)
}

func dim(p *plane) *plane { return p.fit(screen).enlarge().blur(3) }

func full(p *plane) *plane {
	if max(p.w, p.h) <= screen {
		return nil
	}
	return p.fit(largest)
}
