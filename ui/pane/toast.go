package pane

import (
	tea "charm.land/bubbletea/v2"

	"relaytop/state"
	"relaytop/ui/text"
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

// Report is the reply of a command that only has to say how it ended: what failed and why, or what was done. ""
// says nothing of a success.
func Report(failed, done string, err error) tea.Msg {
	switch {
	case err != nil:
		return ToastMsg{Level: state.Bad, Text: failed + ": " + text.Line(err.Error())}
	case done != "":
		return ToastMsg{Level: state.Info, Text: done}
	}
	return nil
}
