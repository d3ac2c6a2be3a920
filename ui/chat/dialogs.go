package chat

import (
	"strconv"

	tea "charm.land/bubbletea/v2"

	"relaytop/state/session"
	"relaytop/ui/overlay"
	"relaytop/ui/text"
)

func (m *Model) rename() tea.Cmd { return m.renameChat(m.chat) }

func (m *Model) renameChat(c session.Header) tea.Cmd {
	store, chat := m.store, c.ID
	return overlay.Open(overlay.Prompt(overlay.PromptOptions{
		Title: "rename the chat", Label: "its new title", Value: c.Title,
		Done: func(title string) tea.Cmd {
			return try("not renamed", func() error { return store.Rename(chat, title) })
		},
	}))
}

func (m *Model) pin() tea.Cmd { return m.pinChat(m.chat) }

func (m *Model) pinChat(c session.Header) tea.Cmd {
	store, chat, on := m.store, c.ID, !c.Pinned
	say := "pinned: it stands at the top of the list"
	if !on {
		say = "no longer pinned"
	}
	return func() tea.Msg { return doneMsg{what: "not pinned", say: say, err: store.Pin(chat, on)} }
}

func (m *Model) remove() tea.Cmd { return m.removeChat(m.chat) }

func (m *Model) removeChat(c session.Header) tea.Cmd {
	store, chat := m.store, c.ID
	title := "this chat"
	if c.Title != "" {
		title = "“" + text.Truncate(text.Line(c.Title), 60) + "”"
	}
	detail := strconv.Itoa(c.Messages) + " messages, and every other answer that was tried in it. There is no way back."
	if c.Busy || c.Streaming {
		detail = "An answer is being written. " + detail
	}
	return overlay.Open(overlay.Confirm("Delete "+title+"?", detail, func() tea.Msg {
		return doneMsg{what: "not deleted", say: title + " is deleted", err: store.Delete(chat)}
	}))
}
