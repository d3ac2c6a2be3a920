package session

import (
	"time"

	"relaytop/relay"
)

// LeaveOut makes one of the user's messages the first that is sent: those above it are kept and shown, and not sent
// any more. 0 sends everything again.
func (s *Chats) LeaveOut(c *Chat, from int64, at time.Time) error {
	if m := c.byID[from]; from != 0 && (m == nil || m.view.Role != relay.RoleUser) {
		return ErrNoMessage
	}
	c.rec.From, c.rec.FromAt = from, at
	c.change()
	s.list = s.next()
	return nil
}

// leftOut counts the messages at the start of path that are not sent: those above From, on any branch. The question
// to be answered is always sent, and no answer is sent without its question.
func (c *Chat) leftOut(path []*message) int {
	from := c.byID[c.rec.From]
	if from == nil {
		return 0
	}
	above := make(map[*message]bool)
	for m := from.parent; m != nil; m = m.parent {
		above[m] = true
	}
	n := 0
	for n < len(path)-1 && above[path[n]] {
		n++
	}
	if n > 0 && path[n].view.Role == relay.RoleAssistant {
		n--
	}
	return n
}

// first is the first message of the shown path that is sent; nil: all are. It is computed when the chat's shape
// changes.
func (c *Chat) first() *message {
	if c.rec.From == 0 {
		return nil
	}
	if c.cut.shape != c.shape {
		path := c.path()
		c.cut = cut{shape: c.shape}
		if n := c.leftOut(path); n > 0 {
			c.cut.first = path[n]
		}
	}
	return c.cut.first
}
