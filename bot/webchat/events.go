package webchat

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"promobot/bot"
)

const (
	// pageOfEvents is how many messages are read at a time.
	pageOfEvents = 100
	// lookAgain finds what another replica has written.
	lookAgain = 2 * time.Second
	// lineTime is how long a browser may take for what is sent to it.
	lineTime = 30 * time.Second
)

// event is a message as the page takes it. All keys are always there; what does
// not apply is null.
type event struct {
	ID      string       `json:"id"`
	Edits   *string      `json:"edits"`
	Text    string       `json:"text"`
	Image   *string      `json:"image"`
	File    *string      `json:"file"`
	Buttons []bot.Button `json:"buttons"`
	At      time.Time    `json:"at"`
}

func eventOf(m bot.Outgoing) event {
	e := event{ID: strconv.FormatInt(m.ID, 10), Text: m.Text, Image: given(m.Image), File: given(m.File), At: m.At}
	e.Buttons = append([]bot.Button{}, m.Buttons...)
	if m.Sticker != "" {
		e.Image = given("/chat/stickers/" + m.Sticker + ".png")
	}
	if m.Marked != 0 {
		e.Image = given(fmt.Sprintf("%s%d.jpg", pictures, m.ID))
	}
	if m.Edits != 0 {
		e.Edits = given(strconv.FormatInt(m.Edits, 10))
	}
	return e
}

func given(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// events streams the messages of the session, from the beginning or after
// Last-Event-ID, until the browser or the server goes.
func (d *Door) events(w http.ResponseWriter, r *http.Request) {
	_, id, ok := d.known(w, r)
	if !ok {
		return
	}
	if !d.streams.enter(id) {
		refuseHaste(w, r, d.options.Heartbeat)
		return
	}
	defer d.streams.leave(id)
	woken, cancel := d.bot.Listen(id) // before the first look: nothing falls in between
	defer cancel()
	h := w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // proxies must not collect the stream
	w.WriteHeader(http.StatusOK)
	s := &stream{door: d, w: w, control: http.NewResponseController(w), address: id, last: lastID(r)}
	if err := s.run(r.Context(), woken); err != nil && r.Context().Err() == nil {
		d.log.Error("web chat stream", "address", id, "error", err)
	}
}

// lastID is where the browser stopped; what is no id of ours is the beginning.
func lastID(r *http.Request) int64 {
	id, err := strconv.ParseInt(r.Header.Get("Last-Event-ID"), 10, 64)
	if err != nil {
		return 0
	}
	return id
}

// stream is one open answer.
type stream struct {
	door    *Door
	w       http.ResponseWriter
	control *http.ResponseController
	address int64
	last    int64
}

func (s *stream) run(ctx context.Context, woken <-chan struct{}) error {
	// A server's deadlines are meant for answers that end.
	_ = s.control.SetReadDeadline(time.Time{})
	_ = s.control.SetWriteDeadline(time.Time{})
	again := time.NewTicker(lookAgain)
	defer again.Stop()
	beat := time.NewTicker(s.door.options.Heartbeat)
	defer beat.Stop()
	if err := s.comment("hello"); err != nil {
		return nil
	}
	for {
		if err := s.catchUp(ctx); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.door.closed:
			return nil
		case <-woken:
		case <-again.C:
		case <-beat.C:
			if err := s.comment("here"); err != nil {
				return nil // the browser has gone
			}
		}
	}
}

// catchUp sends everything that is new.
func (s *stream) catchUp(ctx context.Context) error {
	for {
		list, err := s.door.bot.History(ctx, s.address, s.last, pageOfEvents)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, m := range list {
			if err := s.send(m); err != nil {
				return err
			}
		}
	}
}

func (s *stream) send(m bot.Outgoing) error {
	data, err := json.Marshal(eventOf(m)) // line breaks are escaped in it
	if err != nil {
		return err
	}
	if err := s.write(fmt.Sprintf("id: %d\ndata: %s\n\n", m.ID, data)); err != nil {
		return err
	}
	s.last = m.ID
	return nil
}

func (s *stream) comment(text string) error { return s.write(": " + text + "\n\n") }

// write gives up on a browser that does not take anything any more.
func (s *stream) write(text string) error {
	late := time.AfterFunc(lineTime, func() { _ = s.control.SetWriteDeadline(time.Unix(1, 0)) })
	defer late.Stop()
	if _, err := s.w.Write([]byte(text)); err != nil {
		return err
	}
	return s.control.Flush()
}
