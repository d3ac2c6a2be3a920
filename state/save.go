package state

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"relaytop/relay"
	"relaytop/state/session"
)

const (
	// saveEvery is how old a partial answer on disk may be.
	saveEvery = time.Second
	lastChat  = "last_chat"
)

// saver is the goroutine that stores changes, and its signals.
type saver struct {
	writing sync.Mutex   // held while a record is written: none replaces a newer one. Taken before the store's lock
	ended   relay.Signal // an answer ended
	soon    relay.Signal // text arrived: it is written within saveEvery
	quit    chan struct{}
	done    sync.WaitGroup
}

// unsaved is what differs from the disk, except for messages: their chats mark those. It is guarded by the store's
// lock.
type unsaved struct {
	chats  map[string]bool // chats whose record an event changed
	drafts map[string]bool // chats whose draft has other files than on disk
	armed  bool            // the saver was asked to write soon and has not
	// the error of the newest attempt to store something, if it failed after a long wait; else nil
	stuck error
}

// backlog is what one pass stores.
type backlog struct {
	messages []session.MessageRecord
	chats    []session.Record
	files    []string // chats whose draft has other files
}

func (b *backlog) empty() bool { return len(b.messages)+len(b.chats)+len(b.files) == 0 }

// take removes everything that is unsaved. Its strings share memory with the texts, which grow on.
func (u *unsaved) take(chats *session.Chats) backlog {
	u.armed = false
	b := backlog{messages: chats.TakeDirty(), files: slices.Collect(maps.Keys(u.drafts))}
	for id := range u.chats {
		if c := chats.Get(id); c != nil {
			b.chats = append(b.chats, c.Record())
		}
	}
	clear(u.chats)
	clear(u.drafts)
	return b
}

// putBack marks what could not be stored as unsaved again.
func (u *unsaved) putBack(chats *session.Chats, b *backlog) {
	for i := range b.messages {
		chats.MarkDirty(b.messages[i].Chat, b.messages[i].ID)
	}
	for i := range b.chats {
		u.chats[b.chats[i].ID] = true
	}
	for _, id := range b.files {
		u.drafts[id] = true
	}
}

// keepSaving saves until the store is closed. After a panic it shows a notice and goes on: a panic that is not caught
// would leave the terminal in raw mode.
func (s *Store) keepSaving() {
	for again := true; again; {
		again = s.saveUntilClosed()
	}
}

func (s *Store) saveUntilClosed() (again bool) {
	defer func() {
		if p := recover(); p != nil {
			s.AddNotice(Bad, fmt.Sprintf("storing answers failed and is tried again: %v", p))
			again = true
		}
	}()
	s.saveLoop()
	return false
}

// saveLoop writes answers while they stream and when they end, and sends the prompts that wait. It sleeps while
// nothing changes.
func (s *Store) saveLoop() {
	var due <-chan time.Time
	for {
		select {
		case <-s.saver.quit:
			return
		case <-s.saver.soon:
			if due == nil {
				due = time.After(saveEvery)
			}
			continue
		case <-due:
		case <-s.saver.ended:
		}
		due = nil
		if err := s.flush(); err != nil {
			s.mu.Lock()
			s.setNotice(Bad, "messages could not be stored, and are tried again: "+err.Error())
			s.unsaved.armed = true // to try again
			s.mu.Unlock()
			due = time.After(saveEvery)
		}
		s.Talk().askQueued()
	}
}

// flush writes all answers and chats that differ from the disk. Once the store closes, it stops at the first that
// can't be written: each may wait for seconds.
func (s *Store) flush() error {
	s.saver.writing.Lock()
	defer s.saver.writing.Unlock()
	b := s.takeDirty()
	if s.opt.Archive == nil {
		return nil
	}
	defer s.markDirty(&b) // the rest is tried again, after a panic too
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
		func(m session.MessageRecord) bool { return try(func() error { return s.opt.Archive.SaveMessage(m) }) })
	b.chats = slices.DeleteFunc(b.chats,
		func(r session.Record) bool { return try(func() error { return s.opt.Archive.SaveChat(r) }) })
	b.files = slices.DeleteFunc(b.files,
		func(chat string) bool { return try(func() error { return s.Drafts().writeFiles(chat) }) })
	if err := s.giveUp(); err != nil && !b.empty() {
		return err
	}
	return errors.Join(errs...)
}

// giveUp returns the last slow failure once the store closes: nothing is tried after it.
func (s *Store) giveUp() error {
	select {
	case <-s.saver.quit:
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.unsaved.stuck
	default:
		return nil
	}
}

// longWait is the time after which a failure to store is a slow one: another program holds the file.
const longWait = time.Second

// timed calls store, and notes a slow failure.
func (s *Store) timed(save func() error) error {
	start := time.Now()
	err := save()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unsaved.stuck = nil; err != nil && time.Since(start) >= longWait {
		s.unsaved.stuck = err
	}
	return err
}

func (s *Store) takeDirty() backlog {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.unsaved.take(s.chats)
}

// markDirty gives back what takeDirty took and could not be stored.
func (s *Store) markDirty(b *backlog) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unsaved.putBack(s.chats, b)
}

// lastFlush writes what is left when the store closes. What the archive can't store is written to a file, which the
// next start reads.
func (s *Store) lastFlush() error {
	err := s.flush()
	if err == nil {
		return nil
	}
	b := s.takeDirty()
	settings := map[string]string{}
	for _, id := range b.files {
		value, bad := s.Drafts().filesOf(id)
		err = errors.Join(err, bad)
		settings[draftKey(id)] = value
	}
	name, bad := s.opt.Archive.SaveUnsaved(b.chats, b.messages, settings)
	if err = errors.Join(err, bad); name == "" {
		return err
	}
	return fmt.Errorf("%w; what could not be stored is in %s, and the next start reads it", err, name)
}

// save writes a chat's record, unless the chat is still empty.
func (s *Store) save(id string) error {
	if s.opt.Archive == nil {
		return nil
	}
	s.saver.writing.Lock()
	defer s.saver.writing.Unlock()
	s.mu.Lock()
	c := s.chats.Get(id)
	if c == nil || !c.Touched() {
		s.mu.Unlock()
		return nil
	}
	r := c.Record()
	s.mu.Unlock()
	if err := s.timed(func() error { return s.opt.Archive.SaveChat(r) }); err != nil {
		s.mu.Lock()
		s.unsaved.chats[id], s.unsaved.armed = true, true // to try again
		s.mu.Unlock()
		s.saver.soon.Notify()
		return fmt.Errorf("storing the chat: %w", err)
	}
	return nil
}
