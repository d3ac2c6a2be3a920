package state

import (
	"encoding/json"
	"fmt"

	"relaytop/state/session"
)

// draftKey names the files of a chat's draft. They stand beside the chat's record, which is written with every
// pause of typing: a few megabytes of pictures are written once.
func draftKey(chat string) string { return "draft/" + chat }

// draftFiles reads them. A notice says that they can't be read: whatever is attached would be sent.
func (s *Store) draftFiles(chat string) []session.Part {
	raw, ok := s.archive.Setting(draftKey(chat))
	if !ok || raw == "" {
		return nil
	}
	var files []session.Part
	if err := json.Unmarshal([]byte(raw), &files); err != nil {
		s.Tell(Warn, "the files that were attached to the draft are lost: attach them again")
		return nil
	}
	return files
}

// dropDraftFiles forgets them with their chat.
func (s *Store) dropDraftFiles(chat string) error {
	if raw, ok := s.archive.Setting(draftKey(chat)); !ok || raw == "" {
		return nil
	}
	return s.archive.SetSetting(draftKey(chat), "")
}

// saveDraftFiles writes them as they are by now, or has it tried again until it goes.
func (s *Store) saveDraftFiles(chat string) error {
	if s.archive == nil {
		return nil
	}
	s.saving.Lock()
	defer s.saving.Unlock()
	err := s.timed(func() error { return s.writeDraftFiles(chat) })
	s.mu.Lock()
	if err == nil {
		delete(s.dirtyDrafts, chat)
	} else {
		s.dirtyDrafts[chat], s.armed = true, true
	}
	s.mu.Unlock()
	if err != nil {
		notify(s.soon)
		return fmt.Errorf("keeping the files of the draft: %w", err)
	}
	return nil
}

func (s *Store) writeDraftFiles(chat string) error {
	value, err := s.draftFilesOf(chat)
	if err != nil {
		return err
	}
	return s.archive.SetSetting(draftKey(chat), value)
}

// draftFilesOf are the files of a chat's draft as they are kept; "": none.
func (s *Store) draftFilesOf(chat string) (string, error) {
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
