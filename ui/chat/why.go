package chat

import (
	"errors"

	"relaytop/state/session"
	"relaytop/ui/chat/transcript"
	"relaytop/ui/pane"
)

// situation is what decides which actions are on. Each reason is "" when its action is.
type situation struct {
	keys       *pane.Keys
	typing     bool // letters are text
	empty      bool // nothing is written
	waiting    bool // the queue waits for enter
	streaming  bool // an answer of the chat is in flight
	comparing  bool // columns are shown
	editing    bool // a question is edited
	busy       bool // a message sent now is queued
	models     int  // that can be picked
	views      []session.View
	selected   session.View // the message that letters are about
	isSelected bool
	answer     session.View // the answer that letters are about
	isAnswer   bool
	lastFailed bool
}

// situation works out the situation of the pane.
func (m *Model) situation() situation {
	s := situation{keys: &m.env.Keys, typing: m.compose.Typing(), empty: m.compose.Empty(), waiting: m.compose.Waiting(),
		streaming: m.streaming(), comparing: m.comparing(), views: m.views,
		editing: m.compose.Editing(), busy: m.chat.Busy, models: len(m.models.now)}
	s.selected, s.isSelected = m.selected()
	s.answer, s.isAnswer = m.answer()
	_, s.lastFailed = m.lastFailed()
	return s
}

// why makes the Why or Does of an action from a method of the situation.
func (a *actions) why(reason func(*situation) string) func() string {
	return func() string { return reason(&a.now) }
}

// unlessComparing turns an action off while columns are shown: they have no tree to walk.
func (a *actions) unlessComparing(why func() string) func() string {
	return func() string {
		if a.now.comparing {
			return "models are compared: adopt one first"
		}
		return why()
	}
}

func (s *situation) send() string {
	switch {
	case !s.typing:
		return "the composer is not active"
	case s.empty && !s.waiting && !s.lastFailed && len(s.views) > 0:
		return "nothing is written yet"
	}
	return ""
}

func (s *situation) newline() string {
	if !s.typing {
		return "the composer is not active"
	}
	return ""
}

func (s *situation) stop() string {
	if !s.streaming {
		return "no answer is being written"
	}
	return ""
}

// heldBack is why nothing can be sent past our own limits.
func (s *situation) heldBack() string {
	for i := range s.views {
		if c := s.views[i].Cause; s.views[i].Phase == session.Retrying && c != nil && c.Ours() {
			return ""
		}
	}
	return "no limit of ours holds an answer back"
}

func (s *situation) leave() string {
	if s.streaming {
		return s.keys.Of("chat.stop", true) + " stops the answer first"
	}
	return s.newline()
}

// browse is why a key that leaves the composer without stopping the answer is off.
func (s *situation) browse() string {
	if !s.typing {
		return "letters are commands already"
	}
	return ""
}

func (s *situation) details() string {
	if !s.isSelected || !transcript.Failed(&s.selected) {
		return "this message did not fail"
	}
	return ""
}

func (s *situation) message() string {
	if len(s.views) == 0 {
		return "there is no message yet"
	}
	return ""
}

func (s *situation) regenerate() string {
	switch {
	case !s.isAnswer:
		return "there is no answer yet"
	case s.answer.Phase != session.Ended:
		return "it is still streaming"
	}
	return ""
}

func (s *situation) inspect() string {
	if !s.isAnswer || s.answer.Request == 0 {
		return "there is no answer yet"
	}
	return ""
}

func (s *situation) proceed() string {
	switch err := s.answer.Continuable(); {
	case !s.isAnswer:
		return "there is no answer yet"
	case errors.Is(err, session.ErrStreaming):
		return "it is still streaming"
	case errors.Is(err, session.ErrNothing):
		return "no text came: " + s.keys.Of("chat.regenerate", false) + " asks again"
	case err != nil:
		return err.Error()
	}
	return ""
}

func (s *situation) sibling() string {
	if !s.isSelected || s.selected.Siblings < 2 {
		return "there is no other answer"
	}
	return ""
}

func (s *situation) fork() string {
	switch {
	case !s.isSelected:
		return "there is no message yet"
	case s.selected.Phase != session.Ended:
		return "it is still streaming"
	}
	return ""
}

func (s *situation) chat() string {
	if len(s.views) == 0 {
		return "the chat is empty"
	}
	return ""
}

func (s *situation) column() string {
	if !s.comparing {
		return "no models are compared"
	}
	return ""
}

func (s *situation) endCompare() string {
	switch {
	case !s.comparing:
		return "no models are compared"
	case s.streaming:
		return "an answer is being written"
	}
	return ""
}

func (s *situation) compare() string {
	switch {
	case s.models < 2:
		return "the relay named fewer than two models"
	case s.streaming:
		return "an answer is being written"
	}
	return ""
}

// sends is the footer's word for enter.
func (s *situation) sends() string {
	switch {
	case s.busy:
		return "queue" // it waits for the answer before it
	case s.lastFailed && s.empty:
		return "all of it"
	}
	return "send"
}

// leaves is the footer's word for leaving the composer.
func (s *situation) leaves() string {
	if s.editing {
		return "drop the edit"
	}
	return "read"
}

func (s *situation) leaveOut() string {
	if s.comparing {
		return "models are compared: adopt one first"
	}
	return nothingOlder(s.views)
}
