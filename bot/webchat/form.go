package webchat

import (
	"errors"
	"io"
	"net/http"

	"promobot/bot"
)

// readForm reads id and photo, each once, in any order. What the photo is, the
// scanner decides by its content.
func readForm(r *http.Request) (bot.Update, error) {
	var u bot.Update
	form, err := r.MultipartReader()
	if err != nil {
		return u, errForm
	}
	for {
		part, err := form.NextRawPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return u, bodyError(err)
		}
		if err := readPart(part.FormName(), part, &u); err != nil {
			return u, err
		}
	}
	if !goodID(u.EventID) || len(u.Picture) == 0 {
		return u, errForm
	}
	return u, nil
}

func readPart(name string, part io.Reader, u *bot.Update) error {
	switch {
	case name == "id" && u.EventID == "":
		text, err := io.ReadAll(io.LimitReader(part, 4*maxID+1))
		u.EventID = string(text)
		return bodyError(err)
	case name == "photo" && u.Picture == nil:
		picture, err := io.ReadAll(io.LimitReader(part, maxPhoto+1))
		if err == nil && len(picture) > maxPhoto {
			return errLarge
		}
		u.Picture = picture
		return bodyError(err)
	}
	return errForm
}

func bodyError(err error) error {
	switch {
	case err == nil:
		return nil
	case tooLarge(err):
		return errLarge
	}
	return errForm
}

func tooLarge(err error) bool {
	var large *http.MaxBytesError
	return errors.As(err, &large)
}
