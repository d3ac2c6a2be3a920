package session

import (
	"slices"
	"time"

	"relaytop/relay"
)

// End is an answer that Apply saw end.
type End struct {
	Chat    *Chat
	Message int64
	Again   bool // the answer is complete and a prompt waits: it can be asked now
}

// Apply folds an event into the answer that it belongs to, and reports whether it is a chat's. On Done it also says what ended.
func (s *Chats) Apply(ev *relay.Event) (mine bool, ended *End) {
	m := s.flights[ev.ID]
	if m == nil {
		return false, nil
	}
	switch ev.Kind {
	case relay.Text:
		s.grow(m, m.text, ev)
	case relay.Reasoning:
		s.grow(m, m.thought, ev)
	case relay.Refusal:
		s.grow(m, m.refusal, ev)
	case relay.Tool:
		m.tool(ev)
		s.grow(m, nil, ev)
	case relay.Queued:
		m.view.Phase = Queued
	case relay.Sent:
		m.sent(ev)
	case relay.Metered:
		if ev.Usage != nil {
			m.view.Out = max(m.view.Out, ev.Usage.Output)
		}
	case relay.Waiting:
		m.view.Phase, m.view.Until, m.view.Reason = Retrying, ev.Until, ev.Reason
	case relay.Failed:
		if ev.Err != nil {
			m.view.Reason = ev.Err.Error()
		}
	case relay.FellBack:
		m.view.Model, m.view.Reason = ev.Model, ev.Reason
	case relay.Done:
		ended = s.done(m, ev.Result)
	}
	m.chat.touch(m)
	return true, ended
}

func (s *Chats) grow(m *message, b *builder, ev *relay.Event) {
	if b != nil {
		m.write(b, ev.Text)
	}
	m.tokens.Add(ev.Text)
	m.stale = true
	m.trace(ev.At)
	m.view.Phase = Streaming
	if m.view.First.IsZero() {
		m.view.First = ev.At
	}
	s.soil(m)
}

func (s *Chats) soil(m *message) {
	if !m.dirty {
		m.dirty = true
		s.dirty = append(s.dirty, m)
	}
}

func (m *message) sent(ev *relay.Event) {
	if int(ev.Attempt) > 1 && m.text.Len() == m.view.Carried {
		m.restart()
	}
	v := &m.view
	v.Phase, v.Attempt, v.Of = Waiting, int(ev.Attempt), int(ev.Of)
	v.Reason, v.Until, v.Sent = "", time.Time{}, ev.At
	if ev.Model != "" {
		v.Model = ev.Model
	}
}

func (s *Chats) done(m *message, r *relay.Result) *End {
	if r == nil {
		r = &relay.Result{ID: m.view.Request, Status: relay.StatusFailed, Requested: m.view.Model,
			Err: &relay.Error{Class: relay.ClassProtocol, Message: "the request ended without a result"}}
	}
	c := m.chat
	m.finish(r)
	delete(s.flights, m.view.Request)
	c.live = slices.DeleteFunc(c.live, func(o *message) bool { return o == m })
	c.rec.Cost += r.Cost.Settled() // of an unknown cost the part that is known: at least so much was paid
	if r.Cost.Known() {
		c.rec.Estimated = c.rec.Estimated || r.Cost.Estimated
	} else if r.Billable() {
		c.rec.Unknown++
	}
	s.soil(m)
	s.list = s.next()
	return &End{Chat: c, Message: m.view.ID, Again: r.Status.Answered() && c.Waits()}
}

// Dirty gives the answers that are not on disk as they are, and forgets them: the owner stores the records or calls Soil again.
func (s *Chats) Dirty() []MessageRecord {
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

// Begun marks the answer of a turn for the disk before anything of it came: after a crash there is something to ask again from.
func (s *Chats) Begun(t *Turn) { s.soil(t.answer) }

// Soil marks an answer whose record could not be stored.
func (s *Chats) Soil(chat string, id int64) {
	if c := s.chats[chat]; c != nil && c.byID[id] != nil {
		s.soil(c.byID[id])
	}
}

// Unsaved reports whether Dirty has anything.
func (s *Chats) Unsaved() bool { return len(s.dirty) > 0 }

// Flying reports whether an answer of that request is being made.
func (s *Chats) Flying(id relay.ID) bool { return s.flights[id] != nil }

// Flights are the requests of all answers being made, in no order.
func (s *Chats) Flights() []relay.ID {
	ids := make([]relay.ID, 0, len(s.flights))
	for id := range s.flights {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}
