package tgsim_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"
	"time"

	"promobot/bot/telegram/tgsim"
)

// updates asks for everything that waits, as the bot sees it.
func (w *world) updates() []update {
	w.t.Helper()
	var all []update
	w.form("getUpdates").into(w.t, &all)
	return all
}

type update struct {
	ID            int64                    `json:"update_id"`
	Message       *tgsim.Message           `json:"message"`
	EditedMessage *tgsim.Message           `json:"edited_message"`
	CallbackQuery *tgsim.CallbackQuery     `json:"callback_query"`
	MyChatMember  *tgsim.ChatMemberUpdated `json:"my_chat_member"`
}

// Whatever a person can send arrives as the bot must be able to tell it apart.
func TestActs(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	w.AddPerson(tgsim.Person{ID: anna, FirstName: "Анна", Phone: "79990000001"})
	other := tgsim.Person{ID: 7, FirstName: "Олег"}
	jpeg := picture(t, 40, 30, asJPEG)
	must(t)(w.Album(anna, [][]byte{jpeg, jpeg, jpeg}, "три"))
	must(t)(w.ShareContact(anna))
	must(t)(w.SendContact(anna, tgsim.Contact{PhoneNumber: "+79990000002", FirstName: "Олег", UserID: 7}))
	must(t)(w.Forward(anna, other, tgsim.Forwarded{Contact: &tgsim.Contact{PhoneNumber: "79990000001", FirstName: "Анна", UserID: anna}}))
	must(t)(w.Forward(anna, other, tgsim.Forwarded{Text: "привет"}))
	must(t)(w.Forward(anna, other, tgsim.Forwarded{Picture: jpeg, Caption: "чек"}))
	must(t)(w.Forward(anna, other, tgsim.Forwarded{Content: []byte("%PDF"), Name: "a.pdf", Mime: "application/pdf"}))
	must(t)(w.Voice(anna, []byte("ogg"), 3))
	must(t)(w.Location(anna, tgsim.Location{Latitude: 55.75, Longitude: 37.62}))
	must(t)(w.Raw(anna, map[string]any{"dice": map[string]any{"emoji": "🎲", "value": 3}}))
	must(t)(w.Reply(anna, "ответ", 1))
	all := w.updates()
	if len(all) != 13 {
		t.Fatalf("%d updates, want 13", len(all))
	}
	m := func(i int) *tgsim.Message { return all[i].Message }
	album := m(0).MediaGroupID
	for i, is := range []bool{
		m(0).Caption == "три" && album != "", m(1).MediaGroupID == album && m(1).Caption == "", m(2).MediaGroupID == album,
		m(3).Contact.UserID == anna && m(3).ForwardOrigin == nil && m(3).Contact.PhoneNumber == "79990000001",
		m(4).Contact.UserID == 7,
		m(5).Contact.UserID == anna && m(5).ForwardOrigin.SenderUser.ID == 7 && m(5).ForwardDate > 0 && m(5).ForwardFrom.ID == 7,
		m(6).Text == "привет" && m(6).ForwardOrigin != nil,
		len(m(7).Photo) > 0 && m(7).Caption == "чек" && m(7).ForwardOrigin != nil,
		m(8).Document.FileName == "a.pdf",
		m(9).Voice.Duration == 3,
		m(10).Location.Latitude == 55.75,
		m(11).Text == "" && m(11).Photo == nil,
		m(12).ReplyToMessage.MessageID == m(0).MessageID,
	} {
		if !is {
			t.Errorf("update %d: %+v", i, all[i].Message)
		}
	}
}

