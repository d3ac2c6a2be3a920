package state

import (
	"errors"
	"fmt"

	"relaytop/state/session"
)

// Fork makes a chat of its own of the path down to a message, stores it and shows it. What can't be stored does not
// come to be.
func (s *Store) Fork(chat string, message int64) (id string, err error) {
	s.mu.Lock()
	c := s.chats.Get(chat)
	if c == nil {
		s.mu.Unlock()
		return "", session.ErrNoChat
	}
	f, records, err := s.chats.Fork(c, message, s.now())
	s.version++
	s.mu.Unlock()
	if err != nil {
		return "", err
	}
	err = s.save(f.ID())
	if s.archive != nil {
		s.saving.Lock()
		for i := range records {
			if err == nil {
				err = s.archive.SaveMessage(records[i])
			}
		}
		s.saving.Unlock()
	}
	if err != nil {
		return "", errors.Join(fmt.Errorf("storing the fork: %w", err), s.Delete(f.ID()))
	}
	return f.ID(), s.Open(f.ID())
}
