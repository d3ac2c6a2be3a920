package chat

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"relaytop/ui/pane"
)

// slashed are the words that people who come from other clients type as commands, and what the palette is asked for each.
func slashed() map[string]string {
	words := map[string]string{
		"new": "new chat", "clear": "new chat", "reset": "new chat", "chats": "another chat", "sessions": "another chat", "session": "another chat", "resume": "another chat",
		"models": "model", "exit": "quit", "q": "quit", "role": "presets", "roles": "presets", "agent": "presets", "agents": "presets", "prompt": "system prompt",
		"params": "parameters", "set": "parameters", "settings": "parameters", "retry": "regenerate", "file": "attach", "add": "attach", "editor": "editor",
		"themes": "theme", "details": "inspect", "find": "search",
	}
	for _, same := range []string{"help", "quit", "model", "compare", "export", "import", "copy", "system", "parameters", "presets", "preset", "regenerate", "continue",
		"inspect", "search", "fork", "rename", "delete", "pin", "attach", "theme", "mouse", "zoom", "connect"} {
		words[same] = same
	}
	return words
}

// command is what the palette is asked for if all that is written is one such word. Anything else with a slash is a question like any other.
func (c *composer) command() (query string, ok bool) {
	if len(c.files) > 0 || c.edits != 0 {
		return "", false
	}
	word, ok := strings.CutPrefix(strings.TrimSpace(c.area.Value()), "/")
	if !ok {
		return "", false
	}
	query, ok = slashed()[strings.ToLower(word)]
	return query, ok
}

// runCommand asks for the palette instead of sending the word.
func (m *Model) runCommand(query string) tea.Cmd {
	m.compose.drop()
	return tea.Batch(m.saveSoon(), func() tea.Msg { return pane.PaletteMsg{Typed: query} })
}
