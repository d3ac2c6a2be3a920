package cli

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"relaytop/relay"
	"relaytop/state/archive"
	"relaytop/state/portable"
	"relaytop/state/session"
)

func (c *chatsCommand) export() *cobra.Command {
	var kind, out string
	var force bool
	cmd := &cobra.Command{
		Use: "export [ID]", Short: "write a chat, or the last one, to stdout or a file",
		SuggestFor: []string{"show", "view", "print", "cat"},
		Long: `
			Writes a chat as JSON, with every answer, so that it can be imported again, or as Markdown to read. The
			beginning of the ID is enough; without one, the last chat is written.`,
		Args: between(0, 1, "export takes the ID of one chat at most"),
		RunE: func(_ *cobra.Command, args []string) error {
			if kind == "" {
				if kind = portable.FormatOf(out); kind == "" {
					kind = portable.Formats()[0].Name
				}
			}
			if !portable.IsFormat(kind) {
				return fail(exitUsage, fmt.Errorf("--format must be %s, not %q", portable.FormatNames(), kind))
			}
			id := lastOne
			if len(args) > 0 {
				id = args[0]
			}
			return c.withChats(func(kept *archive.Archive, chats []session.Record) error {
				return c.write(kept, chats, id, kind, out, force)
			})
		},
	}
	cmd.Flags().StringVar(&kind, "format", "",
		portable.FormatNames()+" (default: by the name of the file, else "+portable.Formats()[0].Name+")")
	cmd.Flags().StringVarP(&out, "out", "o", "", "file to write (default: stdout)")
	cmd.Flags().BoolVar(&force, "force", false, "overwrite the file")
	return cmd
}

// write writes a chat to a file, or to stdout.
func (c *chatsCommand) write(kept *archive.Archive, chats []session.Record, id, kind, out string, force bool) error {
	r, err := findRecord(kept, chats, id)
	if err != nil {
		return fail(exitUsage, err)
	}
	messages, err := kept.LoadMessages(r.ID)
	if err != nil {
		return fail(exitFailed, err)
	}
	chat := portable.Of(r, messages)
	if out == "" || out == "-" {
		w := c.console.stdout().plain()
		if err := portable.Write(w, chat, kind); err != nil {
			return fail(exitFailed, err)
		}
		return fail(exitFailed, w.Flush())
	}
	err = portable.Save(out, force, func(w io.Writer) error { return portable.Write(w, chat, kind) })
	if errors.Is(err, portable.ErrExists) {
		return fail(exitUsage, fmt.Errorf("%s: %w; --force replaces it", out, err))
	}
	if err != nil {
		return fail(exitFailed, fmt.Errorf("%s: %w", out, err))
	}
	c.console.note("%s written to %s", relay.Counted(len(messages), "message"), out)
	return nil
}
