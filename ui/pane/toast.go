package pane

import (
	tea "charm.land/bubbletea/v2"

	"relaytop/state"
)

// ToastMsg asks the root for one line that goes away by itself. Text passed ui/text.
type ToastMsg struct {
	Level state.Level
	Text  string
}

// Toast says one line about something that was done or could not be.
func Toast(level state.Level, text string) tea.Cmd {
	return func() tea.Msg { return ToastMsg{Level: level, Text: text} }
}
