package bot_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"promobot/bot"
	"promobot/fraud"
	"promobot/receipts"
)

const typedWhole = "ФН 7380440800123456 ФД 45871 ФП 2874106593 ИТОГ 1240,50 14.06.2026 11:20"

const typedCode = "t=20260614T1120&s=1240.50&fn=7380440800123456&i=45871&fp=2874106593&n=1"

// A step is what somebody does and a part of what the bot answers, with one of
// the buttons that it offers.
type step struct{ does, hears, button string }

func (p *person) steps(name string, list []step) {
	p.Helper()
	for i, s := range list {
		var said []bot.Outgoing
		if button, pressed := strings.CutPrefix(s.does, "["); pressed {
			said = p.presses(strings.TrimSuffix(button, "]"))
		} else {
			said = p.says(s.does)
		}
		if len(said) != 1 || !strings.Contains(strings.ReplaceAll(said[0].Text, "\u00a0", " "), s.hears) || !offers(said[0], s.button) {
			p.Errorf("%s, step %d %q: %+v, want %q and %s", name, i, s.does, said, s.hears, s.button)
		}
	}
}

func offers(m bot.Outgoing, button string) bool {
	return button == "" || slices.ContainsFunc(m.Buttons, func(b bot.Button) bool { return b.ID == button })
}

