// Package telegram is the door to Telegram: a Client of the Bot API, a Channel
// that messages leave by, and a Door that updates come in by.
//
// An update is confirmed only after it is stored, whether it is polled or comes
// to the webhook. Only private chats take part. Tokens, texts and phones are in
// no error and no log line.
package telegram

import (
	"errors"
	"fmt"

	"promobot/bot/outbox"
)

// Name is the channel's name in addresses.
const Name = "telegram"

// The refusals of Fetch besides those of promobot/bot/outbox. Both are
// outbox.ErrContent: another try brings the same.
var (
	// ErrTooBig: the file is larger than asked for, or than the service hands out.
	ErrTooBig = fmt.Errorf("%w: the file is too big", outbox.ErrContent)
	// ErrFileGone: the service has no such file any more.
	ErrFileGone = fmt.Errorf("%w: the file is gone", outbox.ErrContent)
)

// unreachable are the words for a chat that takes no messages, whatever the
// code: the service lowers some 403 to 400.
var unreachable = []string{
	"chat not found", "user not found", "bot was blocked", "user is deactivated", "can't initiate conversation",
	"bot was kicked", "not a member", "user_is_blocked", "user_deactivated", "peer_id_invalid",
}

// meaning is what an error of a call means to the outbox. Errors that are no
// refusals stay as they are: they know themselves whether the outcome is known.
func meaning(err error) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	switch {
	case e.Code == 429:
		return fmt.Errorf("%w: %w", e.later(), err)
	case e.Foreign:
		return foreignMeaning(e)
	case e.says(unreachable...) || e.Code == 403:
		return fmt.Errorf("%w: %w", outbox.ErrUnreachable, err)
	case e.says("message to edit not found", "message can't be edited", "message_id_invalid"):
		return fmt.Errorf("%w: %w", outbox.ErrGone, err)
	case e.Code == 400 || e.Code == 413:
		return fmt.Errorf("%w: %w", outbox.ErrContent, err)
	case e.Code == 401 || e.Code == 404 || e.Code == 409 || e.Code == 421:
		return fmt.Errorf("%w: %w", outbox.ErrAccount, err)
	case e.Code > 500:
		return onTheWay(e)
	}
	return err // 500: the service says itself that it has failed
}

// foreignMeaning is that of an answer by a proxy, which knows nothing of chats
// and messages: below 500 it has kept the request to itself.
func foreignMeaning(e *Error) error {
	switch {
	case e.Code == 413:
		return fmt.Errorf("%w: %w", outbox.ErrContent, e)
	case e.Code >= 300 && e.Code < 500:
		return fmt.Errorf("%w: %w", outbox.ErrAccount, e)
	}
	return onTheWay(e)
}

// onTheWay is what a gateway's answer means. Who says that the service took too
// long has passed the request on; all others most likely have not.
func onTheWay(e *Error) error {
	if e.Code == 504 {
		return fmt.Errorf("%w: %w", outbox.ErrUnknown, e)
	}
	return fmt.Errorf("%w: %w", outbox.ErrProxy, e)
}
