package bot

// Command is an entry of a messenger's menu of commands: a name of Latin
// letters without the slash, and what it does.
type Command struct{ Name, Description string }

// commands are the names in the menu; each is a word that converse knows.
var commands = []string{"menu", "balance", "receipts", "prizes", "certificates", "rules", "help", "stop"}

// Commands is the menu in the language "ru" or "en".
func Commands(language string) []Command {
	v := voice{language: spoken(language)}
	list := make([]Command, len(commands))
	for i, name := range commands {
		list[i] = Command{Name: name, Description: v.say("command."+name, nil)}
	}
	return list
}
