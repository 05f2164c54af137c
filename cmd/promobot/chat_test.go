package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// chatEvent is an event of the web chat, as the contract writes it.
type chatEvent struct {
	ID      json.Number `json:"id"`
	Edits   json.Number `json:"edits"`
	Text    string      `json:"text"`
	Buttons []struct {
		ID    string `json:"id"`
		Label string `json:"label"`
	} `json:"buttons"`
}

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

// screen is the conversation as the person sees it: edits in place.
type screen struct {
	mu    sync.Mutex
	order []string
	shown map[string]chatEvent
}

func (s *screen) put(e chatEvent) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := e.ID.String()
	if e.Edits != "" && e.Edits != "0" {
		id = e.Edits.String()
	}
	if _, known := s.shown[id]; !known {
		s.order = append(s.order, id)
	}
	s.shown[id] = e
}

// texts lists what is on the screen now, from top to bottom.
func (s *screen) texts() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]string, len(s.order))
	for i, id := range s.order {
		list[i] = s.shown[id].Text
	}
	return list
}

// button finds the id of the newest button whose id begins so.
func (s *screen) button(prefix string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := len(s.order) - 1; i >= 0; i-- {
		for _, b := range s.shown[s.order[i]].Buttons {
			if strings.HasPrefix(b.ID, prefix) {
				return b.ID
			}
		}
	}
	return ""
}

// watch reads the events until ctx ends.
func (c *chatter) watch(ctx context.Context) (*screen, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url+"/chat/events", nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	s := &screen{shown: map[string]chatEvent{}}
	go func() {
		defer response.Body.Close()
		lines := bufio.NewScanner(response.Body)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			data, ok := strings.CutPrefix(lines.Text(), "data:")
			var e chatEvent
			if ok && json.Unmarshal([]byte(data), &e) == nil {
				s.put(e)
			}
		}
	}()
	return s, nil
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
