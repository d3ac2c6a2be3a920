package state

import (
	"fmt"

	"relaytop/state/portable"
	"relaytop/state/session"
)

// Export gives a chat with all of its messages, whether it was opened or not.
func (s *Store) Export(chat string) (*portable.Chat, error) {
	s.mu.Lock()
	c := s.chats.Get(chat)
	if c == nil {
		s.mu.Unlock()
		return nil, session.ErrNoChat
	}
	r := c.Record()
	if c.Loaded() || s.archive == nil {
		records := c.Records()
		s.mu.Unlock()
		return portable.Of(r, records), nil
	}
	s.mu.Unlock()
	records, err := s.archive.LoadMessages(chat)
	if err != nil {
		return nil, fmt.Errorf("reading the chat: %w", err)
	}
	return portable.Of(r, records), nil
}

// Import keeps a chat that was read from a file, as a new one, and says its ID. Nothing is sent and nothing else is
// changed.
func (s *Store) Import(c *portable.Chat) (string, error) {
	c.Settle(s.now(), s.opt.Model, s.opt.Params)
	if s.archive != nil {
		if err := s.archive.SaveWhole(c.Record, c.Messages); err != nil {
			return "", fmt.Errorf("keeping the chat: %w", err)
		}
	}
	s.mu.Lock()
	s.chats.Restore(c.Record)
	if s.archive == nil {
		s.chats.Get(c.Record.ID).Load(c.Messages, nil)
	}
	s.version++
	s.mu.Unlock()
	s.signal()
	return c.Record.ID, nil
}
