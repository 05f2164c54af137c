package tgsim

import (
	"encoding/json"
	"regexp"
	"unicode/utf8"
)

const (
	maxCommands    = 100
	maxDescription = 256
)

var commandForm = regexp.MustCompile(`^[a-z0-9_]{1,32}$`)

// Command is an entry of the bot's menu.
type Command struct {
	Command     string `json:"command"`
	Description string `json:"description"`
}

// commandScope is where a menu holds: a scope as canonical JSON, a language.
type commandScope struct{ scope, language string }

const everywhere = `{"type":"default"}`

func readScope(c *call) (commandScope, error) {
	scope := map[string]any{}
	named, err := c.object("scope", "bot command scope", &scope)
	if err != nil {
		return commandScope{}, err
	}
	if !named {
		return commandScope{everywhere, c.text("language_code")}, nil
	}
	text, err := json.Marshal(scope) // sorts the fields
	return commandScope{string(text), c.text("language_code")}, err
}

func (s *Sim) setMyCommands(c *call) (any, error) {
	at, err := readScope(c)
	if err != nil {
		return nil, err
	}
	var menu []Command
	if _, err := c.object("commands", "bot commands", &menu); err != nil {
		return nil, err
	}
	if len(menu) > maxCommands {
		return nil, bad("BOT_COMMANDS_TOO_MUCH")
	}
	for _, command := range menu {
		n := utf8.RuneCountInString(command.Description)
		switch {
		case !commandForm.MatchString(command.Command):
			return nil, bad("BOT_COMMAND_INVALID")
		case n < 1 || n > maxDescription:
			return nil, bad("BOT_COMMAND_DESCRIPTION_INVALID")
		}
	}
	s.commands[at] = menu
	return true, nil
}

func (s *Sim) getMyCommands(c *call) (any, error) {
	at, err := readScope(c)
	if err != nil {
		return nil, err
	}
	return append([]Command{}, s.commands[at]...), nil
}

func (s *Sim) deleteMyCommands(c *call) (any, error) {
	at, err := readScope(c)
	delete(s.commands, at)
	return true, err
}

// Commands returns the menu that a person of the language sees in the private
// chat: that of the chats before that of everywhere, and in each the one of the
// language before the one of all languages.
func (s *Sim) Commands(language string) []Command {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, scope := range []string{`{"type":"all_private_chats"}`, everywhere} {
		for _, l := range []string{language, ""} {
			if menu := s.commands[commandScope{scope, l}]; len(menu) > 0 {
				return append([]Command{}, menu...)
			}
		}
	}
	return []Command{}
}
