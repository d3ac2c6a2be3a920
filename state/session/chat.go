package session

import (
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"relaytop/relay"
)

// Chat is one conversation: a tree of messages of which one path is shown. Chats, which owns it, hands it out only
// under its owner's lock.
type Chat struct {
	rec     Record
	root    *message // the parent of the first messages, not a message itself
	byID    map[int64]*message
	live    []*message // the answers in flight: one, or one for each column of a comparison
	loaded  bool       // the messages are in memory
	touched bool       // there is something to store
	files   []Part     // of the draft; kept apart from the record, which is written with every pause of typing
	dropped bool       // deleted: it is not written any more
	version uint64
	shape   uint64 // version of all but the answers in flight
	cut     cut
	tip     *message // cache of leaf; nil: unknown. A long path is not walked at each token
	views   views
	seq     *uint64
	price   relay.Forecast
}

// cut caches the first message of the shown path that is sent, nil if all are, for a shape of the chat.
type cut struct {
	first *message
	shape uint64
}

// views caches the messages of the shown path for a version of the chat.
type views struct {
	list    []View
	version uint64
}

func (c *Chat) next() uint64 {
	*c.seq++
	return *c.seq
}

func (c *Chat) change() {
	c.version = c.next()
	c.shape, c.tip = c.version, nil
}

func (c *Chat) touch(m *message) {
	m.view.Version = c.next()
	c.version = m.view.Version
	if !c.generating(m) {
		c.shape = c.version
	}
}

// path is the shown path, oldest message first.
func (c *Chat) path() []*message {
	var p []*message
	for m := c.root; len(m.children) > 0; {
		m = m.children[m.child]
		p = append(p, m)
	}
	return p
}

// leaf is the last message of the shown path, or the root.
func (c *Chat) leaf() *message {
	if c.tip != nil {
		return c.tip
	}
	m := c.root
	for len(m.children) > 0 {
		m = m.children[m.child]
	}
	c.tip = m
	return m
}

// attach puts m below parent and shows it.
func (c *Chat) attach(m, parent *message) {
	m.parent = parent
	if parent == c.root {
		m.parent = nil
	}
	parent.children = append(parent.children, m)
	parent.child = len(parent.children) - 1
	c.byID[m.view.ID] = m
	c.number(parent)
	c.touch(m)
	c.change()
}

// detach removes a message that was never stored.
func (c *Chat) detach(m *message) {
	parent := c.above(m)
	parent.children = slices.DeleteFunc(parent.children, func(o *message) bool { return o == m })
	parent.child = max(min(parent.child, len(parent.children)-1), 0)
	delete(c.byID, m.view.ID)
	c.number(parent)
	c.change()
}

func (c *Chat) above(m *message) *message {
	if m.parent == nil {
		return c.root
	}
	return m.parent
}

func (c *Chat) number(parent *message) {
	for i, m := range parent.children {
		if m.view.Sibling != i+1 || m.view.Siblings != len(parent.children) {
			m.view.Sibling, m.view.Siblings = i+1, len(parent.children)
			c.touch(m)
		}
	}
}

// show makes the path run through m.
func (c *Chat) show(m *message) {
	for ; m != nil; m = m.parent {
		parent := c.above(m)
		parent.child = slices.Index(parent.children, m)
	}
	c.change()
}

// Views are the messages of the shown path. The slice is never changed, and is the same one until the chat changes.
func (c *Chat) Views() []View {
	if c.views.version != c.version || c.views.list == nil {
		path := c.path()
		c.views.list = make([]View, len(path))
		left := c.leftOut(path)
		for i, m := range path {
			c.views.list[i] = *m.read()
			c.views.list[i].Left = i < left
		}
		c.views.version = c.version
	}
	return c.views.list
}

// Growing are the answers in flight on the shown path: nothing else differs from earlier Views while Header.Shape
// stays the same.
func (c *Chat) Growing() []View {
	var out []View
	for _, m := range c.live {
		out = append(out, *m.read())
	}
	return out
}

