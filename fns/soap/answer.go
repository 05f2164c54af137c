package soap

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"promobot/fns"
	"promobot/fns/internal/xmltree"
	"promobot/fns/ticket"
)

// readAnswer reads the answer to a poll. What makes no sense is a
// TemporaryError: a receipt is never refused because an answer was garbled. If
// the garbled thing is the message's own completed answer, the error says so.
func (c *Client) readAnswer(response *xmltree.Node) (fns.Answer, error) {
	switch status := strings.ToUpper(response.Child(asyncNS, "ProcessingStatus").Text()); status {
	case "PROCESSING":
		return fns.Answer{State: fns.Pending}, nil
	case "COMPLETED":
		return c.readMessage(response.Child(asyncNS, "Message").Child(ticketNS, "GetTicketResponse"))
	default:
		return fns.Answer{}, c.unreadable(opPoll, fmt.Errorf("processing status %.40q", status))
	}
}

func (c *Client) readMessage(response *xmltree.Node) (fns.Answer, error) {
	if f := response.Child(ticketNS, "Fault"); f != nil {
		return fns.Answer{}, unusable(errors.New(c.mask(f.Child(ticketNS, "Message").Text(), "")))
	}
	result := response.Child(ticketNS, "Result")
	code, err := strconv.Atoi(result.Child(ticketNS, "Code").Text())
	if err != nil {
		return fns.Answer{}, unusable(errors.New("no result code in the answer"))
	}
	answer := fns.Answer{Code: code, Text: c.mask(result.Child(ticketNS, "Message").Text(), "")}
	answer.State, answer.RetryIn = c.readCode(code)
	if answer.State != fns.Found {
		return answer, nil
	}
	if answer.Ticket, err = ticket.Parse([]byte(result.Child(ticketNS, "Ticket").Text())); err != nil {
		return fns.Answer{}, unusable(err)
	}
	return answer, nil
}

// unusable reports a completed answer that cannot be understood.
func unusable(err error) error {
	return &fns.TemporaryError{Op: opPoll.name, Answered: true, Err: err}
}

// readCode obeys the configuration before the table.
func (c *Client) readCode(code int) (fns.State, time.Duration) {
	state, retryIn := fns.ReadCode(code)
	if override, found := c.config.Codes[code]; found {
		state = override
	}
	return state, retryIn
}
