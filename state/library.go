package state

import (
	"errors"
	"fmt"

	"relaytop/state/find"
	"relaytop/state/portable"
	"relaytop/state/session"
)

var errNoArchive = errors.New("nothing is kept on disk, so there is nothing to search")

// Library holds all chats. List and New answer from memory; the rest may wait for the disk.
type Library struct{ s *Store }

// Library holds all chats.
func (s *Store) Library() Library { return Library{s} }

// List is all chats, pinned first, then newest.
func (l Library) List() []session.Header {
	s := l.s
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.chats.Headers(s.open)
}

// Open shows a chat, and reads its messages if they are not in memory. It is shown again at the next start.
func (l Library) Open(chat string) error {
	s := l.s
	kept, err := l.read(chat)
	if err != nil || s.opt.Archive == nil || !kept {
		return err
	}
	return s.opt.Archive.SetSetting(lastChat, chat)
}

// read shows a chat and reports whether it has anything to store.
func (l Library) read(chat string) (kept bool, err error) {
	s := l.s
	s.mu.Lock()
	c := s.chats.Get(chat)
	load := c != nil && !c.Loaded()
	s.mu.Unlock()
	if c == nil {
		return false, session.ErrNoChat
	}
	var records []session.MessageRecord
	var files []session.Part
	if load && s.opt.Archive != nil {
		files = s.Drafts().files(chat)
		if records, err = s.opt.Archive.LoadMessages(chat); err != nil {
			return false, fmt.Errorf("reading the chat: %w", err)
		}
	}
	s.mu.Lock()
	c.Load(records, files)
	l.show(chat)
	kept = c.Touched()
	s.mu.Unlock()
	s.changed.Notify()
	return kept, nil
}

// show is called under the lock.
func (l Library) show(chat string) {
	l.s.open = chat
	l.s.version++
}

// New shows an empty chat and returns its ID. If the shown chat is empty, it is that one.
func (l Library) New() string {
	s := l.s
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.changed.Notify()
	if c := s.chats.Get(s.open); c != nil && !c.Touched() {
		return s.open
	}
	model, params := s.opt.Model, s.opt.Params
	if c := s.chats.Get(s.open); c != nil {
		h := c.Header()
		if model = h.Model; h.Preset == "" {
			params = h.Params // those of a preset belong to its system prompt, which a new chat does not have
		}
	}
	l.show(s.chats.New(model, params, s.now()).ID())
	return s.open
}

// Rename gives a chat a title that the user chose. With "" the title is made from the next message.
func (l Library) Rename(chat, title string) error {
	return l.s.change(chat, func(r *session.Record) { r.Title, r.Titled = title, title != "" })
}

// Pin keeps a chat at the top of the list.
func (l Library) Pin(chat string, pinned bool) error {
	return l.s.change(chat, func(r *session.Record) { r.Pinned = pinned })
}

// Delete removes a chat permanently. Answers that stream in it are stopped. If it was shown, the newest of the others
// is shown instead.
func (l Library) Delete(chat string) error {
	s := l.s
	s.saver.writing.Lock()
	defer s.saver.writing.Unlock()
	s.mu.Lock()
	c := s.chats.Get(chat)
	if c == nil {
		s.mu.Unlock()
		return session.ErrNoChat
	}
	kept := c.Touched()
	s.mu.Unlock()
	if s.opt.Archive != nil && kept {
		if err := errors.Join(s.opt.Archive.DeleteChat(chat), s.Drafts().dropFiles(chat)); err != nil {
			return fmt.Errorf("deleting the chat: %w", err)
		}
	}
	s.mu.Lock()
	ids := s.outgoing.hold(s.chats.Delete(c))
	engine, next := s.outgoing.engine, ""
	if s.open == chat {
		s.open, next = "", s.chats.Newest()
	}
	shown := s.open != ""
	s.version++
	s.mu.Unlock()
	s.changed.Notify()
	cancel(engine, ids)
	switch {
	case shown:
		return nil
	case next == "":
		l.New()
		return nil
	}
	return l.Open(next)
}

// Fork makes a new chat of the path down to a message, stores it and shows it. If it can't be stored, there is no new
// chat.
func (l Library) Fork(chat string, message int64) (id string, err error) {
	s := l.s
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
	if s.opt.Archive != nil {
		s.saver.writing.Lock()
		for i := range records {
			if err == nil {
				err = s.opt.Archive.SaveMessage(records[i])
			}
		}
		s.saver.writing.Unlock()
	}
	if err != nil {
		return "", errors.Join(fmt.Errorf("storing the fork: %w", err), l.Delete(f.ID()))
	}
	return f.ID(), l.Open(f.ID())
}

// Search finds messages in any chat, newest first, and chats by a title that the user chose. next is that of the
// previous page, 0 for the first.
func (l Library) Search(typed string, limit int, next int64) (find.Found, error) {
	if l.s.opt.Archive == nil {
		return find.Found{}, errNoArchive
	}
	return l.s.opt.Archive.Search(typed, limit, next)
}

// OpenAt is Open with the path that leads to a message. With message 0 the path is the one that was shown last. The
// chat may have been begun by another process.
func (l Library) OpenAt(chat string, message int64) error {
	s := l.s
	if err := l.adopt(chat); err != nil {
		return err
	}
	if err := l.Open(chat); err != nil || message == 0 {
		return err
	}
	return s.with(chat, func(c *session.Chat) error { return s.chats.Reveal(c, message) })
}

// adopt loads a chat that is on disk and not in memory.
func (l Library) adopt(chat string) error {
	s := l.s
	s.mu.Lock()
	known := s.chats.Get(chat) != nil
	s.mu.Unlock()
	if known || s.opt.Archive == nil {
		return nil
	}
	records, err := s.opt.Archive.LoadChats()
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

// Export returns a chat with all of its messages, whether it was opened or not.
func (l Library) Export(chat string) (*portable.Chat, error) {
	s := l.s
	s.mu.Lock()
	c := s.chats.Get(chat)
	if c == nil {
		s.mu.Unlock()
		return nil, session.ErrNoChat
	}
	r := c.Record()
	if c.Loaded() || s.opt.Archive == nil {
		records := c.Records()
		s.mu.Unlock()
		return portable.Of(r, records), nil
	}
	s.mu.Unlock()
	records, err := s.opt.Archive.LoadMessages(chat)
	if err != nil {
		return nil, fmt.Errorf("reading the chat: %w", err)
	}
	return portable.Of(r, records), nil
}

// Import stores a chat that was read from a file, as a new one, and returns its ID. Nothing is sent and nothing else
// is changed.
func (l Library) Import(c *portable.Chat) (string, error) {
	s := l.s
	c.Settle(s.now(), s.opt.Model, s.opt.Params)
	if s.opt.Archive != nil {
		if err := s.opt.Archive.SaveWhole(c.Record, c.Messages); err != nil {
			return "", fmt.Errorf("keeping the chat: %w", err)
		}
	}
	s.mu.Lock()
	s.chats.Restore(c.Record)
	if s.opt.Archive == nil {
		s.chats.Get(c.Record.ID).Load(c.Messages, nil)
	}
	s.version++
	s.mu.Unlock()
	s.changed.Notify()
	return c.Record.ID, nil
}
