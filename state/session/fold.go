package session

import (
	"slices"

	"relaytop/relay"
)

// End is an answer that has ended.
type End struct {
	Chat    *Chat
	Message int64
	Queued  bool // the answer is complete and a prompt waits: it can be sent now
}

// Apply folds an event into its answer, and reports whether it belongs to a chat. On Done it also returns what ended.
func (s *Chats) Apply(ev *relay.Event) (mine bool, ended *End) {
	m := s.inflight[ev.ID]
	if m == nil {
		return false, nil
	}
	if !m.progress.Fold(ev) {
		return true, nil
	}
	switch ev.Kind {
	case relay.Text:
		s.grow(m, m.texts.text, ev)
	case relay.Reasoning:
		s.grow(m, m.texts.reasoning, ev)
	case relay.Refusal:
		s.grow(m, m.texts.refusal, ev)
	case relay.Reread:
		m.reread(ev)
		s.markDirty(m)
	case relay.Tool:
		m.tool(ev)
		s.grow(m, nil, ev)
	case relay.Metered:
		if ev.Usage != nil {
			m.view.Out = max(m.view.Out, ev.Usage.Output)
		}
	case relay.Done:
		ended = s.done(m, ev.Result)
	case relay.Sent:
		if ev.Attempt > 1 && m.texts.text.Len() == m.view.Carried {
			m.restart()
		}
		m.follow()
	default:
		m.follow()
	}
	m.chat.touch(m)
	return true, ended
}

func (s *Chats) grow(m *message, b *builder, ev *relay.Event) {
	if b != nil {
		m.write(b, ev.Text)
	}
	m.stale = true
	m.trace(ev.At)
	if m.view.Phase != Streaming {
		m.view.Phase, m.view.First = Streaming, m.progress.First
	}
	m.view.Last = m.progress.Last
	s.markDirty(m)
}

// follow updates the view from the progress of the request.
func (m *message) follow() {
	p, v := m.progress, &m.view
	switch p.Phase {
	case relay.PhaseQueued:
		v.Phase = Queued
	case relay.PhaseSent:
		v.Phase = Waiting
	case relay.PhaseStreaming:
		v.Phase = Streaming
	case relay.PhaseFailed: // the next event says what follows
	case relay.PhaseWaiting:
		v.Phase = Retrying
	case relay.PhaseEnded:
		v.Phase = Ended
	}
	v.Attempt, v.Of = int(p.Attempt), int(p.Of)
	v.Sent, v.First, v.Last, v.Until, v.Cause = p.Sent, p.First, p.Last, p.Until, p.Cause
	if p.Model != "" {
		v.Model = p.Model
	}
}

func (s *Chats) markDirty(m *message) {
	if !m.dirty {
		m.dirty = true
		s.dirty = append(s.dirty, m)
	}
}

func (s *Chats) done(m *message, r *relay.Result) *End {
	if r == nil {
		r = &relay.Result{ID: m.view.Request, Status: relay.StatusFailed, Requested: m.view.Model,
			Err: &relay.Error{Class: relay.ClassProtocol, Message: "the request ended without a result"}}
	}
	c := m.chat
	m.finish(r)
	delete(s.inflight, m.view.Request)
	c.live = slices.DeleteFunc(c.live, func(o *message) bool { return o == m })
	c.rec.Cost += r.Cost.Settled() // of an unknown cost, the known part: at least that was paid
	if r.Cost.Known() {
		c.rec.Estimated = c.rec.Estimated || r.Cost.Estimated
	} else if r.Billable() {
		c.rec.Unknown++
	}
	s.markDirty(m)
	s.list = s.next()
	return &End{Chat: c, Message: m.view.ID, Queued: r.Status.Answered() && c.Waits()}
}

// TakeDirty returns the answers that differ from the disk, and marks them clean: the owner stores them or calls
// MarkDirty.
func (s *Chats) TakeDirty() []MessageRecord {
	if len(s.dirty) == 0 {
		return nil
	}
	out := make([]MessageRecord, 0, len(s.dirty))
	for _, m := range s.dirty {
		m.dirty = false
		if !m.chat.dropped {
			out = append(out, m.record())
		}
	}
	s.dirty = s.dirty[:0]
	return out
}

// Begun marks the answer of a turn dirty before any of its text came: after a crash it can be asked again.
func (s *Chats) Begun(t *Turn) { s.markDirty(t.answer) }

// MarkDirty marks an answer whose record could not be stored.
func (s *Chats) MarkDirty(chat string, id int64) {
	if c := s.chats[chat]; c != nil && c.byID[id] != nil {
		s.markDirty(c.byID[id])
	}
}

// Dirty reports whether TakeDirty would return anything.
func (s *Chats) Dirty() bool { return len(s.dirty) > 0 }

// InFlight reports whether a request is that of an answer in flight.
func (s *Chats) InFlight(id relay.ID) bool { return s.inflight[id] != nil }

// Requests are those of all answers in flight.
func (s *Chats) Requests() []relay.ID {
	ids := make([]relay.ID, 0, len(s.inflight))
	for id := range s.inflight {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}