// Header is the chat as a list shows it. It walks the path at most once a turn.
func (c *Chat) Header() Header {
	h := Header{ID: c.rec.ID, Title: c.rec.Title, Model: c.rec.Model, System: c.rec.System, Params: c.rec.Params,
		Preset: c.rec.Preset, Pinned: c.rec.Pinned,
		Created: c.rec.Created, Updated: c.rec.Updated, Messages: c.rec.Messages, Cost: c.rec.Cost,
		Estimated: c.rec.Estimated,
		Unknown:   c.rec.Unknown, Streaming: len(c.live) > 0, Busy: c.busy(), Compare: slices.Clone(c.rec.Compare),
		Queued: c.queued(), Draft: c.rec.Draft, Files: c.files, From: c.rec.From, Version: c.version, Shape: c.shape}
	h.Tokens, h.TokensEst = c.context()
	return h
}

// queued are the waiting prompts, each as one line.
func (c *Chat) queued() []string {
	if len(c.rec.Queue) == 0 {
		return nil
	}
	out := make([]string, len(c.rec.Queue))
	for i := range c.rec.Queue {
		out[i] = c.rec.Queue[i].Line()
	}
	return out
}

// Record is the chat as it is stored.
func (c *Chat) Record() Record {
	r := c.rec
	r.Queue = slices.Clone(c.rec.Queue)
	if leaf := c.leaf(); c.loaded && leaf != c.root {
		r.Active = leaf.view.ID
	}
	return r
}

// Records are all messages as they are stored, siblings included, oldest first; of an answer that streams, its text
// so far.
func (c *Chat) Records() []MessageRecord {
	out := make([]MessageRecord, 0, len(c.byID))
	for _, id := range slices.Sorted(maps.Keys(c.byID)) {
		m := c.byID[id]
		r := m.record()
		r.Ended = m.ended && !m.view.Partial
		out = append(out, r)
	}
	return out
}

// context counts the tokens that the next turn would send: the relay's count for the last answer that has one, and
// estimates from there on.
func (c *Chat) context() (n int64, estimated bool) {
	first := c.first()
	for m := c.leaf(); m != c.root; m = c.above(m) {
		r := m.view.Result
		var u *relay.Usage
		if r != nil {
			u = r.AnswerUsage()
		}
		if u != nil && !u.Estimated && u.Input > 0 && !m.view.Since.Before(c.rec.FromAt) {
			// a continuation: its prompt is not sent again
			return n + u.Input + u.Output - u.Reasoning, estimated || m.view.Carried > 0
		}
		n += m.estimate()
		estimated = true
		if m == first {
			break
		}
	}
	if c.rec.System != "" {
		n += estimateOf(c.rec.System)
		estimated = true
	}
	return n, estimated
}

// Title makes a chat's title from the first words of its first prompt: whole words, at most 48 characters, without a
// file that was pasted below them.
func Title(text string) string {
	if i := strings.Index(text, ":\n```"); i >= 0 {
		if typed, _, below := cutLast(text[:i], "\n"); below && strings.TrimSpace(typed) != "" {
			text = typed
		}
	}
	var b strings.Builder
	n := 0
	for _, w := range strings.FieldsFunc(text, unicode.IsSpace) {
		runes := []rune(w)
		if n > 0 && n+1+len(runes) > 48 {
			return b.String() + "…"
		}
		if len(runes) > 48 {
			return string(runes[:48]) + "…"
		}
		if n > 0 {
			b.WriteByte(' ')
			n++
		}
		b.WriteString(w)
		n += len(runes)
	}
	return b.String()
}

// cutLast is strings.Cut at the last sep.
func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

func (c *Chat) asked(p *Prompt, at time.Time) {
	c.rec.Updated = at
	c.rec.Messages = len(c.path())
	if !c.rec.Titled && c.rec.Title == "" {
		c.rec.Title = p.title()
	}
	c.touched = true
}
