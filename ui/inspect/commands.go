package inspect

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"relaytop/relay"
	"relaytop/ui/pane"
)

// copyCurl puts the chosen attempt's request on the clipboard as a command.
func (m *Model) copyCurl() tea.Cmd {
	x := m.exchange()
	s := curl(x)
	say := "the request as curl"
	if strings.Contains(s, `"$`) {
		say += ", its key as $" + keyName(x, "Authorization")
	}
	return pane.Copy(s, say)
}

// copy puts the shown tab on the clipboard: what was on the wire as it was, the rest as it is on the screen.
func (m *Model) copy() tea.Cmd {
	x := m.exchange()
	var b strings.Builder
	switch {
	case m.tab == request && x != nil:
		b.WriteString(x.Method + " " + x.URL + "\n")
		raw(&b, x.Sent, x.Body)
	case m.tab == response && x != nil:
		raw(&b, x.Received, x.Answer)
	default:
		for _, l := range m.tabLines() {
			b.WriteString(strings.TrimRight(ansi.Strip(l), " ") + "\n")
		}
	}
	return pane.Copy(b.String(), "this tab")
}

func raw(b *strings.Builder, fields []relay.Field, body []byte) {
	for _, f := range fields {
		b.WriteString(f.Name + ": " + f.Value + "\n")
	}
	b.WriteByte('\n')
	b.Write(body)
}

func (m *Model) replay() tea.Cmd { return m.subject.Replay }

// edit goes back to where it came from and edits it there.
func (m *Model) edit() tea.Cmd { return tea.Sequence(m.end(), m.subject.Edit) }
