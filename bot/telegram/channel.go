package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync"

	"promobot/bot"
	"promobot/bot/outbox"
)

// Stickers knows by which file a sticker of our pack is sent. One that can never
// be is outbox.ErrContent.
type Stickers interface {
	FileID(ctx context.Context, id string) (string, error)
}

// Channel brings messages to private chats; an address is the chat's number.
// It is safe for use by many goroutines.
type Channel struct {
	client   *Client
	stickers Stickers
	log      *slog.Logger

	mu    sync.Mutex
	asked map[int64]bool // chats under which the button for the phone stands
}

// mostAsked is how many chats are remembered; when there are more, the oldest
// buttons stay until their owners press them, which folds them away too.
const mostAsked = 10_000

// NewChannel returns a channel that sends by client. Without stickers, nil,
// every sticker is refused with outbox.ErrContent. The log hears of messages
// that had to be changed to be delivered.
func NewChannel(client *Client, stickers Stickers, log *slog.Logger) *Channel {
	return &Channel{client: client, stickers: stickers, log: log, asked: map[int64]bool{}}
}

// Send delivers m and returns the number of the message. Picture is uploaded,
// with the text under it; Image and File are not sent. Stickers, pictures, and
// questions for the phone cannot replace a message and are sent anew. The refusals are those of promobot/bot/outbox.
func (c *Channel) Send(ctx context.Context, address, replaces string, m bot.Message) (string, error) {
	chat, err := strconv.ParseInt(address, 10, 64)
	if err != nil {
		return "", fmt.Errorf("%w: a telegram address that is no number", outbox.ErrUnreachable)
	}
	switch {
	case m.Sticker != "":
		return c.sticker(ctx, chat, m)
	case len(m.Picture) > 0:
		return c.picture(ctx, chat, m)
	case replaces != "" && m.AskPhone == "":
		return c.edit(ctx, chat, replaces, m)
	}
	return c.say(ctx, chat, m)
}

func (c *Channel) sticker(ctx context.Context, chat int64, m bot.Message) (string, error) {
	if c.stickers == nil {
		return "", fmt.Errorf("%w: there is no pack of stickers", outbox.ErrContent)
	}
	file, err := c.stickers.FileID(ctx, m.Sticker)
	if err != nil {
		return "", fmt.Errorf("sticker %s: %w", m.Sticker, fileMeaning(err))
	}
	params := Params{"chat_id": chat, "sticker": file}
	answerTo(params, m.ReplyTo)
	id, err := sent(c.client.Call(ctx, "sendSticker", params))
	return id, orUnknown(err)
}

// picture uploads a picture with a caption.
func (c *Channel) picture(ctx context.Context, chat int64, m bot.Message) (string, error) {
	params := Params{"chat_id": chat}
	if caption := fitting(m.Text, maxCaption); caption != "" {
		params["caption"] = caption
		if list := entities(caption, m.Marks); len(list) > 0 {
			params["caption_entities"] = list
		}
	}
	c.keys(params, m.Buttons)
	answerTo(params, m.ReplyTo)
	id, err := sent(c.client.Call(ctx, "sendPhoto", params, File{Field: "photo", Name: "receipt.jpg", Data: m.Picture}))
	return id, orUnknown(err)
}

// orUnknown is the meaning of an error of a method that not every server knows:
// it is a server all the same, which takes other messages.
func orUnknown(err error) error {
	var e *Error
	if errors.As(err, &e) && e.Code == 404 {
		return fmt.Errorf("%w: %w", outbox.ErrContent, err)
	}
	return meaning(err)
}

func (c *Channel) say(ctx context.Context, chat int64, m bot.Message) (string, error) {
	params, err := c.text(chat, m)
	if err != nil {
		return "", err
	}
	answerTo(params, m.ReplyTo)
	_, taken := params["reply_markup"]
	remove := false
	switch {
	case m.AskPhone != "":
		params["reply_markup"] = phoneKeyboard(m.AskPhone, m.Buttons)
	case !taken && c.stands(chat):
		remove, params["reply_markup"] = true, keyboardRemoval{true}
	}
	id, err := sent(c.plainly(ctx, "sendMessage", params))
	if err == nil && (remove || m.AskPhone != "") {
		c.remember(chat, m.AskPhone != "")
	}
	return id, meaning(err)
}

// edit replaces a message. One that says the same already has been replaced.
func (c *Channel) edit(ctx context.Context, chat int64, replaces string, m bot.Message) (string, error) {
	number, err := strconv.ParseInt(replaces, 10, 64)
	if err != nil {
		return "", fmt.Errorf("%w: its id is no number", outbox.ErrGone)
	}
	params, err := c.text(chat, m)
	if err != nil {
		return "", err
	}
	params["message_id"] = number
	_, err = c.plainly(ctx, "editMessageText", params)
	var e *Error
	if errors.As(err, &e) && e.says("message is not modified") {
		err = nil
	}
	if err != nil {
		return "", meaning(err)
	}
	return replaces, nil
}

// text are the parameters that a new message and an edit have in common.
func (c *Channel) text(chat int64, m bot.Message) (Params, error) {
	text := fitting(m.Text, maxText)
	if text == "" {
		return nil, fmt.Errorf("%w: it has no text", outbox.ErrContent)
	}
	params := Params{"chat_id": chat, "text": text, "link_preview_options": map[string]bool{"is_disabled": true}}
	if list := entities(text, m.Marks); len(list) > 0 {
		params["entities"] = list
	}
	if m.AskPhone != "" {
		return params, nil
	}
	c.keys(params, m.Buttons)
	return params, nil
}

// keys puts the buttons under a message.
func (c *Channel) keys(params Params, buttons []bot.Button) {
	keyboard, refused := inline(buttons)
	if refused > 0 {
		c.log.Error("telegram: buttons left out: their ids are empty or over 64 bytes, or they have no label", "buttons", refused)
	}
	if len(keyboard.Rows) > 0 {
		params["reply_markup"] = keyboard
	}
}

// plainly calls a method with a text; if the service takes offence at the marks,
// once more without them.
func (c *Channel) plainly(ctx context.Context, method string, params Params) (json.RawMessage, error) {
	result, err := c.client.Call(ctx, method, params)
	var e *Error
	if _, marked := params["entities"]; marked && errors.As(err, &e) && e.Code == 400 && e.says("can't parse entities", "entit") {
		c.log.Error("telegram: sent without its marks", "error", err)
		delete(params, "entities")
		return c.client.Call(ctx, method, params)
	}
	return result, err
}

func answerTo(params Params, ref string) {
	if number, err := strconv.ParseInt(ref, 10, 64); err == nil {
		params["reply_parameters"] = map[string]any{"message_id": number, "allow_sending_without_reply": true}
	}
}

// sent is the number of the message that a call has sent. One that cannot be
// read is "": the message was delivered, it only cannot be edited.
func sent(result json.RawMessage, err error) (string, error) {
	if err != nil {
		return "", err
	}
	var m struct {
		ID int64 `json:"message_id"`
	}
	if json.Unmarshal(result, &m) != nil || m.ID == 0 {
		return "", nil
	}
	return strconv.FormatInt(m.ID, 10), nil
}

// The button for the phone folds away when it is pressed, but stays within
// reach until a message takes it away. A message with inline buttons cannot, so
// the first one without them does.

func (c *Channel) stands(chat int64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.asked[chat]
}

func (c *Channel) remember(chat int64, stands bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !stands {
		delete(c.asked, chat)
		return
	}
	if len(c.asked) >= mostAsked {
		clear(c.asked)
	}
	c.asked[chat] = true
}
