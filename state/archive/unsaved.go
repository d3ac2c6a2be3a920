package archive

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"

	"relaytop/state/session"
)

// unsaved is one line of a file with chats, messages and settings that could not be stored.
type unsaved struct {
	Chat    *session.Record        `json:"chat,omitempty"`
	Message *session.MessageRecord `json:"message,omitempty"`
	Setting string                 `json:"setting,omitempty"` // the key of Value
	Value   string                 `json:"value,omitempty"`
}

func (c *chats) saveUnsaved(
	chats []session.Record, messages []session.MessageRecord, settings map[string]string,
) (name string, err error) {
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
	return writeBeside(c.db, unsavedChats, list)
}

// importUnsaved stores what an earlier process could not, unless the database has something newer. It runs only at
// the start: later the chats are in memory, and would be overwritten from there.
func (c *chats) importUnsaved() {
	c.db.importBeside(unsavedChats, c.importFile, c.errors.report)
}

func (c *chats) importFile(name string) error {
	data, err := readBeside(name)
	if data == nil || err != nil {
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
	err = c.index.tx("importing what could not be stored before", func(tx *sql.Tx) error {
		if again, err := c.db.markImported(tx, name); again || err != nil {
			return err
		}
		for i := range list {
			if err := c.importOne(tx, &list[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return removeBeside(name)
}

func (c *chats) importOne(tx *sql.Tx, one *unsaved) error {
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
			WHERE chat = ?1 AND id = ?2 AND (ended > ?3 OR ended = ?3 AND length(text) > length(?4))) +
			(SELECT count(*) FROM deleted WHERE chat = ?1)`,
			m.Chat, m.ID, m.Ended, m.Text)
		if skip || err != nil {
			return err
		}
		if err := firstRecord(tx, *m); err != nil {
			return err
		}
		return c.put(tx, *m)
	case one.Setting != "":
		_, err := tx.Exec(keep, settingKind, one.Setting, c.db.now().UnixMicro(), []byte(one.Value))
		return err
	}
	return nil
}
