// Package pane says what a pane of the dashboard is: how it is drawn, refreshed and driven, and the one table of
// actions from which behaviour, footer, help, palette and README take their keys.
package pane

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"relaytop/state"
	"relaytop/ui/style"
)

// WheelLines is how many lines a step of the mouse wheel scrolls.
const WheelLines = 3

// Pane is one room of the dashboard. All methods are called from the program's one goroutine; none may wait.
type Pane interface {
	// Name is the short fixed name (chat, batch, metrics); Title is what it holds just now; Status stands at the
	// border's right. Title and Status are already styled and passed ui/text.
	Name() string
	Title() string
	Status() string
	Update(tea.Msg) tea.Cmd
	// Refresh takes what changed. It marks caches stale; it renders nothing.
	Refresh(*state.Snapshot)
	// Resize gives the inner size in cells, borders not counted.
	Resize(w, h int)
	Focus(bool)
	// View is exactly h lines of exactly w cells. It is cached by the pane: asking twice costs nothing.
	View() string
	// Actions are the keys that the pane knows, in the order in which the footer shows them.
	Actions() []Action
	// Cursor is where the terminal's cursor stands, relative to the pane's inner corner; nil hides it.
	Cursor() *tea.Cursor
	// Typing reports that plain letters are text just now, so that single-letter actions do not apply.
	Typing() bool
}

// Action is one thing that can be done. Behaviour, footer hints, help, palette and the README's key table come from
// it.
type Action struct {
	Name    string      // stable id for key configuration: "chat.stop"
	Title   string      // for the palette: "Stop the answer"
	Binding key.Binding // its Help().Desc is the footer's word
	Group   string
	Typing  bool          // works while composing too
	Hidden  bool          // not in the footer
	Why     func() string // why it is off just now; "" or a nil func: it is on
	Do      func() tea.Cmd
}

// Bind is an action's keys with what the footer says they do. The footer shows the first.
func Bind(does string, keys ...string) key.Binding {
	shown := ""
	if len(keys) > 0 {
		shown = KeyName(keys[0])
	}
	return BindAs(shown, does, keys...)
}

// BindAs is Bind for an action whose keys have a common name, as "h/l" for two actions that go both ways.
func BindAs(shown, does string, keys ...string) key.Binding {
	return key.NewBinding(key.WithKeys(keys...), key.WithHelp(shown, does))
}

// On reports whether the action works just now.
func (a *Action) On() bool { return a.Why == nil || a.Why() == "" }

// Press does the first action that works just now and has the key; nil if none does.
func Press(actions []Action, msg tea.KeyPressMsg) tea.Cmd {
	for i := range actions {
		if a := &actions[i]; key.Matches(msg, a.Binding) && a.On() {
			return a.Do()
		}
	}
	return nil
}

// Env is what every pane is given: the look, which is replaced as a whole when the theme changes.
type Env struct {
	Styles *style.Styles
}
