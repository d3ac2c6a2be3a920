package archive

import (
	"database/sql"
	"encoding/json"
	"unicode/utf8"

	"relaytop/state/find"
	"relaytop/state/session"
)

// indexedOfFile is how many bytes of a file's text are indexed, the first ones. It bounds what a message costs
// before it is sent (some 10 ms a file) and what a search reads to show a hit.
const indexedOfFile = 64 << 10

// inRecord is the condition that a message's files stand in its record, as they did before there was a table for
// them. A text within a JSON object has no quotes like these: it escapes them.
const inRecord = `instr(m.record, '"parts":[') AND json_valid(m.record)`

// entry is a message as a search sees it.
type entry struct {
	seq           int64
	hit           find.Hit
	valid         bool // the records of the message and of its chat can be decoded
	text, refusal string
	attached      bool // files go with it
	files         []session.Part
}

// texts are what is found of a message: its text, a refusal, and of each file the name and the beginning. Of a
// picture only the name is found.
func (e *entry) texts() []string {
	list := make([]string, 0, 2+2*len(e.files))
	list = append(list, e.text, e.refusal)
	for i := range e.files {
		list = append(list, e.files[i].Name, head(e.files[i].Text))
	}
	return list
}

// fileOf is the name of the file that the i-th text is from; "" if it is from no file.
func (e *entry) fileOf(i int) string {
	if i < 3 || i%2 == 0 {
		return ""
	}
	return e.files[(i-3)/2].Name
}

// head is what is indexed of a file's text.
func head(text string) string {
	if len(text) <= indexedOfFile {
		return text
	}
	n := indexedOfFile
	for n > indexedOfFile-utf8.UTFMax && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

// putFiles keeps the files of a message in place of older ones.
func putFiles(tx *sql.Tx, seq int64, files []session.Part) error {
	if _, err := tx.Exec("DELETE FROM files WHERE message = ?", seq); err != nil {
		return err
	}
	for i, f := range files {
		_, err := tx.Exec("INSERT INTO files (message, n, name, pasted, text, image) VALUES (?, ?, ?, ?, ?, ?)", seq, i,
			f.Name, f.Pasted, f.Text, f.Image)
		if err != nil {
			return err
		}
	}
	return nil
}

// filesOf gives all files of a chat by message.
func (c *chats) filesOf(chat string) (map[int64][]session.Part, error) {
	all := map[int64][]session.Part{}
	err := c.db.query("reading the files of a chat", `SELECT m.id, f.name, f.pasted, f.text, f.image
		FROM messages m CROSS JOIN files f ON f.message = m.seq WHERE m.chat = ? ORDER BY m.id, f.n`, []any{chat},
		func(rows *sql.Rows) error {
			var id int64
			var f session.Part
			if err := rows.Scan(&id, &f.Name, &f.Pasted, &f.Text, &f.Image); err != nil {
				return err
			}
			all[id] = append(all[id], f)
			return nil
		})
	return all, err
}

// querier is the database or a transaction.
type querier interface {
	Query(text string, args ...any) (*sql.Rows, error)
}

// readFiles reads what can be found of a message's files; one byte more shows where a character ends.
func (e *entry) readFiles(db querier) error {
	if !e.attached || e.files != nil {
		return nil
	}
	rows, err := db.Query(`SELECT name, coalesce(substr(CAST(text AS BLOB), 1, ?), '')
		FROM files WHERE message = ? ORDER BY n`, indexedOfFile+1, e.seq)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var f session.Part
		if err := rows.Scan(&f.Name, &f.Text); err != nil {
			return err
		}
		e.files = append(e.files, f)
	}
	return rows.Err()
}

// unpack moves the files of messages that wait for the index out of their records.
func unpack(tx *sql.Tx, from, below int64) error {
	rows, err := tx.Query(`SELECT m.seq, json_extract(m.record, '$.parts')
		FROM unindexed u CROSS JOIN messages m ON m.seq = u.seq
		WHERE u.seq >= ? AND u.seq < ? AND `+inRecord, from, below)
	if err != nil {
		return err
	}
	defer rows.Close()
	found := map[int64][]session.Part{}
	for rows.Next() {
		var seq int64
		var list []byte
		if err := rows.Scan(&seq, &list); err != nil {
			return err
		}
		var files []session.Part
		if json.Unmarshal(list, &files) == nil && len(files) > 0 { // what can't be read stays where it is
			found[seq] = files
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for seq, files := range found {
		if err := putFiles(tx, seq, files); err != nil {
			return err
		}
		if _, err := tx.Exec("UPDATE messages SET record = json_remove(record, '$.parts') WHERE seq = ?", seq); err != nil {
			return err
		}
	}
	return nil
}
