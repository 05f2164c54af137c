package soap

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"promobot/fns"
	"promobot/fns/internal/xmltree"
)

// errToken reports that the temporary token is not taken.
var errToken = errors.New("token not accepted")

// errNoToken reports an answer to an authentication without a token in it.
var errNoToken = errors.New("no token in the answer")

// fault is a SOAP fault. The name of the element in its detail is the surest
// sign; the texts differ between editions of the service.
type fault struct {
	code, text, detail string
}

func readFault(n *xmltree.Node) fault {
	f := fault{code: n.Child(soapNS, "faultcode").Text(), text: n.Child(soapNS, "faultstring").Text()}
	if detail := n.Child(soapNS, "detail").First(); detail != nil {
		f.detail = detail.XMLName.Local
	}
	return f
}

// says reports whether the text holds all the words, whatever the spaces, the
// case and the marks between them.
func (f fault) says(words ...string) bool {
	text := squeeze(f.text)
	for _, word := range words {
		if !strings.Contains(text, squeeze(word)) {
			return false
		}
	}
	return true
}

func squeeze(text string) string {
	text = strings.ReplaceAll(strings.ToLower(text), "ё", "е")
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, text)
}

// refusal turns a fault into what the caller can act on.
func (c *Client) refusal(op operation, f fault, token string) error {
	text := c.mask(f.text, token)
	switch {
	case f.detail == "AuthenticationFault" || f.says("для token", "запрещен"):
		return fmt.Errorf("%w: %s", errToken, text)
	case f.detail == "RateLimitingFault" || f.says("превышено количество запросов"):
		return &fns.RateError{RetryIn: ratePause(op)}
	case f.detail == "MessageNotFoundFault" || f.detail == "MessagesNotFoundFault" || f.says("сообщение не найдено"):
		return fmt.Errorf("%s: %w", op.name, fns.ErrMessageGone)
	case f.says("превышен", "дневной лимит"), f.says("превышен лимит", "в день"), f.says("превышен лимит запросов"):
		return c.outOfQuota(op, text)
	case f.says("доступ", "ip", "запрещен"), f.says("отсутствует в списке доступа"), f.says("требуемые заголовки"):
		return c.barred(op.name + ": " + text)
	case strings.HasSuffix(strings.ToLower(f.code), "client"):
		return c.misread(op, text)
	}
	return &fns.TemporaryError{Op: op.name, Err: errors.New(text)}
}

// misread reports that the service cannot read what we wrote. An authentication
// is the same for all receipts; other requests name one receipt, and whether
// others fare like it is not known.
func (c *Client) misread(op operation, text string) error {
	if op == opAuth {
		return c.barred(op.name + ": " + text)
	}
	return &fns.TemporaryError{Op: op.name, Answered: true, Err: errors.New(text)}
}

// ratePause is the least pause after the service's own "too fast".
func ratePause(op operation) time.Duration {
	if op == opPoll {
		return 5 * time.Second
	}
	return time.Second
}

// maxFaultText is enough for the service's longest sentence with an id in it.
const maxFaultText = 300

// mask takes secrets out of a stranger's text and bounds it.
func (c *Client) mask(text, token string) string {
	for _, secret := range []string{c.config.MasterToken, token, c.config.UserToken} {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "***")
		}
	}
	if runes := []rune(text); len(runes) > maxFaultText {
		text = string(runes[:maxFaultText]) + "…"
	}
	return text
}
