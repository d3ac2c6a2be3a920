package state

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"relaytop/relay"
	"relaytop/state/session"
)

// Chats are all chats, pinned first, then newest.
func (s *Store) Chats() []session.Header {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.chats.Headers(s.open)
}

// Messages is the shown path of a chat, oldest first; nil until the chat was opened. The slice is not changed
// afterwards.
func (s *Store) Messages(chat string) []session.View {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.chats.Get(chat); c != nil {
		return c.Views()
	}
	return nil
}

// Growing are the answers of a chat that are being made. As long as the header's Shape stays they are all that
// changes of Messages.
func (s *Store) Growing(chat string) []session.View {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.chats.Get(chat); c != nil {
		return c.Growing()
	}
	return nil
}

// Open shows a chat and reads its messages if they are not in memory. It is the one that comes back at the next
// start.
func (s *Store) Open(chat string) error {
	kept, err := s.read(chat)
	if err != nil || s.archive == nil || !kept {
		return err
	}
	return s.archive.SetSetting(lastChat, chat)
}

// read shows a chat and reports whether there is anything in it that is worth keeping.
func (s *Store) read(chat string) (kept bool, err error) {
	s.mu.Lock()
	c := s.chats.Get(chat)
	load := c != nil && !c.Loaded()
	s.mu.Unlock()
	if c == nil {
		return false, session.ErrNoChat
	}
	var records []session.MessageRecord
	var files []session.Part
	if load && s.archive != nil {
		files = s.draftFiles(chat)
		if records, err = s.archive.LoadMessages(chat); err != nil {
			return false, fmt.Errorf("reading the chat: %w", err)
		}
	}
	s.mu.Lock()
	c.Load(records, files)
	s.show(chat)
	kept = c.Touched()
	s.mu.Unlock()
	s.signal()
	return kept, nil
}

func (s *Store) show(chat string) {
	s.open = chat
	s.version++
}

// NewChat shows an empty chat and returns its ID. An empty one that is shown already is used again.
func (s *Store) NewChat() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.signal()
	if c := s.chats.Get(s.open); c != nil && !c.Touched() {
		return s.open
	}
	model, params := s.opt.Model, s.opt.Params
	if c := s.chats.Get(s.open); c != nil {
		h := c.Header()
		if model = h.Model; h.Preset == "" {
			params = h.Params // those of a role go with its system prompt, which a new chat does not have
		}
	}
	s.show(s.chats.New(model, params, s.now()).ID())
	return s.open
}

// SetModel changes what model the chat's next turns ask.
func (s *Store) SetModel(chat, model string) error {
	return s.change(chat, func(r *session.Record) { r.Model = model })
}

// SetParams replaces the parameters that a chat sends.
func (s *Store) SetParams(chat string, p relay.Params) error {
	return s.change(chat, func(r *session.Record) { r.Params = p })
}

// SetSystem sets a chat's system prompt; "" removes it.
func (s *Store) SetSystem(chat, text string) error {
	return s.with(chat, func(c *session.Chat) error {
		s.chats.System(c, text)
		return nil
	})
}

// UsePreset gives a chat the settings of a preset.
func (s *Store) UsePreset(chat string, p session.Preset) error {
	return s.with(chat, func(c *session.Chat) error {
		s.chats.Use(c, p)
		return nil
	})
}

// NamePreset says under what name a chat's settings are kept.
func (s *Store) NamePreset(chat, name string) error {
	return s.change(chat, func(r *session.Record) { r.Preset = name })
}

// LeaveOut makes a message the first of a chat that is sent; 0 sends everything again.
func (s *Store) LeaveOut(chat string, from int64) error {
	return s.with(chat, func(c *session.Chat) error { return s.chats.LeaveOut(c, from, s.now()) })
}

// Rename gives a chat a title of the user's own; "" goes back to the first words of the next message.
func (s *Store) Rename(chat, title string) error {
	return s.change(chat, func(r *session.Record) { r.Title, r.Titled = title, title != "" })
}

// Pin keeps a chat at the top of the list.
func (s *Store) Pin(chat string, pinned bool) error {
	return s.change(chat, func(r *session.Record) { r.Pinned = pinned })
}

func (s *Store) change(chat string, f func(*session.Record)) error {
	return s.with(chat, func(c *session.Chat) error {
		s.chats.Set(c, f)
		return nil
	})
}

