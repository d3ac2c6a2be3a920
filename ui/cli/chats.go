package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"relaytop/relay"
	"relaytop/state/archive"
	"relaytop/state/portable"
	"relaytop/state/session"
)

// lastChat is the setting that names the chat that was open last.
const lastChat = "last_chat"

func (c *command) chats() *cobra.Command {
	list := c.chatsList()
	cmd := &cobra.Command{Use: "chats", Short: "the chats that are kept: list, export, import", Args: noArgs, RunE: list.RunE}
	cmd.AddCommand(list, c.chatsExport(), c.chatsImport())
	return cmd
}

// withChats calls f with the archive; no engine is needed for that, and nothing is sent.
func (c *command) withChats(f func(kept *archive.Archive, chats []session.Record) error) (err error) {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	c.tellDemo(cfg)
	kept, err := archive.Open(cfg.Paths.DB(cfg.Relay.Demo), archive.Options{Demo: cfg.Relay.Demo})
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
	c.tellArchive(kept)
	chats, err := kept.LoadChats()
	if err != nil && !errors.Is(err, session.ErrMalformed) {
		return fail(exitFailed, err)
	}
	if err != nil {
		c.note("relaytop: %v", err)
	}
	return f(kept, chats)
}

// chatLine is a chat in `chats list --json`.
type chatLine struct {
	ID       string    `json:"id"`
	Title    string    `json:"title"`
	Model    string    `json:"model"`
	Messages int       `json:"messages"`
	Pinned   bool      `json:"pinned"`
	Created  time.Time `json:"created"`
	Updated  time.Time `json:"updated"`
	CostUSD  string    `json:"cost_usd"`     // of the answers whose cost is known
	Unknown  int       `json:"unknown_cost"` // answers whose cost is not
	About    bool      `json:"cost_estimated"`
}

func (c *command) chatsList() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list", Short: "all chats: pinned first, then the newest", Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			return c.withChats(func(_ *archive.Archive, chats []session.Record) error {
				if asJSON {
					lines := make([]chatLine, 0, len(chats))
					for i := range chats {
						r := &chats[i]
						lines = append(lines, chatLine{ID: r.ID, Title: r.Title, Model: r.Model, Messages: r.Messages, Pinned: r.Pinned, Created: r.Created,
							Updated: r.Updated, CostUSD: r.Cost.String(), Unknown: r.Unknown, About: r.Estimated})
					}
					return fail(exitFailed, c.writeJSON(map[string]any{"chats": lines}))
				}
				return fail(exitFailed, c.chatsTable(chats))
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}

func (c *command) chatsTable(chats []session.Record) error {
	if len(chats) == 0 {
		c.tell("no chats yet: `relaytop chat --save` keeps a turn as one")
		return nil
	}
	out := c.stdout()
	t := chatRows(chats, idLength)
	if !t.fits(out) {
		t = chatRows(chats, distinct(chats))
	}
	return t.print(out)
}

// chatRows is the table of chats, with so many letters of each ID.
func chatRows(chats []session.Record, letters int) *table {
	t := newTable(column{title: "ID", kind: whole}, column{title: "UPDATED"}, column{title: "MESSAGES", kind: number},
		column{title: "COST", kind: number}, column{title: "MODEL"}, column{title: "TITLE"})
	for i := range chats {
		r := &chats[i]
		t.row(r.ID[:min(letters, len(r.ID))], r.Updated.Local().Format("2006-01-02 15:04"), fmt.Sprint(r.Messages), spentOn(r),
			r.Model, strings.Join(strings.Fields(r.Title), " "))
	}
	return t
}

// idLength is the length of a chat's ID, and leastID how much of one is shown at least.
const (
	idLength = 26
	leastID  = 8
)

// distinct is how many letters of the IDs tell all chats apart: the beginning of an ID is enough to name a chat.
func distinct(chats []session.Record) int {
	for n := leastID; n < idLength; n++ {
		seen := map[string]bool{}
		for i := range chats {
			seen[chats[i].ID[:min(n, len(chats[i].ID))]] = true
		}
		if len(seen) == len(chats) {
			return n
		}
	}
	return idLength
}

// spentOn is what a chat cost as far as it is known.
func spentOn(r *session.Record) string {
	if r.Unknown > 0 && r.Cost == 0 {
		return "unknown"
	}
	s := "$" + r.Cost.String()
	if r.Estimated {
		s = "~" + s
	}
	if r.Unknown > 0 {
		s += "+?"
	}
	return s
}

