package participants_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"promobot/internal/store"
	"promobot/participants"
)

func (w world) setPhone(id int64, typed string) (phone participants.Phone, err error) {
	err = w.in(func(ctx context.Context, tx *store.Tx) error {
		phone, err = w.people.SetPhone(ctx, tx, id, typed, participants.ProofTyped)
		return err
	})
	return phone, err
}

func (w world) setName(id int64, typed string) (name string, err error) {
	err = w.in(func(ctx context.Context, tx *store.Tx) error {
		name, err = w.people.SetName(ctx, tx, id, typed)
		return err
	})
	return name, err
}

func TestSetPhone(t *testing.T) {
	each(t, func(w world) {
		id := w.meet("anna", "").ParticipantID
		for typed, want := range map[string]string{
			"+79990000001":            "+79990000001",
			"8 (999) 000-00-01":       "+79990000001",
			"89990000001":             "+79990000001",
			"79990000001":             "+79990000001",
			"9990000001":              "+79990000001",
			"  +7 999 000 00 01\n":    "+79990000001",
			"+7\u00a0999–000–00–01":   "+79990000001",
			"+375 29 111-11-11":       "+375291111111",
			"+7 701 111 11 11":        "+77011111111",
			"8 (495) 123-45-67":       "+74951234567",
			"９９９０００００１１":              "+79990000011",
			"":                        "",
			" ":                       "",
			"+":                       "",
			"112":                     "",
			"+7999000000":             "", // one digit short
			"+799900000011":           "", // one digit more
			"8 800 555-35-35":         "", // answered by no single person
			"+7 000 000-00-00":        "",
			"8 999 000-00-01 доб. 5":  "",
			"8-999-000-00-01,5":       "",
			"89990000001;ext=3":       "",
			"call 1-800-FLOWERS":      "",
			"💥":                       "",
			"89990000001 89990000002": "",
			strings.Repeat("9", 5000): "",
		} {
			phone, err := w.setPhone(id, typed)
			if phone.Reveal() != want || errors.Is(err, participants.ErrPhone) != (want == "") || want != "" && err != nil {
				w.Errorf("%.30q: got %q, %v; want %q", typed, phone.Reveal(), err, want)
			}
			if want != "" && w.get(id).Phone.Reveal() != want {
				w.Errorf("%q: kept %q", typed, w.get(id).Phone.Reveal())
			}
		}
	})
}

func TestSetName(t *testing.T) {
	each(t, func(w world) {
		id := w.meet("anna", "").ParticipantID
		for typed, want := range map[string]string{
			"Анна":                       "Анна",
			"  Анна \t\n  Мария ":        "Анна Мария",
			"и\u0306од":                  "йод", // put together by NFC
			"An\u202ena\u2066\u200b\x00": "Anna",
			"\ufeffAnna\u00ad":           "Anna",
			"<script>alert(1)</script>":  "<script>alert(1)</script>",
			`=HYPERLINK("http://x")`:     `=HYPERLINK("http://x")`,
			"O'Брайен-Смит_*[x]":         "O'Брайен-Смит_*[x]",
			"A":                          "A",
			strings.Repeat("ы", 60):      strings.Repeat("ы", 60),
			strings.Repeat("ы", 61):      "",
			strings.Repeat("ы ", 1<<16):  "",
			"":                           "",
			" \t\u00a0\u2003":            "",
			"\u3164\u115f":               "", // letters that nobody sees
			"…!? 👍":                      "",
			"12345":                      "",
			"\xff\xfe":                   "",
		} {
			name, err := w.setName(id, typed)
			if name != want || errors.Is(err, participants.ErrName) != (want == "") || want != "" && err != nil {
				w.Errorf("%.40q: got %q, %v; want %q", typed, name, err, want)
			}
			if want != "" && w.get(id).Name != want {
				w.Errorf("%q: kept %q", typed, w.get(id).Name)
			}
		}
	})
}

func (w world) claim(id int64, bonus string) (ok bool, err error) {
	err = w.in(func(ctx context.Context, tx *store.Tx) error {
		ok, err = w.people.OncePerPhone(ctx, tx, id, bonus)
		return err
	})
	return ok, err
}

func TestOncePerPhone(t *testing.T) {
	each(t, func(w world) {
		first, second := w.register("Анна", "+79990000001"), w.register("Борис", "+79990000001")
		another, none, noneToo := w.register("Вера", "+79990000002"), w.register("Глеб", ""), w.register("Дина", "")
		for _, step := range []struct {
			name  string
			id    int64
			bonus string
			want  bool
		}{
			{"first of the phone", first, "welcome", true},
			{"the same again", first, "welcome", true},
			{"second of the phone", second, "welcome", false},
			{"second of the phone, another bonus", second, "first-receipt", true},
			{"first of the phone, that other bonus", first, "first-receipt", false},
			{"another phone", another, "welcome", true},
			{"no phone", none, "welcome", true},
			{"no phone either", noneToo, "welcome", true},
		} {
			if got, err := w.claim(step.id, step.bonus); err != nil || got != step.want {
				w.Errorf("%s: %v, %v; want %v", step.name, got, err, step.want)
			}
		}
	})
}

