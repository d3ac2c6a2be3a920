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

// auto is the configured name that follows the terminal's background.
const auto = "auto"

// theme is the name of the theme that is shown, and what the next one is loaded with.
type theme struct {
	dir    themes.Dir
	look   style.Options
	chosen string // by the configuration or on the screen; "" or auto follows the terminal's background
	name   string
}

// themeMsg brings a theme that was loaded.
type themeMsg struct {
	name   string
	styles *style.Styles
	chosen bool // false: it is a preview, or follows the terminal
}

// load reads a theme off the program's goroutine.
func (t *theme) load(name string, chosen bool) tea.Cmd {
	dir, look := t.dir, t.look
	return func() tea.Msg {
		loaded, err := dir.Load(name)
		if err != nil {
			return failed(err)
		}
		return themeMsg{name: name, styles: style.New(loaded, look), chosen: chosen}
	}
}

// background answers the terminal's report of its background. Only a theme that nobody chose follows it.
func (t *theme) background(dark, colour bool) tea.Cmd {
	want := themes.Default
	if !dark {
		want = themes.Light
	}
	if t.chosen != "" && t.chosen != auto || want == t.name || !colour {
		return nil
	}
	return t.load(want, false)
}

// profile follows what the terminal can show. With 256 colours we choose the nearest ones ourselves: the renderer
// would turn every dark background into the same blue.
func (t *theme) profile(p colorprofile.Profile) tea.Cmd {
	indexed := p == colorprofile.ANSI256
	if indexed == t.look.Indexed {
		return nil
	}
	t.look.Indexed = indexed
	return t.load(t.name, false)
}

// applyTheme replaces the styles of everything.
func (m *model) applyTheme(msg themeMsg) tea.Cmd {
	msg.styles.Generation = m.env.Styles.Generation + 1
	m.env.Styles, m.theme.name = msg.styles, msg.name
	m.relayout()
	if !msg.chosen {
		return nil
	}
	m.theme.chosen = msg.name
	return m.remember(keepTheme, msg.name)
}

// openThemes lets the person choose a theme. Each is previewed while the picker is on it.
func (m *model) openThemes() tea.Cmd {
	names := m.theme.dir.Names()
	choices := make([]overlay.Choice, len(names))
	for i, name := range names {
		choices[i] = overlay.Choice{Title: name, Run: m.theme.load(name, true)}
	}
	return overlay.Open(overlay.Picker(overlay.PickerOptions{Title: "theme", Choices: choices,
		Current: slices.Index(names, m.theme.name), Width: 44,
		Preview: func(i int) tea.Cmd { return m.theme.load(names[i], false) },
		Cancel:  m.theme.load(m.theme.name, false)}))
}

// failed is an error as a toast.
func failed(err error) tea.Msg { return pane.ToastMsg{Level: state.Bad, Text: text.Line(err.Error())} }
