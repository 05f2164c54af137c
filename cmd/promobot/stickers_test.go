package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"promobot/bot"
	"promobot/bot/outbox"
	"promobot/bot/telegram"
	"promobot/bot/telegram/tgsim"
	"promobot/bot/telegram/tgsim/spec"
	"promobot/internal/store"
	"promobot/internal/store/storetest"
	"promobot/migrations"
	"promobot/stickers"
)

const stickerOwner = 900000009

// botAPI judges requests by the description of the Bot API, where it is.
func botAPI(t *testing.T) tgsim.Checker {
	t.Helper()
	s, err := spec.LoadShared(filepath.Join("..", ".."))
	if errors.Is(err, fs.ErrNotExist) {
		t.Log("requests are not compared with the Bot API: ", err)
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// stickerSim is a messenger that judges every request, and its owner of sets.
func stickerSim(t *testing.T) (*tgsim.Sim, *telegram.Client, string) {
	t.Helper()
	sim := tgsim.New(tgsim.Options{Strict: botAPI(t)})
	server := httptest.NewServer(sim)
	t.Cleanup(func() {
		server.Close()
		sim.Close()
		for _, v := range sim.Violations() {
			t.Errorf("against the description of the Bot API: %+v", v)
		}
	})
	sim.AddPerson(tgsim.Person{ID: stickerOwner})
	if _, err := sim.Start(stickerOwner, ""); err != nil {
		t.Fatal(err)
	}
	return sim, telegram.NewClient(server.URL, tgsim.DefaultToken), server.URL
}

func TestStickersArePublishedAndSent(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx, shelf := context.Background(), bot.NewStickerShelf(db)
		sim, client, _ := stickerSim(t)
		channel := telegram.NewChannel(client, offeredStickers{client, shelf}, slog.New(slog.NewTextHandler(io.Discard, nil)))
		if _, err := channel.Send(ctx, "900000009", "", bot.Message{Sticker: stickers.Hello}); !errors.Is(err, outbox.ErrContent) {
			t.Errorf("sent before anything was published: %v", err)
		}
		report, err := offerStickers(ctx, client, shelf, stickerOwner)
		if err != nil || report.Link != "https://t.me/addstickers/chekchik_by_promo_test_bot" || len(report.Steps) == 0 {
			t.Fatalf("%+v, %v", report, err)
		}
		if report, err = offerStickers(ctx, client, shelf, stickerOwner); err != nil {
			t.Fatal(err)
		}
		for _, step := range report.Steps {
			if !strings.HasSuffix(step, ": refused") { // the simulator lacks it
				t.Errorf("publishing again did %q", report.Steps)
			}
		}
		if _, err := channel.Send(ctx, "900000009", "", bot.Message{Sticker: stickers.Hello}); err != nil {
			t.Fatal(err)
		}
		seen := sim.Transcript(stickerOwner, 0).Messages
		last := seen[len(seen)-1].Sticker
		if last == nil || last.SetName != report.Set || last.Emoji != "👋" || last.Width != stickers.Side {
			t.Errorf("the owner sees %+v", last)
		}
		if _, err := channel.Send(ctx, "900000009", "", bot.Message{Sticker: "nobody"}); !errors.Is(err, outbox.ErrContent) {
			t.Errorf("a sticker that is not there: %v", err)
		}
	})
}

// What may change in a pack is taken by the simulated messenger.
func TestStickersAreBroughtUpToDate(t *testing.T) {
	db := openTestStore(t)
	ctx := context.Background()
	_, client, _ := stickerSim(t)
	p, err := newPublisher(client, bot.NewStickerShelf(db), "promo_test_bot")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Publish(ctx, stickerOwner); err != nil {
		t.Fatal(err)
	}
	before, err := p.FileID(ctx, "points")
	if err != nil {
		t.Fatal(err)
	}
	list := p.Pack.Stickers
	list[2].PNG = append(bytes.Clone(list[2].PNG), "another"...) // a PNG ends before its file does
	list[4].Emoji, list[4].Keywords = []string{"🔎"}, []string{"лупа"}
	p.Pack.Title, p.Pack.Stickers = "Чекчик", append(list[:5:5], list[6:]...)
	report, err := p.Publish(ctx, stickerOwner)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(report.Steps, ", ")
	for _, want := range []string{"replace points", "emoji of search", "keywords of search", "withdraw waiting", "title"} {
		if !strings.Contains(got, want) {
			t.Errorf("done: %s; %s is missing", got, want)
		}
	}
	if after, err := p.FileID(ctx, "points"); err != nil || after == before {
		t.Errorf("the replaced picture has file %q (%v), before %q", after, err, before)
	}
	if _, err := p.FileID(ctx, "waiting"); !errors.Is(err, stickers.ErrUnpublished) {
		t.Errorf("the withdrawn sticker: %v", err)
	}
}

func TestStickersCommand(t *testing.T) {
	_, _, url := stickerSim(t)
	t.Setenv("PROMOBOT_DATABASE_URL", "sqlite:"+filepath.Join(t.TempDir(), "stickers.db"))
	for _, tt := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"no token", []string{"publish", "--owner", "900000009"}, exitUsage, errNoTelegram.Error()},
		{"no owner", []string{"publish"}, exitUsage, "--owner"},
		{"listed before", []string{"list"}, 0, "hello     not published"},
		{"an owner who has not started", []string{"publish", "--owner", "900000010"}, exitUsage, "user not found"},
		{"published", []string{"publish", "--owner", "900000009"}, 0, "create with 8 stickers"},
		{"published again", []string{"publish", "--owner", "900000009", "--json"}, 0, `"set":"chekchik_by_promo_test_bot"`},
		{"another owner", []string{"publish", "--owner", "900000010"}, exitUsage, stickers.ErrOwner.Error()},
		{"listed", []string{"list", "--json"}, 0, `"published":true`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.name != "no token" {
				t.Setenv("PROMOBOT_TELEGRAM_ENDPOINT", url)
				t.Setenv("PROMOBOT_TELEGRAM_TOKEN", tgsim.DefaultToken)
			}
			var out bytes.Buffer
			root := newRootCommand()
			root.SetOut(&out)
			root.SetArgs(append([]string{"stickers"}, tt.args...))
			err := root.ExecuteContext(context.Background())
			if code := exit(err); code != tt.code {
				t.Errorf("code %d, want %d", code, tt.code)
			}
			if text := fmt.Sprint(out.String(), err); !strings.Contains(text, tt.want) {
				t.Errorf("%s; want %s", text, tt.want)
			}
		})
	}
}

func openTestStore(t *testing.T) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), "sqlite:"+filepath.Join(t.TempDir(), "test.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := db.Migrate(context.Background(), migrations.Files); err != nil {
		t.Fatal(err)
	}
	return db
}
