package cli

import (
	"context"
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"relaytop/state/archive"
	"relaytop/state/session"
)

// lastChat is the setting that names the chat opened last.
const lastChat = "last_chat"

// chatsCommand is `relaytop chats`: the chats of the archive, and their files.
type chatsCommand struct {
	console *console
	config  *loader
}

func (c *chatsCommand) command() *cobra.Command {
	list := c.list()
	cmd := &cobra.Command{Use: "chats", Short: "list, export and import chats", Args: noArgs,
		RunE: list.RunE}
	cmd.AddCommand(list, c.export(), c.importFile())
	return cmd
}

// withChats calls f with the archive and its chats. It needs no engine and sends nothing.
func (c *chatsCommand) withChats(f func(kept *archive.Archive, chats []session.Record) error) (err error) {
	cfg, err := c.config.load()
	if err != nil {
		return err
	}
	c.console.reportDemo(cfg)
	kept, err := c.console.openArchive(cfg)
	if err != nil {
		return fail(exitFailed, err)
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.Background(), closeWithin)
		defer cancel()
		if bad := kept.Close(ctx); err == nil {
			err = fail(exitFailed, bad)
		}
	}()
	c.console.reportArchive(kept)
	chats, err := kept.LoadChats()
	if err != nil && !errors.Is(err, session.ErrMalformed) {
		return fail(exitFailed, err)
	}
	if err != nil {
		c.console.note("relaytop: %v", err)
	}
	return f(kept, chats)
}

// findRecord finds a chat by its ID, by the beginning of one, or by "last".
func findRecord(kept *archive.Archive, chats []session.Record, id string) (session.Record, error) {
	last := ""
	if id == lastOne {
		last, _ = kept.Setting(lastChat)
	}
	headers := make([]session.Header, len(chats))
	newest := 0
	for i := range chats {
		if chats[i].Updated.After(chats[newest].Updated) {
			newest = i
		}
		headers[i] = session.Header{ID: chats[i].ID, Messages: chats[i].Messages}
	}
	if id == lastOne && len(chats) > 0 && !slices.ContainsFunc(chats,
		func(r session.Record) bool { return r.ID == last }) {
		last = chats[newest].ID // the chat shown last is gone, or there was none: as the dashboard does
	}
	h, err := findChat(headers, id, last)
	if err != nil {
		return session.Record{}, err
	}
	for i := range chats {
		if chats[i].ID == h.ID {
			return chats[i], nil
		}
	}
	return session.Record{}, session.ErrNoChat
}
