package archive

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io/fs"
	"os"

	"relaytop/state/session"
)

// unsaved is one line of a file of what was said and could not be stored.
type unsaved struct {
	Chat    *session.Record        `json:"chat,omitempty"`
	Message *session.MessageRecord `json:"message,omitempty"`
	Setting string                 `json:"setting,omitempty"` // the key of Value
	Value   string                 `json:"value,omitempty"`
}

// SaveUnsaved writes chats, messages and settings that the database would not take into a file beside it, readable
// by its owner alone, and names it. The next start takes it up.
func (a *Archive) SaveUnsaved(chats []session.Record, messages []session.MessageRecord,
	settings map[string]string) (name string, err error) {
	list := make([]unsaved, 0, len(chats)+len(messages))
	for i := range chats {
		list = append(list, unsaved{Chat: &chats[i]})
	}
	for i := range messages {
		list = append(list, unsaved{Message: &messages[i]})
	}
	for k, v := range settings {
		list = append(list, unsaved{Setting: k, Value: v})
	}
	return beside(a.files, a.path+".unsaved-", list)
}

// takeUpChats writes what an earlier process put aside, unless the database has something newer. The file's name is
// noted in the same transaction: a crash before the file is gone, or another process that does the same, writes
// nothing twice.
func (a *Archive) takeUpChats(name string) error {
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // another process was quicker
	}
	if err != nil {
		return err
	}
	var list []unsaved
	for lines := json.NewDecoder(bytes.NewReader(data)); lines.More(); {
		var one unsaved
		if err := lines.Decode(&one); err != nil {
			return err
		}
		list = append(list, one)
	}
	err = a.txIndexed("taking up what was put aside", func(tx *sql.Tx) error {
		if again, err := a.taken(tx, name); again || err != nil {
			return err
		}
		for i := range list {
			if err := a.takeUpOne(tx, &list[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (a *Archive) takeUpOne(tx *sql.Tx, one *unsaved) error {
	newer := func(query string, args ...any) (bool, error) {
		var n int
		err := tx.QueryRowContext(context.Background(), query, args...).Scan(&n)
		return n > 0, err
	}
	switch {
	case one.Chat != nil:
		skip, err := newer(`SELECT (SELECT count(*) FROM chats WHERE id = ?1 AND updated > ?2) +
			(SELECT count(*) FROM deleted WHERE chat = ?1)`, one.Chat.ID, one.Chat.Updated.UnixMicro())
		if skip || err != nil {
			return err
		}
		return put(tx, one.Chat)
	case one.Message != nil:
		m := one.Message
		skip, err := newer(`SELECT (SELECT count(*) FROM messages
			WHERE chat = ?1 AND id = ?2 AND (ended > ?3 OR length(text) > length(?4))) +
			(SELECT count(*) FROM deleted WHERE chat = ?1)`,
			m.Chat, m.ID, m.Ended, m.Text)
		if skip || err != nil {
			return err
		}
		if err := firstRecord(tx, *m); err != nil {
			return err
		}
		return a.put(tx, *m)
	case one.Setting != "":
		_, err := tx.Exec(keep, settingKind, one.Setting, a.now().UnixMicro(), []byte(one.Value))
		return err
	}
	return nil
}
