package state

import (
	"encoding/json"
	"fmt"

	"relaytop/state/session"
)

// draftKey names the files of a chat's draft. They stand beside the chat's record, which is written with every pause of typing: a few
// megabytes of pictures are written once.
func draftKey(chat string) string { return "draft/" + chat }

// draftFiles reads them. Files that can't be read are told: what is attached is otherwise sent.
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

// saveDraftFiles writes them as they are by now.
func (s *Store) saveDraftFiles(chat string) error {
	if s.archive == nil {
		return nil
	}
	s.saving.Lock()
	defer s.saving.Unlock()
	s.mu.Lock()
	c := s.chats.Get(chat)
	if c == nil {
		s.mu.Unlock()
		return nil
	}
	files := c.Header().Files
	s.mu.Unlock()
	value := ""
	if len(files) > 0 {
		raw, err := json.Marshal(files)
		if err != nil {
			return fmt.Errorf("encoding the files of the draft: %w", err)
		}
		value = string(raw)
	}
	if err := s.archive.SetSetting(draftKey(chat), value); err != nil {
		return fmt.Errorf("keeping the files of the draft: %w", err)
	}
	return nil
}
