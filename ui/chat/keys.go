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

// readOrder returns the table with the actions of reading first: the footer shows only the first few.
func readOrder(table []pane.Action) []pane.Action {
	out := slices.Clone(table)
	rank := map[string]int{groupCompare: 0, groupRead: 1, groupChats: 2, groupWrite: 3}
	slices.SortStableFunc(out, func(a, b pane.Action) int { return rank[a.Group] - rank[b.Group] })
	return out
}

// does makes an action of do, which has no command.
func does(do func()) func() tea.Cmd {
	return func() tea.Cmd { do(); return nil }
}

// writes makes an action that returns to the composer first. do may be nil.
func (m *Model) writes(do func() tea.Cmd) func() tea.Cmd {
	return func() tea.Cmd {
		m.writing()
		if do == nil {
			return nil
		}
		return do()
	}
}

// ofChat makes an action on the open chat.
func ofChat(chat *session.Header, do func(session.Header) tea.Cmd) func() tea.Cmd {
	return func() tea.Cmd { return do(*chat) }
}

func (m *Model) writeTable() []pane.Action {
	a := &m.actions
	return []pane.Action{
		{Name: "chat.send", Title: "Send the message", Group: groupWrite, Typing: true,
			Binding: pane.Bind("send", "enter"), Does: a.why((*situation).sends), Do: m.send,
			Why: a.why((*situation).send)},
		{Name: "chat.newline", Title: "New line", Group: groupWrite, Typing: true,
			Binding: pane.Bind("new line", "ctrl+j", "alt+enter", "shift+enter"),
			Do:      m.writes(m.compose.Newline), Why: a.why((*situation).newline)},
		{Name: "chat.stop", Title: "Stop the answer", Group: groupWrite, Typing: true,
			Binding: pane.Bind("stop", "esc"), Do: m.stop, Why: a.why((*situation).stop)},
		{Name: "chat.now", Title: "Send it now, past our own limits", Group: groupWrite, Typing: true,
			Binding: pane.Bind("send now", "alt+g"), Do: m.sendNow, Does: a.why((*situation).heldBack),
			Why: a.why((*situation).heldBack)},
		{Name: "chat.read", Title: "Leave the composer", Group: groupWrite, Typing: true,
			Binding: pane.Bind("read", "esc"), Does: a.why((*situation).leaves), Do: m.leave,
			Why: a.why((*situation).leave)},
		{Name: "chat.unqueue", Title: "Take a queued message back", Group: groupWrite, Typing: true,
			Binding: pane.Bind("edit queued", "alt+up"), Do: m.writes(m.compose.Unqueue), Why: m.compose.WhyUnqueue},
		{Name: "chat.attach", Title: "Attach a file, or the files whose paths are typed", Group: groupWrite, Typing: true,
			Binding: pane.Bind("attach", "alt+a"), Do: m.writes(m.compose.Attach)},
		{Name: "chat.editor", Title: "Write in the editor", Group: groupWrite, Typing: true,
			Binding: pane.Bind("editor", "ctrl+o"), Do: m.writes(m.compose.OpenEditor)},
		{Name: "chat.look", Group: groupWrite, Typing: true, Hidden: true,
			Title:   "Leave the composer, and let the answer go on",
			Binding: pane.Bind("read", "alt+k"), Do: m.browse, Why: a.why((*situation).browse)},
		{Name: "chat.undo", Group: groupWrite, Typing: true, Hidden: true,
			Title:   "Undo the last change of the text",
			Binding: pane.Bind("undo", "ctrl+z", "ctrl+_"), Do: m.writes(m.compose.Undo), Why: m.compose.WhyUndo},
		{Name: "chat.redo", Title: "Redo the change", Group: groupWrite, Typing: true, Hidden: true,
			Binding: pane.Bind("redo", "ctrl+y"), Do: m.writes(m.compose.Redo), Why: m.compose.WhyRedo},
	}
}

