package chat

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/ui/editor"
	"relaytop/ui/overlay"
	"relaytop/ui/pane"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// systemEditor is a dialog in which a system prompt is written: many lines, so enter makes a new one.
type systemEditor struct {
	m     *Model
	area  *editor.Editor
	was   string
	title string
	sure  bool // esc was pressed once on something that was not kept
	save  func(text string) tea.Cmd
}

// systemMsg is what the editor left of a system prompt.
type systemMsg struct {
	to *systemEditor
	edit
}

// editSystem opens the chat's system prompt.
func (m *Model) editSystem() tea.Cmd {
	store, chat := m.store, m.chat.ID
	e := &systemEditor{m: m, area: editor.New(), was: m.chat.System, title: "system prompt", save: func(s string) tea.Cmd {
		return func() tea.Msg {
			id := chat
			if id == "" {
				id = store.NewChat()
			}
			return doneMsg{what: "the system prompt was not kept", err: store.SetSystem(id, s)}
		}
	}}
	e.area.Focus(true)
	e.area.SetValue(e.was)
	return overlay.Open(e)
}

func (e *systemEditor) value() string { return strings.TrimSpace(e.area.Value()) }

func (e *systemEditor) changed() bool { return e.value() != strings.TrimSpace(e.was) }

// Update takes a key, a paste, or what the editor left.
func (e *systemEditor) Update(msg tea.Msg) (bool, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return e.press(msg)
	case tea.PasteMsg:
		e.area.InsertString(msg.Content)
	case tea.MouseWheelMsg:
		switch msg.Button {
		case tea.MouseWheelUp:
			e.area.MoveRows(-wheelLines)
		case tea.MouseWheelDown:
			e.area.MoveRows(wheelLines)
		}
	case systemMsg:
		return false, e.edited(msg)
	}
	return false, nil
}

func (e *systemEditor) press(k tea.KeyPressMsg) (bool, tea.Cmd) {
	sure := e.sure
	e.sure = false
	switch k.String() {
	case "esc", "ctrl+c":
		if e.changed() && !sure {
			e.sure = true
			return false, nil
		}
		return true, nil
	case "ctrl+s":
		return true, e.save(e.value())
	case "ctrl+o":
		return false, e.m.inEditor(e.area.Value(), func(got edit) tea.Msg { return systemMsg{e, got} })
	case "enter", "ctrl+j", "alt+enter", "shift+enter":
		e.area.InsertString("\n")
	case "pgup":
		e.area.MoveRows(-e.area.Height())
	case "pgdown":
		e.area.MoveRows(e.area.Height())
	default:
		e.area.Press(k)
	}
	return false, nil
}

func (e *systemEditor) edited(msg systemMsg) tea.Cmd {
	switch {
	case msg.to != e:
		return nil
	case msg.err != nil:
		return pane.Toast(state.Bad, "the editor: "+text.Line(msg.err.Error()))
	}
	e.area.SetValue(msg.text)
	return forget(msg.kept)
}

// View draws the lines that are seen.
func (e *systemEditor) View(w, h int) overlay.Box {
	st := e.m.env.Styles
	bw, bh := min(84, w), min(max(h*2/3, 12), h)
	e.area.Resize(max(bw-4, 1), max(bh-5, 1))
	body := []string{""}
	if e.area.Empty() {
		body = append(body, st.Faint.Paint(text.Truncate("what the model is told before every message of this chat", bw-4)))
	} else {
		for _, l := range e.area.Rows() {
			body = append(body, st.Text.Paint(widget.Fit(l, bw-4)))
		}
	}
	for len(body) < bh-3 {
		body = append(body, "")
	}
	note := st.Muted.Paint("it is sent first, whatever else is left out")
	if e.sure {
		note = st.Warn.Paint(st.Glyphs.Warning+" not kept yet: ") + st.Text.Bold().Paint("ctrl+s") + st.Muted.Paint(" keeps it, ") + st.Text.Bold().Paint("esc") + st.Muted.Paint(" drops it")
	}
	status := "none"
	if s := e.value(); s != "" {
		status = "~" + widget.Short(relay.EstimateTokens(s)) + " tok"
	}
	return overlay.Box{Title: e.title, Status: st.Muted.Paint(status), Body: strings.Join(append(body, widget.Fit(note, bw-4)), "\n"), W: bw, H: bh}
}

// Hints are the keys of the dialog.
func (e *systemEditor) Hints() []widget.Hint {
	return []widget.Hint{{Key: "ctrl+s", Does: "keep"}, {Key: "enter", Does: "new line"}, {Key: "ctrl+o", Does: "editor"}, {Key: "esc", Does: "close"}}
}

// Cursor stands in the text.
func (e *systemEditor) Cursor() *tea.Cursor {
	c := e.area.Cursor()
	if c != nil {
		c.Y++
		c.Blink = false
	}
	return c
}

// systemLine is the system prompt above the transcript, where nothing is scrolled off.
func (m *Model) systemLine() string {
	s := text.Line(clip(m.chat.System, 1000))
	if s == "" {
		return widget.Blank(m.w)
	}
	st := m.env.Styles
	return widget.Fit("  "+st.Faint.Paint("system  ")+st.Muted.Paint(text.Truncate(s, max(min(m.w, proseWidth)-12, 1))), m.w)
}
