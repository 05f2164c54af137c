package tgsim

import (
	"errors"
	"net/url"
	"strings"
)

const (
	maxPhoto      = 10 << 20 // bytes
	maxPhotoSides = 10_000   // width and height together
	maxPhotoRatio = 20
)

func (s *Sim) sendPhoto(c *call) (any, error) {
	caption, marks, err := formatted(c, "caption", "caption_entities", maxCaption)
	if err != nil {
		return nil, err
	}
	photo, err := s.photo(c, "photo", c.text("photo"))
	if err != nil {
		return nil, err
	}
	return s.post(c, Message{Photo: photo, Caption: caption, CaptionEnts: marks})
}

// photo returns the picture that a value means: an upload under the name, or
// under the one that attach:// says, or the id of a picture sent before.
func (s *Sim) photo(c *call, name, value string) ([]PhotoSize, error) {
	up, known, err := s.given(c, name, value, "Photo")
	if err != nil {
		return nil, err
	}
	if known != nil {
		return known.photo, nil
	}
	if len(up.content) > maxPhoto {
		return nil, bad("file of size %d bytes is too big for a photo; the maximum size is %d bytes", len(up.content), maxPhoto)
	}
	w, h, err := measure(up.content)
	switch {
	case errors.Is(err, errPicture):
		return nil, bad("IMAGE_PROCESS_FAILED")
	case w+h > maxPhotoSides || max(w, h) > maxPhotoRatio*min(w, h):
		return nil, bad("PHOTO_INVALID_DIMENSIONS")
	}
	renditions, err := s.pictures.sizes(up.content)
	if err != nil {
		return nil, bad("IMAGE_PROCESS_FAILED")
	}
	return s.storePhoto(renditions), nil
}

// given returns an upload, or a file of the kind that was sent before.
func (s *Sim) given(c *call, name, value, kind string) (*upload, *file, error) {
	if part, attached := strings.CutPrefix(value, "attach://"); attached {
		name = part
	}
	if up, ok := c.files[name]; ok {
		if len(up.content) == 0 {
			return nil, nil, bad("file must be non-empty")
		}
		return &up, nil, nil
	}
	f := s.files.byID[value]
	switch {
	case value == "":
		return nil, nil, bad("there is no %s in the request", strings.ToLower(kind))
	case strings.HasPrefix(value, "attach://"):
		return nil, nil, bad("wrong file identifier/HTTP URL specified")
	case strings.HasPrefix(value, "http://"), strings.HasPrefix(value, "https://"):
		return nil, nil, refuseURL(value)
	case f == nil:
		return nil, nil, bad("wrong file identifier/HTTP URL specified")
	case f.kind != kind:
		return nil, nil, bad("can't use file of type %s as %s", f.kind, kind)
	}
	return nil, f, nil
}

// refuseURL answers for the service, which would fetch the file: the simulator
// reaches no other host.
func refuseURL(value string) error {
	if u, err := url.Parse(value); err != nil || u.Host == "" {
		return bad("wrong HTTP URL specified")
	}
	return bad("failed to get HTTP URL content")
}

func (s *Sim) sendDocument(c *call) (any, error) {
	caption, marks, err := formatted(c, "caption", "caption_entities", maxCaption)
	if err != nil {
		return nil, err
	}
	document, err := s.documentOf(c, "document", c.text("document"))
	if err != nil {
		return nil, err
	}
	return s.post(c, Message{Document: document, Caption: caption, CaptionEnts: marks})
}

func (s *Sim) documentOf(c *call, name, value string) (*Document, error) {
	up, known, err := s.given(c, name, value, "Document")
	if err != nil {
		return nil, err
	}
	if known == nil {
		return s.document(up.content, up.name, up.mime), nil
	}
	return known.document(), nil
}
