package settings

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/ui/editor"
	"relaytop/ui/overlay"
	"relaytop/ui/pane"
	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// systemDialog is the dialog for a system prompt. That may have many lines, so enter begins a new one.
type systemDialog struct {
	styles   func() *style.Styles // of the pane now
	external External
	editor   *editor.Editor
	saved    string
	warned   bool // esc was pressed with unsaved text
	save     func(text string) tea.Cmd
}

// systemMsg is a system prompt as the external editor left it.
type systemMsg struct {
	dialog     *systemDialog
	text, file string
	err        error
}

// EditSystem opens the dialog for the system prompt of the open chat.
func (m *Model) EditSystem() tea.Cmd {
	store, chat := m.store, m.chat.ID
	d := &systemDialog{
		styles: func() *style.Styles { return m.styles }, external: m.external,
		editor: editor.New(), saved: m.chat.System,
	}
	d.save = func(s string) tea.Cmd {
		return func() tea.Msg {
			return pane.Report("the system prompt was not saved", "", store.Settings.SetSystem(orNew(store, chat), s))
		}
	}
	d.editor.Focus(true)
	d.editor.SetValue(d.saved)
	return overlay.Open(d)
}

func (d *systemDialog) value() string { return strings.TrimSpace(d.editor.Value()) }

func (d *systemDialog) changed() bool { return d.value() != strings.TrimSpace(d.saved) }

// Update handles a key, a paste, the mouse wheel, or the reply of the external editor.
func (d *systemDialog) Update(msg tea.Msg) (bool, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return d.press(msg)
	case tea.PasteMsg:
		d.editor.InsertString(msg.Content)
	case tea.MouseWheelMsg:
		switch msg.Button {
		case tea.MouseWheelUp:
			d.editor.MoveRows(-pane.WheelLines)
		case tea.MouseWheelDown:
			d.editor.MoveRows(pane.WheelLines)
		}
	case systemMsg:
		return false, d.edited(msg)
	}
	return false, nil
}

func (d *systemDialog) press(k tea.KeyPressMsg) (bool, tea.Cmd) {
	warned := d.warned
	d.warned = false
	switch k.String() {
	case "esc", "ctrl+c":
		if d.changed() && !warned {
			d.warned = true
			return false, nil
		}
		return true, nil
	case "ctrl+s":
		return true, d.save(d.value())
	case "ctrl+o":
		return false, d.external.Open(d.editor.Value(), func(text, file string, err error) tea.Msg {
			return systemMsg{dialog: d, text: text, file: file, err: err}
		})
	case "enter", "ctrl+j", "alt+enter", "shift+enter":
		d.editor.InsertString("\n")
	case "pgup":
		d.editor.MoveRows(-d.editor.Height())
	case "pgdown":
		d.editor.MoveRows(d.editor.Height())
	default:
		d.editor.Press(k)
	}
	return false, nil
}

func (d *systemDialog) edited(msg systemMsg) tea.Cmd {
	switch {
	case msg.dialog != d:
		return nil
	case msg.err != nil:
		return pane.Toast(state.Bad, "the editor: "+text.Line(msg.err.Error()))
	}
	d.editor.SetValue(msg.text)
	return d.external.Remove(msg.file)
}

// View draws the visible rows.
func (d *systemDialog) View(w, h int) overlay.Box {
	st := d.styles()
	bw, bh := min(84, w), min(max(h*2/3, 12), h)
	d.editor.Resize(max(bw-4, 1), max(bh-5, 1))
	body := []string{""}
	if d.editor.Empty() {
		body = append(body, st.Faint.Paint(text.Truncate("instructions for the model, sent with this chat", bw-4)))
	} else {
		for _, l := range d.editor.Rows() {
			body = append(body, st.Text.Paint(widget.Fit(l, bw-4)))
		}
	}
	for len(body) < bh-3 {
		body = append(body, "")
	}
	note := st.Muted.Paint("it is always sent, before all messages")
	if d.warned {
		note = st.Warn.Paint(st.Glyphs.Warning+" not saved yet: ") +
			st.Text.Bold().Paint("ctrl+s") + st.Muted.Paint(" saves it, ") +
			st.Text.Bold().Paint("esc") + st.Muted.Paint(" discards it")
	}
	status := "none"
	if s := d.value(); s != "" {
		status = widget.AboutTokens(relay.EstimateTokens(s))
	}
	body = append(body, widget.Fit(note, bw-4))
	return overlay.Box{Title: "system prompt", Status: st.Muted.Paint(status),
		Body: strings.Join(body, "\n"), W: bw, H: bh}
}

// Hints are the keys of the dialog.
func (d *systemDialog) Hints() []widget.Hint {
	return []widget.Hint{{Key: "ctrl+s", Does: "save"}, {Key: "enter", Does: "new line"},
		{Key: "ctrl+o", Does: "editor"}, {Key: "esc", Does: "close"}}
}

// Cursor is that of the text.
func (d *systemDialog) Cursor() *tea.Cursor {
	c := d.editor.Cursor()
	if c != nil {
		c.Y++
		c.Blink = false
	}
	return c
}