func (m *Model) readTable() []pane.Action {
	a := &m.actions
	return []pane.Action{
		{Name: "chat.details", Title: "Show the whole error", Group: groupRead, Hidden: true,
			Binding: pane.Bind("all of it", "enter"),
			Do: func() tea.Cmd {
				v, _ := m.selected()
				return transcript.Details(&v)
			}, Why: a.why((*situation).details)},
		{Name: "chat.write", Title: "Write", Group: groupRead,
			Binding: pane.Bind("write", "i", "enter"), Do: m.writes(nil)},
		{Name: "chat.copy", Title: "Copy the message as it came", Group: groupRead,
			Binding: pane.Bind("copy", "y"), Do: m.copy, Why: a.why((*situation).message)},
		{Name: "chat.regenerate", Title: "Regenerate the answer", Group: groupRead,
			Binding: pane.Bind("again", "r"), Do: m.regenerate, Why: a.why((*situation).regenerate)},
		{Name: "chat.edit", Title: "Edit a question and resend it", Group: groupRead,
			Binding: pane.Bind("edit", "e"), Do: m.edit, Why: a.unlessComparing(a.why((*situation).message))},
		{Name: "chat.continue", Title: "Continue the answer", Group: groupRead,
			Binding: pane.Bind("continue", "c"), Do: m.goOn, Why: a.unlessComparing(a.why((*situation).proceed))},
		{Name: "chat.next", Title: "Next answer to the same question", Group: groupRead,
			Binding: pane.BindAs("left/right", "other answers", "right", "l", "]"),
			Do:      m.sibling(1), Why: a.unlessComparing(a.why((*situation).sibling))},
		{Name: "chat.fold", Title: "Open or fold the reasoning, or the files of a question", Group: groupRead,
			Binding: pane.Bind("open", "space"), Do: does(m.read.Fold), Why: a.unlessComparing(m.read.WhyFold)},
		{Name: "chat.inspect", Title: "Inspect the request", Group: groupRead,
			Binding: pane.Bind("inspect", "I"), Do: m.inspect, Why: a.why((*situation).inspect)},
		{Name: "chat.down", Title: "Message below", Group: groupRead,
			Binding: pane.BindAs("j/k", "message", "j"), Do: m.move(1)},
		{Name: "chat.inspect.typing", Group: groupRead, Typing: true, Hidden: true,
			Title:   "Inspect the request, while typing",
			Binding: pane.Bind("inspect", "alt+i"), Do: m.inspect, Why: a.why((*situation).inspect)},
		{Name: "chat.previous", Title: "Previous answer to the same question", Group: groupRead, Hidden: true,
			Binding: pane.Bind("previous", "left", "h", "["),
			Do:      m.sibling(-1), Why: a.unlessComparing(a.why((*situation).sibling))},
		{Name: "chat.raw", Title: "Show the answer as it came, or rendered", Group: groupRead, Hidden: true,
			Binding: pane.Bind("raw", "v"), Do: does(m.read.Raw), Why: a.unlessComparing(m.read.WhyRaw)},
		{Name: "chat.up", Title: "Message above", Group: groupRead, Hidden: true,
			Binding: pane.Bind("up", "k"), Do: m.move(-1)},
		{Name: "chat.top", Title: "Start of the chat", Group: groupRead, Hidden: true,
			Binding: pane.Bind("begin", "g", "home"), Do: does(m.read.Top)},
		{Name: "chat.bottom", Title: "End of the chat, and follow", Group: groupRead, Hidden: true,
			Binding: pane.Bind("end", "G", "end"), Do: does(m.read.Bottom)},
		{Name: "chat.pageup", Title: "A page up", Group: groupRead, Typing: true, Hidden: true,
			Binding: pane.Bind("page up", "pgup"), Do: m.page(-1)},
		{Name: "chat.pagedown", Title: "A page down", Group: groupRead, Typing: true, Hidden: true,
			Binding: pane.Bind("page down", "pgdown"), Do: m.page(1)},
		{Name: "chat.adopt", Title: "Go on with this column", Group: groupCompare,
			Binding: pane.Bind("go on with it", "a"),
			Do:      func() tea.Cmd { return m.adopt(m.compare.At()) }, Why: a.why((*situation).column)},
		{Name: "chat.column.next", Title: "Next column", Group: groupCompare, Typing: true,
			Binding: pane.Bind("next column", "alt+right"),
			Do:      does(func() { m.compare.Move(1) }), Why: a.why((*situation).column)},
		{Name: "chat.column.previous", Title: "Previous column", Group: groupCompare, Typing: true, Hidden: true,
			Binding: pane.Bind("previous column", "alt+left"),
			Do:      does(func() { m.compare.Move(-1) }), Why: a.why((*situation).column)},
		{Name: "chat.compare.end", Title: "End the comparison", Group: groupCompare, Hidden: true,
			Binding: pane.Bind("end", "x"), Do: m.compare.End, Why: a.why((*situation).endCompare)},
	}
}

