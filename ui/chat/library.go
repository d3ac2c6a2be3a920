package chat

import (
	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/state/session"
	"relaytop/ui/overlay"
	"relaytop/ui/pane"
	"relaytop/ui/text"
)

// library is all chats: it opens, searches, renames, pins, forks, deletes, exports and imports them.
type library struct {
	env   *pane.Env
	store Store
}

// openMsg asks to open a chat that was picked.
type openMsg string

// report makes a command that runs verb and shows how it ended.
func report(failed, done string, verb func() error) tea.Cmd {
	return func() tea.Msg { return pane.Report(failed, done, verb()) }
}

func (l library) open(id string) tea.Cmd {
	return report("the chat was not opened", "", func() error { return l.store.Library.Open(id) })
}

func (l library) create() tea.Cmd {
	return report("no new chat was made", "", func() error { return l.store.Library.Open(l.store.Library.New()) })
}

// fork copies the messages up to one into a new chat, and opens that.
func (l library) fork(chat string, message int64) tea.Cmd {
	return report("not forked", "this is the fork; the old chat is unchanged", func() error {
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
	done := "pinned to the top of the list"
	if !on {
		done = "no longer pinned"
	}
	return report("not pinned", done, func() error { return store.Library.Pin(chat, on) })
}

func (l library) remove(c session.Header) tea.Cmd {
	store, chat := l.store, c.ID
	title := "this chat"
	if c.Title != "" {
		title = "“" + text.Truncate(text.Line(c.Title), 60) + "”"
	}
	detail := relay.Counted(c.Messages, "message") + ", and all other answers to its questions. This cannot be undone."
	if c.Busy || c.Streaming {
		detail = "An answer is in flight. " + detail
	}
	return overlay.Open(overlay.Confirm("Delete "+title+"?", detail,
		report("not deleted", title+" is deleted", func() error { return store.Library.Delete(chat) })))
}
