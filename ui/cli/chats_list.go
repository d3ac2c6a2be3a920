package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"relaytop/state/archive"
	"relaytop/state/session"
	"relaytop/ui/widget"
)

// chatLine is a chat in `chats list --json`.
type chatLine struct {
	ID       string    `json:"id"`
	Title    string    `json:"title"`
	Model    string    `json:"model"`
	Messages int       `json:"messages"`
	Pinned   bool      `json:"pinned"`
	Created  time.Time `json:"created"`
	Updated  time.Time `json:"updated"`
	CostUSD  string    `json:"cost_usd"`     // of the answers with a known cost
	Unknown  int       `json:"unknown_cost"` // answers without one
	About    bool      `json:"cost_estimated"`
}

func (c *chatsCommand) list() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list", Short: "list the chats: pinned ones first, then the newest", Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			return c.withChats(func(_ *archive.Archive, chats []session.Record) error {
				if asJSON {
					lines := make([]chatLine, 0, len(chats))
					for i := range chats {
						r := &chats[i]
						lines = append(lines, chatLine{
							ID:       r.ID,
							Title:    r.Title,
							Model:    r.Model,
							Messages: r.Messages,
							Pinned:   r.Pinned,
							Created:  r.Created,
							Updated:  r.Updated,
							CostUSD:  r.Cost.String(),
							Unknown:  r.Unknown,
							About:    r.Estimated,
						})
					}
					return fail(exitFailed, c.console.writeJSON(map[string]any{"chats": lines}))
				}
				return fail(exitFailed, printChats(c.console, chats))
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}

// printChats prints the table of chats.
func printChats(con *console, chats []session.Record) error {
	if len(chats) == 0 {
		con.sentence("There are no chats yet; `relaytop chat --save` keeps a turn as one.")
		return nil
	}
	out := con.stdout()
	t := chatRows(chats, idLength)
	if !t.fits(out) {
		t = chatRows(chats, distinct(chats))
	}
	return t.print(out)
}

// chatRows is the table of chats, with the given number of letters of each ID.
func chatRows(chats []session.Record, letters int) *table {
	t := newTable(
		column{title: "ID", kind: whole},
		column{title: "UPDATED"},
		column{title: "MESSAGES", kind: number},
		column{title: "COST", kind: number},
		column{title: "MODEL"},
		column{title: "TITLE"},
	)
	for i := range chats {
		r := &chats[i]
		id, updated := r.ID[:min(letters, len(r.ID))], r.Updated.Local().Format("2006-01-02 15:04")
		title := strings.Join(strings.Fields(r.Title), " ")
		t.row(id, updated, fmt.Sprint(r.Messages), spentOn(r), r.Model, title)
	}
	return t
}

// idLength is the length of a chat's ID; leastID is how many letters are shown at least.
const (
	idLength = 26
	leastID  = 8
)

// distinct is how many letters of the IDs tell all chats apart. The beginning of an ID is enough to name a chat.
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

// spentOn is the known cost of a chat.
func spentOn(r *session.Record) string {
	if r.Unknown > 0 && r.Cost == 0 {
		return "unknown"
	}
	s := widget.About(r.Cost.Dollars(), r.Estimated)
	if r.Unknown > 0 {
		s += "+?"
	}
	return s
}
