package telegram

import (
	"encoding/json"
	"strconv"
	"strings"

	"promobot/bot"
)

// arrival is one update of the service as far as the talk is concerned.
type arrival struct {
	id     int64
	update *bot.Update // nil: there is nothing to store
	press  string      // the press to be answered once the update is stored
	broken bool        // it could not be read, and its sender could not either
}

// incoming are the kinds of updates that we ask for, each still to be read: one
// that cannot be must not stop those behind it.
type incoming struct {
	ID      int64           `json:"update_id"`
	Message json.RawMessage `json:"message"`
	Edited  json.RawMessage `json:"edited_message"`
	Press   json.RawMessage `json:"callback_query"`
	Member  json.RawMessage `json:"my_chat_member"`
}

// allowedUpdates are asked for by name: what the service sends by itself
// otherwise changes with its versions.
var allowedUpdates = []string{"message", "edited_message", "callback_query", "my_chat_member"}

type user struct {
	ID       int64  `json:"id"`
	Bot      bool   `json:"is_bot"`
	Language string `json:"language_code"`
}

type chat struct {
	ID   int64  `json:"id"`
	Type string `json:"type"`
}

// decode reads an update as it came.
func decode(raw json.RawMessage) arrival {
	var in incoming
	if json.Unmarshal(raw, &in) != nil || in.ID == 0 {
		return arrival{id: in.ID, broken: true}
	}
	a := in.read()
	a.id = in.ID
	if a.update != nil {
		a.update.Channel, a.update.EventID = Name, strconv.FormatInt(in.ID, 10)
	}
	return a
}

func (in incoming) read() arrival {
	switch {
	case given(in.Message):
		return readMessage(in.Message)
	case given(in.Edited):
		return readEdited(in.Edited)
	case given(in.Press):
		return readPress(in.Press)
	case given(in.Member):
		return readMember(in.Member)
	}
	return arrival{}
}

// given reports a field that is there and not null.
func given(raw json.RawMessage) bool { return len(raw) > 0 && string(raw) != "null" }

// from is the beginning of an update by the sender; nil for groups and bots.
func from(u user, c chat) *bot.Update {
	if c.Type != "private" || c.ID == 0 || u.Bot {
		return nil
	}
	return &bot.Update{Address: strconv.FormatInt(c.ID, 10), Language: u.Language}
}

// oddOf is an update that cannot be read, as far as its sender can.
func oddOf(raw json.RawMessage) arrival {
	var m struct {
		ID   int64 `json:"message_id"`
		From struct {
			ID int64 `json:"id"`
		} `json:"from"`
		Chat chat `json:"chat"`
	}
	if json.Unmarshal(raw, &m) != nil {
		return arrival{broken: true}
	}
	u := from(user{ID: m.From.ID}, m.Chat)
	if u != nil {
		u.Odd, u.Ref = oddOther, ref(m.ID)
	}
	return arrival{update: u}
}

func ref(id int64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}

// readEdited takes an edit for what the talk cannot take. A live place is edited
// with every step of its owner: that is nothing to speak of.
func readEdited(raw json.RawMessage) arrival {
	a := oddOf(raw)
	if a.update == nil {
		return a
	}
	var m struct{ Location json.RawMessage }
	if json.Unmarshal(raw, &m) == nil && given(m.Location) {
		return arrival{}
	}
	a.update.Odd = oddEdited
	return a
}

// readPress takes a tap on a button. Its message may be too old to be shown; the
// private chat has the number of its owner then.
func readPress(raw json.RawMessage) arrival {
	var p struct {
		ID      string `json:"id"`
		From    user   `json:"from"`
		Data    string `json:"data"`
		Message *struct {
			Chat chat `json:"chat"`
		} `json:"message"`
	}
	if json.Unmarshal(raw, &p) != nil {
		return arrival{broken: true}
	}
	c := chat{ID: p.From.ID, Type: "private"}
	if p.Message != nil {
		c = p.Message.Chat
	}
	u := from(p.From, c)
	if u == nil {
		return arrival{}
	}
	u.Button = p.Data
	if p.Data == "" {
		u.Odd = oddOther
	}
	return arrival{update: u, press: p.ID}
}

// readMember hears of those who block us and of those who take it back.
func readMember(raw json.RawMessage) arrival {
	var m struct {
		From user `json:"from"`
		Chat chat `json:"chat"`
		New  struct {
			Status string `json:"status"`
		} `json:"new_chat_member"`
	}
	if json.Unmarshal(raw, &m) != nil {
		return arrival{broken: true}
	}
	u := from(m.From, m.Chat)
	if u == nil {
		return arrival{}
	}
	switch m.New.Status {
	case "kicked":
		u.Gone = true
	case "member":
		u.Back = true
	default:
		return arrival{}
	}
	return arrival{update: u}
}

// start is the payload behind /start, with which a link was followed.
func start(text string) string {
	payload, ok := strings.CutPrefix(text, "/start ")
	if !ok {
		return ""
	}
	return strings.TrimSpace(payload)
}

// unaddressed takes the bot's name off a command: "/help@promo_bot now" is
// "/help now".
func unaddressed(text string) string {
	if !strings.HasPrefix(text, "/") {
		return text
	}
	name, rest := text, ""
	if i := strings.IndexAny(text, " \n\t"); i >= 0 {
		name, rest = text[:i], text[i:]
	}
	name, _, _ = strings.Cut(name, "@")
	return name + rest
}
