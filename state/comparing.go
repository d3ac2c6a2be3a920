package state

import "relaytop/state/session"

// Comparing is the answers of several models side by side. Columns answers from memory; the rest may wait for the
// disk.
type Comparing struct{ s *Store }

// Comparing is the answers of several models side by side.
func (s *Store) Comparing() Comparing { return Comparing{s} }

// Set makes a chat send its next prompts to two to four models at once. An empty list ends the comparison.
func (g Comparing) Set(chat string, targets []session.Target) error {
	return g.s.with(chat, func(c *session.Chat) error { return g.s.chats.Compare(c, targets) })
}

// Adopt ends a comparison and goes on with one column, counted from 0; the answers of the others stay as siblings.
func (g Comparing) Adopt(chat string, column int) error {
	return g.s.with(chat, func(c *session.Chat) error { return g.s.chats.Adopt(c, column) })
}

// Again asks a column's model for another answer to its last question.
func (g Comparing) Again(chat string, column int) error {
	s := g.s
	return s.Talk().begin(chat, one(func(c *session.Chat) (*session.Turn, error) {
		return s.chats.Again(c, column, s.now())
	}))
}

// Columns are the columns of a chat's comparison; nil without one, or if the chat was not opened.
func (g Comparing) Columns(chat string) []session.Column {
	s := g.s
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.chats.Get(chat); c != nil {
		return c.Columns()
	}
	return nil
}
