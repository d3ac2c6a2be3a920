package session

import (
	"maps"
	"strings"
	"time"
)

// forked is put before the title of a fork.
const forked = "fork: "

// Fork makes a new chat of the path down to a message, with the settings of the old chat. Its owner stores the
// records. The cost of the answers stays with the old chat.
func (s *Chats) Fork(c *Chat, id int64, at time.Time) (*Chat, []MessageRecord, error) {
	m := c.byID[id]
	switch {
	case !c.loaded:
		return nil, nil, ErrLoading
	case m == nil:
		return nil, nil, ErrNoMessage
	case !m.ended:
		return nil, nil, ErrStreaming
	}
	f := s.New(c.rec.Model, maps.Clone(c.rec.Params), at)
	f.rec.System, f.rec.Preset = c.rec.System, c.rec.Preset
	f.rec.Title, f.rec.Titled = forked+strings.TrimPrefix(c.rec.Title, forked), true
	var path []*message
	for ; m != nil; m = m.parent {
		path = append([]*message{m}, path...)
	}
	records := make([]MessageRecord, len(path))
	parent := f.root
	for i, m := range path {
		r := m.record()
		r.Ended = !m.view.Partial
		r.Chat, r.ID, r.Parent = f.rec.ID, s.newID(at), parent.view.ID
		copied := f.restore(&r)
		f.attach(copied, parent)
		if m.view.ID == c.rec.From {
			f.rec.From, f.rec.FromAt = r.ID, c.rec.FromAt
		}
		records[i], parent = r, copied
	}
	f.rec.Messages = len(path)
	f.touched = true
	f.change()
	return f, records, nil
}
