package tgsim

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// tokenForm is what the service takes for a token before it looks it up.
var tokenForm = regexp.MustCompile(`^[0-9]+:[A-Za-z0-9_-]+$`)

// serveAPI answers /bot<TOKEN>/<method> and /bot<TOKEN>/test/<method>.
func (s *Sim) serveAPI(w http.ResponseWriter, r *http.Request) {
	token, method, found := strings.Cut(strings.TrimPrefix(r.URL.Path, "/bot"), "/")
	method = strings.TrimPrefix(method, "test/")
	switch {
	case !found || method == "" || !tokenForm.MatchString(token):
		s.refuse(w, notFound)
		return
	case token != s.options.Token:
		s.refuse(w, unauthorized)
		return
	}
	c, err := readCall(r, method)
	if err != nil {
		s.refuse(w, asRefusal(err))
		return
	}
	s.answer(w, r, c)
}

// answer carries a call out with the trouble that was ordered for it.
func (s *Sim) answer(w http.ResponseWriter, r *http.Request, c *call) {
	entry, trouble := s.arrive(c)
	if trouble.has(Slow) && !s.sleep(r.Context(), trouble.delay()) {
		return
	}
	if trouble.has(Reset) {
		s.leave(entry, 0, "reset before it was taken")
		panic(http.ErrAbortHandler)
	}
	if f := trouble.refusing(); f != nil {
		s.leave(entry, f.Code, f.Text)
		s.writeTrouble(w, f)
		return
	}
	result, err := s.perform(r.Context(), c)
	if errors.Is(err, errGone) {
		s.leave(entry, 0, "the caller has gone")
		panic(http.ErrAbortHandler)
	}
	code, text := outcome(err)
	if f := trouble.after(); f != nil {
		s.leave(entry, f.Code, "taken, but the answer was "+f.Kind)
		s.writeTrouble(w, f)
		return
	}
	s.leave(entry, code, text)
	if err != nil {
		s.refuse(w, asRefusal(err))
		return
	}
	s.accept(w, result, trouble.padding())
}

func outcome(err error) (code int, text string) {
	if err == nil {
		return http.StatusOK, ""
	}
	r := asRefusal(err)
	return r.code, r.text
}

// errGone reports that nobody waits for the answer any more.
var errGone = errors.New("tgsim: the caller has gone")

// perform carries out a call by its method, whatever its case.
func (s *Sim) perform(ctx context.Context, c *call) (any, error) {
	name := strings.ToLower(c.method)
	if name == "getupdates" {
		return s.getUpdates(ctx, c)
	}
	method, known := s.methods[name]
	if !known {
		return nil, noMethod
	}
	s.develop(name, c)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.limit(name, c); err != nil {
		return nil, err
	}
	result, err := method(s, c)
	s.bump()
	return result, err
}

// methodTable returns the methods by their names in small letters; each is
// called with the lock held.
func methodTable() map[string]func(*Sim, *call) (any, error) {
	return map[string]func(*Sim, *call) (any, error){
		"getme":                  (*Sim).getMe,
		"getchat":                (*Sim).getChat,
		"getfile":                (*Sim).getFile,
		"setwebhook":             (*Sim).setWebhook,
		"deletewebhook":          (*Sim).deleteWebhook,
		"getwebhookinfo":         (*Sim).getWebhookInfo,
		"sendmessage":            (*Sim).sendMessage,
		"sendphoto":              (*Sim).sendPhoto,
		"senddocument":           (*Sim).sendDocument,
		"sendsticker":            (*Sim).sendSticker,
		"sendmediagroup":         (*Sim).sendMediaGroup,
		"sendchataction":         (*Sim).sendChatAction,
		"copymessage":            (*Sim).copyMessage,
		"editmessagetext":        (*Sim).editMessageText,
		"editmessagecaption":     (*Sim).editMessageCaption,
		"editmessagereplymarkup": (*Sim).editMessageReplyMarkup,
		"deletemessage":          (*Sim).deleteMessage,
		"answercallbackquery":    (*Sim).answerCallbackQuery,
		"setmycommands":          (*Sim).setMyCommands,
		"getmycommands":          (*Sim).getMyCommands,
		"deletemycommands":       (*Sim).deleteMyCommands,
		"uploadstickerfile":      (*Sim).uploadStickerFile,
		"createnewstickerset":    (*Sim).createNewStickerSet,
		"addstickertoset":        (*Sim).addStickerToSet,
		"replacestickerinset":    (*Sim).replaceStickerInSet,
		"deletestickerfromset":   (*Sim).deleteStickerFromSet,
		"getstickerset":          (*Sim).getStickerSet,
		"setstickersettitle":     (*Sim).setStickerSetTitle,
		"setstickeremojilist":    (*Sim).setStickerEmojiList,
		"setstickerkeywords":     (*Sim).setStickerKeywords,
	}
}

// described is a result that comes with words.
type described struct {
	result any
	text   string
}

func (s *Sim) accept(w http.ResponseWriter, result any, padding int) {
	body := map[string]any{"ok": true, "result": result}
	if d, ok := result.(described); ok {
		body["result"], body["description"] = d.result, d.text
	}
	if padding > 0 {
		body["padding"] = strings.Repeat("x", padding)
	}
	writeJSON(w, http.StatusOK, body)
}

func (s *Sim) refuse(w http.ResponseWriter, r *refusal) {
	body := map[string]any{"ok": false, "error_code": r.code, "description": r.text}
	if r.after > 0 {
		body["parameters"] = map[string]any{"retry_after": r.after}
		w.Header().Set("Retry-After", strconv.Itoa(r.after))
	}
	writeJSON(w, r.code, body)
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	_ = out.Encode(value) // if the client has gone there is nobody to tell
}

func writeHTML(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(status)
	title := strconv.Itoa(status) + " " + http.StatusText(status)
	_, _ = io.WriteString(w, "<html>\r\n<head><title>"+title+"</title></head>\r\n<body>\r\n<center><h1>"+title+
		"</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n") // if the client has gone there is nobody to tell
}
