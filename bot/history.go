package bot

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"promobot/points"
	"promobot/receipts"
	"promobot/rewards"
)

const (
	buttonHistory = "history:page" // :entry, the lines before it; or none
	buttonEntry   = "history:show" // :entry, or :entry/n with the lines of its receipt from the n-th on
)

// How much of the history is on one page: it is read at a glance.
const (
	historyPage = 4
	entryLines  = 4
)

// history shows the changes before the one that a button names, the newest
// first.
func (b *Bot) history(ctx context.Context, t *turn, rest string) error {
	before, older := number(rest)
	var lines []points.Line
	var err error
	if older {
		lines, err = b.ledger.StatementBefore(ctx, t.tx.DB, t.person.ID, before, historyPage+1)
	} else {
		lines, err = b.ledger.Statement(ctx, t.tx.DB, t.person.ID, historyPage+1)
	}
	if err != nil {
		return err
	}
	if len(lines) == 0 {
		t.answer("history.none", nil, t.button("button.balance", buttonBalance), t.button("button.menu", buttonMenu))
		return nil
	}
	more := len(lines) > historyPage
	lines = lines[:min(len(lines), historyPage)]
	texts := []string{t.say("history.title", nil)}
	var buttons []Button
	for _, line := range lines {
		what, err := b.what(ctx, t, line)
		if err != nil {
			return err
		}
		args := map[string]any{"Amount": signed(line.Amount), "What": what.text, "Date": t.day(line.At)}
		texts = append(texts, t.say("history.line", args))
		buttons = append(buttons, Button{ID: fmt.Sprintf("%s:%d", buttonEntry, line.ID), Label: t.say("button.history_one", args)})
	}
	if more {
		buttons = append(buttons, t.button("button.history_older", fmt.Sprintf("%s:%d", buttonHistory, lines[len(lines)-1].ID)))
	}
	t.tell(strings.Join(texts, "\n"), append(buttons, t.button("button.balance", buttonBalance))...)
	return nil
}

// signed writes "+15" and "−60".
func signed(n points.Amount) string {
	if n > 0 {
		return "+" + grouped(int64(n))
	}
	return grouped(int64(n))
}

// what is what a change was for.
type what struct {
	text    string
	receipt *receipts.Explanation // nil: no receipt
	rules   *receipts.Rules       // nil: none needed
	earned  *points.Lot           // of points that have expired
}

// what finds what the line of the statement was for.
func (b *Bot) what(ctx context.Context, t *turn, line points.Line) (what, error) {
	switch {
	case line.Kind == points.Expiry:
		return b.lapsed(ctx, t, line)
	case line.Kind == points.Spending:
		return b.spent(ctx, t, line)
	case strings.HasSuffix(line.Source, "/"+rewards.BonusWelcome):
		v, err := b.book.Stood(ctx, t.tx.DB, line.At)
		return what{text: t.changed(line), rules: &receipts.Rules{Number: v.Number, Since: v.Since}}, err
	}
	e, ok, err := b.receipts.Explain(ctx, t.tx.DB, t.person.ID, line.Source, line.At)
	if err != nil || !ok {
		return what{text: t.changed(line)}, err
	}
	return what{text: t.ofReceipt(e, changeKey(line)), receipt: &e, rules: &e.Rules}, nil
}

// ofReceipt names a receipt by its day and its shop, and where the change was for
// more than its lines, by that.
func (v voice) ofReceipt(e receipts.Explanation, key string) string {
	at := e.Receipt.SubmittedAt.In(v.zone)
	if e.Receipt.PurchasedAt != nil {
		at = e.Receipt.PurchasedAt.UTC()
	}
	args := map[string]any{"Date": v.date(at), "Shop": cut(plain(e.Seller), 24)}
	switch {
	case key == "change.first":
		return v.say("change.first_of", args)
	case key != "change.receipt":
		return v.say("change.part_of", map[string]any{"What": v.say(key, nil), "Of": v.say("change.receipt_of", args)})
	case e.Seller == "":
		return v.say("change.receipt_of", args)
	}
	return v.say("change.receipt_at", args)
}

func (b *Bot) spent(ctx context.Context, t *turn, line points.Line) (what, error) {
	c, ok, err := b.shop.BySource(ctx, t.tx.DB, strings.TrimSuffix(line.Source, "/price"))
	if err != nil || !ok || c.ParticipantID != t.person.ID {
		return what{text: t.changed(line)}, err
	}
	return what{text: t.say("change.prize_of", map[string]any{"Prize": cut(t.either(c.Title, c.TitleEN), 32)})}, nil
}

// lapsed tells what the points that have expired had been for.
func (b *Bot) lapsed(ctx context.Context, t *turn, line points.Line) (what, error) {
	lot, ok, err := b.ledger.LotOf(ctx, t.tx.DB, line.Source)
	if err != nil || !ok {
		return what{text: t.changed(line)}, err
	}
	of, err := b.what(ctx, t, points.Line{Source: lot.Source, Kind: points.Accrual, At: lot.CreatedAt})
	of.text, of.earned = t.say("change.expiry_of", map[string]any{"What": of.text}), &lot
	return of, err
}

// entry shows one change down to the lines of its receipt and the version of the
// rules.
func (b *Bot) entry(ctx context.Context, t *turn, rest string) error {
	name, offset, _ := strings.Cut(rest, "/")
	id, _ := number(name)
	line, ok, err := b.ledger.Entry(ctx, t.tx.DB, t.person.ID, id)
	if err != nil {
		return err
	}
	if !ok {
		t.answer("entry.unknown", nil, t.button("button.history", buttonHistory))
		return nil
	}
	what, err := b.what(ctx, t, line)
	if err != nil {
		return err
	}
	from, _ := number(offset)
	texts, next := t.details(line, what, from)
	var buttons []Button
	if next > 0 {
		buttons = append(buttons, t.button("button.entry_more", fmt.Sprintf("%s:%d/%d", buttonEntry, id, next)))
	}
	t.tell(strings.Join(texts, "\n"), append(buttons, t.button("button.history", buttonHistory), t.button("button.menu", buttonMenu))...)
	return nil
}

// details are the texts of one change, of its receipt's lines those from the
// given one on; next is the first that is left out, 0 if none is.
func (v voice) details(line points.Line, w what, from int64) (texts []string, next int64) {
	texts = []string{v.say("balance.change", map[string]any{"Amount": signed(line.Amount), "What": w.text, "Date": v.day(line.At)})}
	if w.earned != nil {
		texts = append(texts, v.say("entry.lapsed", map[string]any{"Date": v.day(w.earned.CreatedAt), "Until": v.day(w.earned.ExpiresAt.Add(-time.Second))}))
	}
	if w.receipt != nil {
		lines := w.receipt.Lines
		from = min(from, int64(len(lines)))
		for _, l := range lines[from:min(from+entryLines, int64(len(lines)))] {
			texts = append(texts, v.say("accepted.line", map[string]any{
				"Title": cut(l.Title, 26), "Units": strconv.FormatInt(l.Units, 10), "Points": grouped(int64(l.Points))}))
		}
		if left := from + entryLines; left < int64(len(lines)) {
			next = left
		}
	}
	if w.rules != nil {
		texts = append(texts, v.say("entry.rules", map[string]any{"Number": strconv.Itoa(w.rules.Number), "Date": v.date(w.rules.Since)}))
	}
	return texts, next
}
