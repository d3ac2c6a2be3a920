package chat

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"relaytop/state/session"
	"relaytop/ui/chat/transcript"
	"relaytop/ui/pane"
)

// Groups of the help.
const (
	groupWrite = "chat: writing"
	groupRead  = "chat: reading"
	groupChats = "chat: chats"

	groupCompare = "chat: side by side"
)

// readOrder is the table with what concerns reading first: the footer has room for a few.
func readOrder(table []pane.Action) []pane.Action {
	out := slices.Clone(table)
	rank := map[string]int{groupCompare: 0, groupRead: 1, groupChats: 2, groupWrite: 3}
	slices.SortStableFunc(out, func(a, b pane.Action) int { return rank[a.Group] - rank[b.Group] })
	return out
}

func act(name, title, group, does string, do func() tea.Cmd, keys ...string) pane.Action {
	return pane.Action{Name: name, Title: title, Group: group, Do: do, Binding: pane.Bind(does, keys...)}
}

func typing(a pane.Action) pane.Action { a.Typing = true; return a }

func hidden(a pane.Action) pane.Action { a.Hidden = true; return a }

func when(a pane.Action, why func() string) pane.Action { a.Why = why; return a }

// does is an action that changes what is shown and asks for nothing.
func does(do func()) func() tea.Cmd {
	return func() tea.Cmd { do(); return nil }
}

// writes is an action of the composer, which gets the letters first.
func (m *Model) writes(do func() tea.Cmd) func() tea.Cmd {
	return func() tea.Cmd {
		m.writing()
		if do == nil {
			return nil
		}
		return do()
	}
}

// ofChat is an action on the open chat.
func (m *Model) ofChat(do func(session.Header) tea.Cmd) func() tea.Cmd {
	return func() tea.Cmd { return do(m.chat) }
}

// shown is an action that the footer shows for a pair of keys.
func shown(a pane.Action, pair string) pane.Action {
	a.Binding.SetHelp(pair, a.Binding.Help().Desc)
	return a
}

func (m *Model) writeTable() []pane.Action {
	return []pane.Action{
		when(typing(act("chat.send", "Send the message", groupWrite, "send", m.send, "enter")), m.why((*situation).send)),
		when(typing(act("chat.newline", "New line", groupWrite, "new line", m.writes(m.compose.Newline), "ctrl+j", "alt+enter", "shift+enter")), m.why((*situation).newline)),
		when(typing(act("chat.stop", "Stop the answer", groupWrite, "stop", m.stop, "esc")), m.why((*situation).stop)),
		when(typing(act("chat.read", "Leave the composer", groupWrite, "read", m.leave, "esc")), m.why((*situation).leave)),
		when(typing(act("chat.unqueue", "Take a queued message back", groupWrite, "edit queued", m.writes(m.compose.Unqueue), "alt+up")), m.compose.WhyUnqueue),
		typing(act("chat.attach", "Attach a file, or the files whose paths are typed", groupWrite, "attach", m.writes(m.compose.Attach), "alt+a")),
		typing(act("chat.editor", "Write in the editor", groupWrite, "editor", m.writes(m.compose.OpenEditor), "ctrl+o")),
		when(typing(hidden(act("chat.look", "Leave the composer, and let the answer go on", groupWrite, "read", m.browse, "alt+k"))), m.why((*situation).browse)),
		when(typing(hidden(act("chat.undo", "Take back the last change of what is written", groupWrite, "undo", m.writes(m.compose.Undo), "ctrl+z", "ctrl+_"))), m.compose.WhyUndo),
		when(typing(hidden(act("chat.redo", "Make it again", groupWrite, "redo", m.writes(m.compose.Redo), "ctrl+y"))), m.compose.WhyRedo),
	}
}

