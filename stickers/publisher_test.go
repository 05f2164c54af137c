package stickers_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"promobot/stickers"
)

func chekchik(t *testing.T) stickers.Pack {
	t.Helper()
	pack, err := stickers.Chekchik()
	if err != nil {
		t.Fatal(err)
	}
	return pack
}

type world struct {
	*stickers.Publisher
	server *server
	memory memory
}

func newWorld(t *testing.T) world {
	t.Helper()
	s, m := &server{t: t, refuse: map[string]string{}}, memory{}
	return world{&stickers.Publisher{Pack: chekchik(t), Bot: botName, API: s, Memory: m}, s, m}
}

// published is a world whose set is as the pack says; calls count from then.
func published(t *testing.T) world {
	t.Helper()
	w := newWorld(t)
	if _, err := w.Publish(t.Context(), owner); err != nil {
		t.Fatal(err)
	}
	w.server.calls, w.server.reads = nil, 0
	return w
}

// redrawn is the sticker with another picture: what follows a PNG's end is
// ignored.
func redrawn(s stickers.Sticker) stickers.Sticker {
	s.PNG = append(slices.Clone(s.PNG), "other"...)
	return s
}

func TestPublish(t *testing.T) {
	w := newWorld(t)
	report, err := w.Publish(t.Context(), owner)
	if err != nil {
		t.Fatal(err)
	}
	w.server.shows(w.Pack)
	if got := w.server.calls; !slices.Equal(got, []string{"createNewStickerSet", "setStickerSetThumbnail"}) {
		t.Errorf("calls %q", got)
	}
	if report.Link != "https://t.me/addstickers/chekchik_by_promo_test_bot" || len(report.Steps) != 2 {
		t.Errorf("report %+v", report)
	}
}

func TestPublishAgainOnlyLooks(t *testing.T) {
	w := published(t)
	report, err := w.Publish(t.Context(), owner)
	if err != nil || len(report.Steps) != 0 || len(w.server.calls) != 0 || w.server.reads != 1 {
		t.Errorf("report %+v, %v; calls %q, %d reads", report, err, w.server.calls, w.server.reads)
	}
}

// changes are what a new version of the pack may bring, and the calls for it.
var changes = []struct {
	name   string
	change func(*stickers.Pack)
	calls  string
}{
	{"another picture", func(p *stickers.Pack) { p.Stickers[2] = redrawn(p.Stickers[2]) }, "replaceStickerInSet"},
	{"another picture and emoji", func(p *stickers.Pack) {
		p.Stickers[2] = redrawn(p.Stickers[2])
		p.Stickers[2].Emoji = []string{"🪙"}
	}, "replaceStickerInSet"},
	{"one is withdrawn", func(p *stickers.Pack) { p.Stickers = slices.Delete(p.Stickers, 3, 4) }, "deleteStickerFromSet"},
	{"a new one in the middle", func(p *stickers.Pack) {
		s := redrawn(p.Stickers[1])
		s.ID, s.Emoji = "party", []string{"🎊"}
		p.Stickers = slices.Insert(p.Stickers, 1, s)
	}, "addStickerToSet setStickerPositionInSet"},
	{"another order", func(p *stickers.Pack) { p.Stickers[1], p.Stickers[2] = p.Stickers[2], p.Stickers[1] }, "setStickerPositionInSet"},
	{"another title", func(p *stickers.Pack) { p.Title = "Чекчик" }, "setStickerSetTitle"},
	{"other emoji", func(p *stickers.Pack) { p.Stickers[4].Emoji = []string{"🔎", "🤔"} }, "setStickerEmojiList"},
	{"other keywords", func(p *stickers.Pack) { p.Stickers[4].Keywords = []string{"лупа"} }, "setStickerKeywords"},
	{"another small picture", func(p *stickers.Pack) {
		p.Stickers[0].Thumb = append(slices.Clone(p.Stickers[0].Thumb), "other"...)
	}, "setStickerSetThumbnail"},
	{"emoji change hands", func(p *stickers.Pack) {
		a, b := &p.Stickers[5], &p.Stickers[6]
		a.Emoji, b.Emoji = b.Emoji, a.Emoji
	}, "setStickerEmojiList setStickerEmojiList"},
}

func TestPublishAChange(t *testing.T) {
	for _, tt := range changes {
		t.Run(tt.name, func(t *testing.T) {
			w := published(t)
			tt.change(&w.Pack)
			if _, err := w.Publish(t.Context(), owner); err != nil {
				t.Fatal(err)
			}
			w.server.shows(w.Pack)
			if got := strings.Join(w.server.calls, " "); got != tt.calls {
				t.Errorf("calls %s, want %s", got, tt.calls)
			}
		})
	}
}

