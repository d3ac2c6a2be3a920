package archive

import (
	"context"
	"database/sql"
	"math"
	"slices"
	"strings"
	"time"

	"relaytop/state/find"
)

// scanned is how many messages that are not indexed, the newest, are read as they are: what streams is found while it does.
const scanned = 64

// inIndex gives what matches, newest first: the index is walked backwards and left as soon as there is enough. Sorted by rank all that
// matches would be read first.
const inIndex = `SELECT m.seq, m.chat, m.id, m.text, m.refusal, ` + about + `
	FROM words CROSS JOIN messages m ON m.seq = words.rowid CROSS JOIN chats c ON c.id = m.chat
	WHERE words MATCH ? AND words.rowid < ? ORDER BY words.rowid DESC LIMIT ?`

const notIndexed = `SELECT m.seq, m.chat, m.id, m.text, m.refusal, ` + about + `
	FROM unindexed u CROSS JOIN messages m ON m.seq = u.seq CROSS JOIN chats c ON c.id = m.chat
	WHERE u.seq < ? ORDER BY u.seq DESC LIMIT ?`

const about = `EXISTS (SELECT 1 FROM files f WHERE f.message = m.seq),
	coalesce(json_extract(c.record, '$.title'), ''), coalesce(json_extract(m.record, '$.role'), ''), coalesce(json_extract(m.record, '$.created'), '')`

// Search finds the messages in which all that was typed stands, newest first, and before them, on the first page, chats whose chosen title
// does. next is that of the page before, 0 for the first one.
func (a *Archive) Search(typed string, limit int, next int64) (find.Found, error) {
	q := find.Parse(typed)
	if len(q.Terms) == 0 || q.Short() || limit <= 0 {
		return find.Found{}, nil
	}
	var f find.Found
	if next == 0 {
		next = math.MaxInt64
		if err := a.titles(q, limit, &f); err != nil {
			return find.Found{}, err
		}
	}
	list, err := a.said(q, limit, next)
	if err == nil {
		f.Waiting, err = a.waiting()
	}
	if err != nil {
		return find.Found{}, err
	}
	if len(list) > limit {
		list = list[:limit]
		f.Next = list[limit-1].seq
	}
	for _, s := range list {
		h, err := a.shown(q, s)
		if err != nil {
			return find.Found{}, err
		}
		f.Hits = append(f.Hits, h)
	}
	return f, nil
}

// shown is the hit with the text that has most of what was typed. Files are read only if what was said does not have it all.
func (a *Archive) shown(q find.Query, s said) (find.Hit, error) {
	sight := q.Show(s.texts()...)
	if !sight.All && s.attached {
		if err := s.attach(a.db); err != nil {
			return find.Hit{}, a.explain("searching", err)
		}
		sight = q.Show(s.texts()...)
	}
	s.hit.File = s.fileOf(sight.At)
	s.hit.Snippet, s.hit.Marks = sight.Snippet, sight.Marks
	return s.hit, nil
}

// has reports whether all that was typed stands in a message that is not indexed.
func (a *Archive) has(q find.Query, s *said) (bool, error) {
	if has := q.In(s.texts()...); has || !s.attached {
		return has, nil
	}
	if err := s.attach(a.db); err != nil {
		return false, a.explain("searching", err)
	}
	return q.In(s.texts()...), nil
}

// said gives up to limit+1 messages below next, newest first.
func (a *Archive) said(q find.Query, limit int, next int64) ([]said, error) {
	waiting, err := a.read(notIndexed, next, scanned)
	if err != nil {
		return nil, err
	}
	var list []said
	for _, s := range waiting {
		has, err := a.has(q, &s)
		if err != nil {
			return nil, err
		}
		if has {
			list = append(list, s)
		}
	}
	indexed, err := a.read(inIndex, q.Match(), next, limit+1)
	if indexDamaged(ofIndex(err)) {
		if err = a.renew(); err == nil {
			return a.said(q, limit, next) // nothing is indexed now: what is not is read as it is
		}
	}
	if err != nil {
		return nil, err
	}
	list = append(list, indexed...)
	slices.SortStableFunc(list, func(x, y said) int { return int(min(max(y.seq-x.seq, -1), 1)) })
	list = slices.CompactFunc(list, func(x, y said) bool { return x.seq == y.seq }) // a part of what streams may be indexed already
	return list[:min(len(list), limit+1)], nil
}

