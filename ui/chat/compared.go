package chat

import (
	tea "charm.land/bubbletea/v2"

	"relaytop/ui/chat/compare"
)

// comparing reports whether columns are shown: the next message goes to several models. A search hit is shown in the
// transcript, since it may be in any message.
func (m *Model) comparing() bool { return m.compare.Columns() > 0 && !m.read.AtHit() }

// sideBySideModels returns the models that can be compared: all that can be picked.
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

// adopt goes on with the answer of one column.
func (m *Model) adopt(i int) tea.Cmd {
	if i >= 0 && i < m.compare.Columns() {
		m.writing()
		m.read.Follow()
	}
	return m.compare.Adopt(i)
}
