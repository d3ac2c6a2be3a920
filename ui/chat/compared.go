package chat

import (
	tea "charm.land/bubbletea/v2"

	"relaytop/ui/chat/compare"
)

// comparing reports whether the next message goes to several models, whose answers are shown. A hit of the search is shown in the chat,
// since it may stand anywhere.
func (m *Model) comparing() bool { return m.compare.Columns() > 0 && !m.read.AtHit() }

// showCompared hands over the newest columns of the chat.
func (m *Model) showCompared() {
	if len(m.chat.Compare) == 0 {
		m.compare.Show(m.chat.ID, nil, nil)
		return
	}
	m.compare.Show(m.chat.ID, m.chat.Compare, m.store.Columns(m.chat.ID))
}

// compared are the models that can stand side by side.
func (m *Model) compared() []compare.Choice {
	if m.opts.Models == nil {
		return nil
	}
	models := m.opts.Models()
	list := make([]compare.Choice, len(models))
	for i, c := range models {
		list[i] = compare.Choice{Model: c.ID, Endpoint: c.Endpoint, Price: c.Price}
	}
	return list
}

// columnsLook is what the columns are drawn for.
func (m *Model) columnsLook() compare.Look {
	return compare.Look{Width: m.w, Height: m.h - m.compose.Height() - 1, PaneHeight: m.h, Typing: m.compose.Typing(), Now: m.calm}
}

// adopt goes on with one column.
func (m *Model) adopt(i int) tea.Cmd {
	if i >= 0 && i < m.compare.Columns() {
		m.writing()
		m.read.Follow()
	}
	return m.compare.Adopt(i)
}

func (m *Model) adoptThis() tea.Cmd { return m.adopt(m.compare.At()) }

// toColumn moves to another column.
func (m *Model) toColumn(delta int) func() tea.Cmd {
	return func() tea.Cmd {
		m.compare.Move(delta)
		return nil
	}
}

func (m *Model) pickCompared() tea.Cmd { return m.compare.Pick(m.model) }

func (m *Model) endCompare() tea.Cmd { return m.compare.End() }

func (m *Model) whyCompare() string {
	if why := m.compare.WhyPick(); why != "" {
		return why
	}
	if m.streaming() {
		return "an answer is being written"
	}
	return ""
}

func (m *Model) whyColumn() string {
	if !m.comparing() {
		return "no models are compared"
	}
	return ""
}

func (m *Model) whyEndCompare() string {
	if why := m.whyColumn(); why != "" {
		return why
	}
	if m.chat.Streaming {
		return "an answer is being written"
	}
	return ""
}

// unlessComparing is off while columns are shown: they have no tree to walk.
func (m *Model) unlessComparing(why func() string) func() string {
	return func() string {
		if m.comparing() {
			return "models are compared: adopt one first"
		}
		return why()
	}
}