// TestTypedReceipt walks the ways through the questions: each ends with the one
// code of the receipt, or with none.
func TestTypedReceipt(t *testing.T) {
	read := []step{{"[typed:yes]", "Читаю код чека", ""}}
	for name, tt := range map[string]struct {
		steps []step
		codes []string
	}{
		"all at once, by the button": {append([]step{{"[typed:start]", "пять строк", "typed:cancel"},
			{typedWhole, "ИТОГ 1 240,50", "typed:yes"}}, read...), []string{typedCode}},
		"by a word, in lines": {append([]step{{"вручную", "пять строк", "typed:fix:t"},
			{"14.06.26 1120\n1 240,50 руб.\n7380 4408 0012 3456\n45871\n2874106593", "ФД 45871", "typed:yes"}}, read...), []string{typedCode}},
		"out of the blue": {append([]step{{typedWhole, "ФП 2874106593", "typed:yes"}}, read...), []string{typedCode}},
		"one by one": {append([]step{{"manual", "пять строк", "typed:fix:t"}, {"[typed:fix:t]", "дату и время", "typed:back"},
			{"14.06.2026", "времени нет", ""}, {"11:20", "сумму", ""}, {"1240", "копеек", "typed:choose:1"}, {"1240,50", "ФН — 16 цифр", ""},
			{"738044080012345", "их 15", ""}, {"7380440800123456", "ФД — номер", ""}, {"45871", "ФП (или ФПД)", ""},
			{"2874106593", "Всё как на чеке?", "typed:fix"}}, read...), []string{typedCode}},
		"a choice of kopecks": {append([]step{{strings.Replace(typedWhole, "1240,50", "124050", 1), "нет копеек", "typed:choose:1"},
			{"[typed:choose:1]", "ИТОГ 1 240,50", "typed:yes"}}, read...), []string{typedCode}},
		"day and month exchanged": {append([]step{{strings.Replace(typedWhole, "14.06", "06.14", 1), "переставлены", "typed:choose:0"},
			{"[typed:choose:0]", "14 июня, 11:20", "typed:yes"}}, read...), []string{typedCode}},
		"corrected before it is sent": {append([]step{{strings.Replace(typedWhole, "45871", "45872", 1), "ФД 45872", "typed:fix"},
			{"[typed:fix]", "Что исправить", "typed:fix:i"}, {"[typed:fix:i]", "ФД — номер", ""}, {"45871", "ФД 45871", "typed:yes"}}, read...), []string{typedCode}},
		"corrected by a label": {append([]step{{strings.Replace(typedWhole, "45871", "45872", 1), "ФД 45872", ""},
			{"ФД 45871", "ФД 45871", "typed:yes"}}, read...), []string{typedCode}},
		"a date to come": {[]step{{strings.Replace(typedWhole, "2026", "2027", 1), "не наступила", ""}, {"14.06.2026 11:20", "Всё как на чеке", ""},
			{"[typed:yes]", "Читаю", ""}}, []string{typedCode}},
		"a second tap": {append([]step{{typedWhole, "Всё как", "typed:yes"}}, read[0], step{"[typed:yes]", "уже закончен", "typed:start"}), []string{typedCode}},
		"back and back": {[]step{{"вручную", "пять строк", ""}, {"[typed:fix:s]", "сумму", ""}, {"назад", "дату и время", ""},
			{"[typed:back]", "пять строк", ""}, {"назад", "отменён", "menu:main"}, {"назад", "Пришлите фото чека", ""}}, nil},
		"back from the end": {[]step{{typedWhole, "Всё как", ""}, {"[typed:back]", "Что исправить", "typed:fix:t"}}, nil},
		"cancelled everywhere": {[]step{{"вручную", "пять", ""}, {"отмена", "отменён", ""}, {typedWhole, "Всё как", ""}, {"cancel", "отменён", ""},
			{"[typed:yes]", "уже закончен", ""}, {"отмена", "Пришлите фото чека", ""}}, nil},
		"help within": {[]step{{"вручную", "пять", ""}, {"[typed:fix:fn]", "ФН — 16 цифр", ""}}, nil},
		"other menus are heard, and it goes on": {append([]step{{"ФН 7380440800123456 ФД 45871 ФП 2874106593", "дату и время", ""}, {"баланс", "На счёте", ""},
			{"что-то ещё", "не понял", ""}, {"вручную", "дату и время", ""}, {"ИТОГ 1240,50 14.06.2026 11:20", "Всё как", ""}}, read...), []string{typedCode}},
		"the news are switched off, and it goes on": {append([]step{{"вручную", "пять", ""}, {"СТОП", "не пришлю", ""}, {typedWhole, "Всё как", ""}}, read...), []string{typedCode}},
		"nonsense":                   {[]step{{"[typed:fix:s]", "сумму", ""}, {"[typed:choose:7]", "пять", ""}, {"[typed:choose:x]", "пять", ""}, {"[typed:fix:zz]", "Что исправить", ""}, {"[typed:none]", "не понял", ""}}, nil},
		"talk is not a receipt":      {[]step{{"мне 45 лет", "не понял", ""}, {"14.06.2026 в 15:20 приду", "не понял", ""}, {"+7 999 000-00-01", "не понял", ""}}, nil},
		"the code itself in between": {[]step{{"вручную", "пять", ""}, {typedCode, "Всё как", "typed:yes"}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			eachWorld(t, func(w *world) {
				p := w.person("anna").registers()
				p.steps(name, tt.steps)
				var codes []string
				for _, r := range w.receipts.list {
					if r.Way != receipts.ByTyped {
						w.Errorf("%s by %s", r.Code, r.Way)
					}
					codes = append(codes, r.Code)
				}
				if !slices.Equal(codes, tt.codes) {
					w.Errorf("handed in %q, want %q", codes, tt.codes)
				}
			})
		})
	}
}

// TestHelpWithinTypingComesBack: the help says where to look, and the question
// comes again.
func TestHelpWithinTypingComesBack(t *testing.T) {
	eachWorld(t, func(w *world) {
		p := w.person("anna").registers()
		p.presses("typed:fix:fn")
		said := p.says("помощь")
		if len(said) != 2 || !strings.Contains(said[0].Text, "внизу") || !strings.Contains(said[1].Text, "16 цифр") {
			t.Errorf("%+v, want where to look and the question", said)
		}
		if said := p.says("не знаю"); len(said) != 2 || !strings.Contains(said[1].Text, "16 цифр") {
			t.Errorf("%+v, want the question again", said)
		}
	})
}

