package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"relaytop/state/session"
)

// Drafts are what is being typed in the chats, with the files that go with it. Save and Drop may wait for the disk.
type Drafts struct{ s *Store }

// Drafts are what is being typed in the chats.
func (s *Store) Drafts() Drafts { return Drafts{s} }

// Save keeps what is being typed in a chat, and the files attached to it. A draft that can't be stored is tried
// again.
func (d Drafts) Save(chat, text string, files ...session.Part) error {
	return d.change(chat, func(*session.Chat) (session.Prompt, bool) {
		return session.Prompt{Text: text, Parts: files}, true
	})
}

// Drop removes the draft of a prompt that was sent. A draft that was changed since stays.
func (d Drafts) Drop(chat string, sent session.Prompt) error {
	return d.change(chat, func(c *session.Chat) (session.Prompt, bool) {
		h := c.Header()
		other := slices.ContainsFunc(h.Files, func(p session.Part) bool { return !slices.Contains(sent.Parts, p) })
		return session.Prompt{}, !other && strings.HasPrefix(strings.TrimSpace(sent.Text), strings.TrimSpace(h.Draft))
	})
}

// change replaces the draft, if that is still wanted.
func (d Drafts) change(chat string, next func(*session.Chat) (session.Prompt, bool)) error {
	s := d.s
	var typed, attached bool
	err := s.with(chat, func(c *session.Chat) error {
		p, ok := next(c)
		if ok {
			typed, attached = s.chats.Draft(c, p)
		}
		if attached {
			s.unsaved.drafts[chat] = true
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
		return d.saveFiles(chat)
	}
	return err
}

// Keep is Save for a program that ends: it does not wait, and Close writes the draft.
func (d Drafts) Keep(chat, text string, files ...session.Part) error {
	s := d.s
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.chats.Get(chat)
	if c == nil {
		return session.ErrNoChat
	}
	typed, attached := s.chats.Draft(c, session.Prompt{Text: text, Parts: files})
	if typed && c.Touched() {
		s.unsaved.chats[chat] = true
	}
	if attached {
		s.unsaved.drafts[chat] = true
	}
	return nil
}

// draftKey names the files of a chat's draft. They stand beside the chat's record, which is written with every
// pause of typing: a few megabytes of pictures are written only once.
func draftKey(chat string) string { return "draft/" + chat }

// files reads the files of a draft. If they can't be read a notice says so: the user expects them to be sent.
func (d Drafts) files(chat string) []session.Part {
	raw, ok := d.s.opt.Archive.Setting(draftKey(chat))
	if !ok || raw == "" {
		return nil
	}
	var files []session.Part
	if err := json.Unmarshal([]byte(raw), &files); err != nil {
		d.s.AddNotice(Warn, "the files that were attached to the draft are lost: attach them again")
		return nil
	}
	return files
}

// dropFiles removes the files of the draft of a deleted chat.
func (d Drafts) dropFiles(chat string) error {
	if raw, ok := d.s.opt.Archive.Setting(draftKey(chat)); !ok || raw == "" {
		return nil
	}
	return d.s.opt.Archive.SetSetting(draftKey(chat), "")
}

// saveFiles writes the files of a draft as they are now. A failure is tried again until they are written.
func (d Drafts) saveFiles(chat string) error {
	s := d.s
	if s.opt.Archive == nil {
		return nil
	}
	s.saver.writing.Lock()
	defer s.saver.writing.Unlock()
	err := s.timed(func() error { return d.writeFiles(chat) })
	s.mu.Lock()
	if err == nil {
		delete(s.unsaved.drafts, chat)
	} else {
		s.unsaved.drafts[chat], s.unsaved.armed = true, true
	}
	s.mu.Unlock()
	if err != nil {
		s.saver.soon.Notify()
		return fmt.Errorf("keeping the files of the draft: %w", err)
	}
	return nil
}

func (d Drafts) writeFiles(chat string) error {
	value, err := d.filesOf(chat)
	if err != nil {
		return err
	}
	return d.s.opt.Archive.SetSetting(draftKey(chat), value)
}

// filesOf encodes the files of a chat's draft as they are stored; "" without files.
func (d Drafts) filesOf(chat string) (string, error) {
	s := d.s
	s.mu.Lock()
	c := s.chats.Get(chat)
	if c == nil {
		s.mu.Unlock()
		return "", nil
	}
	files := c.Header().Files
	s.mu.Unlock()
	if len(files) == 0 {
		return "", nil
	}
	raw, err := json.Marshal(files)
	if err != nil {
		return "", fmt.Errorf("encoding the files of the draft: %w", err)
	}
	return string(raw), nil
}
