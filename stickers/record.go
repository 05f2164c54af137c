package stickers

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
)

// record is what we remember of the published set.
type record struct {
	Owner    int64   `json:"owner"`   // 0: not known
	Version  int     `json:"version"` // that was published whole
	Stickers []known `json:"stickers"`
	Thumb    string  `json:"thumb,omitempty"` // hash of the set's small picture
	Pending  *change `json:"pending,omitempty"`

	owner   int64           // for whom the set is published now
	kept    string          // as it lies in the memory
	without map[string]bool // methods that the messenger does not know
}

// known is a sticker of ours in the set.
type known struct {
	ID       string   `json:"id"`
	File     string   `json:"file"`
	Unique   string   `json:"unique"`
	Picture  string   `json:"picture"` // hash; "" when the records were lost: nobody knows
	Emoji    []string `json:"emoji"`
	Keywords []string `json:"keywords"`
}

// change is a step that puts stickers into the set. It is remembered before
// the step is taken: after a crash or an answer that was lost, what is new in
// the set is recognised by it.
type change struct {
	Step     string   `json:"step"`
	Stickers []known  `json:"stickers"` // without files
	Before   []string `json:"before"`   // the files that were there
	Done     bool     `json:"done"`     // the messenger has confirmed it
}

func (c *change) confirmed() bool { return c != nil && c.Done }

func (p *Publisher) key() string { return "stickers/" + p.Pack.SetName(p.Bot) }

func (p *Publisher) recall(ctx context.Context) (*record, error) {
	text, err := p.Memory.Get(ctx, p.key())
	if err != nil {
		return nil, fmt.Errorf("memory of %s: %w", p.key(), err)
	}
	m := &record{kept: text, without: map[string]bool{}}
	if text == "" {
		return m, nil
	}
	if err := json.Unmarshal([]byte(text), m); err != nil {
		return nil, fmt.Errorf("memory of %s: %w", p.key(), err)
	}
	return m, nil
}

// keep writes the record, if it has changed.
func (p *Publisher) keep(ctx context.Context, m *record) error {
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if string(text) == m.kept {
		return nil
	}
	if err := p.Memory.Put(ctx, p.key(), string(text)); err != nil {
		return fmt.Errorf("memory of %s: %w", p.key(), err)
	}
	m.kept = string(text)
	return nil
}

func (m *record) find(id string) *known {
	i := slices.IndexFunc(m.Stickers, func(k known) bool { return k.ID == id })
	if i < 0 {
		return nil
	}
	return &m.Stickers[i]
}

// file returns by which file the sticker is sent, or "".
func (m *record) file(id string) string {
	for _, name := range []string{id, retired + id} {
		if k := m.find(name); k != nil {
			return k.File
		}
	}
	return ""
}

// retired stands before the id of a sticker that is sent until its successor
// is in the set, and is withdrawn then.
const retired = "~"

func (m *record) retire(id string) {
	m.find(id).ID = retired + id
	m.Pending = nil
}

// confirm remembers that the messenger has taken the step.
func (m *record) confirm(s *step) {
	if m.Pending != nil {
		m.Pending.Done = true
	}
	if s.params["user_id"] != "" {
		m.Owner = m.owner // the messenger has taken him for it
	}
	if s.learn != nil {
		s.learn(m)
	}
}

func (m *record) lacks(c *change) bool {
	return slices.ContainsFunc(c.Stickers, func(k known) bool { return m.find(k.ID) == nil })
}

// reconcile brings the record to what the set shows: forgets what is gone, and
// finds what is new by the change that was pending or, when the records were
// lost, by the emoji.
func (m *record) reconcile(s *set, pack Pack) {
	if s == nil {
		s, m.Thumb = &set{}, ""
	}
	shown := map[string]placed{}
	for _, at := range s.Stickers {
		shown[at.Unique] = at
	}
	m.Stickers = slices.DeleteFunc(m.Stickers, func(k known) bool { _, ok := shown[k.Unique]; return !ok })
	for i := range m.Stickers {
		m.Stickers[i].File = shown[m.Stickers[i].Unique].File
	}
	for _, at := range s.Stickers {
		if !slices.ContainsFunc(m.Stickers, func(k known) bool { return k.Unique == at.Unique }) {
			m.recognise(at, pack)
		}
	}
}

func (m *record) recognise(at placed, pack Pack) {
	if c := m.Pending; c != nil && !slices.Contains(c.Before, at.Unique) {
		for _, k := range c.Stickers {
			if m.adopt(k, at) {
				return
			}
		}
	}
	for _, s := range pack.Stickers {
		if m.adopt(known{ID: s.ID, Emoji: s.Emoji[:1]}, at) {
			return
		}
	}
}

// adopt takes the placed sticker for k, if it has its emoji and k is not there.
func (m *record) adopt(k known, at placed) bool {
	if m.find(k.ID) != nil || bare(k.Emoji[0]) != bare(at.Emoji) {
		return false
	}
	k.File, k.Unique = at.File, at.Unique
	m.Stickers = append(m.Stickers, k)
	return true
}
