package chat

import (
	tea "charm.land/bubbletea/v2"

	"relaytop/state/session"
	"relaytop/ui/overlay"
	"relaytop/ui/pane"
	"relaytop/ui/text"
)

// library is the chats that are kept: to open, search, rename, pin, fork and delete, to export and to import.
type library struct {
	env   *pane.Env
	store Store
}

// openMsg asks to open a chat that was picked.
type openMsg string

// report runs a verb of the store in a command, which says how it ended.
func report(failed, done string, verb func() error) tea.Cmd {
	return func() tea.Msg { return pane.Report(failed, done, verb()) }
}

func (l library) open(id string) tea.Cmd {
	return report("the chat was not opened", "", func() error { return l.store.Library.Open(id) })
}

func (l library) create() tea.Cmd {
	return report("no new chat", "", func() error { return l.store.Library.Open(l.store.Library.New()) })
}

// fork makes a chat of its own of what was said down to a message, and opens it.
func (l library) fork(chat string, message int64) tea.Cmd {
	return report("not forked", "this is the fork: the chat that it comes from stays as it is", func() error {
		_, err := l.store.Library.Fork(chat, message)
		return err
	})
}

func (l library) rename(c session.Header) tea.Cmd {
	store, chat := l.store, c.ID
	return overlay.Open(overlay.Prompt(overlay.PromptOptions{
		Title: "rename the chat", Label: "its new title", Value: c.Title,
		Done: func(title string) tea.Cmd {
			return report("not renamed", "", func() error { return store.Library.Rename(chat, title) })
		},
	}))
}

func (l library) pin(c session.Header) tea.Cmd {
	store, chat, on := l.store, c.ID, !c.Pinned
	say := "pinned: it stands at the top of the list"
	if !on {
		say = "no longer pinned"
	}
	return report("not pinned", say, func() error { return store.Library.Pin(chat, on) })
}

func (l library) remove(c session.Header) tea.Cmd {
	store, chat := l.store, c.ID
	title := "this chat"
	if c.Title != "" {
		title = "“" + text.Truncate(text.Line(c.Title), 60) + "”"
	}
	detail := text.Counted(c.Messages, "message") + ", and every other answer that was tried in it. There is no way back."
	if c.Busy || c.Streaming {
		detail = "An answer is being written. " + detail
	}
	return overlay.Open(overlay.Confirm("Delete "+title+"?", detail,
		report("not deleted", title+" is deleted", func() error { return store.Library.Delete(chat) })))
}
