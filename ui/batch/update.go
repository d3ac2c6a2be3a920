package batch

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"relaytop/state"
	"relaytop/state/job"
	"relaytop/ui/pane"
	"relaytop/ui/text"
)

// Update takes keys, the mouse and the replies of the pane's own commands.
func (m *Model) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		if m.search.line != nil {
			return m.typed(msg)
		}
		cmd := m.press(msg)
		if s := &m.search; s.on() && !s.ticks && !s.pending && m.run.State.Moves() { // it went on
			cmd = tea.Batch(cmd, m.ask())
		}
		return cmd
	case tea.PasteMsg:
		if m.search.line != nil {
			return m.typed(msg)
		}
	case chooseMsg:
		return m.chooseRun()
	case queried:
		return m.found(msg)
	case searchTick:
		return m.again(int(msg))
	case tea.MouseWheelMsg:
		if msg.Button == tea.MouseWheelUp {
			return m.move(-3)()
		}
		return m.move(3)()
	case tea.MouseClickMsg:
		return m.click(msg.Y)
	case startMsg:
		return m.begin(job.Options(msg))
	case started:
		m.begun(msg)
	case accepted:
		m.launch.agreed[string(msg)] = true
	case goTo:
		m.list.filter = everything
		cmd := m.endSearch()
		m.list.pick(int(msg) - 1)
		m.load()
		return cmd
	}
	return nil
}

// press does what a key is for, or says why it is off.
func (m *Model) press(msg tea.KeyPressMsg) tea.Cmd {
	for i := range m.actions {
		if a := &m.actions[i]; key.Matches(msg, a.Binding) && a.On() {
			return a.Do()
		}
	}
	for i := range m.actions {
		if a := &m.actions[i]; key.Matches(msg, a.Binding) && msg.String() != "esc" {
			return pane.Toast(state.Info, text.Line(a.Why()))
		}
	}
	return nil
}

// click chooses the row under the mouse; a second click on it shows it in full.
func (m *Model) click(y int) tea.Cmd {
	l := &m.list
	i := y - l.top
	if l.top == 0 || i < 0 || i >= len(l.rows) {
		return nil
	}
	again := !l.follow && l.sel == l.from+i
	l.pick(l.from + i)
	m.load()
	if again {
		return m.showRow()
	}
	return nil
}

// begun takes the reply of begin, unless another start came after it.
func (m *Model) begun(msg started) {
	if msg.id != "" {
		m.launch.agreed[msg.id] = true
	}
	if msg.serial != m.launch.serial {
		return
	}
	m.launch.file = ""
	m.launch.problem, m.launch.refused = msg.err, msg.o
	m.load()
}
