package portable

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"relaytop/relay"
	"relaytop/state/session"
)

// Markdown writes the shown path of a chat, for reading. It can't be imported: other answers and images are left out.
func Markdown(w io.Writer, c *Chat) error {
	b := bufio.NewWriter(w)
	r := &c.Record
	fmt.Fprintf(b, "# %s\n\n", oneLine(cmp.Or(r.Title, "chat")))
	facts := []string{oneLine(r.Model)}
	if !r.Created.IsZero() {
		facts = append(facts, r.Created.Format("2006-01-02 15:04"))
	}
	for _, k := range slices.Sorted(maps.Keys(r.Params)) {
		facts = append(facts, oneLine(k+" "+string(r.Params[k])))
	}
	fmt.Fprintf(b, "%s\n", strings.Join(facts, " · "))
	if r.System != "" {
		fmt.Fprintf(b, "\n## system\n\n%s\n", strings.TrimRight(r.System, "\n"))
	}
	shown := c.Shown()
	for _, m := range shown {
		markdownMessage(b, m)
	}
	if n := len(c.Messages) - len(shown); n > 0 {
		fmt.Fprintf(b, "\n---\n\n%d other messages of this chat are not shown here; an export as JSON holds them.\n", n)
	}
	return b.Flush()
}

func markdownMessage(b *bufio.Writer, m *session.MessageRecord) {
	fmt.Fprintf(b, "\n## %s\n", oneLine(speaker(m)))
	if m.Reasoning != "" {
		fmt.Fprintf(b, "\n<details><summary>reasoning</summary>\n\n%s\n\n</details>\n", strings.TrimRight(m.Reasoning, "\n"))
	}
	if text := strings.TrimRight(m.Text+m.Refusal, "\n"); text != "" {
		fmt.Fprintf(b, "\n%s\n", text)
	}
	for i := range m.Parts {
		if p := &m.Parts[i]; p.Image != "" {
			fmt.Fprintf(b, "\n*image: %s, %d bytes*\n", oneLine(p.Name), p.Size())
		} else {
			fmt.Fprintf(b, "\n%s\n", session.Fenced(p.Name, p.Text))
		}
	}
	for _, t := range m.Tools {
		fmt.Fprintf(b, "\n%s\n", session.Fenced("tool call "+t.Name, t.Arguments))
	}
	if s := ending(m); s != "" {
		fmt.Fprintf(b, "\n*%s*\n", s)
	}
}

// speaker is the heading of a message: of an answer, its model.
func speaker(m *session.MessageRecord) string {
	if m.Role == relay.RoleUser {
		return "you"
	}
	if m.Result != nil && m.Result.Model != "" {
		return m.Result.Model
	}
	return cmp.Or(m.Model, m.Role)
}

// ending says how an incomplete answer ended.
func ending(m *session.MessageRecord) string {
	switch {
	case m.Role == relay.RoleUser:
		return ""
	case !m.Ended:
		return "unfinished"
	case m.Result == nil || m.Result.Status == relay.StatusOK:
		return ""
	case m.Result.Err != nil && m.Result.Status == relay.StatusFailed:
		return "failed: " + oneLine(string(m.Result.Err.Class)+" "+m.Result.Err.Message)
	}
	return oneLine(string(m.Result.Status))
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
