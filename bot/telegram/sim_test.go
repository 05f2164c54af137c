package telegram_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io/fs"
	"net/http/httptest"
	"testing"
	"time"

	"promobot/bot"
	"promobot/bot/outbox"
	"promobot/bot/telegram"
	"promobot/bot/telegram/tgsim"
	"promobot/bot/telegram/tgsim/spec"
)

const person = int64(900000001)

// meeting is a person, the simulated service and our door to it.
type meeting struct {
	*testing.T
	*tgsim.Sim
	channel *telegram.Channel
	came    mailbox
}

// mailbox is an inbox that hands out what it is given, each event once.
type mailbox struct {
	letters chan bot.Update
	known   map[string]bool
}

func (m mailbox) Accept(ctx context.Context, u bot.Update) error {
	return m.AcceptAll(ctx, []bot.Update{u})
}

func (m mailbox) AcceptAll(_ context.Context, list []bot.Update) error {
	for _, u := range list {
		if !m.known[u.EventID] {
			m.known[u.EventID] = true
			m.letters <- u
		}
	}
	return nil
}

// meet starts all three. Every request is held against the description of the
// Bot API at the end.
func meet(t *testing.T, webhook bool) *meeting {
	t.Helper()
	o := tgsim.Options{Clock: time.Now}
	description, err := spec.LoadShared("../..")
	switch {
	case err == nil:
		o.Strict = description
	case !errors.Is(err, fs.ErrNotExist):
		t.Fatal(err)
	}
	sim := tgsim.New(o)
	server := httptest.NewServer(sim)
	client := telegram.NewClient(server.URL, tgsim.DefaultToken)
	m := &meeting{t, sim, telegram.NewChannel(client, pack{}, quiet), mailbox{make(chan bot.Update, 100), map[string]bool{}}}
	door := m.open(client, webhook)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- door.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		sim.Close()
		server.Close()
		for _, v := range sim.Violations() {
			t.Errorf("request %d, %s: %s", v.Request, v.Method, v.Text)
		}
	})
	m.eventually("the menu", func() bool { return len(m.Commands("en")) == len(bot.Commands("en")) && len(m.Commands("de")) > 0 })
	return m
}

// open returns the door; with a webhook, it stands on a server of its own.
func (m *meeting) open(client *telegram.Client, webhook bool) *telegram.Door {
	if !webhook {
		return telegram.Hasty(telegram.New(client, m.came, telegram.Webhook{}, quiet))
	}
	web := httptest.NewUnstartedServer(nil)
	url := "http://" + web.Listener.Addr().String() + "/telegram/webhook"
	door := telegram.New(client, m.came, telegram.Webhook{URL: url, Secret: "s3cret_-A"}, quiet)
	web.Config.Handler = door.Webhook()
	web.Start()
	m.T.Cleanup(web.Close)
	return door
}

