package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"gorm.io/gorm"

	"promobot/internal/failpoint"
	"promobot/internal/store"
)

// The states of an update.
const (
	updateStored  = "stored"
	updateHandled = "handled"
	updateFailed  = "failed" // given up; its sender was told
	updateNoted   = "noted"  // taken note of; there is nobody to answer
)

const (
	maxEventID = 100
	maxStart   = 64
)

type updateRow struct {
	ID         int64
	AddressID  int64
	EventID    string
	Body       []byte // sealed
	Picture    []byte
	Status     string
	Tries      int
	ReceivedAt time.Time
	HandledAt  *time.Time
}

// TableName is the table of everything that came in.
func (updateRow) TableName() string { return "updates" }

// source names the update in receipts and postings.
func (r updateRow) source() string { return "update:" + strconv.FormatInt(r.ID, 10) }

// updateBody is what is sealed.
type updateBody struct {
	Text      string   `json:"text,omitempty"`
	Button    string   `json:"button,omitempty"`
	Language  string   `json:"language,omitempty"`
	File      *File    `json:"file,omitempty"`
	Contact   *Contact `json:"contact,omitempty"`
	Odd       string   `json:"odd,omitempty"`
	Gone      bool     `json:"gone,omitempty"`
	Back      bool     `json:"back,omitempty"`
	Ref       string   `json:"ref,omitempty"`
	Forwarded bool     `json:"forwarded,omitempty"`
}

// Accept stores an update with the job that handles it. When it returns nil,
// and not before, the channel may acknowledge. The same event again changes
// nothing and is no error.
func (b *Bot) Accept(ctx context.Context, u Update) error {
	return b.AcceptAll(ctx, []Update{u})
}

// AcceptAll stores updates as Accept does, all of them or none.
func (b *Bot) AcceptAll(ctx context.Context, updates []Update) error {
	for _, u := range updates {
		if err := u.check(); err != nil {
			return err
		}
	}
	err := b.db.InTx(ctx, func(tx *store.Tx) error {
		for _, u := range updates {
			if err := b.keep(ctx, tx, u); err != nil {
				return fmt.Errorf("accept event %s of %s: %w", u.EventID, u.Channel, err)
			}
		}
		failpoint.Pass(failpoint.UpdateStoring)
		return nil
	})
	if err == nil {
		failpoint.Pass(failpoint.UpdateStored)
	}
	return err
}

func (u Update) check() error {
	if u.Channel == "" || u.Address == "" || u.EventID == "" ||
		utf8.RuneCountInString(u.EventID) > maxEventID || u.EventID != plain(u.EventID) {
		return ErrUpdate
	}
	return nil
}

func (b *Bot) keep(ctx context.Context, tx *store.Tx, u Update) error {
	address, err := b.people.Meet(ctx, tx, u.Channel, u.Address, source(u.Start))
	if err != nil {
		return err
	}
	body, err := json.Marshal(u.body())
	if err != nil {
		return err
	}
	row := updateRow{
		AddressID:  address.ID,
		EventID:    u.EventID,
		Picture:    u.Picture,
		Status:     updateStored,
		ReceivedAt: tx.Now(),
	}
	if row.Body, err = b.vault.Seal(body, row.place()); err != nil {
		return err
	}
	first, err := store.Once(ctx, tx, &row)
	if err != nil || !first {
		return err
	}
	return tx.Enqueue(ctx, HandleArgs{AddressID: address.ID})
}

// body is what is sealed; a file's id says from then on which channel keeps it.
func (u Update) body() updateBody {
	if u.File != nil {
		kept := *u.File
		kept.ID = u.Channel + ":" + kept.ID
		u.File = &kept
	}
	return updateBody{Text: plain(u.Text), Button: plain(u.Button), Language: plain(u.Language), File: u.File,
		Contact: u.Contact, Odd: u.Odd, Gone: u.Gone, Back: u.Back, Ref: plain(u.Ref), Forwarded: u.Forwarded}
}

// place binds the body to its row by what is known before the insert.
func (r updateRow) place() string {
	return fmt.Sprintf("updates.body/%d/%s", r.AddressID, r.EventID)
}

func (b *Bot) open(row updateRow) (updateBody, error) {
	var body updateBody
	text, err := b.vault.Open(row.Body, row.place())
	if err != nil {
		return body, err
	}
	return body, json.Unmarshal(text, &body)
}

// storedAt finds what waits at an address. The status stands in it as a word:
// SQLite uses a partial index only where it can read its condition.
const storedAt = "address_id = ? AND status = '" + updateStored + "'"

// oldest takes the first update of the address that waits; false if none does.
func oldest(ctx context.Context, tx *store.Tx, addressID int64) (updateRow, bool, error) {
	var row updateRow
	err := tx.WithContext(ctx).Order("id").Take(&row, storedAt, addressID).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return row, false, nil
	}
	return row, err == nil, err
}

// finish marks the update as done. Its photo goes, unless the talk keeps it for
// later: receipts have their own copy.
func finish(ctx context.Context, tx *store.Tx, row updateRow, status string, keepPicture bool) error {
	columns := map[string]any{"status": status, "handled_at": tx.Now()}
	if !keepPicture {
		columns["picture"] = nil
	}
	return tx.Later(ctx, func(g *gorm.DB) *gorm.DB {
		return g.Model(&updateRow{}).Where("id = ? AND status = ?", row.ID, updateStored).Updates(columns)
	})
}

func move(ctx context.Context, tx *store.Tx, row updateRow, columns map[string]any) error {
	res := tx.WithContext(ctx).Model(&updateRow{}).
		Where("id = ? AND status = ?", row.ID, updateStored).Updates(columns)
	if res.Error == nil && res.RowsAffected == 0 {
		return fmt.Errorf("update %d moved under its lock", row.ID)
	}
	return res.Error
}

// plain is a text as it may be kept and shown: composed, without control and
// bidi characters.
func plain(text string) string {
	visible := strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && unicode.In(r, unicode.C) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	return norm.NFC.String(visible)
}

// source is what a participant came with, as far as it is a plain word.
func source(start string) string {
	word := strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("_-:.", r)) {
			return r
		}
		return -1
	}, start)
	return word[:min(len(word), maxStart)]
}
