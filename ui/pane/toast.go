package pane

import (
	tea "charm.land/bubbletea/v2"

	"relaytop/state"
	"relaytop/ui/text"
)

// ToastMsg asks the root to show one line for a few seconds. Text passed ui/text.
type ToastMsg struct {
	Level state.Level
	Text  string
}

// Toast is the command that sends a ToastMsg.
func Toast(level state.Level, text string) tea.Cmd {
	return func() tea.Msg { return ToastMsg{Level: level, Text: text} }
}

// Report is the message of a command that only reports how it ended: failed and the error, or done. It is nil for a
// success if done is "".
func Report(failed, done string, err error) tea.Msg {
	switch {
	case err != nil:
		return ToastMsg{Level: state.Bad, Text: failed + ": " + text.Line(err.Error())}
	case done != "":
		return ToastMsg{Level: state.Info, Text: done}
	}
	return nil
}