// with changes a chat under the lock and stores its record.
func (s *Store) with(chat string, f func(*session.Chat) error) error {
	s.mu.Lock()
	c := s.chats.Get(chat)
	if c == nil {
		s.mu.Unlock()
		return session.ErrNoChat
	}
	err := f(c)
	if errors.Is(err, errSame) {
		s.mu.Unlock()
		return err
	}
	s.version++
	s.mu.Unlock()
	s.signal()
	if err != nil {
		return err
	}
	return s.save(chat)
}

// SaveDraft keeps what is being typed in a chat, and the files that are to go with it. What can't be stored is
// tried again.
func (s *Store) SaveDraft(chat, text string, files ...session.Part) error {
	return s.draft(chat, func(*session.Chat) (session.Prompt, bool) {
		return session.Prompt{Text: text, Parts: files}, true
	})
}

// DropDraft forgets the draft of what was sent. One that is about something else by now stays.
func (s *Store) DropDraft(chat string, sent session.Prompt) error {
	return s.draft(chat, func(c *session.Chat) (session.Prompt, bool) {
		h := c.Header()
		other := slices.ContainsFunc(h.Files, func(p session.Part) bool { return !slices.Contains(sent.Parts, p) })
		return session.Prompt{}, !other && strings.HasPrefix(strings.TrimSpace(sent.Text), strings.TrimSpace(h.Draft))
	})
}

// draft puts another draft in the place of the one there is, if that is still wanted.
func (s *Store) draft(chat string, next func(*session.Chat) (session.Prompt, bool)) error {
	var typed, attached bool
	err := s.with(chat, func(c *session.Chat) error {
		p, ok := next(c)
		if ok {
			typed, attached = s.chats.Draft(c, p)
		}
		if attached {
			s.dirtyDrafts[chat] = true
		}
		if !typed && !attached {
			return errSame
		}
		return nil
	})
	switch {
	case errors.Is(err, errSame):
		return nil
	case attached && err == nil:
		return s.saveDraftFiles(chat)
	}
	return err
}

// KeepDraft is SaveDraft for a program that ends: nothing waits, and Close writes it.
func (s *Store) KeepDraft(chat, text string, files ...session.Part) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.chats.Get(chat)
	if c == nil {
		return session.ErrNoChat
	}
	typed, attached := s.chats.Draft(c, session.Prompt{Text: text, Parts: files})
	if typed && c.Touched() {
		s.dirtyChats[chat] = true
	}
	if attached {
		s.dirtyDrafts[chat] = true
	}
	return nil
}

var errSame = errors.New("nothing changed")

// Switch shows another sibling of a message, delta places on.
func (s *Store) Switch(chat string, message int64, delta int) {
	err := s.with(chat, func(c *session.Chat) error {
		if !s.chats.Switch(c, message, delta) {
			return errSame
		}
		return nil
	})
	if err != nil && !errors.Is(err, errSame) && !errors.Is(err, session.ErrNoChat) {
		s.mu.Lock()
		s.tell(Warn, err.Error())
		s.mu.Unlock()
	}
}

// Delete removes a chat for good. An answer that streams in it is stopped. If it was shown, the newest of the
// others is.
func (s *Store) Delete(chat string) error {
	s.saving.Lock()
	defer s.saving.Unlock()
	s.mu.Lock()
	c := s.chats.Get(chat)
	if c == nil {
		s.mu.Unlock()
		return session.ErrNoChat
	}
	kept := c.Touched()
	s.mu.Unlock()
	if s.archive != nil && kept {
		if err := errors.Join(s.archive.DeleteChat(chat), s.dropDraftFiles(chat)); err != nil {
			return fmt.Errorf("deleting the chat: %w", err)
		}
	}
	s.mu.Lock()
	ids := slices.DeleteFunc(s.chats.Delete(c), s.hold)
	engine, next := s.engine, ""
	if s.open == chat {
		s.open, next = "", s.chats.Newest()
	}
	shown := s.open != ""
	s.version++
	s.mu.Unlock()
	s.signal()
	cancel(engine, ids)
	switch {
	case shown:
		return nil
	case next == "":
		s.NewChat()
		return nil
	}
	return s.Open(next)
}