func (m *Model) chatsTable() []pane.Action {
	a := &m.actions
	return []pane.Action{
		{Name: "chat.fork", Title: "Fork the chat from the message into a new one", Group: groupChats, Hidden: true,
			Binding: pane.Bind("fork", "f"), Do: m.fork, Why: a.why((*situation).fork)},
		{Name: "chat.model", Title: "Choose the model", Group: groupChats, Typing: true,
			Binding: pane.Bind("model", "alt+m", "m"), Do: m.settings.PickModel},
		{Name: "chat.compare", Title: "Compare models side by side", Group: groupChats, Typing: true,
			Binding: pane.Bind("compare", "alt+c"),
			Do:      func() tea.Cmd { return m.compare.Pick(m.model) }, Why: a.why((*situation).compare)},
		{Name: "chat.params", Group: groupChats, Typing: true, Hidden: true,
			Title:   "Parameters: temperature, max_tokens, any key",
			Binding: pane.Bind("parameters", "alt+p", "P"), Do: m.settings.EditParams},
		{Name: "chat.system", Title: "System prompt", Group: groupChats, Typing: true, Hidden: true,
			Binding: pane.Bind("system prompt", "alt+s", "S"), Do: m.settings.EditSystem},
		{Name: "chat.preset", Group: groupChats, Typing: true, Hidden: true,
			Title:   "Presets: roles with their system prompt and parameters",
			Binding: pane.Bind("presets", "alt+r", "R"), Do: m.settings.PickPreset},
		{Name: "chat.preset.save", Group: groupChats, Typing: true, Hidden: true,
			Title:   "Save this chat's settings as a preset",
			Binding: pane.Bind("save preset"), Do: m.settings.SavePreset},
		{Name: "chat.leaveout", Group: groupChats, Typing: true, Hidden: true,
			Title:   "Leave the oldest turns out of what is sent, or take them back",
			Binding: pane.Bind("leave out", "alt+o", "O"), Do: m.leaveOut, Why: a.why((*situation).leaveOut)},
		{Name: "chat.new", Title: "New chat", Group: groupChats, Typing: true,
			Binding: pane.Bind("new chat", "alt+n", "n"), Do: m.newChat},
		{Name: "chat.list", Title: "Open another chat", Group: groupChats, Typing: true,
			Binding: pane.Bind("chats", "alt+l", "o"), Do: func() tea.Cmd { return m.library.pick(m.chat.ID, m.pace.now) }},
		{Name: "chat.search", Title: "Search all chats", Group: groupChats, Typing: true,
			Binding: pane.Bind("search", "alt+/", "/"),
			Do:      func() tea.Cmd { return m.library.search(m.read.Sought(), m.pace.now) }},
		{Name: "chat.rename", Title: "Rename the chat", Group: groupChats, Hidden: true,
			Binding: pane.Bind("rename", "t"), Do: ofChat(&m.chat, m.library.rename), Why: a.why((*situation).chat)},
		{Name: "chat.pin", Title: "Pin or unpin the chat", Group: groupChats, Hidden: true,
			Binding: pane.Bind("pin", "p"), Do: ofChat(&m.chat, m.library.pin), Why: a.why((*situation).chat)},
		{Name: "chat.export", Title: "Export the chat as Markdown or JSON", Group: groupChats, Hidden: true,
			Binding: pane.Bind("export", "E"), Do: ofChat(&m.chat, m.library.export), Why: a.why((*situation).chat)},
		{Name: "chat.import", Title: "Import a chat", Group: groupChats, Hidden: true,
			Binding: pane.Bind("import", "L"), Do: m.library.importChat},
		{Name: "chat.delete", Title: "Delete the chat", Group: groupChats, Hidden: true,
			Binding: pane.Bind("delete", "D"), Do: ofChat(&m.chat, m.library.remove), Why: a.why((*situation).chat)},
	}
}
