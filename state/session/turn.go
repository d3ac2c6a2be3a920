package session

import (
	"maps"
	"slices"
	"time"

	"relaytop/relay"
)

// Turn is a prompt and an answer that was begun but not sent: the owner stores the Prompt, then submits the Request.
type Turn struct {
	Chat     *Chat
	Request  relay.Request
	Prompt   MessageRecord // ID 0: there is no new prompt (regenerate)
	question *message
	answer   *message
	heads    []int64 // of the comparison before it
	shown    int     // index of the sibling that was shown before
}

// Edit adds a prompt as a sibling of one of the user's messages.
func (s *Chats) Edit(c *Chat, id int64, p Prompt, at time.Time) (*Turn, error) {
	m := c.byID[id]
	if m == nil || m.view.Role != relay.RoleUser {
		return nil, ErrNoMessage
	}
	return s.say(c, c.above(m), p, at)
}

func (s *Chats) say(c *Chat, parent *message, p Prompt, at time.Time) (*Turn, error) {
	if err := c.ready(); err != nil {
		return nil, err
	}
	if p.Empty() {
		return nil, ErrEmpty
	}
	q := c.newMessage(s.newID(at), relay.RoleUser, at)
	q.texts.text.WriteString(p.Text)
	q.view.Parts, q.prompted = p.Parts, p.Tokens()
	q.stale, q.ended = true, true
	c.attach(q, parent)
	t := s.answer(c, q, at)
	t.question, t.Prompt = q, q.record()
	c.asked(&p, at)
	s.list = s.next()
	return t, nil
}

// Regenerate begins a sibling of an answer, or another answer to a user message.
func (s *Chats) Regenerate(c *Chat, id int64, at time.Time) (*Turn, error) {
	if err := c.ready(); err != nil {
		return nil, err
	}
	m := c.byID[id]
	if m == nil {
		return nil, ErrNoMessage
	}
	if m.view.Role == relay.RoleAssistant {
		m = c.above(m)
	}
	if m == c.root {
		return nil, ErrNoMessage
	}
	c.show(m)
	c.touched = true
	return s.answer(c, m, at), nil
}

func (c *Chat) ready() error {
	switch {
	case c.dropped:
		return ErrNoChat
	case !c.loaded:
		return ErrLoading
	case c.busy():
		return ErrStreaming
	}
	return nil
}

func (s *Chats) answer(c *Chat, to *message, at time.Time) *Turn {
	a := c.newMessage(s.newID(at), relay.RoleAssistant, at)
	a.view.Phase, a.view.Model, a.view.Request = Queued, c.rec.Model, relay.NewID()
	a.progress = &relay.Progress{}
	shown, heads := to.child, c.rec.Heads
	c.attach(a, to)
	c.live = append(c.live, a)
	s.inflight[a.view.Request] = a
	c.rec.Updated = at
	c.rec.Messages = len(c.path())
	s.list = s.next()
	t := &Turn{Chat: c, answer: a, shown: shown, heads: heads,
		Request: relay.Request{ID: a.view.Request, Lane: relay.LaneChat, Model: c.rec.Model,
			Messages: c.messages(to), Params: maps.Clone(c.rec.Params)}}
	a.prompted = relay.EstimateInput(&t.Request)
	return t
}

// messages is what is sent to get an answer to m: the system prompt and the path down to m, without what was left
// out. Answers without any text are not sent, nor are questions that failed: several questions in a row are refused
// by some providers.
func (c *Chat) messages(m *message) []relay.Message {
	var path []*message
	for ; m != nil && m != c.root; m = m.parent {
		path = append(path, m)
	}
	slices.Reverse(path)
	var out []relay.Message
	if c.rec.System != "" {
		out = append(out, relay.Message{Role: relay.RoleSystem, Text: c.rec.System})
	}
	path = path[c.leftOut(path):]
	for i, m := range path {
		v := m.read()
		failed := i+1 < len(path) && path[i+1].read().Unanswered()
		if !failed && (v.Role != relay.RoleAssistant || v.Text != "") {
			p := Prompt{Text: v.Text, Parts: v.Parts}
			out = append(out, p.Message(v.Role))
		}
	}
	return out
}

