package tgsim

import (
	"fmt"
	"strconv"
)

// Photo sends a picture the way that compresses it: the bot gets JPEG sizes
// with a long side of at most 1280.
func (s *Sim) Photo(id int64, picture []byte, caption string) (Done, error) {
	return s.Album(id, [][]byte{picture}, caption)
}

// Album sends pictures together: one message each, the caption on the first,
// one media_group_id on all if there are several.
func (s *Sim) Album(id int64, pictures [][]byte, caption string) (Done, error) {
	var developed [][]rendition
	for _, picture := range pictures {
		renditions, err := s.pictures.sizes(picture)
		if err != nil {
			return Done{}, fmt.Errorf("photo of %d: %w", id, err)
		}
		developed = append(developed, renditions)
	}
	return s.acting(id, func(p *person) (Done, error) {
		group, done := "", Done{[]int{}, []int64{}}
		if len(developed) > 1 {
			group = strconv.FormatInt(s.chance(), 10)
		}
		for _, renditions := range developed {
			m := Message{Photo: s.storePhoto(renditions), MediaGroupID: group, Caption: caption, CaptionEnts: found(caption, nil)}
			one, err := s.writeMessage(p, messageWith{Message: m})
			if err != nil {
				return done, err
			}
			caption = ""
			done.Messages, done.Updates = append(done.Messages, one.Messages...), append(done.Updates, one.Updates...)
		}
		return done, nil
	})
}

// Document sends a file as it is.
func (s *Sim) Document(id int64, content []byte, name, mime, caption string) (Done, error) {
	_, _ = s.pictures.sizes(content) // before the lock is taken, since it takes long; most files are no pictures
	return s.write(id, func(*person) messageWith {
		return messageWith{Message: Message{Document: s.document(content, name, mime), Caption: caption, CaptionEnts: found(caption, nil)}}
	})
}

// document keeps a file and returns it with a thumbnail if it is a picture.
func (s *Sim) document(content []byte, name, mime string) *Document {
	f := s.store("Document", "", name, mime, content)
	if f.thumbnail == nil {
		f.thumbnail = s.thumbnail(content)
	}
	return f.document()
}

func (f *file) document() *Document {
	return &Document{f.id, f.unique, f.thumbnail, f.name, f.mime, len(f.content)}
}

// Voice sends a spoken message of so many seconds.
func (s *Sim) Voice(id int64, content []byte, seconds int) (Done, error) {
	return s.write(id, func(*person) messageWith {
		f := s.store("Voice", "", "", "audio/ogg", content)
		return messageWith{Message: Message{Voice: &Voice{f.id, f.unique, seconds, f.mime, len(content)}}}
	})
}

// Sticker sends a sticker: one of a set by its file id, or any other by its
// emoji, which gets a picture of its own.
func (s *Sim) Sticker(id int64, fileID, emoji string) (Done, error) {
	return s.write(id, func(*person) messageWith {
		if f := s.files.byID[fileID]; f != nil && f.kind == "Sticker" {
			return messageWith{Message: Message{Sticker: s.stickerOf(f)}}
		}
		f := s.store("Sticker", "foreign", emoji, "image/webp", []byte("a foreign sticker "+emoji))
		f.width, f.height = stickerSide, stickerSide
		return messageWith{Message: Message{Sticker: &Sticker{
			FileID: f.id, FileUniqueID: f.unique, Type: "regular", Width: f.width, Height: f.height,
			Emoji: emoji, SetName: "foreign_by_other_bot", FileSize: len(f.content),
		}}}
	})
}
