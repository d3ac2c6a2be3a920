package state

import (
	"errors"
	"fmt"
	"slices"

	"relaytop/relay"
	"relaytop/state/session"
)

var (
	errNoEngine  = errors.New("no relay is connected")
	errNotStored = errors.New("nothing was sent: the message could not be stored")
)

// outgoing are the requests that are about to be submitted to the engine. It is guarded by the store's lock.
type outgoing struct {
	engine  Engine
	unsent  map[relay.ID]bool // being stored, not submitted; true: stopped meanwhile
	askable []string          // chats whose next prompt can be asked
	closed  bool              // nothing new is sent
}

// refuses is the reason why nothing new can be sent; nil if it can.
func (o *outgoing) refuses() error {
	switch {
	case o.closed:
		return ErrClosed
	case o.engine == nil:
		return errNoEngine
	}
	return nil
}

// hold marks the requests that are not submitted yet as stopped: whoever was to submit them ends them. It returns the
// others.
func (o *outgoing) hold(ids []relay.ID) []relay.ID {
	return slices.DeleteFunc(ids, func(id relay.ID) bool {
		_, unsent := o.unsent[id]
		if unsent {
			o.unsent[id] = true
		}
		return unsent
	})
}

// begin makes turns, shows them, stores their prompts, and only then sends them.
func (t Talk) begin(chat string, make func(*session.Chat) ([]*session.Turn, error)) error {
	s := t.s
	if err := s.Budget().Check(t.models(chat)...); err != nil {
		return err
	}
	s.mu.Lock()
	c := s.chats.Get(chat)
	err := s.outgoing.refuses()
	if c == nil {
		err = session.ErrNoChat
	}
	var turns []*session.Turn
	if err == nil {
		turns, err = make(c)
	}
	if err != nil {
		s.mu.Unlock()
		return err
	}
	for _, turn := range turns {
		if !turn.Request.Once {
			turn.Request.Fallback = s.opt.Fallback
			turn.Request.Cache = s.opt.Cache && turn.Prompt.ID != 0 // without a new prompt, another answer is wanted
		}
		s.outgoing.unsent[turn.Request.ID] = false
	}
	s.version++
	s.mu.Unlock()
	s.changed.Notify()
	if err := t.store(chat, turns); err != nil {
		s.mu.Lock()
		for _, turn := range slices.Backward(turns) {
			delete(s.outgoing.unsent, turn.Request.ID)
			s.chats.Undo(turn)
		}
		s.version++
		s.mu.Unlock()
		s.changed.Notify()
		return fmt.Errorf("%w: %w", errNotStored, err)
	}
	s.mu.Lock()
	for _, turn := range turns {
		s.chats.Begun(turn)
	}
	s.mu.Unlock()
	for _, turn := range turns {
		t.send(turn)
	}
	s.saver.ended.Notify()
	return nil
}

// models are the models that the next question of a chat may be answered by.
func (t Talk) models(chat string) []string {
	s := t.s
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.chats.Get(chat)
	if c == nil {
		return nil
	}
	h := c.Header()
	if len(h.Compare) > 0 { // its columns have no fallback
		var models []string
		for _, to := range h.Compare {
			models = append(models, to.Model)
		}
		return models
	}
	return append([]string{h.Model}, s.opt.Fallback...)
}

func (t Talk) store(chat string, turns []*session.Turn) error {
	s := t.s
	if err := s.save(chat); err != nil || s.opt.Archive == nil {
		return err
	}
	s.saver.writing.Lock()
	defer s.saver.writing.Unlock()
	for _, turn := range turns {
		if turn.Prompt.ID == 0 {
			continue
		}
		if err := s.timed(func() error { return s.opt.Archive.SaveMessage(turn.Prompt) }); err != nil {
			return fmt.Errorf("storing the message: %w", err)
		}
	}
	return s.opt.Archive.SetSetting(lastChat, chat)
}

// send submits a turn, unless it was stopped while it was stored. A turn that the engine refuses stays in the chat as
// failed.
func (t Talk) send(turn *session.Turn) {
	s := t.s
	id := turn.Request.ID
	s.mu.Lock()
	engine, stopped := s.outgoing.engine, s.outgoing.unsent[id]
	if stopped {
		delete(s.outgoing.unsent, id)
	}
	s.mu.Unlock()
	if stopped {
		t.fail(turn, relay.StatusCancelled,
			&relay.Error{Class: relay.ClassCancelled, Message: "stopped before it was sent"})
		return
	}
	err := engine.Submit(turn.Request)
	s.mu.Lock()
	stopped = s.outgoing.unsent[id]
	delete(s.outgoing.unsent, id)
	s.mu.Unlock()
	if err != nil {
		t.fail(turn, relay.StatusFailed, relay.AsError(err, relay.ClassInvalid))
		return
	}
	if stopped {
		engine.Cancel(id)
	}
}

func (t Talk) fail(turn *session.Turn, status relay.Status, err *relay.Error) {
	r := &relay.Result{ID: turn.Request.ID, Lane: relay.LaneChat, Status: status, Requested: turn.Request.Model,
		Wall: t.s.now(), Err: err}
	t.s.Apply(relay.Event{Kind: relay.Done, ID: r.ID, Lane: r.Lane, At: r.Wall, Result: r})
}

// askNext sends the first prompt that waits in a chat, if no answer streams there.
func (t Talk) askNext(chat string) error {
	s := t.s
	var p session.Prompt
	err := t.begin(chat, func(c *session.Chat) ([]*session.Turn, error) {
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

// askQueued sends the first waiting prompt of every chat whose last answer is complete. After a failure or a stop the
// prompts keep waiting: they were written for an answer that did not come.
func (t Talk) askQueued() {
	s := t.s
	s.mu.Lock()
	ready := s.outgoing.askable
	s.outgoing.askable = nil
	s.mu.Unlock()
	for _, id := range ready {
		if err := t.askNext(id); err != nil {
			s.AddNotice(Bad, "the next message could not be sent: "+err.Error())
		}
	}
}

func cancel(engine Engine, ids []relay.ID) {
	if engine == nil {
		return
	}
	for _, id := range ids {
		engine.Cancel(id)
	}
}

// one is a list of a single turn.
func one(f func(*session.Chat) (*session.Turn, error)) func(*session.Chat) ([]*session.Turn, error) {
	return func(c *session.Chat) ([]*session.Turn, error) {
		t, err := f(c)
		return []*session.Turn{t}, err
	}
}
