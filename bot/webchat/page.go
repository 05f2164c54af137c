package webchat

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
)

//go:embed page/*.html page/*.css page/*.js page/*.svg
var files embed.FS

var contentTypes = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
}

func (d *Door) page(w http.ResponseWriter, r *http.Request) { serve(w, r, "chat.html") }

func (d *Door) asset(w http.ResponseWriter, r *http.Request) {
	file := r.PathValue("file")
	if path.Ext(file) == ".html" {
		http.NotFound(w, r)
		return
	}
	serve(w, r, file)
}

// serve answers with a file of the page.
func serve(w http.ResponseWriter, r *http.Request, name string) {
	text, err := files.ReadFile("page/" + path.Base(name))
	kind := contentTypes[path.Ext(name)]
	if err != nil || kind == "" {
		http.NotFound(w, r)
		return
	}
	give(w, r, kind, text)
}

// sticker answers with the picture of a sticker.
func (d *Door) sticker(w http.ResponseWriter, r *http.Request) {
	file := r.PathValue("file")
	if d.options.Stickers == nil || path.Ext(file) != ".png" {
		http.NotFound(w, r)
		return
	}
	picture, err := fs.ReadFile(d.options.Stickers, file)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	give(w, r, "image/png", picture)
}

// give answers with a file. Browsers ask again each time and are told when
// nothing has changed: a new version must not meet an old half.
func give(w http.ResponseWriter, r *http.Request, kind string, text []byte) {
	sum := sha256.Sum256(text)
	tag := `"` + hex.EncodeToString(sum[:12]) + `"`
	w.Header().Set("ETag", tag)
	w.Header().Set("Cache-Control", "no-cache")
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Type", kind)
	_, _ = w.Write(text) // a reader who has gone is no concern
}