func (m *meeting) eventually(what string, is func() bool) {
	m.Helper()
	for range 500 {
		if is() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	m.Fatalf("waited in vain for %s", what)
}

// next is the next update that comes.
func (m *meeting) next(_ tgsim.Done, err error) bot.Update {
	m.Helper()
	if err != nil {
		m.Fatal(err)
	}
	select {
	case u := <-m.came.letters:
		return u
	case <-time.After(10 * time.Second):
		m.Fatal("no update has come")
	}
	return bot.Update{}
}

func (m *meeting) send(replaces string, message bot.Message) string {
	m.Helper()
	id, err := m.channel.Send(m.Context(), "900000001", replaces, message)
	if err != nil || id == "" {
		m.Fatalf("sent %q, %v", id, err)
	}
	return id
}

func (m *meeting) last() tgsim.Seen {
	m.Helper()
	seen, err := m.Last(person)
	if err != nil {
		m.Fatal(err)
	}
	return seen
}

func TestAPersonAtTheSimulator(t *testing.T) {
	for name, webhook := range map[string]bool{"poll": false, "webhook": true} {
		t.Run(name, func(t *testing.T) {
			m := meet(t, webhook)
			m.AddPerson(tgsim.Person{ID: person, FirstName: "Анна", LanguageCode: "ru", Phone: "+79990000001"})
			m.talks()
			m.shares()
			m.sendsFiles()
			m.getsPictures()
			m.goes()
		})
	}
}

func (m *meeting) talks() {
	hello := m.next(m.Start(person, "ref_8fK2-a"))
	if hello.Start != "ref_8fK2-a" || hello.Language != "ru" || hello.Address != "900000001" || hello.Ref == "" {
		m.Errorf("came %+v, want a start with its payload", hello)
	}
	id := m.send("", bot.Message{Text: "🎉 Код AB-12", Marks: []bot.Mark{{Kind: bot.MarkCode, Text: "AB-12"}}, ReplyTo: hello.Ref,
		Buttons: []bot.Button{{ID: "menu:balance", Label: "Баланс"}, {ID: "menu:prizes", Label: "Призы"}}})
	if seen := m.last(); seen.Text != "🎉 Код AB-12" || len(seen.Entities) != 1 || seen.Entities[0].Offset != 7 || len(seen.ReplyMarkup.Rows) != 1 || seen.ReplyToMessage == nil {
		m.Errorf("seen %+v, want a marked answer with a row of two buttons", seen.Message)
	}
	if u := m.next(m.PressLabel(person, "Призы")); u.Button != "menu:prizes" {
		m.Errorf("came %+v, want the press", u)
	}
	m.eventually("the answer to the press", func() bool { return m.Transcript(person, 0).Presses[0].Answered })
	if again := m.send(id, bot.Message{Text: "Готово"}); again != id {
		m.Errorf("edited message %s, want %s", again, id)
	}
	m.send(id, bot.Message{Text: "Готово"}) // nothing changes
	if seen := m.last(); seen.Text != "Готово" || seen.ReplyMarkup != nil {
		m.Errorf("seen %+v, want the edit", seen.Message)
	}
	if u := m.next(m.Edit(person, mustRef(m, hello.Ref), "/start other")); u.Odd != "edited" {
		m.Errorf("came %+v, want an edit", u)
	}
	if u := m.next(m.PressForged(person, 1, "prize:take:x")); u.Button != "prize:take:x" {
		m.Errorf("came %+v, want the forged press, which the talk judges", u)
	}
}

func mustRef(m *meeting, ref string) int {
	m.Helper()
	n := 0
	for _, r := range ref {
		n = 10*n + int(r-'0')
	}
	return n
}

func (m *meeting) shares() {
	m.send("", bot.Message{Text: "Телефон?", AskPhone: "📱 Поделиться номером"})
	if u := m.next(m.SendContact(person, tgsim.Contact{PhoneNumber: "+79990000002", FirstName: "Б", UserID: 900000002})); u.Contact == nil || u.Contact.Own {
		m.Errorf("came %+v, want somebody else's contact", u)
	}
	own := &tgsim.Contact{PhoneNumber: "+79990000001", FirstName: "Анна", UserID: person}
	if u := m.next(m.Forward(person, tgsim.Person{ID: 900000003, FirstName: "В"}, tgsim.Forwarded{Contact: own})); u.Contact == nil || u.Contact.Own || !u.Forwarded {
		m.Errorf("came %+v, want a forwarded contact", u)
	}
	if u := m.next(m.ShareContact(person)); u.Contact == nil || !u.Contact.Own || u.Contact.Phone == "" {
		m.Errorf("came %+v, want the own contact", u)
	}
	m.send("", bot.Message{Text: "Имя?"})
	if k := m.Transcript(person, 0).Keyboard; k != nil {
		m.Errorf("keyboard %+v still stands", k)
	}
}

func (m *meeting) sendsFiles() {
	photo := m.next(m.Photo(person, drawn(m.T, 1600, 1200), "чек"))
	if photo.File == nil || !photo.File.Photo || photo.Text != "" {
		m.Fatalf("came %+v, want a photo", photo)
	}
	data, err := m.channel.Fetch(m.Context(), photo.File.ID, 10<<20)
	config, _, decodeErr := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || decodeErr != nil || config.Width != 1280 {
		m.Errorf("fetched %d bytes, %d wide (%v, %v), want the largest size", len(data), config.Width, err, decodeErr)
	}
	original := drawn(m.T, 300, 200)
	document := m.next(m.Document(person, original, "чек.png", "image/png", ""))
	data, err = m.channel.Fetch(m.Context(), document.File.ID, int64(len(original)))
	if err != nil || !bytes.Equal(data, original) || document.File.Name != "чек.png" {
		m.Errorf("fetched %d bytes of %q (%v), want the %d that were sent", len(data), document.File.Name, err, len(original))
	}
	if _, err := m.channel.Fetch(m.Context(), document.File.ID, int64(len(original))-1); !errors.Is(err, telegram.ErrTooBig) {
		m.Errorf("over the limit: %v", err)
	}
	if _, err := m.channel.Fetch(m.Context(), "BQAC-none", 10); !errors.Is(err, telegram.ErrFileGone) {
		m.Errorf("a file that is not there: %v", err)
	}
	if u := m.next(m.Voice(person, []byte("ogg"), 3)); u.Odd != "voice" {
		m.Errorf("came %+v, want a voice", u)
	}
	if u := m.next(m.Sticker(person, "", "🎉")); u.Odd != "sticker" {
		m.Errorf("came %+v, want a sticker", u)
	}
}

// getsPictures: a picture is uploaded as the description of the Bot API says.
func (m *meeting) getsPictures() {
	photo := m.next(m.Photo(person, drawn(m.T, 800, 600), ""))
	var picture bytes.Buffer
	if err := jpeg.Encode(&picture, image.NewGray(image.Rect(0, 0, 1280, 960)), nil); err != nil {
		m.Fatal(err)
	}
	m.send("", bot.Message{Text: "Отметил на вашем фото: правый верхний угол кода.", Marked: 17, Picture: picture.Bytes(), ReplyTo: photo.Ref})
	seen := m.last()
	if len(seen.Photo) == 0 || seen.Caption != "Отметил на вашем фото: правый верхний угол кода." || seen.ReplyToMessage == nil {
		m.Errorf("seen %+v, want the picture with its caption under the photo", seen.Message)
	}
	if _, err := m.channel.Send(m.Context(), "900000001", "", bot.Message{Picture: []byte("no picture")}); !errors.Is(err, outbox.ErrContent) {
		m.Errorf("no picture: %v, want %v", err, outbox.ErrContent)
	}
}

func drawn(t *testing.T, width, height int) []byte {
	t.Helper()
	picture := image.NewGray(image.Rect(0, 0, width, height))
	for i := range picture.Pix {
		picture.Pix[i] = uint8(i * 7)
	}
	picture.SetGray(0, 0, color.Gray{Y: 1})
	var text bytes.Buffer
	if err := png.Encode(&text, picture); err != nil {
		t.Fatal(err)
	}
	return text.Bytes()
}

func (m *meeting) goes() {
	if u := m.next(m.Block(person)); !u.Gone {
		m.Errorf("came %+v, want a goodbye", u)
	}
	if _, err := m.channel.Send(m.Context(), "900000001", "", bot.Message{Text: "x"}); !errors.Is(err, outbox.ErrUnreachable) {
		m.Errorf("to somebody who has blocked us: %v", err)
	}
	if _, err := m.channel.Send(m.Context(), "900000777", "", bot.Message{Text: "x"}); !errors.Is(err, outbox.ErrUnreachable) {
		m.Errorf("to somebody who never came: %v", err)
	}
	if u := m.next(m.Unblock(person)); !u.Back {
		m.Errorf("came %+v, want a return", u)
	}
	if u := m.next(m.Say(person, "я снова тут")); u.Text != "я снова тут" {
		m.Errorf("came %+v, want what was said after coming back", u)
	}
}

// TestFaultsOfTheSimulator: what was taken in spite of the fault may be said
// twice, what was not must be said again.
func TestFaultsOfTheSimulator(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault tgsim.Fault
		want  error
		seen  bool // the message has arrived
	}{
		{"a page", tgsim.Fault{Kind: tgsim.HTML}, outbox.ErrUnknown, false},
		{"a page after it was taken", tgsim.Fault{Kind: tgsim.HTML, Code: 504, Accepted: true}, outbox.ErrUnknown, true},
		{"cut after it was taken", tgsim.Fault{Kind: tgsim.Cut}, outbox.ErrUnknown, true},
		{"reset", tgsim.Fault{Kind: tgsim.Reset}, outbox.ErrUnknown, false},
		{"told to wait", tgsim.Fault{Kind: tgsim.Refuse, Code: 429, RetryAfter: 7}, outbox.Later{After: 7 * time.Second}, false},
		{"a bad token", tgsim.Fault{Kind: tgsim.Refuse, Code: 401, Text: "Unauthorized"}, outbox.ErrAccount, false},
		{"padding", tgsim.Fault{Kind: tgsim.Huge, Bytes: 5 << 20}, nil, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := meet(t, false)
			m.AddPerson(tgsim.Person{ID: person})
			m.next(m.Start(person, ""))
			tt.fault.Method = "sendMessage"
			if err := m.AddFault(tt.fault); err != nil {
				t.Fatal(err)
			}
			_, err := m.channel.Send(t.Context(), "900000001", "", bot.Message{Text: "Привет"})
			if !errors.Is(err, tt.want) {
				t.Errorf("%v, want %v", err, tt.want)
			}
			seen, err := m.Last(person)
			if (err == nil && seen.Text == "Привет") != tt.seen {
				t.Errorf("seen %q (%v), want it there: %v", seen.Text, err, tt.seen)
			}
		})
	}
}

