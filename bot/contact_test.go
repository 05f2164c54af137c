package bot_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"promobot/bot"
	"promobot/participants"
	"promobot/receipts"
)

// atPhone is somebody in a messenger who is asked for the phone.
func (w *world) atPhone(name string) *person {
	p := w.messenger(name)
	p.says("/start")
	p.presses("consent:data")
	if asked := one(w, p.presses("news:no")); asked.AskPhone == "" {
		w.Errorf("the question for the phone %+v has no button to share it", asked)
	}
	return p
}

func TestOwnContactGoesOnAForeignOneDoesNot(t *testing.T) {
	eachWorld(t, func(w *world) {
		p := w.atPhone("1001")
		p.send(bot.Update{Contact: &bot.Contact{Phone: "79990000002"}})
		if again := one(w, p.heard()); again.AskPhone == "" || !strings.Contains(again.Text, "чужой") {
			w.Errorf("a foreign contact is answered %+v", again)
		}
		p.send(bot.Update{Contact: &bot.Contact{Phone: "79990000001", Own: true}})
		p.heard()
		if done := one(w, p.says("Анна")); !strings.HasPrefix(done.Text, "Готово") {
			w.Errorf("after the own contact and the name: %+v", done)
		}
		person, err := w.rooms.People.Get(context.Background(), w.db.Read(context.Background()), p.id())
		if err != nil || person.Phone.Reveal() != "+79990000001" {
			w.Errorf("phone %v (%v), want that of the own contact", person.Phone.Reveal(), err)
		}
		if proof := w.proof(p.id()); proof != participants.ProofShared {
			w.Errorf("proof %q, want %q", proof, participants.ProofShared)
		}
	})
}

func (w *world) proof(participantID int64) (proof string) {
	w.Helper()
	err := w.db.Read(context.Background()).Table("participants").Where("id = ?", participantID).Pluck("phone_proof", &proof).Error
	if err != nil {
		w.Fatal(err)
	}
	return proof
}

func TestTypedPhoneIsTakenBesideTheButton(t *testing.T) {
	eachWorld(t, func(w *world) {
		p := w.atPhone("1002")
		p.says("8 999 000-00-03")
		if proof := w.proof(p.id()); proof != participants.ProofTyped {
			w.Errorf("proof %q, want %q", proof, participants.ProofTyped)
		}
	})
}

func TestContactThatNobodyAskedFor(t *testing.T) {
	eachWorld(t, func(w *world) {
		p := w.person("early").registers()
		p.send(bot.Update{Contact: &bot.Contact{Phone: "79990000009", Own: true}})
		one(w, p.heard())
		person, err := w.rooms.People.Get(context.Background(), w.db.Read(context.Background()), p.id())
		if err != nil || person.Phone.Reveal() == "+79990000009" {
			w.Errorf("the phone was changed to %v (%v)", person.Phone.Reveal(), err)
		}
	})
}

func TestEveryOddMessageIsAnswered(t *testing.T) {
	eachWorld(t, func(w *world) {
		p := w.person("odd").registers()
		for _, kind := range []string{"voice", "video", "audio", "sticker", "location", "edited", "other", "dice"} {
			p.send(bot.Update{Odd: kind})
			if said := one(w, p.heard()); len(said.Buttons) == 0 {
				w.Errorf("%s: %+v has no way on", kind, said)
			}
		}
	})
}

func TestBlockedIsTakenNoteOfAndWritingOpensAgain(t *testing.T) {
	eachWorld(t, func(w *world) {
		p := w.messenger("1003")
		p.says("/start")
		p.send(bot.Update{Gone: true})
		if said := p.heard(); len(said) != 0 {
			w.Errorf("who has blocked us is told %+v", said)
		}
		if said := p.isTold("", receipts.NoticeAccepted, map[string]any{"points": 3, "balance": 3}); len(said) != 0 {
			w.Errorf("a closed address is told %+v", said)
		}
		p.says("я вернулась")
		if err := w.bot.Render(context.Background(), p.id()); err != nil {
			w.Fatal(err)
		}
		if said := one(w, p.heard()); !strings.Contains(said.Text, "принят") {
			w.Errorf("the notice that waited: %+v", said)
		}
	})
}

// An old update that comes again after the block must not open the address.
func TestRepeatDoesNotOpenAClosedAddress(t *testing.T) {
	eachWorld(t, func(w *world) {
		p := w.messenger("1004")
		p.send(bot.Update{EventID: "7", Text: "/start"})
		p.send(bot.Update{EventID: "8", Gone: true})
		p.send(bot.Update{EventID: "7", Text: "/start"})
		found, _, err := w.rooms.People.Find(context.Background(), w.db.Read(context.Background()), "telegram", "1004")
		if err != nil || !found.Closed {
			w.Errorf("%+v (%v), want a closed address", found, err)
		}
	})
}

