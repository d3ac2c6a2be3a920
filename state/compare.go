package state

import "relaytop/state/session"

// Compare makes a chat send its next prompts to two to four models at once, side by side; none ends it.
func (s *Store) Compare(chat string, targets []session.Target) error {
	return s.with(chat, func(c *session.Chat) error { return s.chats.Compare(c, targets) })
}

// Adopt ends a comparison and goes on with one column, from 0; the others stay as siblings.
func (s *Store) Adopt(chat string, column int) error {
	return s.with(chat, func(c *session.Chat) error { return s.chats.Adopt(c, column) })
}

// Again asks a column's model for another answer to its last question.
func (s *Store) Again(chat string, column int) error {
	return s.begin(chat, one(func(c *session.Chat) (*session.Turn, error) { return s.chats.Again(c, column, s.now()) }))
}

// Columns are what is compared in a chat; nil if nothing is, or the chat was not opened.
func (s *Store) Columns(chat string) []session.Column {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.chats.Get(chat); c != nil {
		return c.Columns()
	}
	return nil
}