func TestAPhotoEndsTheTyping(t *testing.T) {
	eachWorld(t, func(w *world) {
		p := w.person("anna").registers()
		p.says("вручную")
		if m := one(w, p.shows("t=1")); !strings.Contains(m.Text, "Ищу код") {
			t.Errorf("%q", m.Text)
		}
		if m := one(w, p.says("45871")); !strings.Contains(m.Text, "не понял") {
			t.Errorf("%q, want the typing to be over", m.Text)
		}
	})
}

func TestTypingWaitsOutAPause(t *testing.T) {
	eachWorld(t, func(w *world) {
		p := w.person("anna").registers()
		for _, tt := range []struct {
			pause receipts.Cooldown
			words string
		}{
			{receipts.Cooldown{Until: noon.Add(15 * time.Minute)}, "закрыт до 15:15."},
			{receipts.Cooldown{Until: noon.Add(24 * time.Hour)}, "закрыт до 15 июня, 15:00."},
			{receipts.Cooldown{Problem: "case"}, "смотрит специалист"},
			{receipts.Cooldown{Problem: "open"}, "ждут ответа налоговой"},
		} {
			w.receipts.pause = tt.pause
			if m := one(w, p.says("вручную")); !strings.Contains(m.Text, tt.words) {
				t.Errorf("%q, want %q", m.Text, tt.words)
			}
		}
	})
}

func TestUnreadablePicturesOfferTyping(t *testing.T) {
	eachWorld(t, func(w *world) {
		p := w.person("anna").registers()
		for reason, want := range map[string]bool{"scan.glare": true, "scan.picture": true, "scan.same": true, "code.incomplete": true,
			"fns.forged": false, "receipt.duplicate": false, "code.cooldown": false} {
			m := one(w, p.isTold("receipt:"+reason, reason, about(nil)))
			if offers(m, "typed:start:1") != want {
				t.Errorf("%s: %+v", reason, m.Buttons)
			}
		}
	})
}

// The button under another picture begins another receipt; its own goes on.
func TestTypingIsForOneReceipt(t *testing.T) {
	eachWorld(t, func(w *world) {
		p := w.person("anna").registers()
		p.presses("typed:start:1")
		p.says(typedWhole)
		if m := one(w, p.presses("typed:start:1")); !strings.Contains(m.Text, "Всё как") {
			t.Errorf("the same receipt: %q", m.Text)
		}
		if m := one(w, p.presses("typed:start:2")); strings.Contains(m.Text, "Всё как") {
			t.Errorf("another receipt goes on with the first: %q", m.Text)
		}
	})
}

// TestTypingSurvivesARestart: what was typed is in the database, sealed.
func TestTypingSurvivesARestart(t *testing.T) {
	eachWorld(t, func(w *world) {
		p := w.person("anna").registers()
		p.says("ФН 7380440800123456 ФД 45871 ФП 2874106593")
		var body []byte
		err := w.db.Read(context.Background()).Raw("SELECT body FROM typed_receipts").Row().Scan(&body)
		if err != nil || len(body) == 0 || strings.Contains(string(body), "7380440800123456") {
			t.Errorf("%q (%v), want a sealed sheet", body, err)
		}
		w.restart()
		p.steps("after a restart", []step{{"14.06.2026 11:20", "сумму", ""}, {"1240,50", "Всё как", "typed:yes"}})
	})
}