func (a *Archive) read(text string, args ...any) ([]said, error) {
	var list []said
	err := a.query("searching", text, args, func(rows *sql.Rows) error {
		var s said
		var created string
		h := &s.hit
		if err := rows.Scan(&s.seq, &h.Chat, &h.Message, &s.text, &s.refusal, &s.attached, &h.Title, &h.Role, &created); err != nil {
			return err
		}
		if at, err := time.Parse(time.RFC3339Nano, created); err == nil { // a hit without its time is still one
			h.At = at
		}
		list = append(list, s)
		return nil
	})
	return list, err
}

// titles looks through the titles that someone chose. They are few.
func (a *Archive) titles(q find.Query, limit int, f *find.Found) error {
	return a.query("searching", "SELECT t.chat, t.title, c.updated FROM titles t JOIN chats c ON c.id = t.chat ORDER BY c.updated DESC", nil,
		func(rows *sql.Rows) error {
			var h find.Hit
			var at int64
			if err := rows.Scan(&h.Chat, &h.Title, &at); err != nil {
				return err
			}
			if len(f.Hits) < limit && q.In(h.Title) {
				h.At = time.UnixMicro(at)
				sight := q.Show(h.Title)
				h.Snippet, h.Marks = sight.Snippet, sight.Marks
				f.Hits = append(f.Hits, h)
			}
			return nil
		})
}

// waiting is how many messages a search does not look at.
func (a *Archive) waiting() (n int, err error) {
	err = a.query("searching", "SELECT count(*) FROM unindexed", nil, func(rows *sql.Rows) error { return rows.Scan(&n) })
	return max(n-scanned, 0), err
}

// index puts a message into the index, or notes that it is not there: what streams is saved every second, and indexed once it has ended.
func (a *Archive) index(tx *sql.Tx, seq int64, ended bool, words string) error {
	if !ended || a.indexing.off.Load() {
		_, err := tx.Exec("INSERT OR IGNORE INTO unindexed (seq) VALUES (?)", seq)
		return err
	}
	if _, err := tx.Exec("INSERT OR REPLACE INTO words (rowid, said) VALUES (?, ?)", seq, words); err != nil {
		return ofIndex(err)
	}
	_, err := tx.Exec("DELETE FROM unindexed WHERE seq = ?", seq)
	return err
}

// unindex takes the messages of a chat out of the index.
func (a *Archive) unindex(tx *sql.Tx, chat string) error {
	if _, err := tx.Exec("DELETE FROM unindexed WHERE seq IN (SELECT seq FROM messages WHERE chat = ?)", chat); err != nil || a.indexing.off.Load() {
		return err
	}
	_, err := tx.Exec("DELETE FROM words WHERE rowid IN (SELECT seq FROM messages WHERE chat = ?)", chat)
	return ofIndex(err)
}

// txIndexed is tx for what writes to the index too: a damaged one is made anew and must not keep anything from being stored.
func (a *Archive) txIndexed(doing string, f func(*sql.Tx) error) error {
	err := a.txOfIndex(doing, f)
	if !indexDamaged(err) {
		return err
	}
	if a.renew() != nil {
		a.indexing.off.Store(true) // told by the next search
	}
	return a.txOfIndex(doing, f)
}

// txOfIndex is tx where the index is written, much of it not before the commit.
func (a *Archive) txOfIndex(doing string, f func(*sql.Tx) error) error {
	committing := false
	err := a.tx(context.Background(), doing, func(tx *sql.Tx) error {
		err := f(tx)
		committing = err == nil
		return err
	})
	if committing {
		return ofIndex(err)
	}
	return err
}

// retitle keeps the title of a chat for the search if someone chose it.
func retitle(tx *sql.Tx, chat, title string, chosen bool) error {
	if !chosen || strings.TrimSpace(title) == "" {
		_, err := tx.Exec("DELETE FROM titles WHERE chat = ?", chat)
		return err
	}
	_, err := tx.Exec("INSERT INTO titles (chat, title) VALUES (?, ?) ON CONFLICT (chat) DO UPDATE SET title = excluded.title", chat, title)
	return err
}
