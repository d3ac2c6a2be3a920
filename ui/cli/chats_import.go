package cli

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"relaytop/relay"
	"relaytop/state/archive"
	"relaytop/state/portable"
	"relaytop/state/session"
)

func (c *chatsCommand) importFile() *cobra.Command {
	var dry bool
	cmd := &cobra.Command{
		Use: "import FILE", Short: "keep a chat from a file as a new one, and print its ID",
		Long: `
			Reads a chat from FILE, or from stdin if FILE is -, and keeps it as a new one. Nothing is sent.

			FILE is what "relaytop chats export" wrote as JSON, or messages as OpenAI's API takes them: a list of
			{"role", "content"}, or an object with "messages".`,
		Args: between(1, 1, "import takes one file; - is stdin"),
		RunE: func(_ *cobra.Command, args []string) error {
			chat, err := c.readChat(args[0])
			if err != nil {
				return fail(exitUsage, fmt.Errorf("%s: %w", args[0], err))
			}
			cfg, err := c.config.load()
			if err != nil {
				return err
			}
			chat.Settle(time.Now(), cfg.DefaultModel, relay.DefaultParams())
			c.console.note("%s", portable.Summary(chat))
			if dry {
				return nil
			}
			return c.withChats(func(kept *archive.Archive, _ []session.Record) error {
				if err := kept.SaveWhole(chat.Record, chat.Messages); err != nil {
					return fail(exitFailed, err)
				}
				_, err := fmt.Fprintln(c.console.Stdout, chat.Record.ID)
				return fail(exitFailed, err)
			})
		},
	}
	cmd.Flags().BoolVar(&dry, "dry-run", false, "print what would be imported, and keep nothing")
	return cmd
}

func (c *chatsCommand) readChat(name string) (*portable.Chat, error) {
	if name != "-" {
		return portable.ReadFile(name)
	}
	if c.console.Stdin == nil || isTerminal(c.console.Stdin) {
		return nil, errors.New("stdin is a terminal; pipe a chat into it")
	}
	return portable.Read(c.console.Stdin)
}
