package state

import (
	"errors"
	"fmt"
	"slices"

	"relaytop/relay"
	"relaytop/state/session"
)

var errNoEngine = errors.New("no relay is connected")

// Ask says text in a chat, with the files that go with it. The message is on disk before anything is sent; if that
// fails, nothing was said. While an answer streams the text waits, visibly, until the answer is complete.
func (s *Store) Ask(chat, text string, files ...session.Part) error {
	p := session.Prompt{Text: text, Parts: files}
	if err := s.Budget().Check(); err != nil {
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
		err := s.begin(chat, func(c *session.Chat) ([]*session.Turn, error) { return s.chats.Ask(c, p, s.now()) })
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
	if err := s.askNext(chat); err != nil {
		s.Tell(Bad, "the next message could not be sent: "+err.Error())
	}
	return nil
}

// SendQueued asks the first prompt that waits in a chat. After a stop or a failure that is the user's to say.
func (s *Store) SendQueued(chat string) error { return s.askNext(chat) }

// askNext asks the first prompt that waits in a chat, if nothing streams there.
func (s *Store) askNext(chat string) error {
	var p session.Prompt
	err := s.begin(chat, func(c *session.Chat) ([]*session.Turn, error) {
		if !c.Waits() {
			return nil, errSame
		}
		p, _ = s.chats.Dequeue(c)
		t, err := s.chats.Ask(c, p, s.now())
		if err != nil {
			s.chats.Requeue(c, p)
		}
		return t, err
	})
	if errors.Is(err, errSame) {
		return nil
	}
	if errors.Is(err, errNotStored) {
		s.mu.Lock()
		if c := s.chats.Get(chat); c != nil {
			s.chats.Requeue(c, p)
		}
		s.mu.Unlock()
	}
	return err
}

// Regenerate asks for another answer beside the given one, or to the given message of the user.
func (s *Store) Regenerate(chat string, message int64) error {
	return s.begin(chat, one(func(c *session.Chat) (*session.Turn, error) {
		return s.chats.Regenerate(c, message, s.now())
	}))
}

// Continue asks for the rest of an answer that was cut, in a sibling that begins with the text of that one.
func (s *Store) Continue(chat string, message int64) error {
	return s.begin(chat, one(func(c *session.Chat) (*session.Turn, error) {
		return s.chats.Continue(c, message, s.now())
	}))
}

// EditAndResend says text in place of a message of the user, as its sibling: nothing is destroyed.
func (s *Store) EditAndResend(chat string, message int64, text string, files ...session.Part) error {
	p := session.Prompt{Text: text, Parts: files}
	return s.begin(chat, one(func(c *session.Chat) (*session.Turn, error) { return s.chats.Edit(c, message, p, s.now()) }))
}

// one makes a list of a turn that stands alone.
func one(f func(*session.Chat) (*session.Turn, error)) func(*session.Chat) ([]*session.Turn, error) {
	return func(c *session.Chat) ([]*session.Turn, error) {
		t, err := f(c)
		return []*session.Turn{t}, err
	}
}

// Unqueue takes the last waiting prompt back, to be edited.
func (s *Store) Unqueue(chat string) (p session.Prompt, ok bool) {
	err := s.with(chat, func(c *session.Chat) error {
		p, ok = s.chats.Unqueue(c)
		return nil
	})
	if err != nil && !errors.Is(err, session.ErrNoChat) {
		s.mu.Lock()
		s.tell(Warn, err.Error())
		s.mu.Unlock()
	}
	return p, ok
}

// Stop ends the answers that stream in a chat; their text is kept. False: none does.
func (s *Store) Stop(chat string) bool {
	s.mu.Lock()
	c := s.chats.Get(chat)
	if c == nil {
		s.mu.Unlock()
		return false
	}
	ids := c.Requests()
	any := len(ids) > 0
	ids = slices.DeleteFunc(ids, s.hold)
	engine := s.engine
	s.mu.Unlock()
	cancel(engine, ids)
	return any
}

func cancel(engine Engine, ids []relay.ID) {
	if engine == nil {
		return
	}
	for _, id := range ids {
		engine.Cancel(id)
	}
}

// hold marks a request that is not submitted yet as stopped: the one who submits it sees to its end. Called under
// the lock.
func (s *Store) hold(id relay.ID) bool {
	_, unsent := s.unsent[id]
	if unsent {
		s.unsent[id] = true
	}
	return unsent
}

// StopAll ends every answer that streams, in any chat. Batch rows go on. False: none did.
func (s *Store) StopAll() bool {
	s.mu.Lock()
	ids := s.chats.Requests()
	any := len(ids) > 0
	ids = slices.DeleteFunc(ids, s.hold)
	engine := s.engine
	s.mu.Unlock()
	cancel(engine, ids)
	return any
}

var errNotStored = errors.New("nothing was sent: the message could not be stored")

// begin makes turns, shows them, stores what was said and only then sends them.
func (s *Store) begin(chat string, make func(*session.Chat) ([]*session.Turn, error)) error {
	if err := s.Budget().Check(); err != nil {
		return err
	}
	s.mu.Lock()
	c := s.chats.Get(chat)
	var err error
	switch {
	case c == nil:
		err = session.ErrNoChat
	case s.closed:
		err = ErrClosed
	case s.engine == nil:
		err = errNoEngine
	}
	var turns []*session.Turn
	if err == nil {
		turns, err = make(c)
	}
	if err != nil {
		s.mu.Unlock()
		return err
	}
	for _, t := range turns {
		if !t.Request.Once {
			t.Request.Fallback = s.opt.Fallback
			t.Request.Cache = s.opt.Cache && t.Prompt.ID != 0 // without a new prompt it is another answer that is wanted
		}
		s.unsent[t.Request.ID] = false
	}
	s.version++
	s.mu.Unlock()
	s.signal()
	if err := s.store(chat, turns); err != nil {
		s.mu.Lock()
		for _, t := range slices.Backward(turns) {
			delete(s.unsent, t.Request.ID)
			s.chats.Undo(t)
		}
		s.version++
		s.mu.Unlock()
		s.signal()
		return fmt.Errorf("%w: %w", errNotStored, err)
	}
	s.mu.Lock()
	for _, t := range turns {
		s.chats.Begun(t)
	}
	s.mu.Unlock()
	for _, t := range turns {
		s.send(t)
	}
	notify(s.wake)
	return nil
}

func (s *Store) store(chat string, turns []*session.Turn) error {
	if err := s.save(chat); err != nil || s.archive == nil {
		return err
	}
	s.saving.Lock()
	defer s.saving.Unlock()
	for _, t := range turns {
		if t.Prompt.ID == 0 {
			continue
		}
		if err := s.timed(func() error { return s.archive.SaveMessage(t.Prompt) }); err != nil {
			return fmt.Errorf("storing the message: %w", err)
		}
	}
	return s.archive.SetSetting(lastChat, chat)
}

// send submits a turn, unless it was stopped while it was stored. A turn that the engine refuses ends as failed, in
// its place.
func (s *Store) send(t *session.Turn) {
	id := t.Request.ID
	s.mu.Lock()
	stopped, engine := s.unsent[id], s.engine
	if stopped {
		delete(s.unsent, id)
	}
	s.mu.Unlock()
	if stopped {
		s.fail(t, relay.StatusCancelled, &relay.Error{Class: relay.ClassCancelled, Message: "stopped before it was sent"})
		return
	}
	err := engine.Submit(t.Request)
	s.mu.Lock()
	stopped = s.unsent[id]
	delete(s.unsent, id)
	s.mu.Unlock()
	if err != nil {
		s.fail(t, relay.StatusFailed, relay.AsError(err, relay.ClassInvalid))
		return
	}
	if stopped {
		engine.Cancel(id)
	}
}

func (s *Store) fail(t *session.Turn, status relay.Status, err *relay.Error) {
	r := &relay.Result{ID: t.Request.ID, Lane: relay.LaneChat, Status: status, Requested: t.Request.Model,
		Wall: s.now(), Err: err}
	s.Apply(relay.Event{Kind: relay.Done, ID: r.ID, Lane: r.Lane, At: r.Wall, Result: r})
}
