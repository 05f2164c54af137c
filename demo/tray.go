package demo

import (
	"context"
	"net/http"
	"sync"
	"time"

	"promobot/campaigns"
	"promobot/demo/paper"
	"promobot/fns/fnssim"
)

// slip is one receipt of the tray.
type slip struct {
	id          string
	title, note text
	receipt     paper.Receipt
	ext         string        // of its picture, with the dot
	hidden      bool          // no browser should unpack it
	picture     func() []byte // drawn once, when it is first wanted
}

// tray holds the ready receipts in the order they are shown.
type tray struct{ slips []slip }

// newTray makes the documents; pictures are drawn later.
func newTray(sim *fnssim.Sim, terms campaigns.Terms, now time.Time) (*tray, error) {
	s := shelf{counter: counter{sim}, terms: terms, goods: Goods(terms), now: now.Truncate(time.Minute)}
	t := &tray{}
	for _, receipt := range []func() (slip, error){
		s.good, s.faded, s.torn, s.duplicate, s.refund, s.old, s.small, s.foreign,
	} {
		made, err := receipt()
		if err != nil {
			return nil, err
		}
		if made.id != "" {
			t.slips = append(t.slips, made)
		}
	}
	t.slips = append(t.slips, bomb())
	return t, nil
}

// draw draws all pictures, so that nobody waits for one.
func (t *tray) draw(ctx context.Context) {
	for _, s := range t.slips {
		if ctx.Err() != nil {
			return
		}
		s.picture()
	}
}

// shown is a slip as the page reads it.
type shown struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	TitleEN string `json:"title_en"`
	Note    string `json:"note"`
	NoteEN  string `json:"note_en"`
	Image   string `json:"image"`
	Hidden  bool   `json:"hidden"`
}

func (t *tray) list(w http.ResponseWriter, _ *http.Request) {
	list := make([]shown, len(t.slips))
	for i, s := range t.slips {
		list[i] = shown{s.id, s.title.ru, s.title.en, s.note.ru, s.note.en, "/demo/tray/" + s.id + s.ext, s.hidden}
	}
	answer(w, http.StatusOK, map[string]any{"receipts": list})
}

func (t *tray) picture(w http.ResponseWriter, r *http.Request) {
	for _, s := range t.slips {
		if r.PathValue("name") == s.id+s.ext {
			send(w, s.ext, s.picture())
			return
		}
	}
	refuse(w, http.StatusNotFound, "no such receipt")
}

// photo is a receipt whose picture is drawn when it is wanted.
func photo(id string, r paper.Receipt, seed uint64, damages ...paper.Damage) slip {
	return slip{id: id, receipt: r, ext: ".jpg",
		picture: sync.OnceValue(func() []byte { return paper.JPEG(paper.Photo(r, seed, damages...)) })}
}

// named is the slip with its words.
func (s slip) named(title, note text) slip {
	s.title, s.note = title, note
	return s
}

func bomb() slip {
	s := slip{id: "bomb", ext: ".png", hidden: true, picture: sync.OnceValue(paper.Bomb)}
	return s.named(text{"Бомба", "A bomb"}, text{"1 КБ, а внутри 576 МБ", "1 KB that unpacks to 576 MB"})
}
