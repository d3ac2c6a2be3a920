package uitest

import tea "charm.land/bubbletea/v2"

// Drain runs a command and passes its message to deliver, then does so with the command that deliver returns, until
// there are no more. It returns the messages in order. It is for tests of a part of a pane, where a Driver would need
// the whole program.
func Drain(cmd tea.Cmd, deliver func(tea.Msg) tea.Cmd) []tea.Msg {
	if cmd == nil {
		return nil
	}
	msg := cmd()
	if msg == nil {
		return nil
	}
	if cmds, ok := sequence(msg); ok { // a batch too: one after the other
		var out []tea.Msg
		for _, cmd := range cmds {
			out = append(out, Drain(cmd, deliver)...)
		}
		return out
	}
	return append([]tea.Msg{msg}, Drain(deliver(msg), deliver)...)
}
