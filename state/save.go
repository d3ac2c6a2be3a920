package state

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"relaytop/state/session"
)

const (
	// saveEvery is how old a partial answer on disk may be.
	saveEvery = time.Second
	lastChat  = "last_chat"
)

// saver saves until the store is closed. After a panic it says so and goes on: the terminal must not go down
// with it.
func (s *Store) saver() {
	for again := true; again; {
		again = s.saveUntilClosed()
	}
}

func (s *Store) saveUntilClosed() (again bool) {
	defer func() {
		if p := recover(); p != nil {
			s.Tell(Bad, fmt.Sprintf("storing answers failed and starts again: %v", p))
			again = true
		}
	}()
	s.saveLoop()
	return false
}

// saveLoop writes answers while they stream and when they end, and asks what waits. It sleeps while nothing changes.
func (s *Store) saveLoop() {
	var due <-chan time.Time
	for {
		select {
		case <-s.quit:
			return
		case <-s.soon:
			if due == nil {
				due = time.After(saveEvery)
			}
			continue
		case <-due:
		case <-s.wake:
		}
		due = nil
		if err := s.flush(); err != nil {
			s.mu.Lock()
			s.tell(Bad, "what was said could not be stored, and is tried again: "+err.Error())
			s.armed = true // what could not be written is tried again
			s.mu.Unlock()
			due = time.After(saveEvery)
		}
		s.askQueued()
	}
}

// backlog is what differs from what is on disk.
type backlog struct {
	messages []session.MessageRecord
	chats    []session.Record
	files    []string // chats whose draft has other files
}

func (b *backlog) empty() bool { return len(b.messages)+len(b.chats)+len(b.files) == 0 }

// flush writes all answers and chats that differ from what is on disk. Once the store closes it stops at the first
// that can't be written: each may wait for seconds.
func (s *Store) flush() error {
	s.saving.Lock()
	defer s.saving.Unlock()
	b := s.takeDirty()
	if s.archive == nil {
		return nil
	}
	defer s.markDirty(&b) // what is left in it, after a panic too, is tried again
	var errs []error
	try := func(save func() error) (kept bool) {
		if s.giveUp() != nil {
			return false
		}
		err := s.timed(save)
		if err != nil {
			errs = append(errs, err)
		}
		return err == nil
	}
	b.messages = slices.DeleteFunc(b.messages,
		func(m session.MessageRecord) bool { return try(func() error { return s.archive.SaveMessage(m) }) })
	b.chats = slices.DeleteFunc(b.chats, func(
		r session.Record) bool {
		return try(func() error { return s.archive.SaveChat(r) })
	})
	b.files = slices.DeleteFunc(b.files, func(
		chat string) bool {
		return try(func() error { return s.writeDraftFiles(chat) })
	})
	if err := s.giveUp(); err != nil && !b.empty() {
		return err
	}
	return errors.Join(errs...)
}

// giveUp is why nothing more is tried, once the store closes: what failed last, and took its time.
func (s *Store) giveUp() error {
	select {
	case <-s.quit:
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.stuck
	default:
		return nil
	}
}

// longWait is how long a failure to store takes that may take as long again: another program holds the file.
const longWait = time.Second

// timed stores something, and notes if that failed slowly.
func (s *Store) timed(save func() error) error {
	start := time.Now()
	err := save()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stuck = nil; err != nil && time.Since(start) >= longWait {
		s.stuck = err
	}
	return err
}

// takeDirty takes all that differs from what is on disk. Strings share the memory of what streams on meanwhile.
func (s *Store) takeDirty() backlog {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.armed = false
	b := backlog{messages: s.chats.TakeDirty(), files: slices.Collect(maps.Keys(s.dirtyDrafts))}
	for id := range s.dirtyChats {
		if c := s.chats.Get(id); c != nil {
			b.chats = append(b.chats, c.Record())
		}
	}
	clear(s.dirtyChats)
	clear(s.dirtyDrafts)
	return b
}

// markDirty gives back what takeDirty took and could not be stored.
func (s *Store) markDirty(b *backlog) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range b.messages {
		s.chats.MarkDirty(b.messages[i].Chat, b.messages[i].ID)
	}
	for i := range b.chats {
		s.dirtyChats[b.chats[i].ID] = true
	}
	for _, id := range b.files {
		s.dirtyDrafts[id] = true
	}
}

// lastFlush writes what is left when the store closes. What the archive does not take is put aside for the next
// start.
func (s *Store) lastFlush() error {
	err := s.flush()
	if err == nil {
		return nil
	}
	b := s.takeDirty()
	settings := map[string]string{}
	for _, id := range b.files {
		value, bad := s.draftFilesOf(id)
		err = errors.Join(err, bad)
		settings[draftKey(id)] = value
	}
	name, bad := s.archive.SaveUnsaved(b.chats, b.messages, settings)
	if err = errors.Join(err, bad); name == "" {
		return err
	}
	return fmt.Errorf("%w; what could not be stored is kept in %s and taken up at the next start", err, name)
}

// save writes a chat's record, if there is anything in it that is worth keeping.
func (s *Store) save(id string) error {
	if s.archive == nil {
		return nil
	}
	s.saving.Lock()
	defer s.saving.Unlock()
	s.mu.Lock()
	c := s.chats.Get(id)
	if c == nil || !c.Touched() {
		s.mu.Unlock()
		return nil
	}
	r := c.Record()
	s.mu.Unlock()
	if err := s.timed(func() error { return s.archive.SaveChat(r) }); err != nil {
		s.mu.Lock()
		s.dirtyChats[id], s.armed = true, true // it is tried again until it goes
		s.mu.Unlock()
		notify(s.soon)
		return fmt.Errorf("storing the chat: %w", err)
	}
	return nil
}

// Remember keeps a setting of the screen for the next start.
func (s *Store) Remember(key, value string) error {
	if s.archive == nil {
		return nil
	}
	if err := s.archive.SetSetting(key, value); err != nil {
		return fmt.Errorf("keeping the setting %s: %w", key, err)
	}
	return nil
}

// Recall gives a setting that was kept.
func (s *Store) Recall(key string) (string, bool) {
	if s.archive == nil {
		return "", false
	}
	return s.archive.Setting(key)
}

// askQueued asks the first waiting prompt of every chat whose last answer is complete. After a failure or a stop
// prompts stay where they are: they were written for an answer that did not come.
func (s *Store) askQueued() {
	s.mu.Lock()
	ready := s.askable
	s.askable = nil
	s.mu.Unlock()
	for _, id := range ready {
		if err := s.askNext(id); err != nil {
			s.mu.Lock()
			s.tell(Bad, "the next message could not be sent: "+err.Error())
			s.mu.Unlock()
		}
	}
}
