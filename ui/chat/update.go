package chat

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"relaytop/state"
	"relaytop/ui/editor"
	"relaytop/ui/pane"
	"relaytop/ui/text"
)

// Update takes a key, a paste, the mouse, or the reply of one of the pane's own commands.
func (m *Model) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		m.stale = true
		m.read.SetLook(m.look())
		if m.read.Key(msg) {
			return nil
		}
		cmd := m.press(msg)
		m.read.Unmark()
		return cmd
	case tea.PasteMsg:
		m.stale = true
		return m.pasted(msg.Content)
	case tea.MouseMsg:
		return m.mouse(msg)
	case askedMsg:
		return m.asked(msg)
	case unqueuedMsg:
		return m.unqueued(msg)
	case attachedMsg:
		return m.attached(msg)
	case doneMsg:
		return m.done(msg)
	case editedMsg:
		return m.edited(msg)
	case openMsg:
		return m.openChat(string(msg))
	case hitMsg:
		return m.openHit(msg)
	case shownMsg:
		return m.shown(msg)
	case saveMsg:
		return m.save(msg)
	case editMsg:
		return m.editAsked(msg)
	}
	if cmd, ok := m.settings.Update(msg); ok {
		m.stale = true
		return cmd
	}
	return m.reads(msg)
}

// press looks a key up in the table of actions; what is not there is typed.
func (m *Model) press(k tea.KeyPressMsg) tea.Cmd {
	why := ""
	for i := range m.actions {
		a := &m.actions[i]
		if !key.Matches(k, a.Binding) || m.compose.on && (!a.Typing || k.Text != "") {
			continue // while composing, what is a letter is text
		}
		if a.On() {
			cmd := a.Do()
			if s := k.String(); len(s) != 1 || s[0] < '0' || s[0] > '9' {
				m.count = 0
			}
			return cmd
		}
		why = a.Why()
	}
	if !m.compose.on {
		if why != "" && k.String() != "esc" {
			return pane.Toast(state.Info, why)
		}
		return m.letter(k)
	}
	return m.insert(k)
}

// letter takes the keys that move, while letters are commands.
func (m *Model) letter(k tea.KeyPressMsg) tea.Cmd {
	switch s := k.String(); s {
	case "up":
		m.scroll(-1)
	case "down":
		m.scroll(1)
	case "1", "2", "3", "4", "5", "6", "7", "8", "9", "0":
		if m.comparing() {
			return m.adopt(int(s[0]-'0') - 1)
		}
		m.count = min(m.count*10+int(s[0]-'0'), 999)
	}
	return nil
}

// insert takes a key as text.
func (m *Model) insert(k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "up":
		if m.compose.area.OnFirstRow() && m.compose.past(-1) {
			return m.saveSoon()
		}
	case "down":
		if m.compose.area.OnLastRow() && m.compose.past(1) {
			return m.saveSoon()
		}
	case "end":
		if !m.read.Following() && m.compose.area.OnLastRow() {
			m.read.Follow()
		}
	case "backspace":
		if m.compose.back() {
			return m.saveSoon()
		}
	}
	m.compose.undo = undo{}
	if !m.compose.press(k) {
		return nil
	}
	m.compose.changed()
	return m.saveSoon()
}

func (m *Model) pasted(s string) tea.Cmd {
	m.read.Unmark()
	m.writing()
	if chip := m.compose.paste(s); chip || !mayBePaths(s) {
		return m.saveSoon()
	}
	return tea.Batch(m.saveSoon(), m.lookAt(editor.Normalize(s), nil))
}

// writing gives the letters back to the composer.
func (m *Model) writing() {
	m.compose.on, m.stale, m.count = true, true, 0
	m.read.Leave()
	m.compose.focus(m.focused)
}

// reading takes them from it.
func (m *Model) reading() {
	m.compose.on, m.stale = false, true
	m.compose.focus(false)
}

// asked takes the reply of a send. What could not be sent comes back.
func (m *Model) asked(msg askedMsg) tea.Cmd {
	if msg.out != nil {
		msg.out.over = true
	}
	if msg.err == nil {
		return nil
	}
	m.stale = true
	say := pane.Toast(state.Bad, "not sent: "+text.Line(msg.err.Error()))
	if msg.chat != m.chat.ID && msg.chat != "" {
		store := m.store
		return tea.Batch(say, try("what was not sent could not be kept", func() error { return store.SaveDraft(msg.chat, msg.prompt.Text, msg.prompt.Parts...) }))
	}
	edits := m.compose.edits
	if m.compose.empty() {
		edits = msg.edits
	}
	m.compose.load(before(msg.prompt, m.compose.prompt()))
	m.compose.edits = edits
	m.compose.changed()
	return tea.Batch(say, m.saveSoon())
}

// unqueued puts a prompt that was taken back before what is typed. If another chat is open by now it waits there again.
func (m *Model) unqueued(msg unqueuedMsg) tea.Cmd {
	if msg.chat != m.chat.ID {
		store := m.store
		return try("a queued message was not put back", func() error { return store.Ask(msg.chat, msg.prompt.Text, msg.prompt.Parts...) })
	}
	m.writing()
	p := msg.prompt
	if typed := m.compose.area.Value(); typed != "" {
		p.Text += "\n" + typed
	}
	files := m.compose.files
	m.compose.load(p)
	m.compose.files = append(m.compose.files, files...)
	m.compose.changed()
	return m.saveSoon()
}

// done takes the reply of anything else.
func (m *Model) done(msg doneMsg) tea.Cmd {
	if msg.err != nil {
		return pane.Toast(state.Bad, msg.what+": "+text.Line(msg.err.Error()))
	}
	if msg.say != "" {
		return pane.Toast(state.Info, msg.say)
	}
	return nil
}

// edited takes what the editor wrote.
func (m *Model) edited(msg editedMsg) tea.Cmd {
	if msg.err != nil {
		return pane.Toast(state.Bad, "the editor: "+text.Line(msg.err.Error()))
	}
	if msg.chat != m.chat.ID {
		return pane.Toast(state.Warn, "another chat is open: what you wrote stands in "+text.Line(msg.file))
	}
	m.stale = true
	m.compose.keep(changedOther, true)
	m.compose.area.SetValue(msg.text)
	m.compose.area.MoveToEnd()
	m.compose.changed()
	return tea.Batch(m.saveSoon(), m.external.Remove(msg.file))
}

// save writes the draft once typing has paused, or went on for so long that a crash would cost too much.
func (m *Model) save(msg saveMsg) tea.Cmd {
	m.armed = false
	switch {
	case !m.compose.dirty:
		return nil
	case msg.chat != m.chat.ID, msg.serial != m.compose.serial && m.waited < draftPauses:
		m.waited++
		return m.saveSoon()
	}
	m.waited = 0
	return m.saveNow()
}