// TestPollingThroughFaults: whatever goes wrong on the way, every update comes
// once, in its order.
func TestPollingThroughFaults(t *testing.T) {
	m := meet(t, false)
	m.next(m.Start(person, ""))
	for text, fault := range map[string]tgsim.Fault{
		"страница":  {Kind: tgsim.HTML, Method: "getUpdates"},
		"обрыв":     {Kind: tgsim.Cut, Method: "getUpdates"},
		"сброс":     {Kind: tgsim.Reset, Method: "getUpdates"},
		"соперник":  {Kind: tgsim.Refuse, Code: 409, Text: "Conflict: terminated by other getUpdates request", Method: "getUpdates"},
		"набивка":   {Kind: tgsim.Huge, Bytes: 5 << 20, Method: "getUpdates"},
		"повторено": {Kind: tgsim.Duplicate},
	} {
		if err := m.AddFault(fault); err != nil {
			t.Fatal(err)
		}
		if u := m.next(m.Say(person, text+", раз")); u.Text != text+", раз" {
			t.Errorf("came %q, want %q first", u.Text, text)
		}
		if u := m.next(m.Say(person, text+", два")); u.Text != text+", два" {
			t.Errorf("came %q, want %q second", u.Text, text)
		}
	}
	for _, fault := range m.Faults() {
		if fault.Met == 0 {
			t.Errorf("%s has not happened", fault.Kind)
		}
	}
}