func TestPresses(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	must(t)(w.Start(anna, ""))
	var m tgsim.Message
	w.send("x", "reply_markup", `{"inline_keyboard":[[{"text":"a","callback_data":"b"}]]}`).into(t, &m)
	if _, err := w.Press(anna, m.MessageID, "c"); !errors.Is(err, tgsim.ErrUnknown) {
		t.Errorf("a button that is not there: %v, want ErrUnknown", err)
	}
	if _, err := w.PressLabel(anna, "b"); !errors.Is(err, tgsim.ErrUnknown) {
		t.Errorf("a label that is not there: %v, want ErrUnknown", err)
	}
	must(t)(w.Press(anna, m.MessageID, "b"))
	must(t)(w.PressForged(anna, m.MessageID, "c"))
	must(t)(w.PressForged(anna, 4711, "b"))
	all := w.updates()[1:]
	for i, want := range []struct {
		data string
		date int64
	}{{"b", m.Date}, {"c", m.Date}, {"b", 0}} {
		if q := all[i].CallbackQuery; q.Data != want.data || q.Message.Date != want.date || q.From.ID != anna {
			t.Errorf("press %d: %+v, want %+v", i, q, want)
		}
	}
	if all[0].CallbackQuery.ID == all[1].CallbackQuery.ID {
		t.Error("two presses have one id")
	}
	w.Advance(150 * time.Second)
	w.form("answerCallbackQuery", "callback_query_id", all[0].CallbackQuery.ID).wantRefused(t, 400, "query is too old and response timeout expired or query ID is invalid")
	w.form("answerCallbackQuery", "callback_query_id", "1").wantRefused(t, 400, "query is too old")
}

func TestBlocking(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	must(t)(w.Start(anna, ""))
	must(t)(w.Block(anna))
	if d := must(t)(w.Block(anna)); len(d.Updates) != 0 {
		t.Errorf("blocking twice made updates %v", d.Updates)
	}
	if _, err := w.Say(anna, "x"); !errors.Is(err, tgsim.ErrBlocked) {
		t.Errorf("who has blocked the bot writes to it: %v", err)
	}
	if _, err := w.PressForged(anna, 1, "x"); !errors.Is(err, tgsim.ErrBlocked) {
		t.Errorf("who has blocked the bot presses: %v", err)
	}
	must(t)(w.Unblock(anna))
	all := w.updates()
	statuses := []string{}
	for _, u := range all[1:] {
		statuses = append(statuses, u.MyChatMember.NewChatMember.Status)
	}
	if !slices.Equal(statuses, []string{"kicked", "member"}) {
		t.Errorf("statuses %v", statuses)
	}
	if a := w.send("x"); !a.OK {
		t.Errorf("after unblocking: %s", a.Description)
	}
}

func TestPersonEdits(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	said := must(t)(w.Say(anna, "один")).Messages[0]
	photo := must(t)(w.Photo(anna, picture(t, 20, 20, asJPEG), "чек")).Messages[0]
	must(t)(w.Edit(anna, said, "два"))
	must(t)(w.Edit(anna, photo, "не чек"))
	if _, err := w.Edit(anna, 99, "x"); !errors.Is(err, tgsim.ErrUnknown) {
		t.Errorf("a message that is not there: %v", err)
	}
	all := w.updates()
	if all[2].EditedMessage.Text != "два" || all[2].EditedMessage.EditDate == 0 || all[3].EditedMessage.Caption != "не чек" {
		t.Errorf("edits %+v, %+v", all[2].EditedMessage, all[3].EditedMessage)
	}
	if all[0].Message.Text != "один" {
		t.Errorf("the first update changed to %q", all[0].Message.Text)
	}
}

// The same picture has the same unique id, whoever sends it.
func TestFileIDs(t *testing.T) {
	w := newWorld(t, tgsim.Options{Seed: 1})
	jpeg := picture(t, 700, 350, asJPEG)
	must(t)(w.Photo(anna, jpeg, ""))
	must(t)(w.Photo(2, jpeg, ""))
	must(t)(w.Document(anna, jpeg, "a.jpg", "image/jpeg", ""))
	mine, theirs := w.Transcript(anna, 0).Messages, w.Transcript(2, 0).Messages
	for i, size := range mine[0].Photo {
		if size.FileUniqueID != theirs[0].Photo[i].FileUniqueID {
			t.Errorf("size %d has two unique ids", i)
		}
	}
	if d := mine[1].Document; d.Thumbnail == nil || d.Thumbnail.Width != 320 {
		t.Errorf("thumbnail %+v, want one 320 wide", d.Thumbnail)
	}
	if content, _ := w.File(mine[1].Document.FileID); !bytes.Equal(content, jpeg) {
		t.Error("the document is not the file that was sent")
	}
	again := newWorld(t, tgsim.Options{Seed: 2})
	must(t)(again.Photo(anna, jpeg, ""))
	if again.Transcript(anna, 0).Messages[0].Photo[0].FileID == mine[0].Photo[0].FileID {
		t.Error("another seed gives the same file id")
	}
	if _, err := w.Photo(anna, []byte("no picture"), ""); err == nil {
		t.Error("what is no picture was sent as one")
	}
}
