// Package pane defines a pane of the dashboard: how it is drawn, refreshed and driven. Each pane has one table of
// actions, from which behaviour, footer, help, palette and the README's key table are made.
package pane

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"relaytop/state"
	"relaytop/ui/style"
)

// WheelLines is how many lines a step of the mouse wheel scrolls.
const WheelLines = 3

// Pane is one part of the dashboard. All methods are called from the program's one goroutine and must not wait.
type Pane interface {
	// Name is the short fixed name (chat, batch, metrics); Title is what the pane shows now; Status is drawn at the
	// right end of the border. Title and Status are painted, and passed ui/text.
	Name() string
	Title() string
	Status() string
	Update(tea.Msg) tea.Cmd
	// Refresh takes a new snapshot, and asks the store for what the pane shows of it. It renders nothing.
	Refresh(*state.Snapshot)
	// Resize sets the inner size in cells, without borders. A Refresh follows it before the next View.
	Resize(w, h int)
	Focus(bool)
	// View is exactly h lines of exactly w cells. It asks the store for nothing, and the pane caches it: calling it
	// twice costs nothing.
	View() string
	// Actions is the pane's table of actions, in the order in which the footer shows them.
	Actions() []Action
	// Cursor is the terminal's cursor, relative to the pane's inner top left corner; nil hides it.
	Cursor() *tea.Cursor
	// Typing reports that letters are text now, so that actions with a single letter as their key are off.
	Typing() bool
}

// Action is one thing that the person can do.
type Action struct {
	Name    string      // stable id for key configuration: "chat.stop"
	Title   string      // for the palette: "Stop the answer"
	Binding key.Binding // its Help().Desc is the footer's word, unless Does is set
	Group   string
	Typing  bool          // works while Pane.Typing too
	Hidden  bool          // not in the footer
	Does    func() string // the footer's word, where it depends on the state; nil: the binding's
	Why     func() string // why it is off now; "" or a nil func: it is on
	Do      func() tea.Cmd
}

// Bind binds keys to an action; does is the footer's word for it. The footer shows the first key.
func Bind(does string, keys ...string) key.Binding {
	shown := ""
	if len(keys) > 0 {
		shown = KeyName(keys[0])
	}
	return BindAs(shown, does, keys...)
}

// BindAs is Bind with another name for the keys in the footer, such as "h/l" for a pair of actions.
func BindAs(shown, does string, keys ...string) key.Binding {
	return key.NewBinding(key.WithKeys(keys...), key.WithHelp(shown, does))
}

// Word is the footer's word for the action.
func (a *Action) Word() string {
	if a.Does != nil {
		return a.Does()
	}
	return a.Binding.Help().Desc
}

// On reports whether the action works now.
func (a *Action) On() bool { return a.Why == nil || a.Why() == "" }

// Press does the first action that is on and has the key, and returns its command, nil without such an action.
func Press(actions []Action, msg tea.KeyPressMsg) tea.Cmd {
	for i := range actions {
		if a := &actions[i]; key.Matches(msg, a.Binding) && a.On() {
			return a.Do()
		}
	}
	return nil
}

// Env is shared by the panes. Styles is replaced when the theme changes. Keys has the actions of all panes and the
// global ones; each pane adds its own when it is made.
type Env struct {
	Styles *style.Styles
	Keys   Keys
}