// Unanswered reports whether it stands for an answer that did not come. Its question is not sent with later ones.
func (v *View) Unanswered() bool {
	return v.Role == relay.RoleAssistant && v.Phase == Ended && v.Text == "" &&
		(v.Result == nil || !v.Result.Status.Answered())
}

// Undo removes a turn that could not be stored.
func (s *Chats) Undo(t *Turn) {
	delete(s.inflight, t.Request.ID)
	t.Chat.live = slices.DeleteFunc(t.Chat.live, func(m *message) bool { return m == t.answer })
	place := t.Chat.above(t.answer)
	t.Chat.detach(t.answer)
	place.child = min(t.shown, max(len(place.children)-1, 0))
	if t.question != nil {
		t.Chat.detach(t.question)
	}
	t.Chat.rec.Heads = t.heads
	t.Chat.rec.Messages = len(t.Chat.path())
	s.list = s.next()
}

// Switch shows another sibling of a message, delta places further. It stops at the ends.
func (s *Chats) Switch(c *Chat, id int64, delta int) bool {
	m := c.byID[id]
	if m == nil {
		return false
	}
	parent := c.above(m)
	to := min(max(slices.Index(parent.children, m)+delta, 0), len(parent.children)-1)
	if parent.child == to {
		return false
	}
	parent.child = to
	c.rec.Messages = len(c.path())
	c.change()
	s.list = s.next()
	return true
}

// Reveal shows the path that leads to a message.
func (s *Chats) Reveal(c *Chat, id int64) error {
	m := c.byID[id]
	if m == nil {
		return ErrNoMessage
	}
	c.show(m)
	c.rec.Messages = len(c.path())
	s.list = s.next()
	return nil
}

// Enqueue keeps a prompt until the answer before it has ended.
func (s *Chats) Enqueue(c *Chat, p Prompt) error {
	if p.Empty() {
		return ErrEmpty
	}
	c.rec.Queue = append(slices.Clone(c.rec.Queue), p)
	c.touched = true
	c.change()
	s.list = s.next()
	return nil
}

// Unqueue removes the last waiting prompt and returns it.
func (s *Chats) Unqueue(c *Chat) (Prompt, bool) { return s.take(c, len(c.rec.Queue)-1) }

// Dequeue removes the first waiting prompt, to be sent.
func (s *Chats) Dequeue(c *Chat) (Prompt, bool) { return s.take(c, 0) }

func (s *Chats) take(c *Chat, i int) (Prompt, bool) {
	if i < 0 || i >= len(c.rec.Queue) {
		return Prompt{}, false
	}
	p := c.rec.Queue[i]
	c.rec.Queue = slices.Delete(slices.Clone(c.rec.Queue), i, i+1)
	c.change()
	s.list = s.next()
	return p, true
}

// Requeue puts a prompt that could not be sent back in front.
func (s *Chats) Requeue(c *Chat, p Prompt) {
	c.rec.Queue = slices.Insert(slices.Clone(c.rec.Queue), 0, p)
	c.change()
	s.list = s.next()
}

// Waits reports whether a prompt waits and can be sent.
func (c *Chat) Waits() bool { return len(c.rec.Queue) > 0 && !c.busy() && c.loaded && !c.dropped }

// Set changes the settings of a chat. A chat with nothing else is not stored.
func (s *Chats) Set(c *Chat, change func(*Record)) {
	change(&c.rec)
	c.change()
	s.list = s.next()
}

// Draft keeps what is being typed, and reports what of it changed. A chat with a draft is stored.
func (s *Chats) Draft(c *Chat, p Prompt) (text, files bool) {
	text, files = c.rec.Draft != p.Text, !slices.Equal(c.files, p.Parts)
	if !text && !files {
		return false, false
	}
	c.rec.Draft, c.files = p.Text, p.Parts
	if !p.Empty() {
		c.touched = true
	}
	c.change()
	return text, files
}

// Delete removes a chat and returns its requests in flight.
func (s *Chats) Delete(c *Chat) []relay.ID {
	ids := c.Requests()
	for _, id := range ids {
		delete(s.inflight, id)
	}
	c.dropped = true
	delete(s.chats, c.rec.ID)
	s.list = s.next()
	return ids
}
