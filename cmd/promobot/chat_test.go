package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"testing"
	"time"
)

// chatter is a person at the web chat who knows nothing but the contract.
type chatter struct {
	url, token string
	n          int
}

// newChatter opens a session.
func newChatter(url string) (*chatter, error) {
	response, err := http.Post(url+"/chat/session", "application/json", nil)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	c := &chatter{url: url}
	var session struct{ Token string }
	err = json.NewDecoder(response.Body).Decode(&session)
	c.token = session.Token
	return c, err
}

// say sends text, button or photo under the given id.
func (c *chatter) say(id string, kind string, content []byte) error {
	body, contentType := jsonMessage(id, kind, string(content))
	if kind == "photo" {
		body, contentType = photoMessage(id, content)
	}
	request, err := http.NewRequest(http.MethodPost, c.url+"/chat/messages", body)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", contentType)
	request.Header.Set("Authorization", "Bearer "+c.token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if response.StatusCode != http.StatusAccepted {
		return fmt.Errorf("status %d: %s", response.StatusCode, answer)
	}
	return err
}

func jsonMessage(id, kind, content string) (io.Reader, string) {
	text, err := json.Marshal(map[string]string{"id": id, kind: content})
	if err != nil {
		panic(err)
	}
	return bytes.NewReader(text), "application/json"
}

func photoMessage(id string, picture []byte) (io.Reader, string) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	_ = form.WriteField("id", id)
	part, err := form.CreateFormFile("photo", "receipt.jpg")
	if err != nil {
		panic(err)
	}
	_, _ = part.Write(picture)
	_ = form.Close()
	return &body, form.FormDataContentType()
}

// register goes through the registration.
func (c *chatter) register(phone string) error {
	for _, step := range [][2]string{{"text", "/start"}, {"button", "consent:data"}, {"button", "news:no"}, {"text", phone}, {"text", "Анна"}} {
		c.n++
		if err := c.say(fmt.Sprintf("register-%d", c.n), step[0], []byte(step[1])); err != nil {
			return err
		}
	}
	return nil
}

// eventually fails the test if the condition does not come true in time.
func eventually(t *testing.T, within time.Duration, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(within); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if condition() {
			return
		}
	}
	t.Fatalf("not within %s: %s", within, what)
}
