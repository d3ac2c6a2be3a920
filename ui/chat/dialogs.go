package chat

import (
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"relaytop/state/session"
	"relaytop/ui/overlay"
	"relaytop/ui/text"
	"relaytop/ui/widget"
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

// details shows all that is known of a failure: every attempt, and what the relay said.
func (m *Model) details(v session.View) tea.Cmd {
	r := v.Result
	var b strings.Builder
	if r.Err != nil {
		b.WriteString(string(r.Err.Class))
		if r.Err.Status != 0 {
			b.WriteString("  HTTP " + strconv.Itoa(r.Err.Status))
		}
		if r.Err.Code != "" {
			b.WriteString("  " + r.Err.Code)
		}
		b.WriteString("\n" + advice(r) + "\n\n" + r.Err.Message + "\n")
	}
	for _, a := range r.Attempts {
		b.WriteString("\nattempt " + strconv.Itoa(a.N) + "  " + a.Endpoint + "  " + a.Model)
		if a.Status != 0 {
			b.WriteString("  HTTP " + strconv.Itoa(a.Status))
		}
		b.WriteString("\n  " + string(a.Class) + "  " + a.Message)
		if a.Wait > 0 {
			b.WriteString("\n  then waited " + widget.Duration(a.Wait).String() + ": " + a.WaitReason)
		}
		b.WriteByte('\n')
	}
	return overlay.Open(overlay.Message("failed", "request "+r.ID.String(), b.String()))
}