func (m *Model) readTable() []pane.Action {
	return []pane.Action{
		when(hidden(act("chat.details", "All of a failure", groupRead, "all of it", func() tea.Cmd {
			v, _ := m.selected()
			return transcript.Details(&v)
		}, "enter")), m.why((*situation).details)),
		when(act("chat.write", "Write", groupRead, "write", m.writes(nil), "i", "enter"), nil),
		when(act("chat.copy", "Copy the message as it came", groupRead, "copy", m.copy, "y"), m.why((*situation).message)),
		when(act("chat.regenerate", "Regenerate the answer", groupRead, "again", m.regenerate, "r"), m.why((*situation).regenerate)),
		when(act("chat.edit", "Edit a question and resend it", groupRead, "edit", m.edit, "e"), m.unlessComparing(m.why((*situation).message))),
		when(act("chat.continue", "Continue the answer", groupRead, "continue", m.goOn, "c"), m.unlessComparing(m.why((*situation).proceed))),
		when(shown(act("chat.next", "Next answer to the same question", groupRead, "other answers", m.sibling(1), "right", "l", "]"), "left/right"), m.unlessComparing(m.why((*situation).sibling))),
		when(act("chat.fold", "Open or fold the reasoning, or the files of a question", groupRead, "open", does(m.read.Fold), "space"), m.unlessComparing(m.read.WhyFold)),
		when(act("chat.inspect", "Inspect the request", groupRead, "inspect", m.inspect, "I"), m.why((*situation).inspect)),
		shown(act("chat.down", "Message below", groupRead, "message", m.move(1), "j"), "j/k"),
		when(typing(hidden(act("chat.inspect.typing", "Inspect the request, while typing", groupRead, "inspect", m.inspect, "alt+i"))), m.why((*situation).inspect)),
		when(hidden(act("chat.previous", "Previous answer to the same question", groupRead, "previous", m.sibling(-1), "left", "h", "[")), m.unlessComparing(m.why((*situation).sibling))),
		when(hidden(act("chat.raw", "Show the answer as it came, or rendered", groupRead, "raw", does(m.read.Raw), "v")), m.unlessComparing(m.read.WhyRaw)),
		hidden(act("chat.up", "Message above", groupRead, "up", m.move(-1), "k")),
		hidden(act("chat.top", "Begin of the chat", groupRead, "begin", does(m.read.Top), "g", "home")),
		hidden(act("chat.bottom", "End of the chat, and follow", groupRead, "end", does(m.read.Bottom), "G", "end")),
		typing(hidden(act("chat.pageup", "A page up", groupRead, "page up", m.page(-1), "pgup"))),
		typing(hidden(act("chat.pagedown", "A page down", groupRead, "page down", m.page(1), "pgdown"))),
		when(act("chat.adopt", "Go on with this column", groupCompare, "go on with it", func() tea.Cmd { return m.adopt(m.compare.At()) }, "a"), m.why((*situation).column)),
		when(typing(act("chat.column.next", "Next column", groupCompare, "next column", does(func() { m.compare.Move(1) }), "alt+right")), m.why((*situation).column)),
		when(typing(hidden(act("chat.column.previous", "Previous column", groupCompare, "previous column", does(func() { m.compare.Move(-1) }), "alt+left"))), m.why((*situation).column)),
		when(hidden(act("chat.compare.end", "End the comparison", groupCompare, "end", m.compare.End, "x")), m.why((*situation).endCompare)),
	}
}

func (m *Model) chatsTable() []pane.Action {
	return []pane.Action{
		when(hidden(act("chat.fork", "Fork the chat from the message into a new one", groupChats, "fork", m.fork, "f")), m.why((*situation).fork)),
		typing(act("chat.model", "Choose the model", groupChats, "model", m.settings.PickModel, "alt+m", "m")),
		when(typing(act("chat.compare", "Compare models side by side", groupChats, "compare", func() tea.Cmd { return m.compare.Pick(m.model) }, "alt+c")), m.why((*situation).compare)),
		typing(hidden(act("chat.params", "Parameters: temperature, max_tokens, any key", groupChats, "parameters", m.settings.EditParams, "alt+p", "P"))),
		typing(hidden(act("chat.system", "System prompt", groupChats, "system prompt", m.settings.EditSystem, "alt+s", "S"))),
		typing(hidden(act("chat.preset", "Presets: roles with their system prompt and parameters", groupChats, "presets", m.settings.PickPreset, "alt+r", "R"))),
		typing(hidden(act("chat.preset.save", "Save this chat's settings as a preset", groupChats, "save preset", m.settings.SavePreset))),
		when(typing(hidden(act("chat.leaveout", "Leave the oldest turns out of what is sent, or take them back", groupChats, "leave out", m.leaveOut, "alt+o", "O"))), m.why((*situation).leaveOut)),
		typing(act("chat.new", "New chat", groupChats, "new chat", m.newChat, "alt+n", "n")),
		typing(act("chat.list", "Open another chat", groupChats, "chats", func() tea.Cmd { return m.library.pick(m.chat.ID, m.pace.now) }, "alt+l", "o")),
		typing(act("chat.search", "Search everything that was said", groupChats, "search", func() tea.Cmd { return m.library.search(m.read.Sought(), m.pace.now) }, "alt+/", "/")),
		when(hidden(act("chat.rename", "Rename the chat", groupChats, "rename", m.ofChat(m.library.rename), "t")), m.why((*situation).chat)),
		when(hidden(act("chat.pin", "Pin the chat or let it go", groupChats, "pin", m.ofChat(m.library.pin), "p")), m.why((*situation).chat)),
		when(hidden(act("chat.export", "Export the chat as Markdown or JSON", groupChats, "export", m.ofChat(m.library.export), "E")), m.why((*situation).chat)),
		hidden(act("chat.import", "Import a chat", groupChats, "import", m.library.importChat, "L")),
		when(hidden(act("chat.delete", "Delete the chat", groupChats, "delete", m.ofChat(m.library.remove), "D")), m.why((*situation).chat)),
	}
}
