package tgsim_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/jpeg"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"promobot/bot/telegram/tgsim"
)

const anna = 900000001

// world is a simulator behind a real socket, with a clock that stands still
// unless it is advanced.
type world struct {
	*tgsim.Sim
	t   *testing.T
	url string
}

func newWorld(t *testing.T, o tgsim.Options) *world {
	t.Helper()
	if o.Clock == nil {
		o.Clock = func() time.Time { return time.Unix(1_795_300_000, 0) }
	}
	sim := tgsim.New(o)
	server := httptest.NewServer(sim)
	t.Cleanup(func() {
		sim.Close()
		server.Close()
	})
	return &world{sim, t, server.URL}
}

// answer is what the Bot API answers.
type answer struct {
	OK          bool
	Result      json.RawMessage
	Description string
	ErrorCode   int `json:"error_code"`
	Parameters  struct {
		RetryAfter int `json:"retry_after"`
	}
}

// form calls a method with a plain form.
func (w *world) form(method string, pairs ...string) answer {
	w.t.Helper()
	values := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	return w.post(method, "application/x-www-form-urlencoded", strings.NewReader(values.Encode()))
}

// json calls a method with a JSON body.
func (w *world) json(method, body string) answer {
	w.t.Helper()
	return w.post(method, "application/json", strings.NewReader(body))
}

func (w *world) post(method, kind string, body io.Reader) answer {
	w.t.Helper()
	response, err := http.Post(w.url+"/bot"+tgsim.DefaultToken+"/"+method, kind, body)
	if err != nil {
		w.t.Fatalf("%s: %v", method, err)
	}
	defer response.Body.Close()
	var a answer
	if err := json.NewDecoder(response.Body).Decode(&a); err != nil {
		w.t.Fatalf("%s: %v", method, err)
	}
	if !a.OK && response.StatusCode != a.ErrorCode {
		w.t.Errorf("%s: status %d, error_code %d", method, response.StatusCode, a.ErrorCode)
	}
	return a
}

// wantRefused asserts the words of a refusal.
func (a answer) wantRefused(t *testing.T, code int, words string) {
	t.Helper()
	if a.OK || a.ErrorCode != code || !strings.Contains(a.Description, words) {
		t.Errorf("answered %d %q %s, want %d %q", a.ErrorCode, a.Description, a.Result, code, words)
	}
}

// into reads the result of an answer that must be one.
func (a answer) into(t *testing.T, value any) {
	t.Helper()
	if !a.OK {
		t.Fatalf("refused: %d %s", a.ErrorCode, a.Description)
	}
	if err := json.Unmarshal(a.Result, value); err != nil {
		t.Fatalf("%s: %v", a.Result, err)
	}
}

// must returns what an act made, which must succeed.
func must(t *testing.T) func(tgsim.Done, error) tgsim.Done {
	return func(d tgsim.Done, err error) tgsim.Done {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
}

// picture draws a picture of the size, as JPEG or PNG.
func picture(t *testing.T, width, height int, encode func(io.Writer, image.Image) error) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	for i := range m.Pix { // a pattern of stripes, opaque
		m.Pix[i] = byte(i>>3) | byte(i%4/3*255)
	}
	var out bytes.Buffer
	if err := encode(&out, m); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func asJPEG(w io.Writer, m image.Image) error { return jpeg.Encode(w, m, nil) }

// A person and the bot talk: every object arrives whole on the other side.
func TestTalk(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	w.AddPerson(tgsim.Person{ID: anna, FirstName: "Анна", LanguageCode: "ru"})
	must(t)(w.Start(anna, "ref_8fK2-a"))
	must(t)(w.Photo(anna, picture(t, 700, 1400, asJPEG), "чек"))

	var updates []struct {
		UpdateID int64 `json:"update_id"`
		Message  tgsim.Message
	}
	w.form("getUpdates", "timeout", "0").into(t, &updates)
	if len(updates) != 2 || updates[1].UpdateID != updates[0].UpdateID+1 {
		t.Fatalf("updates %+v, want two in a row", updates)
	}
	start, photo := updates[0].Message, updates[1].Message
	if start.Text != "/start ref_8fK2-a" || len(start.Entities) != 1 || start.Entities[0] != (tgsim.Entity{Type: "bot_command", Length: 6}) {
		t.Errorf("start %+v", start)
	}
	if start.From.FirstName != "Анна" || start.From.LanguageCode != "ru" || start.Chat.Type != "private" {
		t.Errorf("from %+v in %+v", start.From, start.Chat)
	}
	if photo.Caption != "чек" || len(photo.Photo) != 4 {
		t.Errorf("photo %+v", photo)
	}
	var sent tgsim.Message
	w.form("sendMessage", "chat_id", "900000001", "text", "Чек <b>принят</b>", "parse_mode", "HTML").into(t, &sent)
	last, err := w.Last(anna)
	if err != nil || last.Text != "Чек принят" || last.MessageID != sent.MessageID || last.Entities[0] != (tgsim.Entity{Type: "bold", Offset: 4, Length: 6}) {
		t.Errorf("the chat shows %+v, %v", last.Message, err)
	}
}

func TestGetFile(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	must(t)(w.Photo(anna, picture(t, 700, 1400, asJPEG), ""))
	photo := w.Transcript(anna, 0).Messages[0].Photo
	largest := photo[len(photo)-1]
	if len(photo) != 4 || largest.Width != 640 || largest.Height != 1280 {
		t.Fatalf("sizes %+v, want four, the largest 640×1280", photo)
	}
	var f struct {
		Path string `json:"file_path"`
		Size int    `json:"file_size"`
	}
	w.form("getfile", "file_id", largest.FileID).into(t, &f)
	response, err := http.Get(w.url + "/file/bot" + tgsim.DefaultToken + "/" + f.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	m, kind, err := image.Decode(response.Body)
	if err != nil || kind != "jpeg" || m.Bounds().Dy() != 1280 {
		t.Errorf("the file is a %s of %v, %v; want a JPEG 1280 high", kind, m.Bounds(), err)
	}
}

// A button is pressed once, answered once, and the chat shows it.
func TestPress(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	must(t)(w.Start(anna, ""))
	var sent tgsim.Message
	w.json("sendMessage", `{"chat_id":900000001,"text":"Выберите","reply_markup":{"inline_keyboard":[[{"text":"Мои чеки","callback_data":"m:receipts"}]]}}`).into(t, &sent)
	must(t)(w.PressLabel(anna, "Мои чеки"))
	press := w.Transcript(anna, 0).Presses[0]
	if press.Answered || press.Message != sent.MessageID || press.Data != "m:receipts" {
		t.Errorf("pressed %+v", press)
	}
	if a := w.form("answerCallbackQuery", "callback_query_id", press.ID, "text", "сейчас"); !a.OK {
		t.Errorf("refused: %s", a.Description)
	}
	if press = w.Transcript(anna, 0).Presses[0]; !press.Answered || press.Text != "сейчас" {
		t.Errorf("answered %+v", press)
	}
	w.form("answerCallbackQuery", "callback_query_id", press.ID).wantRefused(t, 400, "query is too old")
}
