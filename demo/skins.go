package demo

import (
	"net/http"
	"strings"
)

// openSkins adds the chat in the messenger's skin, if there is a simulator of
// it to stand behind.
func openSkins(doors *http.ServeMux, telegram http.Handler) {
	skins := []string{"web"}
	if telegram != nil {
		skins = append(skins, "telegram")
		doors.HandleFunc("GET /demo/telegram", framed(asset("telegram.html")))
		doors.Handle("/demo/telegram/control/", http.StripPrefix("/demo/telegram", telegram))
	}
	doors.HandleFunc("GET /demo/skins", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]any{"skins": skins})
	})
}

// framed lets the demo's own page show another in its phone.
func framed(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", strings.Replace(policy, "frame-ancestors 'none'", "frame-ancestors 'self'", 1))
		next(w, r)
	}
}
