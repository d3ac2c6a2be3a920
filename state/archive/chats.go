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

const putChat = `INSERT INTO chats (id, pinned, updated, record) VALUES (?, ?, ?, ?)
	ON CONFLICT (id) DO UPDATE SET pinned = excluded.pinned, updated = excluded.updated, record = excluded.record`

// SaveChat writes a chat, its draft included, in place of an older record of it. It is durable when this returns.
func (a *Archive) SaveChat(r session.Record) error {
	return a.tx(context.Background(), "saving a chat", func(tx *sql.Tx) error { return put(tx, &r) })
}

func put(tx *sql.Tx, r *session.Record) error {
	record, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encoding a chat: %w", err)
	}
	if _, err := tx.Exec("DELETE FROM deleted WHERE chat = ?", r.ID); err != nil {
		return err
	}
	if _, err := tx.Exec(putChat, r.ID, r.Pinned, r.Updated.UnixMicro(), string(record)); err != nil {
		return err
	}
	return retitle(tx, r.ID, r.Title, r.Titled)
}

// SaveMessage writes a message in place of an older record of it. It is durable when this returns. A chat that was
// not saved yet is made; a message of a deleted chat is not kept.
func (a *Archive) SaveMessage(m session.MessageRecord) error {
	return a.txIndexed("saving a message", func(tx *sql.Tx) error {
		if gone, err := isDeleted(tx, m.Chat); gone || err != nil {
			return err
		}
		if err := firstRecord(tx, m); err != nil {
			return err
		}
		return a.put(tx, m)
	})
}

// SaveWhole writes a chat with its messages, all of it or nothing.
func (a *Archive) SaveWhole(r session.Record, messages []session.MessageRecord) error {
	return a.txIndexed("saving a whole chat", func(tx *sql.Tx) error {
		if err := put(tx, &r); err != nil {
			return err
		}
		for i := range messages {
			if err := a.put(tx, messages[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (a *Archive) put(tx *sql.Tx, m session.MessageRecord) error {
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
	return a.index(tx, seq, m.Ended, words)
}

func isDeleted(tx *sql.Tx, chat string) (bool, error) {
	var one int
	err := tx.QueryRow("SELECT 1 FROM deleted WHERE chat = ?", chat).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// firstRecord makes the chat of a message that came before its chat's own record: a crash between the two must not
// lose the message.
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

// DeleteChat takes a chat and its messages out. What was spent on it stays in the requests.
func (a *Archive) DeleteChat(id string) error {
	return a.txIndexed("deleting a chat", func(tx *sql.Tx) error {
		if err := a.unindex(tx, id); err != nil {
			return err
		}
		if _, err := tx.Exec("DELETE FROM chats WHERE id = ?", id); err != nil {
			return err
		}
		_, err := tx.Exec("INSERT OR IGNORE INTO deleted (chat) VALUES (?)", id)
		return err
	})
}

// LoadChats returns every chat: pinned ones first, then by the time of the last change, newest first. Chats whose
// record can't be decoded are left out, and the error, session.ErrMalformed, names them.
func (a *Archive) LoadChats() ([]session.Record, error) {
	var list []session.Record
	var malformed error
	const text = "SELECT id, record FROM chats ORDER BY pinned DESC, updated DESC, id"
	err := a.query("reading the chats", text, nil, func(rows *sql.Rows) error {
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

// LoadMessages implements state.Archive. Reading records is most of the work: all processors share it.
func (a *Archive) LoadMessages(chat string) ([]session.MessageRecord, error) {
	var list []session.MessageRecord
	var raw [][]byte
	const text = "SELECT id, text, reasoning, refusal, record FROM messages WHERE chat = ? ORDER BY id"
	err := a.query("reading a chat", text, []any{chat},
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
	files, err := a.filesOf(chat) // after the records, out of which they may just be moved
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
					return a.explain("reading a chat", err)
				}
			}
			return nil
		})
	}
	return list, all.Wait()
}

// decodeMessage reads a record around the texts, which stand in columns of their own.
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

// query calls f for each row.
func (a *Archive) query(doing, text string, args []any, f func(*sql.Rows) error) error {
	rows, err := a.db.Query(text, args...)
	if err != nil {
		return a.explain(doing, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return a.explain(doing, err)
		}
	}
	return a.explain(doing, rows.Err())
}
