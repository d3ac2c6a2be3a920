package ui

import (
	"slices"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"relaytop/state"
	"relaytop/themes"
	"relaytop/ui/overlay"
	"relaytop/ui/pane"
	"relaytop/ui/style"
	"relaytop/ui/text"
)

// auto chooses the theme by the terminal's background.
const auto = "auto"

// themeMsg brings a look that was loaded.
type themeMsg struct {
	name   string
	styles *style.Styles
	keep   bool // it was chosen, not tried on
}

// loadTheme reads a theme off the program's goroutine.
func (m *model) loadTheme(name string, keep bool) tea.Cmd {
	dir, look := m.opts.Themes, m.opts.Look
	return func() tea.Msg {
		t, err := dir.Load(name)
		if err != nil {
			return failed(err)
		}
		return themeMsg{name: name, styles: style.New(t, look), keep: keep}
	}
}

// wear changes the look of everything at once.
func (m *model) wear(t themeMsg) tea.Cmd {
	t.styles.Generation = m.env.Styles.Generation + 1
	m.env.Styles, m.theme = t.styles, t.name
	m.relayout()
	if !t.keep {
		return nil
	}
	m.opts.Theme = t.name
	return m.remember(keepTheme, t.name)
}

// openThemes lets the person choose a look; each is tried on while it is looked at.
func (m *model) openThemes() tea.Cmd {
	names := m.opts.Themes.Names()
	choices := make([]overlay.Choice, len(names))
	for i, name := range names {
		choices[i] = overlay.Choice{Title: name, Run: m.loadTheme(name, true)}
	}
	return overlay.Open(overlay.Picker(overlay.PickerOptions{Title: "theme", Choices: choices,
		Current: slices.Index(names, m.theme), Width: 44,
		Preview: func(i int) tea.Cmd { return m.loadTheme(names[i], false) }, Cancel: m.loadTheme(m.theme, false)}))
}

// background answers the terminal's report of its own colour: only a theme that nobody chose follows it.
func (m *model) background(dark bool) tea.Cmd {
	want := themes.Default
	if !dark {
		want = themes.Light
	}
	if m.opts.Theme != "" && m.opts.Theme != auto || want == m.theme || !m.env.Styles.Colour {
		return nil
	}
	return m.loadTheme(want, false)
}

// profile follows what the terminal can show: with 256 colours we choose the nearest ones ourselves, since the
// renderer's choice turns every dark ground into the same blue.
func (m *model) profile(p colorprofile.Profile) tea.Cmd {
	indexed := p == colorprofile.ANSI256
	if indexed == m.opts.Look.Indexed {
		return nil
	}
	m.opts.Look.Indexed = indexed
	return m.loadTheme(m.theme, false)
}

// failed is an error as a line.
func failed(err error) tea.Msg { return pane.ToastMsg{Level: state.Bad, Text: text.Line(err.Error())} }
