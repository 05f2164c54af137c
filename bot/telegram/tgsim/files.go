package tgsim

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
)

const (
	maxDownload = 20 << 20 // bytes that getFile takes
	linkLife    = time.Hour
)

// file is what the service keeps of a file. The same content under the same
// name gets the same ids.
type file struct {
	id, unique string
	kind       string // "Photo", "Document", "Sticker", "Voice", "Thumbnail"
	path       string
	name, mime string
	content    []byte
	linkUntil  time.Time // after it the path leads nowhere until getFile is asked again
	photo      []PhotoSize
	thumbnail  *PhotoSize
	width      int
	height     int
}

type files struct {
	byID   map[string]*file
	byPath map[string]*file
}

func newFiles() files {
	return files{byID: make(map[string]*file), byPath: make(map[string]*file)}
}

// beginnings of ids and folders of paths, by kind.
var fileKinds = map[string]struct{ id, unique, folder, ending string }{
	"Photo":     {"AgACAgIAAxk", "AQAD", "photos", ".jpg"},
	"Document":  {"BQACAgIAAxk", "AgAD", "documents", ""},
	"Sticker":   {"CAACAgIAAxk", "AgAD", "stickers", ".webp"},
	"Voice":     {"AwACAgIAAxk", "AgAD", "voice", ".oga"},
	"Thumbnail": {"AAMCAgADGQE", "AQAD", "thumbnails", ".jpg"},
}

// store keeps a file; within tells apart what has equal content in two places.
func (s *Sim) store(kind, within, name, mime string, content []byte) *file {
	var seed [8]byte
	binary.BigEndian.PutUint64(seed[:], s.options.Seed)
	unique := sha256.Sum256(content)
	sum := sha256.Sum256([]byte(string(seed[:]) + within + "\x00" + name + "\x00" + mime + "\x00" + string(unique[:])))
	k := fileKinds[kind]
	id := k.id + base64.RawURLEncoding.EncodeToString(sum[:])
	if known := s.files.byID[id]; known != nil {
		return known
	}
	f := &file{id: id, unique: k.unique + base64.RawURLEncoding.EncodeToString(unique[:9]), kind: kind, name: name, mime: mime, content: content}
	ending := k.ending
	if ending == "" {
		ending = path.Ext(name)
	}
	f.path = k.folder + "/file_" + strconv.Itoa(len(s.files.byPath)) + ending
	s.files.byID[id], s.files.byPath[f.path] = f, f
	return f
}

// File returns the content of a file that anybody has sent.
func (s *Sim) File(id string) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.files.byID[id]
	if f == nil {
		return nil, false
	}
	return f.content, true
}

var errWrongFile = bad("wrong file_id or the file is temporarily unavailable")

func (s *Sim) getFile(c *call) (any, error) {
	f := s.files.byID[c.text("file_id")]
	switch {
	case f == nil:
		return nil, errWrongFile
	case len(f.content) > maxDownload:
		return nil, bad("file is too big")
	}
	f.linkUntil = s.now().Add(linkLife)
	return map[string]any{"file_id": f.id, "file_unique_id": f.unique, "file_size": len(f.content), "file_path": f.path}, nil
}

// serveFile answers /file/bot<TOKEN>/<file_path>.
func (s *Sim) serveFile(w http.ResponseWriter, r *http.Request) {
	token, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/file/bot"), "/")
	if token != s.options.Token {
		s.refuse(w, unauthorized)
		return
	}
	c := &call{method: fileMethod, params: map[string]string{"file_path": name}}
	entry, trouble := s.arrive(c)
	if trouble.has(Slow) && !s.sleep(r.Context(), trouble.delay()) {
		return
	}
	if trouble.has(Reset) {
		s.leave(entry, 0, "reset")
		panic(http.ErrAbortHandler)
	}
	if f := trouble.refusing(); f != nil {
		s.leave(entry, f.Code, f.Text)
		s.writeTrouble(w, f)
		return
	}
	content, there := s.linked(name)
	if !there {
		s.leave(entry, http.StatusNotFound, notFound.text)
		s.refuse(w, notFound)
		return
	}
	s.leave(entry, http.StatusOK, "")
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Length", strconv.Itoa(len(content)))
	if trouble.has(Cut) {
		content = content[:len(content)/2]
	}
	_, _ = w.Write(content) // if the client has gone there is nobody to tell
	if trouble.has(Cut) {
		_ = http.NewResponseController(w).Flush() // what was written must be on its way before the end
		panic(http.ErrAbortHandler)
	}
}

func (s *Sim) linked(name string) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.files.byPath[name]
	if f == nil || !s.now().Before(f.linkUntil) {
		return nil, false
	}
	return f.content, true
}
