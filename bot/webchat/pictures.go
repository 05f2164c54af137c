package webchat

import (
	"net/http"
	"strconv"
	"strings"
)

// pictures is where the pictures of messages stand: ID.jpg, of the message's id.
const pictures = "/chat/pictures/"

// picture answers with the picture of a message, to nobody but the session that
// got the message.
func (d *Door) picture(w http.ResponseWriter, r *http.Request) {
	_, address, ok := d.known(w, r)
	if !ok {
		return
	}
	name, isJPEG := strings.CutSuffix(r.PathValue("file"), ".jpg")
	id, err := strconv.ParseInt(name, 10, 64)
	if err != nil || !isJPEG {
		http.NotFound(w, r)
		return
	}
	content, err := d.bot.Picture(r.Context(), address, id)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	if len(content) == 0 {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "image/jpeg")
	w.Header().Set("Cache-Control", "no-store") // it is personal
	_, _ = w.Write(content)                     // a reader who has gone is no concern
}
