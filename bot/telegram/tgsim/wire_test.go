package tgsim_test

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"promobot/bot/telegram/tgsim"
)

// multipartBody makes a form of pairs and files.
func multipartBody(t *testing.T, pairs map[string]string, files map[string][]byte) (string, io.Reader) {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range pairs {
		if err := form.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	for name, content := range files {
		part, err := form.CreateFormFile(name, name+".bin")
		if err == nil {
			_, err = part.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	return form.FormDataContentType(), &body
}

// upload calls a method with a multipart form.
func (w *world) upload(method string, pairs map[string]string, files map[string][]byte) answer {
	w.t.Helper()
	kind, body := multipartBody(w.t, pairs, files)
	return w.post(method, kind, body)
}

// One message in every encoding, with the method in every case.
func TestEncodings(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	must(t)(w.Start(anna, ""))
	keys := `{"inline_keyboard":[[{"text":"a","callback_data":"b"}]]}`
	get, err := http.Get(w.url + "/bot" + tgsim.DefaultToken + "/test/SENDMESSAGE?chat_id=900000001&text=x&reply_markup=" + strings.ReplaceAll(keys, `"`, "%22"))
	if err != nil {
		t.Fatal(err)
	}
	defer get.Body.Close()
	var query answer
	if err := json.NewDecoder(get.Body).Decode(&query); err != nil {
		t.Fatal(err)
	}
	for name, a := range map[string]answer{
		"query": query,
		"form":  w.form("sendmessage", "chat_id", "900000001", "text", "x", "reply_markup", keys, "entities", "null"),
		"JSON":  w.json("sendMessage", `{"chat_id":900000001,"text":"x","entities":null,"reply_markup":`+keys+`}`),
		"multipart": w.upload("SendMessage", map[string]string{
			"chat_id": "900000001", "text": "x", "reply_markup": keys}, nil),
	} {
		var m tgsim.Message
		a.into(t, &m)
		if m.Text != "x" || m.ReplyMarkup == nil || *m.ReplyMarkup.Rows[0][0].CallbackData != "b" {
			t.Errorf("%s: %+v", name, m)
		}
	}
}

func TestAddresses(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	for _, tt := range []struct {
		path, words string
		code        int
	}{
		{"/bot" + tgsim.DefaultToken + "/getMe", "", 200},
		{"/bot" + tgsim.DefaultToken + "/getMoon", "Not Found: method not found", 404},
		{"/bot" + tgsim.DefaultToken + "/", "Not Found", 404},
		{"/bot" + tgsim.DefaultToken, "Not Found", 404},
		{"/bot700000001:other/getMe", "Unauthorized", 401},
		{"/botsecret/getMe", "Not Found", 404},
		{"/file/bot700000001:other/photos/file_0.jpg", "Unauthorized", 401},
		{"/file/bot" + tgsim.DefaultToken + "/photos/file_0.jpg", "Not Found", 404},
	} {
		response, err := http.Get(w.url + tt.path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || response.StatusCode != tt.code || !strings.Contains(string(body), tt.words) {
			t.Errorf("%s: %d %s, %v; want %d %q", tt.path, response.StatusCode, body, err, tt.code, tt.words)
		}
		if kind := response.Header.Get("Content-Type"); kind != "application/json" {
			t.Errorf("%s: answered as %s", tt.path, kind)
		}
	}
}

func TestBrokenBodies(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	w.json("getMe", `{"a"`).wantRefused(t, 400, "can't parse JSON object")
	w.post("getMe", "multipart/form-data; boundary=x", strings.NewReader("--x\r\n")).wantRefused(t, 400, "can't parse multipart")
	w.post("getMe", "application/x-www-form-urlencoded", strings.NewReader("%zz")).wantRefused(t, 400, "can't parse parameters")
	w.post("sendDocument", "application/octet-stream", bytes.NewReader(make([]byte, 50<<20+1))).wantRefused(t, 413, "Request Entity Too Large")
}

// A file's address leads somewhere for an hour after it was asked for, and the
// unique id leads nowhere.
func TestFileLinks(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	must(t)(w.Document(anna, []byte("%PDF-1.7"), "чек.pdf", "application/pdf", ""))
	d := w.Transcript(anna, 0).Messages[0].Document
	if d.FileName != "чек.pdf" || d.MimeType != "application/pdf" || d.FileSize != 8 || d.Thumbnail != nil {
		t.Errorf("document %+v", d)
	}
	status := func(path string) int {
		response, err := http.Get(w.url + "/file/bot" + tgsim.DefaultToken + "/" + path)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		return response.StatusCode
	}
	var f struct {
		Path string `json:"file_path"`
	}
	w.form("getFile", "file_id", d.FileUniqueID).wantRefused(t, 400, "wrong file_id or the file is temporarily unavailable")
	w.form("getFile", "file_id", d.FileID).into(t, &f)
	w.Advance(time.Hour - time.Second)
	if code := status(f.Path); code != 200 {
		t.Errorf("%d before the hour is over", code)
	}
	w.Advance(time.Second)
	if code := status(f.Path); code != 404 {
		t.Errorf("%d when the hour is over", code)
	}
	must(t)(w.Document(anna, make([]byte, 20<<20+1), "big", "", ""))
	must(t)(w.Document(anna, make([]byte, 20<<20), "fits", "", ""))
	all := w.Transcript(anna, 0).Messages
	w.form("getFile", "file_id", all[1].Document.FileID).wantRefused(t, 400, "file is too big")
	w.form("getFile", "file_id", all[2].Document.FileID).into(t, &f)
}

// The log tells everything but the token.
func TestRequestLog(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	must(t)(w.Start(anna, ""))
	w.form("sendMessage", "chat_id", "900000001", "text", "да")
	w.upload("sendDocument", map[string]string{"chat_id": "1"}, map[string][]byte{"document": []byte("abc")})
	log := w.Requests(0)
	if len(log) != 2 || log[0].Method != "sendMessage" || log[0].Params["text"] != "да" || log[0].Code != 200 {
		t.Errorf("log %+v", log)
	}
	if log[1].Params["document"] != "document.bin, 3 bytes" || log[1].Code != 400 || log[1].Description != "Bad Request: chat not found" {
		t.Errorf("log %+v", log[1])
	}
	whole, err := json.Marshal(w.Requests(0))
	if err != nil || strings.Contains(string(whole), "TEST-TOKEN") {
		t.Errorf("%v, the log holds the token: %s", err, whole)
	}
	if later := w.Requests(1); len(later) != 1 || later[0].N != 2 {
		t.Errorf("after 1: %+v", later)
	}
}
