package participants_test

import (
	"context"
	"fmt"
	"testing"

	"promobot/participants"
)

// TestPhoneUse counts people and families on one phone.
func TestPhoneUse(t *testing.T) {
	each(t, func(w world) {
		for i, tt := range []struct {
			names            []string
			people, families int
		}{
			{[]string{"Анна"}, 1, 1},
			{[]string{"Анна Иванова", "Анна", "Анна Петрова"}, 2, 2},
			{[]string{"Анна", "Анна Иванова", "Анна Петрова"}, 2, 2},
			{[]string{"Иван Иванов", "Мария Иванова", "Ivanova Masha", "Ваня Иванов"}, 2, 1},
			{[]string{"Иванова", "Петрова"}, 2, 2},
			{[]string{"Иван Иванов", "Мария Иванова", "Пётр Сидоров"}, 3, 2},
			{[]string{"Щербакова Юлия", "Julia Sherbakova", "Юля", "Щербакова Ю."}, 1, 1},
		} {
			phone := fmt.Sprintf("+7999000%04d", 1000+i)
			var ids []int64
			for _, name := range tt.names {
				ids = append(ids, w.register(name, phone))
			}
			ctx := context.Background()
			for _, id := range ids {
				use, err := w.people.PhoneUse(ctx, w.db.Read(ctx), id)
				if err != nil || use.People != tt.people || use.Families != tt.families || use.Phone == "" || use.Name == "" {
					w.Errorf("%v: %+v (%v), want %d people of %d families", tt.names, use, err, tt.people, tt.families)
				}
			}
		}
		if use, err := w.people.PhoneUse(context.Background(), w.db.Read(context.Background()), w.meet("nobody", "").ParticipantID); err != nil || use != (participants.PhoneUse{}) {
			w.Errorf("nobody: %+v (%v)", use, err)
		}
	})
}

// TestPeopleOnPhone: spellings of one name are one person, and whoever has not
// registered counts for himself only.
func TestPeopleOnPhone(t *testing.T) {
	const phone, another = "+79990000001", "+79990000002"
	each(t, func(w world) {
		names := func(id int64) int {
			w.Helper()
			ctx := context.Background()
			use, err := w.people.PhoneUse(ctx, w.db.Read(ctx), id)
			if err != nil {
				w.Fatal(err)
			}
			return use.People
		}
		nobody := w.meet("nobody", "").ParticipantID
		if n := names(nobody); n != 0 {
			w.Errorf("neither phone nor name: %d names, want 0", n)
		}
		first := w.register("Пётр Иванов", phone)
		w.register("ИВАНОВ ПЕТР", "8 999 000-00-01")
		w.register("Ива\u0301нов-Пётр!", phone)
		w.register("Анна", another)
		w.register("Борис", "")
		noPhone := w.register("Вера", "")
		if n := names(first); n != 1 {
			w.Errorf("one name in three spellings: %d, want 1", n)
		}
		if n := names(noPhone); n != 1 {
			w.Errorf("no phone: %d names, want 1", n)
		}
		// Whoever has not registered counts for himself only.
		newcomer := w.meet("newcomer", "").ParticipantID
		if _, err := w.setPhone(newcomer, phone); err != nil {
			w.Fatal(err)
		}
		if _, err := w.setName(newcomer, "Глеб"); err != nil {
			w.Fatal(err)
		}
		if n := names(first); n != 1 {
			w.Errorf("with an unregistered one: %d names, want 1", n)
		}
		if n := names(newcomer); n != 2 {
			w.Errorf("unregistered himself: %d names, want 2", n)
		}
		w.register("Пётр Сидоров", phone)
		if n := names(first); n != 2 {
			w.Errorf("with another name: %d, want 2", n)
		}
	})
}

func FuzzSameName(f *testing.F) {
	for _, p := range pairs {
		f.Add(p.a, p.b)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if participants.SameName(a, b) != participants.SameName(b, a) {
			t.Errorf("%q and %q: the order counts", a, b)
		}
		if participants.SameFamily(a, b) != participants.SameFamily(b, a) {
			t.Errorf("%q and %q: the order of relatives counts", a, b)
		}
	})
}
