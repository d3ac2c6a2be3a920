package compose

import "strings"

// commands maps the words that can be typed after a slash to actions. Many are those of other clients.
func commands() map[string]string {
	return map[string]string{
		"new": "chat.new", "clear": "chat.new", "reset": "chat.new",
		"chats": "chat.list", "sessions": "chat.list", "session": "chat.list", "resume": "chat.list",
		"model": "chat.model", "models": "chat.model", "compare": "chat.compare",
		"parameters": "chat.params", "params": "chat.params", "set": "chat.params", "settings": "chat.params",
		"system": "chat.system", "prompt": "chat.system",
		"preset": "chat.preset", "presets": "chat.preset", "role": "chat.preset", "roles": "chat.preset",
		"agent": "chat.preset", "agents": "chat.preset",
		"regenerate": "chat.regenerate", "retry": "chat.regenerate", "continue": "chat.continue", "copy": "chat.copy",
		"attach": "chat.attach", "file": "chat.attach", "add": "chat.attach", "editor": "chat.editor",
		"inspect": "chat.inspect", "details": "chat.inspect", "search": "chat.search", "find": "chat.search",
		"fork": "chat.fork", "rename": "chat.rename", "pin": "chat.pin", "delete": "chat.delete",
		"export": "chat.export", "import": "chat.import",
		"theme": "theme", "themes": "theme", "mouse": "mouse", "zoom": "zoom", "connect": "connect", "help": "help",
		"quit": "quit", "exit": "quit", "q": "quit",
	}
}

// Command returns the action of a command, if the text is only a slash and one of the words. Any other text with a
// slash is a message.
func (m *Model) Command() (action string, ok bool) {
	if len(m.files.chips) > 0 || m.edits != 0 {
		return "", false
	}
	word, ok := strings.CutPrefix(trim(m.editor.Value()), "/")
	if !ok {
		return "", false
	}
	action, ok = commands()[strings.ToLower(word)]
	return action, ok
}
