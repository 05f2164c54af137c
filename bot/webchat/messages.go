package webchat

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"promobot/bot"
)

const (
	maxID       = 100
	maxText     = 4096 // characters
	maxButton   = 100
	maxJSON     = 64 << 10
	maxPhoto    = 10 << 20
	maxOverhead = 64 << 10 // of a form around its photo

	// bodyTime is how long a body may take: a photo over a bad line.
	bodyTime = 2 * time.Minute
)

// The refusals of a message, each with its status and words in refusals.
var (
	errForm  = errors.New("webchat: not a message")
	errType  = errors.New("webchat: not a type of message")
	errLong  = errors.New("webchat: the text is too long")
	errLarge = errors.New("webchat: the file is too large")
)

var refusals = []struct {
	err    error
	status int
	key    string
}{
	{errLong, http.StatusRequestEntityTooLarge, "door.long_text"},
	{errLarge, http.StatusRequestEntityTooLarge, "door.large"},
	{errType, http.StatusUnsupportedMediaType, "door.type"},
	{errForm, http.StatusBadRequest, "door.form"},
}

// message takes a message in; 202 says that it is stored.
func (d *Door) message(w http.ResponseWriter, r *http.Request) {
	address, _, ok := d.known(w, r)
	if !ok {
		return
	}
	if wait, ok := d.messages.take(address); !ok {
		refuseHaste(w, r, wait)
		return
	}
	control := http.NewResponseController(w)
	late := time.AfterFunc(bodyTime, func() { _ = control.SetReadDeadline(time.Unix(1, 0)) })
	u, err := read(w, r)
	late.Stop()
	for _, refusal := range refusals {
		if errors.Is(err, refusal.err) {
			refuse(w, r, refusal.status, refusal.key)
			return
		}
	}
	u.Channel, u.Address = Channel, address
	if err := d.bot.Accept(r.Context(), u); err != nil {
		d.fail(w, r, err)
		return
	}
	answer(w, http.StatusAccepted, struct{}{})
}

// read reads a message of either form; every error is one of refusals.
func read(w http.ResponseWriter, r *http.Request) (bot.Update, error) {
	kind, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case err == nil && kind == "application/json":
		r.Body = http.MaxBytesReader(w, r.Body, maxJSON)
		return readJSON(r.Body)
	case err == nil && kind == "multipart/form-data" && parameters["boundary"] != "":
		r.Body = http.MaxBytesReader(w, r.Body, maxPhoto+maxOverhead)
		return readForm(r)
	}
	return bot.Update{}, errType
}

// readJSON reads {"id","text"} or {"id","button"}. Unknown keys, keys that
// stand twice and everything that is no text are refused.
func readJSON(body io.Reader) (bot.Update, error) {
	fields, err := flat(json.NewDecoder(body))
	if tooLarge(err) {
		return bot.Update{}, errLong
	}
	text, hasText := fields["text"]
	button, hasButton := fields["button"]
	switch {
	case err != nil, !goodID(fields["id"]), hasText == hasButton, hasButton && !goodButton(button):
		return bot.Update{}, errForm
	case utf8.RuneCountInString(text) > maxText:
		return bot.Update{}, errLong
	}
	return bot.Update{EventID: fields["id"], Text: text, Button: button}, nil
}

// flat reads one object of texts and nothing behind it.
func flat(decoder *json.Decoder) (map[string]string, error) {
	if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
		return nil, errors.Join(errForm, err)
	}
	fields := map[string]string{}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		value, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		name, _ := key.(string) // keys are texts
		text, isText := value.(string)
		_, twice := fields[name]
		if !isText || twice || name != "id" && name != "text" && name != "button" {
			return nil, errForm
		}
		fields[name] = text
	}
	if _, err := decoder.Token(); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, errors.Join(errForm, err)
	}
	return fields, nil
}

func goodID(id string) bool {
	return id != "" && utf8.ValidString(id) && utf8.RuneCountInString(id) <= maxID &&
		!strings.ContainsFunc(id, func(r rune) bool { return unicode.In(r, unicode.C) })
}

func goodButton(id string) bool { return id != "" && utf8.RuneCountInString(id) <= maxButton }
