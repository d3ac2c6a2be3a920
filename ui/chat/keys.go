package chat

import (
	"errors"
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

// table lists what the pane can do, in the order in which the footer shows it while one writes.
func (m *Model) table() []pane.Action {
	return slices.Concat(m.writeTable(), m.readTable(), m.compareTable(), m.chatsTable())
}

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

// shown is an action that the footer shows for a pair of keys.
func shown(a pane.Action, pair string) pane.Action {
	a.Binding.SetHelp(pair, a.Binding.Help().Desc)
	return a
}

func (m *Model) writeTable() []pane.Action {
	return []pane.Action{
		when(typing(act("chat.send", "Send the message", groupWrite, "send", m.send, "enter")), m.whySend),
		when(typing(act("chat.newline", "New line", groupWrite, "new line", m.newline, "ctrl+j", "alt+enter", "shift+enter")), m.whyNewline),
		when(typing(act("chat.stop", "Stop the answer", groupWrite, "stop", m.stop, "esc")), m.whyStop),
		when(typing(act("chat.read", "Leave the composer", groupWrite, "read", m.leave, "esc")), m.whyLeave),
		when(typing(act("chat.unqueue", "Take a queued message back", groupWrite, "edit queued", m.unqueue, "alt+up")), m.compose.WhyUnqueue),
		typing(act("chat.attach", "Attach a file, or the files whose paths are typed", groupWrite, "attach", m.attach, "alt+a")),
		typing(act("chat.editor", "Write in the editor", groupWrite, "editor", m.openEditor, "ctrl+o")),
		when(typing(hidden(act("chat.look", "Leave the composer, and let the answer go on", groupWrite, "read", m.browse, "alt+k"))), m.whyLook),
		when(typing(hidden(act("chat.undo", "Take back the last change of what is written", groupWrite, "undo", m.undo, "ctrl+z", "ctrl+_"))), m.compose.WhyUndo),
		when(typing(hidden(act("chat.redo", "Make it again", groupWrite, "redo", m.redo, "ctrl+y"))), m.compose.WhyRedo),
	}
}

func (m *Model) readTable() []pane.Action {
	return []pane.Action{
		when(hidden(act("chat.details", "All of a failure", groupRead, "all of it", m.allOfIt, "enter")), m.whyDetails),
		when(act("chat.write", "Write", groupRead, "write", m.write, "i", "enter"), nil),
		when(act("chat.copy", "Copy the message as it came", groupRead, "copy", m.copy, "y"), m.whyMessage),
		when(act("chat.regenerate", "Regenerate the answer", groupRead, "again", m.regenerate, "r"), m.whyRegenerate),
		when(act("chat.edit", "Edit a question and resend it", groupRead, "edit", m.edit, "e"), m.unlessComparing(m.whyMessage)),
		when(act("chat.continue", "Continue the answer", groupRead, "continue", m.goOn, "c"), m.unlessComparing(m.whyContinue)),
		when(shown(act("chat.next", "Next answer to the same question", groupRead, "other answers", m.sibling(1), "right", "l", "]"), "left/right"), m.unlessComparing(m.whySibling)),
		when(act("chat.fold", "Open or fold the reasoning, or the files of a question", groupRead, "open", m.fold, "space"), m.unlessComparing(m.read.WhyFold)),
		when(act("chat.inspect", "Inspect the request", groupRead, "inspect", m.inspect, "I"), m.whyInspect),
		shown(act("chat.down", "Message below", groupRead, "message", m.move(1), "j"), "j/k"),
		when(typing(hidden(act("chat.inspect.typing", "Inspect the request, while typing", groupRead, "inspect", m.inspect, "alt+i"))), m.whyInspect),
		when(hidden(act("chat.previous", "Previous answer to the same question", groupRead, "previous", m.sibling(-1), "left", "h", "[")), m.unlessComparing(m.whySibling)),
		when(hidden(act("chat.raw", "Show the answer as it came, or rendered", groupRead, "raw", m.raw, "v")), m.unlessComparing(m.read.WhyRaw)),
		hidden(act("chat.up", "Message above", groupRead, "up", m.move(-1), "k")),
		hidden(act("chat.top", "Begin of the chat", groupRead, "begin", m.goTop, "g", "home")),
		hidden(act("chat.bottom", "End of the chat, and follow", groupRead, "end", m.goBottom, "G", "end")),
		typing(hidden(act("chat.pageup", "A page up", groupRead, "page up", m.page(-1), "pgup"))),
		typing(hidden(act("chat.pagedown", "A page down", groupRead, "page down", m.page(1), "pgdown"))),
	}
}

func (m *Model) compareTable() []pane.Action {
	return []pane.Action{
		when(act("chat.adopt", "Go on with this column", groupCompare, "go on with it", m.adoptThis, "a"), m.whyColumn),
		when(typing(act("chat.column.next", "Next column", groupCompare, "next column", m.toColumn(1), "alt+right")), m.whyColumn),
		when(typing(hidden(act("chat.column.previous", "Previous column", groupCompare, "previous column", m.toColumn(-1), "alt+left"))), m.whyColumn),
		when(hidden(act("chat.compare.end", "End the comparison", groupCompare, "end", m.endCompare, "x")), m.whyEndCompare),
	}
}

func (m *Model) chatsTable() []pane.Action {
	return []pane.Action{
		when(hidden(act("chat.fork", "Fork the chat from the message into a new one", groupChats, "fork", m.fork, "f")), m.whyFork),
		typing(act("chat.model", "Choose the model", groupChats, "model", m.settings.PickModel, "alt+m", "m")),
		when(typing(act("chat.compare", "Compare models side by side", groupChats, "compare", m.pickCompared, "alt+c")), m.whyCompare),
		typing(hidden(act("chat.params", "Parameters: temperature, max_tokens, any key", groupChats, "parameters", m.settings.EditParams, "alt+p", "P"))),
		typing(hidden(act("chat.system", "System prompt", groupChats, "system prompt", m.settings.EditSystem, "alt+s", "S"))),
		typing(hidden(act("chat.preset", "Presets: roles with their system prompt and parameters", groupChats, "presets", m.settings.PickPreset, "alt+r", "R"))),
		typing(hidden(act("chat.preset.save", "Save this chat's settings as a preset", groupChats, "save preset", m.settings.SavePreset))),
		when(typing(hidden(act("chat.leaveout", "Leave the oldest turns out of what is sent, or take them back", groupChats, "leave out", m.leaveOut, "alt+o", "O"))), m.whyLeaveOut),
		typing(act("chat.new", "New chat", groupChats, "new chat", m.newChat, "alt+n", "n")),
		typing(act("chat.list", "Open another chat", groupChats, "chats", m.pickChat, "alt+l", "o")),
		typing(act("chat.search", "Search everything that was said", groupChats, "search", m.search, "alt+/", "/")),
		when(hidden(act("chat.rename", "Rename the chat", groupChats, "rename", m.rename, "t")), m.whyChat),
		when(hidden(act("chat.pin", "Pin the chat or let it go", groupChats, "pin", m.pin, "p")), m.whyChat),
		when(hidden(act("chat.export", "Export the chat as Markdown or JSON", groupChats, "export", m.export, "E")), m.whyChat),
		hidden(act("chat.import", "Import a chat", groupChats, "import", m.importChat, "L")),
		when(hidden(act("chat.delete", "Delete the chat", groupChats, "delete", m.remove, "D")), m.whyChat),
	}
}

func (m *Model) whySend() string {
	switch {
	case !m.compose.Typing():
		return "the composer has no keys"
	case m.compose.Empty() && m.compose.Waiting():
		return ""
	case m.compose.Empty() && len(m.views) > 0:
		if _, last := m.lastFailed(); last {
			return ""
		}
		return "nothing is written yet"
	}
	return ""
}

func (m *Model) whyDetails() string {
	if v, ok := m.selected(); !ok || !transcript.Failed(&v) {
		return "it did not fail"
	}
	return ""
}

func (m *Model) whyNewline() string {
	if !m.compose.Typing() {
		return "the composer has no keys"
	}
	return ""
}

// whyLook is when letters can be had only by a key that leaves the answer alone.
func (m *Model) whyLook() string {
	if !m.compose.Typing() {
		return "letters are commands already"
	}
	return ""
}

func (m *Model) whyStop() string {
	if !m.streaming() {
		return "no answer is being written"
	}
	return ""
}

func (m *Model) whyLeave() string {
	switch {
	case m.streaming():
		return "it stops the answer first"
	case !m.compose.Typing():
		return "the composer has no keys"
	}
	return ""
}

func (m *Model) whyMessage() string {
	if len(m.views) == 0 {
		return "nothing was said yet"
	}
	return ""
}

func (m *Model) whyRegenerate() string {
	switch v, ok := m.answer(); {
	case !ok:
		return "there is no answer yet"
	case v.Phase != session.Ended:
		return "it is still streaming"
	}
	return ""
}

func (m *Model) whyInspect() string {
	if v, ok := m.answer(); !ok || v.Request == 0 {
		return "there is no answer yet"
	}
	return ""
}

func (m *Model) whyContinue() string {
	v, ok := m.answer()
	switch err := v.Continuable(); {
	case !ok:
		return "there is no answer yet"
	case errors.Is(err, session.ErrStreaming):
		return "it is still streaming"
	case errors.Is(err, session.ErrNothing):
		return "nothing came: r asks again"
	case err != nil:
		return err.Error()
	}
	return ""
}

func (m *Model) whySibling() string {
	if v, ok := m.selected(); !ok || v.Siblings < 2 {
		return "there is only this one"
	}
	return ""
}

func (m *Model) whyChat() string {
	if m.chat.ID == "" || len(m.views) == 0 {
		return "the chat is empty"
	}
	return ""
}
