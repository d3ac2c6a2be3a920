package pane

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"relaytop/state"
	"relaytop/ui/text"
)

// FocusMsg asks the root to focus the pane of that name.
type FocusMsg struct{ Pane string }

// ActionMsg asks the root for the action of that name, wherever it belongs.
type ActionMsg struct{ Name string }

// ZoomMsg asks the root to give a pane the whole screen.
type ZoomMsg struct{ Pane string }

// CopyMsg asks the root to put a text on the clipboard, unfiltered. What names it for the toast: "the answer".
type CopyMsg struct{ Text, What string }

// Copy is the command that sends a CopyMsg. The root shows a toast that says where the text went.
func Copy(s, what string) tea.Cmd { return func() tea.Msg { return CopyMsg{s, what} } }

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

// KeyName is the name of a key as it is shown: "pgdn" for "pgdown", "space" for a blank.
func KeyName(k string) string {
	switch k {
	case " ", "space":
		return "space"
	case "pgdown":
		return "pgdn"
	}
	return strings.ReplaceAll(k, "escape", "esc")
}