func (c *command) chatsExport() *cobra.Command {
	var kind, out string
	var force bool
	cmd := &cobra.Command{
		Use: "export [ID]", Short: "write a chat, or the last one, to stdout or a file",
		Long: `
			Writes a chat as JSON, with every answer, so that it can be imported again, or as Markdown to read. The
			beginning of the ID is enough; without one, the last chat is written.`,
		Args: between(0, 1, "export wants the ID of one chat at most"),
		RunE: func(_ *cobra.Command, args []string) error {
			if kind == "" {
				if kind = portable.Kind(out); kind == "" {
					kind = "json"
				}
			}
			if kind != "json" && kind != "md" {
				return fail(exitUsage, fmt.Errorf("--format wants json or md, not %q", kind))
			}
			id := lastOne
			if len(args) > 0 {
				id = args[0]
			}
			return c.withChats(func(kept *archive.Archive, chats []session.Record) error {
				return c.export(kept, chats, id, kind, out, force)
			})
		},
	}
	cmd.Flags().StringVar(&kind, "format", "", "json or md; by itself what the name of the file says, else json")
	cmd.Flags().StringVarP(&out, "out", "o", "", "file to write in place of stdout")
	cmd.Flags().BoolVar(&force, "force", false, "replace a file that is there")
	return cmd
}

func (c *command) export(kept *archive.Archive, chats []session.Record, id, kind, out string, force bool) error {
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
		w := c.stdout().plain()
		if err := portable.Write(w, chat, kind); err != nil {
			return fail(exitFailed, err)
		}
		return fail(exitFailed, w.Flush())
	}
	err = portable.Save(out, force, func(w io.Writer) error { return portable.Write(w, chat, kind) })
	if errors.Is(err, portable.ErrExists) {
		return fail(exitUsage, fmt.Errorf("%s: %w: --force replaces it", out, err))
	}
	if err != nil {
		return fail(exitFailed, fmt.Errorf("%s: %w", out, err))
	}
	c.note("%d messages in %s", len(messages), out)
	return nil
}

// findRecord looks a chat up by its ID, the begin of it, or "last".
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
	if id == lastOne && len(chats) > 0 && !slices.ContainsFunc(chats, func(r session.Record) bool { return r.ID == last }) {
		last = chats[newest].ID // the last one that was shown is gone, or none was: as the dashboard does
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

func (c *command) chatsImport() *cobra.Command {
	var dry bool
	cmd := &cobra.Command{
		Use: "import FILE", Short: "keep a chat from a file as a new one, and print its ID",
		Long: `
			Reads a chat from FILE, or from stdin if FILE is -, and keeps it as a new one. Nothing is sent.

			FILE is what "relaytop chats export" wrote as JSON, or messages as OpenAI's API takes them: a list of
			{"role", "content"}, or an object with "messages".`,
		Args: between(1, 1, "import wants one file; - is stdin"),
		RunE: func(_ *cobra.Command, args []string) error {
			chat, err := c.readChat(args[0])
			if err != nil {
				return fail(exitUsage, fmt.Errorf("%s: %w", args[0], err))
			}
			cfg, err := c.load()
			if err != nil {
				return err
			}
			chat.Settle(time.Now(), cfg.DefaultModel, relay.DefaultParams())
			c.note("%s", portable.Summary(chat))
			if dry {
				return nil
			}
			return c.withChats(func(kept *archive.Archive, _ []session.Record) error {
				if err := kept.SaveWhole(chat.Record, chat.Messages); err != nil {
					return fail(exitFailed, err)
				}
				_, err := fmt.Fprintln(c.Stdout, chat.Record.ID)
				return fail(exitFailed, err)
			})
		},
	}
	cmd.Flags().BoolVar(&dry, "dry-run", false, "say what would be imported, and keep nothing")
	return cmd
}

// between wants so many arguments, with the exit code of wrong use.
func between(least, most int, why string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) < least || len(args) > most {
			return fail(exitUsage, errors.New(why))
		}
		return nil
	}
}

func (c *command) readChat(name string) (*portable.Chat, error) {
	if name != "-" {
		return portable.ReadFile(name)
	}
	if c.Stdin == nil || isTerminal(c.Stdin) {
		return nil, errors.New("nothing is piped into stdin")
	}
	return portable.Read(c.Stdin)
}
