package tgsim

import (
	"fmt"
	"net/http"
)

// deed is the body of POST /control/people/{id}/{act}.
type deed struct {
	Payload   string   `json:"payload"`
	Text      string   `json:"text"`
	Caption   string   `json:"caption"`
	Picture   []byte   `json:"picture"`  // base64
	Pictures  [][]byte `json:"pictures"` // of an album
	Content   []byte   `json:"content"`  // of a document
	Name      string   `json:"name"`
	Mime      string   `json:"mime"`
	MessageID int      `json:"message_id"`
	Data      string   `json:"data"`
	Label     string   `json:"label"`
	Seconds   int      `json:"seconds"`
	FileID    string   `json:"file_id"`
	Emoji     string   `json:"emoji"`
	Contact   *Contact `json:"contact"`
	From      Person   `json:"from"`
	Location
	Fields map[string]any `json:"fields"`
}

// deeds are what a person can be told to do, by the name in the address.
var deeds = map[string]func(*Sim, int64, deed) (Done, error){
	"start": func(s *Sim, id int64, d deed) (Done, error) { return s.Start(id, d.Payload) },
	"text":  func(s *Sim, id int64, d deed) (Done, error) { return s.Say(id, d.Text) },
	"reply": func(s *Sim, id int64, d deed) (Done, error) { return s.Reply(id, d.Text, d.MessageID) },
	"photo": func(s *Sim, id int64, d deed) (Done, error) { return s.Photo(id, d.Picture, d.Caption) },
	"album": func(s *Sim, id int64, d deed) (Done, error) { return s.Album(id, d.Pictures, d.Caption) },
	"document": func(s *Sim, id int64, d deed) (Done, error) {
		return s.Document(id, d.Content, d.Name, d.Mime, d.Caption)
	},
	"voice":      func(s *Sim, id int64, d deed) (Done, error) { return s.Voice(id, d.Content, d.Seconds) },
	"sticker":    func(s *Sim, id int64, d deed) (Done, error) { return s.Sticker(id, d.FileID, d.Emoji) },
	"location":   func(s *Sim, id int64, d deed) (Done, error) { return s.Location(id, d.Location) },
	"phone":      func(s *Sim, id int64, _ deed) (Done, error) { return s.ShareContact(id) },
	"contact":    contactDeed,
	"forward":    forwardDeed,
	"raw":        func(s *Sim, id int64, d deed) (Done, error) { return s.Raw(id, d.Fields) },
	"press":      pressDeed,
	"forge":      func(s *Sim, id int64, d deed) (Done, error) { return s.PressForged(id, d.MessageID, d.Data) },
	"block":      func(s *Sim, id int64, _ deed) (Done, error) { return s.Block(id) },
	"unblock":    func(s *Sim, id int64, _ deed) (Done, error) { return s.Unblock(id) },
	"deactivate": func(s *Sim, id int64, _ deed) (Done, error) { return s.Deactivate(id) },
	"edit":       func(s *Sim, id int64, d deed) (Done, error) { return s.Edit(id, d.MessageID, d.Text) },
}

func pressDeed(s *Sim, id int64, d deed) (Done, error) {
	if d.Label != "" {
		return s.PressLabel(id, d.Label)
	}
	return s.Press(id, d.MessageID, d.Data)
}

func contactDeed(s *Sim, id int64, d deed) (Done, error) {
	if d.Contact == nil {
		return Done{}, fmt.Errorf("%w: no contact", ErrUnknown)
	}
	return s.SendContact(id, *d.Contact)
}

func forwardDeed(s *Sim, id int64, d deed) (Done, error) {
	return s.Forward(id, d.From, Forwarded{d.Text, d.Caption, d.Picture, d.Content, d.Name, d.Mime, d.Contact})
}

func (s *Sim) postAct(w http.ResponseWriter, r *http.Request) {
	act, known := deeds[r.PathValue("act")]
	if !known {
		answerControl(w, nil, fmt.Errorf("%w: act %q", ErrUnknown, r.PathValue("act")))
		return
	}
	var d deed
	if err := order(r, &d); err != nil {
		answerControl(w, nil, err)
		return
	}
	done, err := act(s, pathID(r), d)
	answerControl(w, done, err)
}
