package webchat

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"golang.org/x/text/language"

	"promobot/bot"
)

// spoken are the languages of the door's own words, the default first.
var spoken = language.NewMatcher([]language.Tag{language.Russian, language.English})

// tongue is the language that the browser asks for, "ru" or "en".
func tongue(r *http.Request) string {
	tag, _ := language.MatchStrings(spoken, r.Header.Get("Accept-Language"))
	base, _ := tag.Base()
	return base.String()
}

// refuse answers with the reason in words.
func refuse(w http.ResponseWriter, r *http.Request, status int, key string) {
	answer(w, status, map[string]string{"error": bot.Say(tongue(r), key)})
}

// refuseHaste says when to come again.
func refuseHaste(w http.ResponseWriter, r *http.Request, wait time.Duration) {
	w.Header().Set("Retry-After", strconv.Itoa(int(wait/time.Second)+1))
	refuse(w, r, http.StatusTooManyRequests, "door.slow")
}

// comeAgain is when a sender may try again after a fault of ours.
const comeAgain = 5 * time.Second

// fail answers a fault of ours, most often of the database: nothing was stored,
// and the same may be sent again. Its cause goes to the log alone.
func (d *Door) fail(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() == nil { // else the browser has gone, and nothing is wrong
		d.log.Error("web chat", "path", r.URL.Path, "error", err)
	}
	w.Header().Set("Retry-After", strconv.Itoa(int(comeAgain/time.Second)))
	refuse(w, r, http.StatusServiceUnavailable, "door.trouble")
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a reader who has gone is no concern
}
