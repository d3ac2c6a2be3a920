package state

import (
	"errors"
	"fmt"

	"relaytop/state/find"
	"relaytop/state/session"
)

var errNoArchive = errors.New("nothing is kept on disk, so there is nothing to search")

// Search finds what was said in any chat, newest first, and chats by the title that was chosen for them. next is
// that of the page before, 0 for the first one.
func (s *Store) Search(typed string, limit int, next int64) (find.Found, error) {
	if s.archive == nil {
		return find.Found{}, errNoArchive
	}
	return s.archive.Search(typed, limit, next)
}

// OpenAt shows a chat with the path that a message stands on, as Open does. Message 0 is wherever the chat was
// left. The chat may be one that another process began.
func (s *Store) OpenAt(chat string, message int64) error {
	if err := s.adopt(chat); err != nil {
		return err
	}
	if err := s.Open(chat); err != nil || message == 0 {
		return err
	}
	return s.with(chat, func(c *session.Chat) error { return s.chats.Reveal(c, message) })
}

// adopt takes in a chat that is on disk and not in memory.
func (s *Store) adopt(chat string) error {
	s.mu.Lock()
	known := s.chats.Get(chat) != nil
	s.mu.Unlock()
	if known || s.archive == nil {
		return nil
	}
	records, err := s.archive.LoadChats()
	if err != nil && !errors.Is(err, session.ErrMalformed) {
		return fmt.Errorf("reading the chat: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range records {
		if r.ID == chat && s.chats.Get(chat) == nil {
			s.chats.Restore(r)
		}
	}
	return nil
}
