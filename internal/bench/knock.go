package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"
)

// acknowledgers is how many send at a time when the next goes out as soon as
// the last is acknowledged.
const acknowledgers = 32

// People are the sessions of a web chat, which write in turn. They know nothing
// but the contract.
type People struct {
	url    string
	client *http.Client
	tokens []string
	n      atomic.Int64
}

// NewPeople opens so many sessions at the chat with the address.
func NewPeople(ctx context.Context, url string, sessions int) (*People, error) {
	p := &People{url: url, client: &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 1024}}}
	for range sessions {
		var session struct{ Token string }
		if err := p.post(ctx, "/chat/session", "", "application/json", nil, http.StatusOK, &session); err != nil {
			return nil, err
		}
		p.tokens = append(p.tokens, session.Token)
	}
	return p, nil
}

// Close drops the connections.
func (p *People) Close() { p.client.CloseIdleConnections() }

// Write sends a text from the session whose turn it is, and returns when it is
// acknowledged.
func (p *People) Write(ctx context.Context, text string) error {
	n := p.n.Add(1)
	return p.say(ctx, n, n, "text", text)
}

// Press presses a button in every session, and Tell says a text in every one;
// both are for registrations.
func (p *People) Press(ctx context.Context, button string) error {
	return p.each(ctx, "button", func(int) string { return button })
}

// Tell says in every session what text gives for its number.
func (p *People) Tell(ctx context.Context, text func(session int) string) error {
	return p.each(ctx, "text", text)
}

func (p *People) each(ctx context.Context, kind string, content func(session int) string) error {
	for i := range p.tokens {
		if err := p.say(ctx, int64(i), p.n.Add(1), kind, content(i)); err != nil {
			return err
		}
	}
	return nil
}

func (p *People) say(ctx context.Context, session, id int64, kind, content string) error {
	body, err := json.Marshal(map[string]string{"id": strconv.FormatInt(id, 10), kind: content})
	if err != nil {
		return err
	}
	return p.post(ctx, "/chat/messages", p.token(session), "application/json", body, http.StatusAccepted, nil)
}

func (p *People) token(session int64) string { return p.tokens[session%int64(len(p.tokens))] }

// Send sends a picture from the session whose turn it is and returns the id of
// the message.
func (p *People) Send(ctx context.Context, picture []byte) (id string, err error) {
	n := p.n.Add(1)
	id = strconv.FormatInt(n, 10)
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	_ = form.WriteField("id", id) // a buffer refuses nothing
	part, err := form.CreateFormFile("photo", "receipt.jpg")
	if err != nil {
		return id, err
	}
	_, _ = part.Write(picture)
	_ = form.Close()
	return id, p.post(ctx, "/chat/messages", p.token(n), form.FormDataContentType(), body.Bytes(), http.StatusAccepted, nil)
}

func (p *People) post(ctx context.Context, path, token, kind string, body []byte, want int, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", kind)
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := p.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != want {
		err = fmt.Errorf("%s: %s: %.200s", path, response.Status, answer)
	}
	if err != nil || into == nil {
		return err
	}
	return json.Unmarshal(answer, into)
}
