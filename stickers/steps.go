package stickers

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
)

// step is one call that brings the set nearer to the pack.
type step struct {
	name    string
	method  string
	params  map[string]string
	files   map[string][]byte
	puts    []Sticker     // that it puts into the set
	retires string        // id of the sticker whose picture it replaces
	polish  bool          // the set is whole without it
	learn   func(*record) // what is known when it is done
}

// pending returns what is to be remembered before the step is taken.
func (s *step) pending(now *set) *change {
	if len(s.puts) == 0 {
		return nil
	}
	c := &change{Step: s.name, Before: []string{}}
	for _, put := range s.puts {
		c.Stickers = append(c.Stickers, known{ID: put.ID, Picture: put.hash(), Emoji: put.Emoji, Keywords: put.Keywords})
	}
	if now != nil {
		for _, at := range now.Stickers {
			c.Before = append(c.Before, at.Unique)
		}
	}
	return c
}

// told is the step in words, with the refusal that was no hindrance.
func (s *step) told(refusal error) string {
	if refusal == nil {
		return s.name
	}
	return s.name + ": refused"
}

// next returns the first step that is missing; nil: all is as the pack says.
func (p *Publisher) next(m *record, s *set) *step {
	if s == nil {
		return p.create(m.owner)
	}
	for _, ours := range p.Pack.Stickers {
		if next := p.mend(m, ours); next != nil {
			return next
		}
	}
	for _, k := range m.Stickers {
		if _, ok := p.Pack.Find(k.ID); !ok {
			return withdraw(k)
		}
	}
	for _, next := range []*step{p.order(m, s), p.title(s), p.cover(m)} {
		if next != nil && !m.without[next.method] {
			next.polish = true
			return next
		}
	}
	return nil
}

func (p *Publisher) title(s *set) *step {
	if s.Title == p.Pack.Title {
		return nil
	}
	return p.onSet("title", "setStickerSetTitle", map[string]string{"title": p.Pack.Title})
}

// mend returns the step that one sticker lacks.
func (p *Publisher) mend(m *record, ours Sticker) *step {
	k := m.find(ours.ID)
	switch {
	case k == nil:
		return p.add(m.owner, ours)
	case k.Picture != ours.hash():
		return p.replace(m.owner, ours, *k)
	case !slices.Equal(k.Emoji, ours.Emoji):
		return onSticker("emoji of "+ours.ID, "setStickerEmojiList", k.File, "emoji_list", ours.Emoji,
			func(m *record) { m.find(ours.ID).Emoji = ours.Emoji })
	case !slices.Equal(k.Keywords, ours.Keywords):
		return onSticker("keywords of "+ours.ID, "setStickerKeywords", k.File, "keywords", ours.Keywords,
			func(m *record) { m.find(ours.ID).Keywords = ours.Keywords })
	}
	return nil
}

func (p *Publisher) create(owner int64) *step {
	all, files := []json.RawMessage{}, map[string][]byte{}
	for i, s := range p.Pack.Stickers {
		name := "s" + strconv.Itoa(i)
		all, files[name] = append(all, json.RawMessage(input(s, name))), s.PNG
	}
	next := p.onSet(fmt.Sprintf("create with %d stickers", len(all)), "createNewStickerSet", map[string]string{
		"user_id": number(owner), "title": p.Pack.Title, "sticker_type": "regular", "stickers": text(all),
	})
	next.files, next.puts = files, p.Pack.Stickers
	return next
}

func (p *Publisher) add(owner int64, s Sticker) *step {
	next := p.onSet("add "+s.ID, "addStickerToSet", map[string]string{"user_id": number(owner), "sticker": input(s, "s0")})
	next.files, next.puts = map[string][]byte{"s0": s.PNG}, []Sticker{s}
	return next
}

// replace changes the picture in its place.
func (p *Publisher) replace(owner int64, s Sticker, old known) *step {
	next := p.onSet("replace "+s.ID, "replaceStickerInSet", map[string]string{
		"user_id": number(owner), "old_sticker": old.File, "sticker": input(s, "s0"),
	})
	next.files, next.puts, next.retires = map[string][]byte{"s0": s.PNG}, []Sticker{s}, s.ID
	return next
}

func withdraw(k known) *step {
	return &step{name: "withdraw " + k.ID, method: "deleteStickerFromSet", params: map[string]string{"sticker": k.File}}
}

// order returns the step that puts the first misplaced sticker in its place.
func (p *Publisher) order(m *record, s *set) *step {
	for i, ours := range p.Pack.Stickers {
		k := m.find(ours.ID)
		if s.Stickers[i].Unique != k.Unique {
			return &step{
				name: fmt.Sprintf("put %s at %d", ours.ID, i), method: "setStickerPositionInSet",
				params: map[string]string{"sticker": k.File, "position": strconv.Itoa(i)},
			}
		}
	}
	return nil
}

// cover returns the step that gives the set the small picture of its first
// sticker, if it has another.
func (p *Publisher) cover(m *record) *step {
	small := p.Pack.Stickers[0].Thumb
	if m.Thumb == digest(small) {
		return nil
	}
	next := p.onSet("small picture", "setStickerSetThumbnail", map[string]string{
		"user_id": number(m.owner), "thumbnail": "attach://t0", "format": "static",
	})
	next.files = map[string][]byte{"t0": small}
	next.learn = func(m *record) { m.Thumb = digest(small) }
	return next
}

// onSet is a step about the whole set.
func (p *Publisher) onSet(name, method string, params map[string]string) *step {
	params["name"] = p.Pack.SetName(p.Bot)
	return &step{name: name, method: method, params: params}
}

// onSticker is a step that gives a sticker of the set another list of words.
func onSticker(name, method, file, field string, words []string, learn func(*record)) *step {
	return &step{
		name: name, method: method, learn: learn,
		params: map[string]string{"sticker": file, field: text(words)},
	}
}

// input describes a sticker whose picture is uploaded under the name.
func input(s Sticker, name string) string {
	return text(map[string]any{
		"sticker": "attach://" + name, "format": "static", "emoji_list": s.Emoji, "keywords": s.Keywords,
	})
}

func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // lists of words and texts have a JSON
	}
	return string(b)
}
