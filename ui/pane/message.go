package pane

import (
	"strings"

	tea "charm.land/bubbletea/v2"
)

// FocusMsg asks the root to give the keys to the pane of that name.
type FocusMsg struct{ Pane string }

// ActionMsg asks the root for the action of that name, wherever it belongs.
type ActionMsg struct{ Name string }

// ZoomMsg asks the root to give a pane the whole screen.
type ZoomMsg struct{ Pane string }

// CopyMsg asks the root to put a text on the clipboard, as it is. What names it: "the answer".
type CopyMsg struct{ Text, What string }

// Copy puts a text on the clipboard; the root says where it went.
func Copy(s, what string) tea.Cmd { return func() tea.Msg { return CopyMsg{s, what} } }

// KeyName is a key as it is shown: page keys by their short names, space by its word.
func KeyName(k string) string {
	switch k {
	case " ", "space":
		return "space"
	case "pgdown":
		return "pgdn"
	}
	return strings.ReplaceAll(k, "escape", "esc")
}