func TestOncePerPhoneRaced(t *testing.T) {
	each(t, func(w world) {
		ids, got := make([]int64, 20), make([]bool, 20)
		for i := range ids {
			ids[i] = w.register(fmt.Sprint("Имя", i), "+79990000001")
		}
		race(20, func(i int) {
			var err error
			if got[i], err = w.claim(ids[i], "welcome"); err != nil {
				w.Error(err)
			}
		})
		winners := 0
		for _, ok := range got {
			if ok {
				winners++
			}
		}
		if winners != 1 {
			w.Errorf("%d got the bonus, want 1", winners)
		}
	})
}

// What moves between rows does not open, so nobody gets another's name.
func TestSealedToItsRow(t *testing.T) {
	each(t, func(w world) {
		w.register("Анна", "+79990000001")
		boris := w.register("Борис", "+79990000002")
		w.must(func(_ context.Context, tx *store.Tx) error {
			return tx.Exec("UPDATE participants SET name_sealed = (SELECT name_sealed FROM participants ORDER BY id LIMIT 1)").Error
		})
		ctx := context.Background()
		if p, err := w.people.Get(ctx, w.db.Read(ctx), boris); err == nil {
			w.Errorf("another's name opened: %s", p.Name)
		}
	})
}

func TestDumpShowsNeitherPhoneNorName(t *testing.T) {
	each(t, func(w world) {
		w.meet("address-1", "")
		id := w.meet("address-2", "").ParticipantID
		if _, err := w.setPhone(id, "+79990001234"); err != nil {
			w.Fatal(err)
		}
		if _, err := w.setName(id, "Аврора Zimnyaya"); err != nil {
			w.Fatal(err)
		}
		if _, err := w.claim(id, "welcome"); err != nil {
			w.Fatal(err)
		}
		dump := w.dump("participants", "addresses", "consents", "phone_bonuses")
		if !strings.Contains(dump, "address-2") || !strings.Contains(dump, "welcome") {
			w.Fatal("the dump misses what is written in clear")
		}
		for _, secret := range []string{"9990001234", "Аврора", "аврора", "Zimnyaya", "zimnyaya"} {
			if strings.Contains(dump, secret) {
				w.Errorf("the dump shows %q", secret)
			}
		}
	})
}

// dump is every cell of the tables, bytes as they are.
func (w world) dump(tables ...string) string {
	w.Helper()
	var dump strings.Builder
	for _, table := range tables {
		rows, err := w.db.Read(context.Background()).Raw("SELECT * FROM " + table).Rows()
		if err != nil {
			w.Fatal(err)
		}
		defer rows.Close()
		columns, _ := rows.Columns()
		for rows.Next() {
			cells, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range cells {
				into[i] = &cells[i]
			}
			if err := rows.Scan(into...); err != nil {
				w.Fatal(err)
			}
			for _, cell := range cells {
				fmt.Fprintf(&dump, "%s\n", cell)
			}
		}
	}
	return dump.String()
}

func TestPhoneIsMasked(t *testing.T) {
	type holder struct{ Phone participants.Phone }
	phone := participants.Phone("+79990001234")
	const want = "+7•••••••34"
	var printed []string
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%08.3v"} {
		printed = append(printed, fmt.Sprintf(verb, phone))
		printed = append(printed, fmt.Sprintf(verb, holder{phone}))
		printed = append(printed, fmt.Sprintf(verb, participants.Participant{Phone: phone}))
	}
	text, err := json.Marshal([]any{phone, &phone, holder{phone}, participants.Participant{Phone: phone}})
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	timeless := &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{} // its digits may be those of the phone
		}
		return a
	}}
	slog.New(slog.NewJSONHandler(&log, timeless)).Info("seen", "phone", phone, "holder", holder{phone})
	slog.New(slog.NewTextHandler(&log, timeless)).Info("seen", "phone", phone, "holder", holder{phone})
	printed = append(printed, string(text), log.String(), fmt.Errorf("phone %w %s", participants.ErrPhone, phone).Error())
	for _, p := range printed {
		if strings.Contains(p, "1234") || strings.Contains(p, "999") || !strings.Contains(p, want) {
			t.Errorf("printed as %s", p)
		}
	}
	if phone.Reveal() != "+79990001234" {
		t.Errorf("reveals %q", phone.Reveal())
	}
	for phone, want := range map[participants.Phone]string{"": "", "+7": "•••", "+799901": "•••", "+7999012": "+7•••••••12"} {
		if got := phone.String(); got != want {
			t.Errorf("masked as %q, want %q", got, want)
		}
	}
}
