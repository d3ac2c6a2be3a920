package state

import (
	"errors"

	"relaytop/state/session"
)

// Talk is what is said in the chats. Messages, Growing, Stop and StopAll answer from memory; the rest may wait for
// the disk.
type Talk struct{ s *Store }

// Talk is what is said in the chats.
func (s *Store) Talk() Talk { return Talk{s} }

// Messages is the shown path of a chat, oldest first; nil until the chat was opened. The slice is not changed
// afterwards.
func (t Talk) Messages(chat string) []session.View {
	s := t.s
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.chats.Get(chat); c != nil {
		return c.Views()
	}
	return nil
}

// Growing are the answers of a chat that are being made. As long as the header's Shape stays they are all that
// changes of Messages.
func (t Talk) Growing(chat string) []session.View {
	s := t.s
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.chats.Get(chat); c != nil {
		return c.Growing()
	}
	return nil
}

// Ask says text in a chat, with the files that go with it. The message is on disk before anything is sent; if that
// fails, nothing was said. While an answer streams the text waits, visibly, until the answer is complete.
func (t Talk) Ask(chat, text string, files ...session.Part) error {
	s := t.s
	p := session.Prompt{Text: text, Parts: files}
	if err := s.Budget().Check(t.models(chat)...); err != nil {
		return err
	}
	s.mu.Lock()
	c := s.chats.Get(chat)
	if c == nil {
		s.mu.Unlock()
		return session.ErrNoChat
	}
	waits := c.Busy() || c.Waits()
	s.mu.Unlock()
	if !waits {
		err := t.begin(chat, func(c *session.Chat) ([]*session.Turn, error) { return s.chats.Ask(c, p, s.now()) })
		if !errors.Is(err, session.ErrStreaming) {
			return err
		}
	}
	taken := false
	err := s.with(chat, func(c *session.Chat) error {
		err := s.chats.Enqueue(c, p)
		taken = err == nil
		return err
	})
	if !taken {
		return err
	}
	// It waits its turn from here on: no error may say that it was not taken, or it would be sent twice.
	if err := t.askNext(chat); err != nil {
		s.AddNotice(Bad, "the next message could not be sent: "+err.Error())
	}
	return nil
}

// SendQueued asks the first prompt that waits in a chat. After a stop or a failure that is the user's to say.
func (t Talk) SendQueued(chat string) error { return t.askNext(chat) }

// Regenerate asks for another answer beside the given one, or to the given message of the user.
func (t Talk) Regenerate(chat string, message int64) error {
	s := t.s
	return t.begin(chat, one(func(c *session.Chat) (*session.Turn, error) {
		return s.chats.Regenerate(c, message, s.now())
	}))
}

// Continue asks for the rest of an answer that was cut, in a sibling that begins with the text of that one.
func (t Talk) Continue(chat string, message int64) error {
	s := t.s
	return t.begin(chat, one(func(c *session.Chat) (*session.Turn, error) {
		return s.chats.Continue(c, message, s.now())
	}))
}

// EditAndResend says text in place of a message of the user, as its sibling: nothing is destroyed.
func (t Talk) EditAndResend(chat string, message int64, text string, files ...session.Part) error {
	s := t.s
	p := session.Prompt{Text: text, Parts: files}
	return t.begin(chat, one(func(c *session.Chat) (*session.Turn, error) { return s.chats.Edit(c, message, p, s.now()) }))
}

// Unqueue takes the last waiting prompt back, to be edited.
func (t Talk) Unqueue(chat string) (p session.Prompt, ok bool) {
	s := t.s
	err := s.with(chat, func(c *session.Chat) error {
		p, ok = s.chats.Unqueue(c)
		return nil
	})
	if err != nil && !errors.Is(err, session.ErrNoChat) {
		s.AddNotice(Warn, err.Error())
	}
	return p, ok
}

// Stop ends the answers that stream in a chat; their text is kept. False: none does.
func (t Talk) Stop(chat string) bool {
	s := t.s
	s.mu.Lock()
	c := s.chats.Get(chat)
	if c == nil {
		s.mu.Unlock()
		return false
	}
	ids := c.Requests()
	any := len(ids) > 0
	ids = s.outgoing.hold(ids)
	engine := s.outgoing.engine
	s.mu.Unlock()
	cancel(engine, ids)
	return any
}

// SendNow sends the answers of a chat that wait for our own limits. False: none is in flight.
func (t Talk) SendNow(chat string) bool {
	s := t.s
	s.mu.Lock()
	c, engine := s.chats.Get(chat), s.outgoing.engine
	if c == nil || engine == nil {
		s.mu.Unlock()
		return false
	}
	ids := c.Requests()
	s.mu.Unlock()
	for _, id := range ids {
		engine.SendNow(id)
	}
	return len(ids) > 0
}

// StopAll ends every answer that streams, in any chat. Batch rows go on. False: none did.
func (t Talk) StopAll() bool {
	s := t.s
	s.mu.Lock()
	ids := s.chats.Requests()
	any := len(ids) > 0
	ids = s.outgoing.hold(ids)
	engine := s.outgoing.engine
	s.mu.Unlock()
	cancel(engine, ids)
	return any
}

// Switch shows another sibling of a message, delta places on.
func (t Talk) Switch(chat string, message int64, delta int) {
	s := t.s
	err := s.with(chat, func(c *session.Chat) error {
		if !s.chats.Switch(c, message, delta) {
			return errSame
		}
		return nil
	})
	if err != nil && !errors.Is(err, errSame) && !errors.Is(err, session.ErrNoChat) {
		s.AddNotice(Warn, err.Error())
	}
}

// LeaveOut makes a message the first of a chat that is sent; 0 sends everything again.
func (t Talk) LeaveOut(chat string, from int64) error {
	s := t.s
	return s.with(chat, func(c *session.Chat) error { return s.chats.LeaveOut(c, from, s.now()) })
}
