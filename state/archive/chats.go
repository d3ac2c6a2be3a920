package archive

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"

	"golang.org/x/sync/errgroup"

	"relaytop/state/find"
	"relaytop/state/session"
)

// chats holds the chats and their messages.
type chats struct {
	db     *database
	index  *searchIndex
	errors *reporter
}

const insertChat = `INSERT INTO chats (id, pinned, updated, record) VALUES (?, ?, ?, ?)
	ON CONFLICT (id) DO UPDATE SET pinned = excluded.pinned, updated = excluded.updated, record = excluded.record`

func (c *chats) save(r session.Record) error {
	return c.db.tx(context.Background(), "saving a chat", func(tx *sql.Tx) error { return put(tx, &r) })
}

func put(tx *sql.Tx, r *session.Record) error {
	record, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encoding a chat: %w", err)
	}
	if _, err := tx.Exec("DELETE FROM deleted WHERE chat = ?", r.ID); err != nil {
		return err
	}
	if _, err := tx.Exec(insertChat, r.ID, r.Pinned, r.Updated.UnixMicro(), string(record)); err != nil {
		return err
	}
	return retitle(tx, r.ID, r.Title, r.Titled)
}

func (c *chats) saveMessage(m session.MessageRecord) error {
	return c.index.tx("saving a message", func(tx *sql.Tx) error {
		if gone, err := isDeleted(tx, m.Chat); gone || err != nil {
			return err
		}
		if err := firstRecord(tx, m); err != nil {
			return err
		}
		return c.put(tx, m)
	})
}

func (c *chats) saveWhole(r session.Record, messages []session.MessageRecord) error {
	return c.index.tx("saving a whole chat", func(tx *sql.Tx) error {
		if err := put(tx, &r); err != nil {
			return err
		}
		for i := range messages {
			if err := c.put(tx, messages[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (c *chats) put(tx *sql.Tx, m session.MessageRecord) error {
	text, reasoning, refusal, files := m.Text, m.Reasoning, m.Refusal, m.Parts
	m.Text, m.Reasoning, m.Refusal, m.Parts = "", "", "", nil
	record, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("encoding a message: %w", err)
	}
	var seq int64
	err = tx.QueryRow(`INSERT INTO messages (chat, id, ended, text, reasoning, refusal, record)
		VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (chat, id) DO UPDATE SET ended = excluded.ended, text = excluded.text, reasoning = excluded.reasoning,
		refusal = excluded.refusal, record = excluded.record RETURNING seq`,
		m.Chat, m.ID, m.Ended, text, reasoning, refusal, string(record)).Scan(&seq)
	if err != nil {
		return err
	}
	if err := putFiles(tx, seq, files); err != nil {
		return err
	}
	words := ""
	if m.Ended {
		e := entry{text: text, refusal: refusal, files: files}
		words = find.Fold(e.texts()...)
	}
	return c.index.put(tx, seq, m.Ended, words)
}

func isDeleted(tx *sql.Tx, chat string) (bool, error) {
	var one int
	err := tx.QueryRow("SELECT 1 FROM deleted WHERE chat = ?", chat).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// firstRecord creates the chat of a message that is stored before its chat: a crash between the two must not lose the
// message.
func firstRecord(tx *sql.Tx, m session.MessageRecord) error {
	record, err := json.Marshal(session.Record{ID: m.Chat, Model: m.Model, Created: m.Created, Updated: m.Created,
		Active: m.ID, Messages: 1})
	if err != nil {
		return err
	}
	_, err = tx.Exec("INSERT INTO chats (id, pinned, updated, record) VALUES (?, 0, ?, ?) ON CONFLICT (id) DO NOTHING",
		m.Chat, m.Created.UnixMicro(), string(record))
	return err
}

func (c *chats) delete(id string) error {
	return c.index.tx("deleting a chat", func(tx *sql.Tx) error {
		if err := c.index.remove(tx, id); err != nil {
			return err
		}
		if _, err := tx.Exec("DELETE FROM chats WHERE id = ?", id); err != nil {
			return err
		}
		_, err := tx.Exec("INSERT OR IGNORE INTO deleted (chat) VALUES (?)", id)
		return err
	})
}

func (c *chats) list() ([]session.Record, error) {
	var list []session.Record
	var malformed error
	const text = "SELECT id, record FROM chats ORDER BY pinned DESC, updated DESC, id"
	err := c.db.query("reading the chats", text, nil, func(rows *sql.Rows) error {
		var id string
		var record []byte
		if err := rows.Scan(&id, &record); err != nil {
			return err
		}
		var r session.Record
		if err := json.Unmarshal(record, &r); err != nil {
			malformed = errors.Join(malformed, fmt.Errorf("%w: %s: %w", session.ErrMalformed, id, err))
			return nil
		}
		list = append(list, r)
		return nil
	})
	if err == nil {
		err = malformed
	}
	return list, err
}

// messages loads the messages of a chat. Decoding the records is most of the work: all processors share it.
func (c *chats) messages(chat string) ([]session.MessageRecord, error) {
	var list []session.MessageRecord
	var raw [][]byte
	const text = "SELECT id, text, reasoning, refusal, record FROM messages WHERE chat = ? ORDER BY id"
	err := c.db.query("reading a chat", text, []any{chat},
		func(rows *sql.Rows) error {
			var m session.MessageRecord
			var record []byte
			if err := rows.Scan(&m.ID, &m.Text, &m.Reasoning, &m.Refusal, &record); err != nil {
				return err
			}
			list, raw = append(list, m), append(raw, record)
			return nil
		})
	if err != nil {
		return nil, err
	}
	files, err := c.filesOf(chat) // after the records: indexing may be moving files out of them
	if err != nil {
		return nil, err
	}
	var all errgroup.Group
	share := max((len(list)+runtime.GOMAXPROCS(0)-1)/runtime.GOMAXPROCS(0), 64)
	for from := 0; from < len(list); from += share {
		all.Go(func() error {
			for i := from; i < min(from+share, len(list)); i++ {
				list[i].Parts = files[list[i].ID]
				if err := decodeMessage(raw[i], &list[i]); err != nil {
					return c.db.explain("reading a chat", err)
				}
			}
			return nil
		})
	}
	return list, all.Wait()
}

// decodeMessage decodes a record and keeps the texts, which have their own columns.
func decodeMessage(record []byte, m *session.MessageRecord) error {
	text, reasoning, refusal := m.Text, m.Reasoning, m.Refusal
	if err := json.Unmarshal(record, m); err != nil {
		return err
	}
	m.Text, m.Reasoning, m.Refusal = text, reasoning, refusal
	if m.Result != nil {
		m.Result.Raw = nil // Raw is not stored; JSON decodes its absence as null
	}
	return nil
}
