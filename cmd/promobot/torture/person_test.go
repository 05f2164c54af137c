package torture

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/skip2/go-qrcode"
)

// entrance is where people find the bot: a web address, or several that are all
// to be told everything. It may be closed for a while.
type entrance struct {
	mu      sync.Mutex
	urls    []string
	heard   time.Time // the first acknowledgement since listen
	refused []error   // what came instead of acknowledgements, since the last one
}

func (e *entrance) open(urls ...string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.urls = urls
}

func (e *entrance) now() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.urls
}

// listen forgets what was acknowledged so far.
func (e *entrance) listen() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard, e.refused = time.Time{}, nil
}

func (e *entrance) hears() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.refused = nil; e.heard.IsZero() {
		e.heard = time.Now()
	}
}

func (e *entrance) refuses(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.refused = append(e.refused, err)
}

// refusals are what came instead of acknowledgements since the last one.
func (e *entrance) refusals() []error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.refused)
}

// firstHeard is the moment of the first acknowledgement since listen; zero:
// there was none.
func (e *entrance) firstHeard() time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.heard
}

// patience is how long a person waits for an acknowledgement before saying the
// same again.
const patience = 10 * time.Second

var line = &http.Client{Timeout: patience, Transport: &http.Transport{MaxIdleConnsPerHost: 32}}

// person is somebody at the web chat who knows nothing but the contract, and
// says everything until it is acknowledged.
type person struct {
	n     int // unique in the house
	at    *entrance
	token string

	mu    sync.Mutex
	acked map[string]string // the ids that were acknowledged, with their step
}

func newPerson(n int, at *entrance) *person {
	return &person{n: n, at: at, acked: map[string]string{}}
}

// step is one thing to say.
type step struct {
	name, kind string // of the message: text, button, photo
	content    []byte
}

// script is what everybody does: takes part, sends three receipts and one of
// them again, chooses a prize, asks for the balance.
func (p *person) script() []step {
	text := func(name, content string) step { return step{name, "text", []byte(content)} }
	button := func(name, content string) step { return step{name, "button", []byte(content)} }
	return []step{
		text("start", "/start"), button("consent", "consent:data"), button("news", "news:no"),
		text("phone", p.phone()), text("name", "Анна"),
		text("code-1", p.code(1)), {"photo", "photo", p.photo(2)}, text("code-3", p.code(3)), text("again", p.code(1)),
		button("choose", "prize:yes:ozon-300"), text("balance", "баланс"),
	}
}

func (p *person) phone() string {
	return fmt.Sprintf("+7 999 %03d-%02d-%02d", p.n/10000%1000, p.n/100%100, p.n%100)
}

// verdicts are what becomes of the script's receipts.
var verdicts = map[string]string{"code-1": "accepted", "photo": "accepted", "code-3": "accepted", "again": "rejected",
	"tg-code-1": "accepted", "tg-photo": "accepted", "tg-again": "rejected"}

// code is that of the person's i-th receipt, from a till of the person's own.
func (p *person) code(i int) string {
	return fmt.Sprintf("t=20260314T18%02d&s=1%03d.50&fn=9999%012d&i=%d&fp=%d&n=1", i%60, p.n%1000, p.n, 100+i, 2000+p.n)
}

func (p *person) photo(i int) []byte {
	picture, err := qrcode.Encode(p.code(i), qrcode.Medium, 420) // plain: reading worn ones is another test's
	if err != nil {
		panic(err) // the code is short
	}
	return picture
}

// live goes through the script, each thing as often as it takes.
func (p *person) live(ctx context.Context) error {
	for p.token == "" {
		if err := p.enter(ctx); err != nil && !pause(ctx) {
			return fmt.Errorf("person %d does not get in: %w", p.n, err)
		}
	}
	for _, s := range p.script() {
		if err := p.insist(ctx, s, s.name); err != nil {
			return fmt.Errorf("person %d, %s: %w", p.n, s.name, err)
		}
	}
	return nil
}

// chatter goes on for ever after the script: two questions, one receipt.
func (p *person) chatter(ctx context.Context, quiet <-chan struct{}) error {
	if err := p.live(ctx); err != nil {
		return err
	}
	for i := 0; ; i++ {
		select {
		case <-quiet:
			return nil
		case <-time.After(300 * time.Millisecond): // the door takes 240 messages a minute
		}
		s := step{"balance", "text", []byte("баланс")}
		if i%3 == 0 {
			s = step{"code-3", "text", []byte(p.code(10 + i))}
		}
		if err := p.insist(ctx, s, fmt.Sprint("more-", i)); err != nil {
			return fmt.Errorf("person %d, more %d: %w", p.n, i, err)
		}
	}
}

// pause waits a moment; false if the time is over.
func pause(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(50 * time.Millisecond):
		return true
	}
}

func (p *person) enter(ctx context.Context) error {
	urls := p.at.now()
	if len(urls) == 0 {
		return errClosed
	}
	answer, err := p.post(ctx, urls[0]+"/chat/session", "application/json", nil, http.StatusOK)
	if err != nil {
		return err
	}
	var session struct{ Token string }
	err = json.Unmarshal(answer, &session)
	p.token = session.Token
	return err
}

var errClosed = fmt.Errorf("the bot is away")

// insist says one thing under a name of its own, at every entrance, until it is
// acknowledged.
func (p *person) insist(ctx context.Context, s step, name string) error {
	id := fmt.Sprintf("%d-%s", p.n, name)
	err := errClosed
	for tries := 0; ; tries++ {
		for _, url := range p.at.now() {
			if e := p.say(ctx, url, id, s); e != nil {
				err = e
				p.at.refuses(e)
				continue
			}
			err = nil
			p.acknowledged(id, s.name)
			p.at.hears()
		}
		if err == nil {
			seen.add("updates: acknowledged", 1)
			return nil
		}
		if p.heard(id) { // by one of several entrances
			return nil
		}
		seen.add("updates: said again", 1)
		if !pause(ctx) {
			return err
		}
	}
}

func (p *person) acknowledged(id, name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.acked[id] = name
}

func (p *person) heard(id string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.acked[id] != ""
}

func (p *person) say(ctx context.Context, url, id string, s step) error {
	body, contentType := jsonMessage(id, s)
	if s.kind == "photo" {
		body, contentType = photoMessage(id, s)
	}
	_, err := p.post(ctx, url+"/chat/messages", contentType, body, http.StatusAccepted)
	return err
}

// refused is an answer other than the one that was hoped for.
type refused struct {
	status int
	body   string
	again  string // the header Retry-After
}

// Error shows the answer.
func (e *refused) Error() string { return fmt.Sprintf("status %d: %s", e.status, e.body) }

func (p *person) post(ctx context.Context, url, contentType string, body []byte, want int) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", contentType)
	if p.token != "" {
		request.Header.Set("Authorization", "Bearer "+p.token)
	}
	response, err := line.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != want {
		err = &refused{response.StatusCode, string(answer), response.Header.Get("Retry-After")}
	}
	return answer, err
}

func jsonMessage(id string, s step) ([]byte, string) {
	text, err := json.Marshal(map[string]string{"id": id, s.kind: string(s.content)})
	if err != nil {
		panic(err) // strings always become JSON
	}
	return text, "application/json"
}

func photoMessage(id string, s step) ([]byte, string) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	_ = form.WriteField("id", id)
	part, err := form.CreateFormFile("photo", "receipt.jpg")
	if err != nil {
		panic(err) // a buffer takes everything
	}
	_, _ = part.Write(s.content)
	_ = form.Close()
	return body.Bytes(), form.FormDataContentType()
}
