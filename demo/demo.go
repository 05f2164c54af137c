// Package demo is the page that shows the product: the chat as a phone, the
// live road of every receipt, a tray of receipts to send, and switches for
// trouble. Everything outside of the product is simulated.
package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"path"
	"time"

	"promobot/campaigns"
	"promobot/fns/fnssim"
	"promobot/internal/store"
)

// Config says what the page shows. DB is required and holds a campaign.
type Config struct {
	DB       *store.DB
	Sim      *fnssim.Sim      // nil: the tax service is somebody else's, its troubles cannot be switched
	Telegram http.Handler     // controls of the messenger's simulator, under /control/; nil: there is only the web chat
	Log      *slog.Logger     // nil: silent
	Clock    func() time.Time // nil: the machine's
}

// New returns the page's handler: /demo and all below it. The receipts of the
// tray follow the campaign that the bot runs, with new documents at every
// start; they are drawn in the background until ctx ends, which ends the road
// of every listener too.
func New(ctx context.Context, c Config) (http.Handler, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	version, err := new(campaigns.Book).Newest(ctx, c.DB.Read(ctx))
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	tray, err := newTray(c.Sim, version.Terms, version.Wall(c.Clock()))
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	go tray.draw(ctx)
	doors := http.NewServeMux()
	doors.HandleFunc("GET /demo", asset("demo.html"))
	doors.HandleFunc("GET /demo/assets/{name}", serveAsset)
	doors.HandleFunc("GET /demo/tray", tray.list)
	doors.HandleFunc("GET /demo/tray/{name}", tray.picture)
	doors.Handle("GET /demo/road", &road{db: c.DB, log: c.Log, clock: c.Clock, closed: ctx.Done()})
	newTrouble(c.Sim).open(doors)
	openSkins(doors, c.Telegram)
	return guarded(http.NewCrossOriginProtection().Handler(doors)), nil
}

// policy lets the page load its own files and frame the chat, and nothing else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; " +
	"font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; frame-src 'self'"

func guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// mediaTypes are named here, since nosniff makes a wrong one fatal and the
// machine's own table may lack or change one.
var mediaTypes = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
	".jpg":  "image/jpeg",
	".png":  "image/png",
}

func asset(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		text, err := files.ReadFile("page/" + name)
		if err != nil {
			refuse(w, http.StatusNotFound, "no such file")
			return
		}
		send(w, path.Ext(name), text)
	}
}

func serveAsset(w http.ResponseWriter, r *http.Request) { asset(r.PathValue("name"))(w, r) }

// send writes a file; if the reader has gone there is nobody to tell.
func send(w http.ResponseWriter, ext string, content []byte) {
	w.Header().Set("Content-Type", mediaTypes[ext])
	_, _ = w.Write(content)
}

func answer(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // see send
}

func refuse(w http.ResponseWriter, status int, words string) {
	answer(w, status, map[string]string{"error": words})
}