func TestStatusAnswersTheMessageWithTheReceipt(t *testing.T) {
	eachWorld(t, func(w *world) {
		p := w.person("ref").registers()
		p.send(bot.Update{Picture: []byte("photo"), Ref: "42"})
		if said := one(w, p.heard()); said.ReplyTo != "42" {
			w.Errorf("%+v answers %q, want 42", said, said.ReplyTo)
		}
	})
}

func TestStopAndStartInBothLanguages(t *testing.T) {
	eachWorld(t, func(w *world) {
		p := w.person("news").registers()
		consented := func() bool {
			ok, err := w.rooms.People.Consented(context.Background(), w.db.Read(context.Background()), p.id(), participants.DocumentNews)
			if err != nil {
				w.Fatal(err)
			}
			return ok
		}
		for _, words := range [][2]string{{"СТАРТ", "СТОП"}, {"start", "Stop."}, {"Подписаться", "отписаться"}, {"subscribe", "/stop"}} {
			p.says(words[0])
			if !consented() {
				w.Errorf("after %q no news are wanted", words[0])
			}
			p.says(words[1])
			if consented() {
				w.Errorf("after %q news are still wanted", words[1])
			}
		}
	})
}

func TestCommandsAreUnderstood(t *testing.T) {
	eachWorld(t, func(w *world) {
		p := w.person("commands").registers()
		puzzled := one(w, p.says("абракадабра")).Text
		for _, lang := range []string{"ru", "en"} {
			for _, c := range bot.Commands(lang) {
				if said := one(w, p.says("/"+c.Name)); said.Text == puzzled || c.Description == "" {
					w.Errorf("/%s (%q) is not understood", c.Name, c.Description)
				}
			}
		}
	})
}

func TestFilesOfAChannelAreSubmittedByTheirWay(t *testing.T) {
	eachWorld(t, func(w *world) {
		p := w.messenger("1005")
		p.send(bot.Update{File: &bot.File{ID: "early", Photo: true}})
		p.presses("consent:data")
		p.presses("news:no")
		p.send(bot.Update{Contact: &bot.Contact{Phone: "79990000005", Own: true}})
		p.says("Анна")
		p.send(bot.Update{File: &bot.File{ID: "scan", Name: "чек.pdf"}, Forwarded: true})
		var got []string
		for _, r := range w.receipts.list {
			got = append(got, string(r.Way)+" "+r.Code)
		}
		if want := []string{"photo telegram:early", "file telegram:scan"}; !slices.Equal(got, want) {
			w.Errorf("submitted %q, want %q", got, want)
		}
	})
}

func TestWhoComesBackHearsTheQuestionThatStands(t *testing.T) {
	eachWorld(t, func(w *world) {
		p := w.atPhone("1006")
		p.send(bot.Update{Gone: true})
		p.send(bot.Update{Back: true})
		if asked := one(w, p.heard()); asked.AskPhone == "" {
			w.Errorf("who comes back is told %+v, want the question for the phone", asked)
		}
		p.send(bot.Update{Contact: &bot.Contact{Phone: "79990000006", Own: true}})
		p.heard()
		if asked := one(w, p.says("/start")); !strings.HasPrefix(asked.Text, "Как вас зовут") {
			w.Errorf("a command is taken for a name: %+v", asked)
		}
		p.says("Анна")
		p.send(bot.Update{Gone: true})
		p.send(bot.Update{Back: true})
		if said := one(w, p.heard()); !strings.HasPrefix(said.Text, "С возвращением") {
			w.Errorf("who comes back is told %+v", said)
		}
	})
}

func TestSharedPhoneReplacesATypedOne(t *testing.T) {
	eachWorld(t, func(w *world) {
		p := w.atPhone("1007")
		p.says("8 999 000-00-07")
		p.send(bot.Update{Contact: &bot.Contact{Phone: "79990000008", Own: true}})
		p.heard()
		person, err := w.rooms.People.Get(context.Background(), w.db.Read(context.Background()), p.id())
		if err != nil || person.Phone.Reveal() != "+79990000008" || w.proof(p.id()) != participants.ProofShared {
			w.Errorf("phone %s by %s (%v), want the shared one", person.Phone.Reveal(), w.proof(p.id()), err)
		}
	})
}
