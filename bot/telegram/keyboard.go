package telegram

import (
	"unicode/utf8"

	"promobot/bot"
)

const (
	maxData = 64 // bytes of callback_data
	// shortLabel is the longest label, in characters, that shares its row on the
	// screen of a phone.
	shortLabel = 16
)

type inlineKeyboard struct {
	Rows [][]inlineButton `json:"inline_keyboard"`
}

type inlineButton struct {
	Text string `json:"text"`
	Data string `json:"callback_data"`
}

type replyKeyboard struct {
	Rows    [][]replyButton `json:"keyboard"`
	Resize  bool            `json:"resize_keyboard"`
	OneTime bool            `json:"one_time_keyboard"`
}

type replyButton struct {
	Text    string `json:"text"`
	Contact bool   `json:"request_contact,omitempty"`
}

type keyboardRemoval struct {
	Remove bool `json:"remove_keyboard"`
}

// inline puts two buttons in a row where both labels are short. Buttons that
// the service would refuse are left out, and counted.
func inline(buttons []bot.Button) (k inlineKeyboard, refused int) {
	roomy := false // the last row takes another button
	for _, b := range buttons {
		if b.Label == "" || b.ID == "" || len(b.ID) > maxData {
			refused++
			continue
		}
		short := utf8.RuneCountInString(b.Label) <= shortLabel
		button := inlineButton{b.Label, b.ID}
		if last := len(k.Rows) - 1; roomy && short {
			k.Rows[last] = append(k.Rows[last], button)
			roomy = false
			continue
		}
		k.Rows = append(k.Rows, []inlineButton{button})
		roomy = short
	}
	return k, refused
}

// phoneKeyboard asks for the own phone. Inline buttons cannot stand beside it:
// they become rows whose label is said when it is tapped.
func phoneKeyboard(label string, buttons []bot.Button) replyKeyboard {
	k := replyKeyboard{Rows: [][]replyButton{{{Text: label, Contact: true}}}, Resize: true, OneTime: true}
	for _, b := range buttons {
		k.Rows = append(k.Rows, []replyButton{{Text: b.Label}})
	}
	return k
}
