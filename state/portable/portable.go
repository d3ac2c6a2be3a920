// Package portable exports chats to files and imports them.
//
// Our own format holds the whole tree, so that a chat is the same after an export and an import. Lists of messages
// as OpenAI's API takes them are read too. An imported file is data: it is checked before any of it is used, an
// error gives the position in the file, importing sends nothing, and an import is always a new chat.
package portable

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"relaytop/relay"
	"relaytop/state/session"
)

// Bounds of what is read.
const (
	MostBytes    = 256 << 20
	mostMessages = 100_000
	mostTitle    = 200 // characters
	mostTokens   = 1e12
	mostMoney    = relay.Money(1e18) // picodollars: a million dollars for one answer
)

// Chat is a chat outside of the archive.
type Chat struct {
	Record   session.Record
	Messages []session.MessageRecord // parents come before their children
	Foreign  bool                    // a list of messages from another program: without times and settings
	LeftOut  []string                // what could not be imported, a line each
}

// Shown is the path that is shown, oldest first.
func (c *Chat) Shown() []*session.MessageRecord {
	byID := make(map[int64]*session.MessageRecord, len(c.Messages))
	for i := range c.Messages {
		byID[c.Messages[i].ID] = &c.Messages[i]
	}
	var up []*session.MessageRecord
	for m := byID[c.Record.Active]; m != nil; m = byID[m.Parent] {
		up = append(up, m)
	}
	out := make([]*session.MessageRecord, 0, len(up))
	for i := len(up) - 1; i >= 0; i-- {
		out = append(out, up[i])
	}
	return out
}

// Files is the number of attached files.
func (c *Chat) Files() (n int) {
	for i := range c.Messages {
		n += len(c.Messages[i].Parts)
	}
	return n
}

// Settle makes the chat a new one of this data folder: it gets new IDs, and the model and parameters of a new chat if
// the file has none. Waiting prompts are dropped: importing sends nothing.
func (c *Chat) Settle(now time.Time, model string, params relay.Params) {
	r := &c.Record
	r.ID = session.NewName()
	r.Draft, r.Queue, r.Compare, r.Heads = "", nil, nil, nil
	if r.Model == "" {
		r.Model = model
	}
	if c.Foreign && r.Params == nil {
		r.Params = params
	}
	if r.Created.IsZero() || r.Created.After(now) {
		r.Created = now
	}
	if r.Updated.IsZero() || r.Updated.After(now) {
		r.Updated = now
	}
	ids := make(map[int64]int64, len(c.Messages))
	last := int64(0)
	for i := range c.Messages {
		m := &c.Messages[i]
		if m.Created.IsZero() || m.Created.After(now) {
			m.Created = now
		}
		id := max(m.Created.UnixMilli()<<20, last+1)
		ids[m.ID], last = id, id
		m.Chat, m.ID, m.Parent = r.ID, id, ids[m.Parent]
	}
	r.Active, r.From = ids[r.Active], ids[r.From]
	c.sum()
}

// sum computes the sums of a record from its messages: the file may hold any.
func (c *Chat) sum() {
	r := &c.Record
	r.Cost, r.Estimated, r.Unknown = 0, false, 0
	for i := range c.Messages {
		res := c.Messages[i].Result
		switch {
		case res == nil:
		case res.Cost.Known():
			r.Cost += res.Cost.Amount
			r.Estimated = r.Estimated || res.Cost.Estimated
		case res.Billable():
			r.Unknown++
		}
	}
	r.Messages = len(c.Shown())
	if t := []rune(r.Title); len(t) > mostTitle {
		r.Title = string(t[:mostTitle])
	}
	if r.Title == "" {
		r.Titled = false
		for i := range c.Messages {
			if m := &c.Messages[i]; m.Role == relay.RoleUser && r.Title == "" {
				r.Title = session.Title(m.Text)
			}
		}
	}
}

// check finds what is invalid in the tree, and the message that it concerns. Parents come before their children, so
// that there is no cycle.
func (c *Chat) check() (message int, err error) {
	seen := make(map[int64]bool, len(c.Messages))
	for i := range c.Messages {
		m := &c.Messages[i]
		var err error
		switch {
		case m.ID <= 0:
			err = fmt.Errorf("the id %d is not above 0", m.ID)
		case seen[m.ID]:
			err = fmt.Errorf("the id %d occurs twice", m.ID)
		case m.Parent != 0 && !seen[m.Parent]:
			err = fmt.Errorf("its parent %d does not come before it", m.Parent)
		case m.Role != relay.RoleUser && m.Role != relay.RoleAssistant:
			err = fmt.Errorf("the role %q is neither user nor assistant", m.Role)
		default:
			err = errors.Join(checkParts(m.Parts), checkResult(m.Result))
		}
		if err != nil {
			return i, fmt.Errorf("message %d: %w", i+1, err)
		}
		seen[m.ID] = true
	}
	if !seen[c.Record.Active] {
		c.Record.Active = 0
		if n := len(c.Messages); n > 0 {
			c.Record.Active = c.Messages[n-1].ID
		}
	}
	return 0, nil
}

// checkParts accepts images that are in the file, or that a relay can fetch.
func checkParts(parts []session.Part) error {
	for i := range parts {
		image := parts[i].Image
		if image != "" && !strings.HasPrefix(image, "data:image/") && !strings.HasPrefix(image, "https://") &&
			!strings.HasPrefix(image, "http://") {
			return errors.New("the image of a part is neither a data:image URL nor one of the web")
		}
	}
	return nil
}

// checkResult refuses figures that would make sums wrong, and drops what is never stored.
func checkResult(r *relay.Result) error {
	if r == nil {
		return nil
	}
	r.Raw, r.Timing.Gaps = nil, nil
	if u := r.Usage; u != nil {
		for _, n := range []int64{u.Input, u.Cached, u.CacheWrite, u.Output, u.Reasoning, u.Total} {
			if n < 0 || n > mostTokens {
				return fmt.Errorf("its result: %d tokens is out of range", n)
			}
		}
	}
	for _, m := range []relay.Money{r.Cost.Amount, r.Cost.List, r.Cost.Part} {
		if m < 0 || m > mostMoney {
			return fmt.Errorf("its result: a cost of %s USD is out of range", m)
		}
	}
	return nil
}
