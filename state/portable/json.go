package portable

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"relaytop/state/session"
)

// The format and version of our own files. A later version may add keys; a reader refuses versions above its own.
const (
	FormatID = "relaytop.chat"
	Version  = 1
)

// JSON writes a chat in our own format: an object with format, version, chat and messages, each message on a line
// of its own. Messages are numbered from 1; parent 0: it has no parent.
func JSON(w io.Writer, c *Chat) error {
	r := c.Record
	r.Draft, r.Queue, r.Compare, r.Heads = "", nil, nil, nil
	ids := make(map[int64]int64, len(c.Messages))
	for i := range c.Messages {
		ids[c.Messages[i].ID] = int64(i + 1)
	}
	r.Active, r.From = ids[r.Active], ids[r.From]
	chat, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encoding the chat: %w", err)
	}
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "{\"format\":%q,\"version\":%d,\n\"chat\":%s,\n\"messages\":[", FormatID, Version, chat)
	for i := range c.Messages {
		m := c.Messages[i]
		m.Chat, m.ID, m.Parent = "", int64(i+1), ids[m.Parent]
		line, err := json.Marshal(m)
		if err != nil {
			return fmt.Errorf("encoding message %d: %w", i+1, err)
		}
		if i > 0 {
			_ = b.WriteByte(',') // the error comes with Flush
		}
		_ = b.WriteByte('\n')
		_, _ = b.Write(line)
	}
	fmt.Fprint(b, "\n]}\n")
	return b.Flush()
}

// Of is a chat of the archive; its messages may come in any order.
func Of(r session.Record, messages []session.MessageRecord) *Chat {
	c := &Chat{Record: r, Messages: slices.Clone(messages)}
	slices.SortFunc(c.Messages, func(a, b session.MessageRecord) int {
		switch {
		case a.ID < b.ID:
			return -1
		case a.ID > b.ID:
			return 1
		}
		return 0
	})
	return c
}
