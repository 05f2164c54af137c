package tgsim

import "fmt"

// ShareContact presses the key that asks for the own phone. The message
// answers the one that brought the keyboard.
func (s *Sim) ShareContact(id int64) (Done, error) {
	return s.write(id, func(p *person) messageWith {
		m := Message{Contact: &Contact{PhoneNumber: p.Phone, FirstName: p.FirstName, LastName: p.LastName, UserID: p.ID}}
		if p.keyboard != nil {
			if asked := p.find(p.keyboard.MessageID); asked != nil {
				m.ReplyToMessage = asked.quoted()
			}
		}
		return messageWith{Message: m}
	})
}

// SendContact sends any card from the address book: somebody else's, with the
// number of his account or without, or the own one.
func (s *Sim) SendContact(id int64, c Contact) (Done, error) {
	return s.write(id, func(*person) messageWith { return messageWith{Message: Message{Contact: &c}} })
}

// Location sends a place.
func (s *Sim) Location(id int64, l Location) (Done, error) {
	return s.write(id, func(*person) messageWith { return messageWith{Message: Message{Location: &l}} })
}

// Raw sends a message with any fields, for what has no act of its own: a
// video, an audio, web_app_data, a poll.
func (s *Sim) Raw(id int64, fields map[string]any) (Done, error) {
	return s.write(id, func(*person) messageWith { return messageWith{more: fields} })
}

// Forwarded is what a person passes on: one of its parts.
type Forwarded struct {
	Text    string
	Caption string   // of a picture or a document
	Picture []byte   // compressed
	Content []byte   // of a document
	Name    string   // of the document
	Mime    string   // of the document
	Contact *Contact // also the person's own, which proves nothing when it is forwarded
}

// Forward passes on what somebody else has written; he need not be known.
func (s *Sim) Forward(id int64, from Person, what Forwarded) (Done, error) {
	var renditions []rendition
	if len(what.Picture) > 0 {
		var err error
		if renditions, err = s.pictures.sizes(what.Picture); err != nil {
			return Done{}, fmt.Errorf("forwarded photo of %d: %w", id, err)
		}
	}
	return s.write(id, func(*person) messageWith {
		m := Message{Contact: what.Contact, Caption: what.Caption, CaptionEnts: found(what.Caption, nil)}
		switch {
		case renditions != nil:
			m.Photo = s.storePhoto(renditions)
		case len(what.Content) > 0:
			m.Document = s.document(what.Content, what.Name, what.Mime)
		case what.Contact == nil:
			m.Text, m.Entities = what.Text, found(what.Text, nil)
		}
		author := (&person{Person: from}).user()
		m.ForwardFrom, m.ForwardDate = author, s.now().Unix()-forwardedAge
		m.ForwardOrigin = &Origin{Type: "user", Date: m.ForwardDate, SenderUser: author}
		return messageWith{Message: m}
	})
}

// forwardedAge is how many seconds ago the forwarded was written.
const forwardedAge = 3600