// TestEveryWayIsOneReceipt is A01 in the talk: whatever the way, the key is the
// same and one is paid; the talk and the receipts' room are the real ones.
func TestEveryWayIsOneReceipt(t *testing.T) {
	eachWorld(t, func(w *world) {
		kept := shelf{"telegram:photo": typedCode, "telegram:file": typedCode}
		service := receipts.NewService(w.db, receipts.Outside{Scanner: paper{}, Fiscal: paper{}, Files: kept}, w.rooms.People, w.rooms.Book,
			fraud.Rules{Guesses: 2}, w.rooms.Desk)
		w.rooms.Receipts = service
		w.restart()
		p := w.messenger("anna").registers()
		p.says(typedWhole)
		for _, u := range []bot.Update{
			{Button: "typed:yes"},
			{File: &bot.File{ID: "photo", Photo: true}},
			{File: &bot.File{ID: "file", Name: "чек.pdf", Mime: "application/pdf"}},
			{File: &bot.File{ID: "photo", Photo: true}, Forwarded: true},
			{Picture: []byte(typedCode)},
			{Text: "n=1&fp=2874106593&i=0000045871&fn=7380440800123456&s=1240,5&t=20260614T1120"},
		} {
			p.send(u)
			list, err := service.List(context.Background(), w.db.Read(context.Background()), p.id(), 1)
			if err != nil {
				t.Fatal(err)
			}
			settle(w, service, list[0].ID)
		}
		list, err := service.List(context.Background(), w.db.Read(context.Background()), p.id(), 10)
		if err != nil {
			t.Fatal(err)
		}
		var verdicts []string
		for _, r := range slices.Backward(list) {
			verdicts = append(verdicts, fmt.Sprint(r.Way, " ", r.FN, "/", r.FD, "/", r.FP, " ", r.Status, r.Reason))
		}
		const key, again = "7380440800123456/45871/2874106593 ", "rejected" + receipts.ReasonDuplicateOwn
		want := []string{"typed " + key + "accepted", "photo " + key + again, "file " + key + again, "photo " + key + again, "photo " + key + again, "text " + key + again}
		if !slices.Equal(verdicts, want) {
			t.Errorf("%q, want %q", verdicts, want)
		}
	})
}

// shelf keeps files as a channel does.
type shelf map[string]string

func (s shelf) Fetch(_ context.Context, ref string, _ int64) ([]byte, error) {
	if text, kept := s[ref]; kept {
		return []byte(text), nil
	}
	return nil, receipts.ErrFileGone
}

// TestAlbumInTheTalk: three photos at once have three status messages, and each
// is edited with its own verdict.
func TestAlbumInTheTalk(t *testing.T) {
	eachWorld(t, func(w *world) {
		kept := shelf{}
		service := receipts.NewService(w.db, receipts.Outside{Scanner: paper{}, Fiscal: paper{}, Files: kept}, w.rooms.People, w.rooms.Book, fraud.Rules{}, w.rooms.Desk)
		w.rooms.Receipts = service
		w.restart()
		p := w.messenger("anna").registers()
		var album []bot.Update
		for i := range 3 {
			ref := fmt.Sprint(i)
			kept["telegram:"+ref] = strings.Replace(typedCode, "45871", fmt.Sprint(100+i), 1)
			album = append(album, bot.Update{Channel: p.channel, Address: p.name, EventID: ref, File: &bot.File{ID: ref, Photo: true}})
		}
		kept["telegram:1"] = "no code"
		if err := w.bot.AcceptAll(context.Background(), album); err != nil {
			t.Fatal(err)
		}
		p.work()
		status := p.heard()
		if len(status) != 3 {
			t.Fatalf("%+v, want three status messages", status)
		}
		for id := range int64(3) {
			settle(w, service, id+1)
		}
		if err := w.bot.Render(context.Background(), p.id()); err != nil {
			t.Fatal(err)
		}
		var edits []string
		for _, m := range p.heard() {
			if at := slices.IndexFunc(status, func(s bot.Outgoing) bool { return s.ID == m.Edits }); at >= 0 {
				edits = append(edits, fmt.Sprint(at, " ", strings.Contains(m.Text, "принят")))
			}
		}
		if !slices.Equal(edits, []string{"0 true", "1 false", "2 true"}) {
			t.Errorf("edits %q, want three verdicts in their order", edits)
		}
	})
}