// Whatever call is the last one, and whether it had its effect or not, the next
// Publish ends with the same set, without a sticker twice.
func TestPublishGoesOnAfterACrash(t *testing.T) {
	everything := func(p *stickers.Pack) {
		for _, i := range []int{0, 2, 3, 5, 7} { // what goes well together
			changes[i].change(p)
		}
	}
	for _, after := range []bool{false, true} {
		for n := 1; ; n++ {
			w := newWorld(t)
			if n > 2 { // the calls of a new set
				w = published(t)
				everything(&w.Pack)
			}
			w.server.after, w.server.stopped = after, func() error { return errLost }
			if w.server.stopAt = n; n > 2 {
				w.server.stopAt -= 2
			}
			_, err := w.Publish(t.Context(), owner)
			if err == nil && n > 2 {
				if n < 8 {
					t.Errorf("the change took %d calls only", n-3)
				}
				break
			}
			if !errors.Is(err, errLost) {
				t.Fatalf("call %d: %v", n, err)
			}
			w.server.stopAt = 0
			if _, err := w.Publish(t.Context(), owner); err != nil {
				t.Fatalf("after call %d: %v", n, err)
			}
			w.server.shows(w.Pack)
		}
	}
}

// A set whose records are lost is recognised by the emoji; every picture is put
// anew, because nobody knows which one is there.
func TestPublishWithoutMemory(t *testing.T) {
	w := published(t)
	clear(w.memory)
	if _, err := w.Publish(t.Context(), owner); err != nil {
		t.Fatal(err)
	}
	w.server.shows(w.Pack)
	want := slices.Repeat([]string{"replaceStickerInSet"}, len(w.Pack.Stickers))
	if got := w.server.calls; !slices.Equal(got, append(want, "setStickerSetThumbnail")) {
		t.Errorf("calls %q", got)
	}
}

func TestPublishLeavesStrangersAlone(t *testing.T) {
	w := published(t)
	stranger := placed{File: "theirs", Unique: "theirs", Emoji: "👋"}
	w.server.set = slices.Insert(w.server.set, 0, stranger)
	changes[3].change(&w.Pack)
	if _, err := w.Publish(t.Context(), owner); err != nil {
		t.Fatal(err)
	}
	last := len(w.server.set) - 1
	if w.server.set[last].File != "theirs" {
		t.Errorf("the stranger is not the last of %v", w.server.set)
	}
	w.server.set = w.server.set[:last]
	w.server.shows(w.Pack)
}

func TestPublishWhereReplacingIsRefused(t *testing.T) {
	for _, words := range []string{"404 Not Found: method not found", "400 Bad Request: STICKER_INVALID"} {
		t.Run(words, func(t *testing.T) {
			w := published(t)
			w.server.refuse["replaceStickerInSet"] = words
			w.Pack.Stickers[2] = redrawn(w.Pack.Stickers[2])
			if _, err := w.Publish(t.Context(), owner); err != nil {
				t.Fatal(err)
			}
			w.server.shows(w.Pack)
			want := "replaceStickerInSet addStickerToSet deleteStickerFromSet setStickerPositionInSet"
			if got := strings.Join(w.server.calls, " "); got != want {
				t.Errorf("calls %s", got)
			}
		})
	}
}

// What only makes the set nicer may be unknown to the server.
func TestPublishWhereThePolishIsUnknown(t *testing.T) {
	w := newWorld(t)
	for _, method := range []string{"setStickerSetThumbnail", "setStickerPositionInSet", "setStickerSetTitle"} {
		w.server.refuse[method] = "404 Not Found: method not found"
	}
	report, err := w.Publish(t.Context(), owner)
	if err != nil || !slices.Equal(report.Steps, []string{"create with 8 stickers", "small picture: refused"}) {
		t.Errorf("%q, %v", report.Steps, err)
	}
	changes[4].change(&w.Pack)
	w.Pack.Title = "Чекчик"
	if report, err = w.Publish(t.Context(), owner); err != nil || len(report.Steps) != 3 {
		t.Errorf("%q, %v", report.Steps, err)
	}
	w.server.refuse["setStickerSetTitle"] = "400 Bad Request: PACK_TITLE_INVALID"
	if _, err = w.Publish(t.Context(), owner); err == nil {
		t.Error("a title that was refused is no hindrance")
	}
}

