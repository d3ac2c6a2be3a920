package chat

import (
	tea "charm.land/bubbletea/v2"

	"relaytop/ui/chat/compare"
)

// comparing reports whether the next message goes to several models, whose answers are shown. A hit of the search
// is shown in the chat, since it may stand anywhere.
func (m *Model) comparing() bool { return m.compare.Columns() > 0 && !m.read.AtHit() }

// sideBySideModels makes the models that can stand side by side of those that can be picked.
func sideBySideModels(models func() []ModelChoice) func() []compare.Choice {
	if models == nil {
		return nil
	}
	return func() []compare.Choice {
		var list []compare.Choice
		for _, c := range models() {
			list = append(list, compare.Choice{Model: c.ID, Endpoint: c.Endpoint, Price: c.Price})
		}
		return list
	}
}

// adopt goes on with one column.
func (m *Model) adopt(i int) tea.Cmd {
	if i >= 0 && i < m.compare.Columns() {
		m.writing()
		m.read.Follow()
	}
	return m.compare.Adopt(i)
}
