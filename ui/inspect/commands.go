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
	x := m.page().exchange()
	return pane.Copy(curl(x), copied(x))
}

// copy puts the shown tab on the clipboard: requests and responses as they were on the wire, the rest as it is drawn.
func (m *Model) copy() tea.Cmd {
	x := m.page().exchange()
	var b strings.Builder
	switch {
	case m.tab == request && x != nil:
		b.WriteString(x.Method + " " + x.URL + "\n")
		raw(&b, x.Sent, x.Body)
	case m.tab == response && x != nil:
		raw(&b, x.Received, x.Answer)
	default:
		b.WriteString(m.plainTab())
	}
	return pane.Copy(b.String(), "this tab")
}

// plain is a drawn line without styles and the blanks at its end.
func plain(line string) string { return strings.TrimRight(ansi.Strip(line), " ") }

// raw writes header fields and a body as they were on the wire.
func raw(b *strings.Builder, fields []relay.Field, body []byte) {
	for _, f := range fields {
		b.WriteString(f.Name + ": " + f.Value + "\n")
	}
	b.WriteByte('\n')
	b.Write(body)
}

func (m *Model) replay() tea.Cmd { return m.subject.Replay }

// edit closes the inspector and edits the request in the pane that it came from.
func (m *Model) edit() tea.Cmd { return tea.Sequence(m.end(), m.subject.Edit) }