// While the new picture is refused, the old one is there and is sent.
func TestPublishKeepsTheOldPictureUntilTheNewIsThere(t *testing.T) {
	w := published(t)
	w.server.refuse["replaceStickerInSet"] = "400 Bad Request: STICKER_PNG_DIMENSIONS"
	w.server.refuse["addStickerToSet"] = "400 Bad Request: STICKER_PNG_DIMENSIONS"
	w.Pack.Stickers[2] = redrawn(w.Pack.Stickers[2])
	if _, err := w.Publish(t.Context(), owner); err == nil {
		t.Fatal("published")
	}
	if file, err := w.FileID(t.Context(), "points"); file != "file3" || err != nil {
		t.Errorf("%q, %v", file, err)
	}
}

func TestPublishRefuses(t *testing.T) {
	t.Run("a name that another has", func(t *testing.T) {
		w := newWorld(t)
		w.server.refuse["createNewStickerSet"] = "400 Bad Request: sticker set name is already occupied"
		if _, err := w.Publish(t.Context(), owner); !errors.Is(err, stickers.ErrOccupied) {
			t.Error(err)
		}
	})
	t.Run("another owner", func(t *testing.T) {
		w := published(t)
		if _, err := w.Publish(t.Context(), owner+1); !errors.Is(err, stickers.ErrOwner) || w.server.reads != 0 {
			t.Errorf("%v after %d reads", err, w.server.reads)
		}
	})
	t.Run("a pack that cannot be", func(t *testing.T) {
		w := newWorld(t)
		w.Pack.Stickers[3].Emoji = nil
		if _, err := w.Publish(t.Context(), owner); !errors.Is(err, stickers.ErrPack) || w.server.reads != 0 {
			t.Errorf("%v after %d reads", err, w.server.reads)
		}
	})
	t.Run("an owner who is unknown", func(t *testing.T) {
		w := newWorld(t)
		w.server.refuse["createNewStickerSet"] = "400 Bad Request: PEER_ID_INVALID"
		if _, err := w.Publish(t.Context(), owner); err == nil || !strings.Contains(err.Error(), "PEER_ID_INVALID") {
			t.Error(err)
		}
		delete(w.server.refuse, "createNewStickerSet")
		if _, err := w.Publish(t.Context(), owner+1); err == nil {
			t.Error("published for somebody whom the messenger does not take")
		}
		if _, err := w.Publish(t.Context(), owner); err != nil {
			t.Errorf("the right owner after a wrong one: %v", err)
		}
	})
}

// A server that confirms and shows nothing must not be given the same again.
func TestPublishDoesNotAddTwiceToASlowSet(t *testing.T) {
	w := published(t)
	changes[3].change(&w.Pack)
	before := slices.Clone(w.server.set)
	w.API = slow{w.server, before}
	if _, err := w.Publish(t.Context(), owner); !errors.Is(err, stickers.ErrUnsettled) {
		t.Error(err)
	}
	if got := w.server.calls; !slices.Equal(got, []string{"addStickerToSet"}) {
		t.Errorf("calls %q", got)
	}
	w.API = w.server
	if _, err := w.Publish(t.Context(), owner); err != nil {
		t.Fatal(err)
	}
	w.server.shows(w.Pack)
}

func TestFileID(t *testing.T) {
	w := published(t)
	t.Run("from memory", func(t *testing.T) {
		for i, s := range w.Pack.Stickers {
			if file, err := w.FileID(t.Context(), s.ID); file != fmt.Sprintf("file%d", i+1) || err != nil {
				t.Errorf("%s: %q, %v", s.ID, file, err)
			}
		}
		if w.server.reads != 0 {
			t.Errorf("%d reads", w.server.reads)
		}
	})
	t.Run("from the set", func(t *testing.T) {
		clear(w.memory)
		for range 2 {
			if file, err := w.FileID(t.Context(), stickers.Hello); file != "file1" || err != nil {
				t.Errorf("%q, %v", file, err)
			}
		}
		if w.server.reads != 1 {
			t.Errorf("%d reads", w.server.reads)
		}
	})
	t.Run("nowhere", func(t *testing.T) {
		if _, err := w.FileID(t.Context(), "nobody"); !errors.Is(err, stickers.ErrUnpublished) {
			t.Error(err)
		}
	})
	t.Run("no set", func(t *testing.T) {
		if _, err := newWorld(t).FileID(t.Context(), stickers.Hello); !errors.Is(err, stickers.ErrUnpublished) {
			t.Error(err)
		}
	})
}

func TestPublished(t *testing.T) {
	w := newWorld(t)
	if ids, version, err := w.Published(t.Context()); len(ids) != 0 || version != 0 || err != nil {
		t.Errorf("%q, %d, %v", ids, version, err)
	}
	w = published(t)
	if ids, version, err := w.Published(t.Context()); len(ids) != len(w.Pack.Stickers) || version != w.Pack.Version || err != nil {
		t.Errorf("%q, %d, %v", ids, version, err)
	}
}
