package stickers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

var (
	// ErrOccupied reports that the set's name is taken though the bot sees no
	// such set: it is another's.
	ErrOccupied = errors.New("stickers: the set's name is occupied by another, choose another name")
	// ErrOwner reports that the set was published for another owner. The
	// messenger does not hand sets over.
	ErrOwner = errors.New("stickers: the set belongs to another owner")
	// ErrUnpublished reports a sticker that is not in the published set.
	ErrUnpublished = errors.New("stickers: not published")
	// ErrUnsettled reports a set that does not show what was done to it. Nothing
	// is lost: publish again later.
	ErrUnsettled = errors.New("stickers: the set does not show the change yet")
)

// API calls a method of the messenger. A file in files is meant by attach://
// and its name in a parameter. A refusal carries the messenger's own words.
type API interface {
	Call(ctx context.Context, method string, params map[string]string, files map[string][]byte) (json.RawMessage, error)
}

// Memory keeps what is published. Get returns "" for a key that was never put.
type Memory interface {
	Get(ctx context.Context, key string) (string, error)
	Put(ctx context.Context, key, value string) error
}

// Publisher publishes the pack as a set of the bot. Only one may publish at a
// time; FileID may be asked by many.
type Publisher struct {
	Pack   Pack
	Bot    string // user name of the bot
	API    API
	Memory Memory
}

// Report says what Publish has done.
type Report struct {
	Set, Link string
	Version   int
	Steps     []string // in words for the log; none: all was as it should be
}

// Publish makes the set what the pack says, for the owner, who must have
// started the bot. It looks at the set, does the first thing that is missing,
// and looks again, so that it also goes on from where another has ended half
// way; when all is well, it looks once and does nothing. Stickers that we did
// not publish are left alone, behind ours.
func (p *Publisher) Publish(ctx context.Context, owner int64) (Report, error) {
	r := Report{Set: p.Pack.SetName(p.Bot), Link: p.Pack.Link(p.Bot), Version: p.Pack.Version}
	if err := p.Pack.Validate(p.Bot); err != nil {
		return r, err
	}
	m, err := p.recall(ctx)
	if err != nil {
		return r, err
	}
	if m.Owner != 0 && m.Owner != owner {
		return r, fmt.Errorf("publish %s: %w: %d", r.Set, ErrOwner, m.Owner)
	}
	m.owner = owner
	for range 20 + 10*len(p.Pack.Stickers) {
		done, err := p.advance(ctx, m, &r)
		if err != nil {
			return r, fmt.Errorf("publish %s: %w", r.Set, err)
		}
		if done {
			return r, nil
		}
	}
	return r, fmt.Errorf("publish %s: %w", r.Set, ErrUnsettled)
}

// advance looks at the set and does the first thing that is missing.
func (p *Publisher) advance(ctx context.Context, m *record, r *Report) (done bool, err error) {
	s, err := p.read(ctx)
	if err != nil {
		return false, err
	}
	m.reconcile(s, p.Pack)
	expected := m.Pending
	m.Pending = nil
	if expected.confirmed() && m.lacks(expected) {
		return false, fmt.Errorf("%w: %s", ErrUnsettled, expected.Step)
	}
	next := p.next(m, s)
	if next == nil {
		m.Owner, m.Version = m.owner, p.Pack.Version
		return true, p.keep(ctx, m)
	}
	m.Pending = next.pending(s)
	if err := p.keep(ctx, m); err != nil {
		return false, err
	}
	_, err = p.API.Call(ctx, next.method, next.params, next.files)
	switch {
	case next.retires != "" && says(err, "not found", "bad request"):
		m.retire(next.retires) // what is refused in its place is added anew
	case next.polish && says(err, "404 not found", "method not found"):
		m.without[next.method] = true // servers of another make lack some
	case says(err, "already occupied"):
		return false, fmt.Errorf("%s: %w: %w", next.name, ErrOccupied, err)
	case err != nil:
		return false, fmt.Errorf("%s: %w", next.name, err)
	default:
		m.confirm(next)
	}
	r.Steps = append(r.Steps, next.told(err))
	return false, p.keep(ctx, m)
}

// FileID returns by which file the sticker is sent: from memory or, if it does
// not know, from the set. A sticker that is not there is ErrUnpublished.
func (p *Publisher) FileID(ctx context.Context, id string) (string, error) {
	m, err := p.recall(ctx)
	if err != nil {
		return "", err
	}
	if file := m.file(id); file != "" {
		return file, nil
	}
	s, err := p.read(ctx)
	if err != nil {
		return "", err
	}
	m.reconcile(s, p.Pack)
	if err := p.keep(ctx, m); err != nil {
		return "", err
	}
	if file := m.file(id); file != "" {
		return file, nil
	}
	return "", fmt.Errorf("sticker %s: %w", id, ErrUnpublished)
}

// Published returns which stickers the memory knows to be in the set, and the
// version that was published last; 0: none was published whole.
func (p *Publisher) Published(ctx context.Context) (ids []string, version int, err error) {
	m, err := p.recall(ctx)
	if err != nil {
		return nil, 0, err
	}
	for _, k := range m.Stickers {
		ids = append(ids, k.ID)
	}
	return ids, m.Version, nil
}

// set is a set as the messenger shows it; nil: there is none.
type set struct {
	Title    string   `json:"title"`
	Stickers []placed `json:"stickers"`
}

type placed struct {
	File   string `json:"file_id"`
	Unique string `json:"file_unique_id"`
	Emoji  string `json:"emoji"`
}

func (p *Publisher) read(ctx context.Context) (*set, error) {
	answer, err := p.API.Call(ctx, "getStickerSet", map[string]string{"name": p.Pack.SetName(p.Bot)}, nil)
	if says(err, "stickerset_invalid") {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look at the set: %w", err)
	}
	var s set
	if err := json.Unmarshal(answer, &s); err != nil {
		return nil, fmt.Errorf("look at the set: %w", err)
	}
	return &s, nil
}

// says reports whether the refusal has one of the phrases, in small letters:
// the messenger tells its refusals apart by words alone.
func says(err error, phrases ...string) bool {
	if err == nil {
		return false
	}
	text := strings.ToLower(err.Error())
	for _, phrase := range phrases {
		if strings.Contains(text, phrase) {
			return true
		}
	}
	return false
}

func number(n int64) string { return strconv.FormatInt(n, 10) }
