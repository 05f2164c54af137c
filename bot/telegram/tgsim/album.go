package tgsim

import (
	"encoding/json"
	"strconv"
)

// medium is one item of an album.
type medium struct {
	Type      string          `json:"type"`
	Media     string          `json:"media"`
	Caption   string          `json:"caption"`
	ParseMode string          `json:"parse_mode"`
	Entities  json.RawMessage `json:"caption_entities"`
}

func (s *Sim) sendMediaGroup(c *call) (any, error) {
	var items []medium
	if _, err := c.object("media", "media", &items); err != nil {
		return nil, err
	}
	if len(items) < 2 || len(items) > 10 {
		return nil, bad("media group must include 2-10 items")
	}
	var parts []Message
	for _, item := range items {
		if item.Type != items[0].Type {
			return nil, bad("%s can't be mixed with other media types", items[0].Type)
		}
		part, err := s.albumPart(c, item)
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	return s.postAlbum(c, parts)
}

// albumPart makes one message of an album; photos and documents are known.
func (s *Sim) albumPart(c *call, item medium) (Message, error) {
	own := &call{params: map[string]string{"caption": item.Caption, "parse_mode": item.ParseMode, "caption_entities": string(item.Entities)}}
	caption, marks, err := formatted(own, "caption", "caption_entities", maxCaption)
	if err != nil {
		return Message{}, err
	}
	m := Message{Caption: caption, CaptionEnts: marks}
	switch item.Type {
	case "photo":
		m.Photo, err = s.photo(c, item.Media, item.Media)
	case "document":
		m.Document, err = s.documentOf(c, item.Media, item.Media)
	default:
		err = bad("can't parse InputMedia: type %q is not simulated", item.Type)
	}
	return m, err
}

func (s *Sim) postAlbum(c *call, parts []Message) (any, error) {
	group := strconv.FormatInt(s.chance(), 10)
	var sent []Message
	for _, part := range parts {
		p, _, err := s.address(c, &part)
		if err != nil {
			return nil, err
		}
		part.MediaGroupID, part.ReplyMarkup = group, nil
		sent = append(sent, s.keep(p, &s.me, messageWith{Message: part}).Message)
	}
	return sent, nil
}

// copyMessage answers the number alone.
func (s *Sim) copyMessage(c *call) (any, error) {
	from := s.people[c.number("from_chat_id", 0)]
	if from == nil {
		return nil, bad("chat not found")
	}
	source := from.find(int(c.number("message_id", 0)))
	if source == nil {
		return nil, bad("message to copy not found")
	}
	m := Message{
		Text: source.Text, Entities: source.Entities, Caption: source.Caption, CaptionEnts: source.CaptionEnts,
		Photo: source.Photo, Document: source.Document, Sticker: source.Sticker, Voice: source.Voice,
		Location: source.Location, Contact: source.Contact,
	}
	if _, named := c.params["caption"]; named && source.Text == "" {
		caption, marks, err := formatted(c, "caption", "caption_entities", maxCaption)
		if err != nil {
			return nil, err
		}
		m.Caption, m.CaptionEnts = caption, marks
	}
	sent, err := s.post(c, m)
	if err != nil {
		return nil, err
	}
	return map[string]any{"message_id": sent.(Message).MessageID}, nil
}
