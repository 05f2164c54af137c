package bot_test

import (
	"context"
	"strings"
	"testing"

	"promobot/bot"
	"promobot/internal/store"
)

const packLink = "https://t.me/addstickers/chekchik_by_promo_test_bot"

// joins goes through the registration and returns the last answers.
func (p *person) joins(phone string) []bot.Outgoing {
	p.Helper()
	p.says("/start")
	p.presses("consent:data")
	p.presses("news:no")
	p.says(phone)
	return p.says("Анна")
}

func (w *world) offers(channel string) {
	w.Helper()
	offer := bot.StickerOffer{Channel: channel, Bot: "promo_test_bot", Link: packLink}
	if err := bot.NewStickerShelf(w.db).Offer(context.Background(), offer); err != nil {
		w.Fatal(err)
	}
}

func (w *world) gifts() (n int64) {
	w.Helper()
	if err := w.db.Read(context.Background()).Table("sticker_gifts").Count(&n).Error; err != nil {
		w.Fatal(err)
	}
	return n
}

func TestStickersAreGivenAtTheRegistration(t *testing.T) {
	eachWorld(t, func(w *world) {
		w.offers("telegram")
		got := w.messenger("2001").joins("+79990000021")
		if len(got) != 3 || got[0].Sticker != "hello" || got[0].Text != "" || !strings.HasSuffix(got[1].Text, packLink) || !strings.HasPrefix(got[2].Text, "Готово") {
			w.Errorf("the registration ends with %+v", got)
		}
		if n := w.gifts(); n != 1 {
			w.Errorf("%d gifts are noted", n)
		}
	})
}

func TestStickersAreNotGiven(t *testing.T) {
	for _, tt := range []struct {
		name    string
		prepare func(w *world) *person
	}{
		{"where none are published", func(w *world) *person { return w.messenger("2002") }},
		{"where they are published elsewhere", func(w *world) *person {
			w.offers("another")
			return w.messenger("2003")
		}},
		{"where a channel has none", func(w *world) *person {
			w.offers("telegram")
			return w.person("2004")
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			eachWorld(t, func(w *world) {
				if done := one(w, tt.prepare(w).joins("+79990000022")); !strings.HasPrefix(done.Text, "Готово") {
					w.Errorf("the registration ends with %+v", done)
				}
				if n := w.gifts(); n != 0 {
					w.Errorf("%d gifts are noted", n)
				}
			})
		})
	}
}

func TestStickersAreGivenOnce(t *testing.T) {
	eachWorld(t, func(w *world) {
		w.offers("telegram")
		p := w.messenger("2005")
		p.says("/start")
		id := p.id()
		w.must(func(ctx context.Context, tx *store.Tx) error {
			return tx.WithContext(ctx).Exec("INSERT INTO sticker_gifts (participant_id, given_at) VALUES (?, ?)", id, tx.Now()).Error
		})
		p.presses("consent:data")
		p.presses("news:no")
		p.says("+79990000023")
		if done := one(w, p.says("Анна")); done.Sticker != "" {
			w.Errorf("given again: %+v", done)
		}
	})
}

// A channel that shows pictures as they are needs no published set.
func TestStickersAreShownWithoutASetWhereNothingIsPushed(t *testing.T) {
	eachWorld(t, func(w *world) {
		w.rooms.Channels = map[string]bot.Traits{"webchat": {Stickers: true}}
		w.restart()
		got := w.person("2006").joins("+79990000024")
		if len(got) != 2 || got[0].Sticker != "hello" || got[1].Sticker != "" {
			w.Errorf("the registration ends with %+v", got)
		}
	})
}

func TestStickerShelf(t *testing.T) {
	eachWorld(t, func(w *world) {
		ctx, shelf := context.Background(), bot.NewStickerShelf(w.db)
		if got, err := shelf.Get(ctx, "pack"); got != "" || err != nil {
			w.Errorf("before anything was put: %q, %v", got, err)
		}
		for _, record := range []string{"one", "two"} {
			if err := shelf.Put(ctx, "pack", record); err != nil {
				w.Fatal(err)
			}
		}
		if got, err := shelf.Get(ctx, "pack"); got != "two" || err != nil {
			w.Errorf("%q, %v", got, err)
		}
		w.offers("telegram")
		w.offers("telegram")
		if got, ok, err := shelf.Offered(ctx, "telegram"); got.Link != packLink || !got.OfferedAt.Equal(noon) || !ok || err != nil {
			w.Errorf("%+v, %v, %v", got, ok, err)
		}
	})
}
