package overlay

import (
	"strings"
	"unicode"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// input is one line of text. The textinput of bubbles edits it; it is drawn here, on the dialog's ground.
type input struct {
	model       textinput.Model
	placeholder string // shown, faint, while nothing is typed
	from        int    // index of the first rune that is shown
	column      int    // where the cursor was drawn last
}

func newInput(value, placeholder string) input {
	m := textinput.New()
	m.SetVirtualCursor(false)
	unbound := key.NewBinding(key.WithDisabled())
	// Up, down and tab belong to the list below the line.
	m.KeyMap.NextSuggestion, m.KeyMap.PrevSuggestion, m.KeyMap.AcceptSuggestion = unbound, unbound, unbound
	m.KeyMap.DeleteWordForward = unbound // the library's panics on the last character; wordForward does it
	m.SetValue(value)
	m.CursorEnd()
	m.Focus()
	return input{model: m, placeholder: placeholder}
}

func (in *input) value() string { return in.model.Value() }

// mask draws a star in place of every character, and turns off moving by words, which would show where they end.
func (in *input) mask() { in.model.EchoMode = textinput.EchoPassword }

// drawn is the value, or stars if it is masked.
func (in *input) drawn() []rune {
	runes := []rune(in.value())
	if in.model.EchoMode == textinput.EchoPassword {
		return []rune(strings.Repeat("*", len(runes)))
	}
	return runes
}

func (in *input) set(s string) {
	in.model.SetValue(s)
	in.model.CursorEnd()
}

// wordForward deletes to the end of the word that is at the cursor or follows it.
func (in *input) wordForward() {
	runes, at := []rune(in.value()), in.model.Position()
	to := at
	for to < len(runes) && unicode.IsSpace(runes[to]) {
		to++
	}
	for to < len(runes) && !unicode.IsSpace(runes[to]) {
		to++
	}
	in.model.SetValue(string(runes[:at]) + string(runes[to:]))
	in.model.SetCursor(at)
}

// update edits and reports whether the text changed.
func (in *input) update(msg tea.Msg) (changed bool, cmd tea.Cmd) {
	before := in.model.Value()
	if k, ok := msg.(tea.KeyPressMsg); ok && key.Matches(k, textinput.DefaultKeyMap().DeleteWordForward) {
		in.wordForward()
		return in.model.Value() != before, nil
	}
	in.model, cmd = in.model.Update(msg)
	return in.model.Value() != before, cmd
}

// view draws prompt and text in exactly w cells. It scrolls so that the cursor is visible.
func (in *input) view(st *style.Styles, w int) string {
	prompt := st.Accent.Bold().Paint(st.Glyphs.Prompt) + " "
	avail := max(w-2, 1)
	runes := in.drawn()
	pos := min(in.model.Position(), len(runes))
	in.from = min(in.from, pos)
	for in.from < pos && text.Width(text.Clean(string(runes[in.from:pos]))) >= avail {
		in.from++
	}
	in.column = 2 + text.Width(text.Clean(string(runes[in.from:pos])))
	if len(runes) == 0 {
		return widget.Fit(prompt+st.Faint.Paint(widget.Fit(in.placeholder, min(avail, text.Width(in.placeholder)))), w)
	}
	return prompt + st.Text.Paint(widget.Fit(text.Clean(string(runes[in.from:])), avail))
}

// cursor is the cursor where view put it; x is the column of the prompt and y the body line.
func (in *input) cursor(x, y int) *tea.Cursor {
	c := tea.NewCursor(x+in.column, y)
	c.Blink = false // blinking would draw frames while nothing changes
	return c
}
