package archive

import (
	"cmp"
	"database/sql"
	"math"
	"slices"
	"strings"
	"time"

	"relaytop/state/find"
)

// searcher finds messages and titles.
type searcher struct {
	db    *database
	index *searchIndex
}

// scanned is how many of the newest messages that are not indexed are searched without the index: an answer is found
// while it streams.
const scanned = 64

// inIndex returns matches, newest first: the index is read backwards until there are enough. To sort by rank, all
// matches would have to be read.
const inIndex = `SELECT m.seq, m.chat, m.id, m.text, m.refusal, ` + about + `
	FROM words CROSS JOIN messages m ON m.seq = words.rowid CROSS JOIN chats c ON c.id = m.chat
	WHERE words MATCH ? AND words.rowid < ? ORDER BY words.rowid DESC LIMIT ?`

const notIndexed = `SELECT m.seq, m.chat, m.id, m.text, m.refusal, ` + about + `
	FROM unindexed u CROSS JOIN messages m ON m.seq = u.seq CROSS JOIN chats c ON c.id = m.chat
	WHERE u.seq < ? ORDER BY u.seq DESC LIMIT ?`

// about is what is shown of a message and its chat. SQLite fails a whole query on JSON that is malformed, hence iif.
const about = `EXISTS (SELECT 1 FROM files f WHERE f.message = m.seq),
	json_valid(c.record) AND json_valid(m.record),
	iif(json_valid(c.record), coalesce(json_extract(c.record, '$.title'), ''), ''),
	iif(json_valid(m.record), coalesce(json_extract(m.record, '$.role'), ''), ''),
	iif(json_valid(m.record), coalesce(json_extract(m.record, '$.created'), ''), '')`

func (s *searcher) find(typed string, limit int, next int64) (find.Found, error) {
	q := find.Parse(typed)
	if len(q.Terms) == 0 || q.Short() || limit <= 0 {
		return find.Found{}, nil
	}
	var f find.Found
	if next == 0 {
		next = math.MaxInt64
		if err := s.titles(q, limit, &f); err != nil {
			return find.Found{}, err
		}
	}
	list, err := s.matching(q, limit, next)
	if err == nil {
		f.Waiting, err = s.waiting()
	}
	if err != nil {
		return find.Found{}, err
	}
	if len(list) > limit {
		list = list[:limit]
		f.Next = list[limit-1].seq
	}
	for _, e := range list {
		if !e.valid {
			f.Malformed++
			continue
		}
		h, err := s.hit(q, e)
		if err != nil {
			return find.Found{}, err
		}
		f.Hits = append(f.Hits, h)
	}
	return f, nil
}

// hit is the hit of a message, with the text that matches most of the query. Files are read only if the message
// itself does not match all of it.
func (s *searcher) hit(q find.Query, e entry) (find.Hit, error) {
	sight := q.Show(e.texts()...)
	if !sight.All && e.attached {
		if err := e.readFiles(s.db.sql); err != nil {
			return find.Hit{}, s.db.explain("searching", err)
		}
		sight = q.Show(e.texts()...)
	}
	e.hit.File = e.fileOf(sight.At)
	e.hit.Snippet, e.hit.Marks = sight.Snippet, sight.Marks
	return e.hit, nil
}

// has reports whether a message that is not indexed matches the whole query.
func (s *searcher) has(q find.Query, e *entry) (bool, error) {
	if has := q.In(e.texts()...); has || !e.attached {
		return has, nil
	}
	if err := e.readFiles(s.db.sql); err != nil {
		return false, s.db.explain("searching", err)
	}
	return q.In(e.texts()...), nil
}

// matching returns up to limit+1 matching messages below next, newest first. It rebuilds a damaged index once.
func (s *searcher) matching(q find.Query, limit int, next int64) ([]entry, error) {
	list, err := s.matchingOnce(q, limit, next)
	if s.index.damaged(err) {
		if err = s.index.rebuild(); err == nil {
			list, err = s.matchingOnce(q, limit, next) // nothing is indexed now: the newest messages are searched without
		}
	}
	return list, err
}

func (s *searcher) matchingOnce(q find.Query, limit int, next int64) ([]entry, error) {
	waiting, err := s.read(notIndexed, next, scanned)
	if err != nil {
		return nil, err
	}
	var list []entry
	for _, e := range waiting {
		has, err := s.has(q, &e)
		if err != nil {
			return nil, err
		}
		if has {
			list = append(list, e)
		}
	}
	indexed, err := s.read(inIndex, q.Match(), next, limit+1)
	if err != nil {
		return nil, ofIndex(err)
	}
	list = append(list, indexed...)
	slices.SortStableFunc(list, func(x, y entry) int { return cmp.Compare(y.seq, x.seq) })
	// A message may be both: an earlier state of it is indexed.
	list = slices.CompactFunc(list, func(x, y entry) bool { return x.seq == y.seq })
	return list[:min(len(list), limit+1)], nil
}

func (s *searcher) read(text string, args ...any) ([]entry, error) {
	var list []entry
	err := s.db.query("searching", text, args, func(rows *sql.Rows) error {
		var e entry
		var created string
		h := &e.hit
		err := rows.Scan(&e.seq, &h.Chat, &h.Message, &e.text, &e.refusal, &e.attached, &e.valid, &h.Title, &h.Role, &created)
		if err != nil {
			return err
		}
		if at, err := time.Parse(time.RFC3339Nano, created); err == nil { // a hit without a time is still a hit
			h.At = at
		}
		list = append(list, e)
		return nil
	})
	return list, err
}

const chosenTitles = `SELECT t.chat, t.title, c.updated, json_valid(c.record)
	FROM titles t JOIN chats c ON c.id = t.chat ORDER BY c.updated DESC`

// titles finds titles that the user chose. They are few.
func (s *searcher) titles(q find.Query, limit int, f *find.Found) error {
	return s.db.query("searching", chosenTitles, nil, func(rows *sql.Rows) error {
		var h find.Hit
		var at int64
		var valid bool
		if err := rows.Scan(&h.Chat, &h.Title, &at, &valid); err != nil {
			return err
		}
		switch {
		case len(f.Hits) >= limit || !q.In(h.Title):
		case !valid:
			f.Malformed++
		default:
			h.At = time.UnixMicro(at)
			sight := q.Show(h.Title)
			h.Snippet, h.Marks = sight.Snippet, sight.Marks
			f.Hits = append(f.Hits, h)
		}
		return nil
	})
}

// waiting is how many messages a search does not see.
func (s *searcher) waiting() (n int, err error) {
	err = s.db.query("searching", "SELECT count(*) FROM unindexed", nil,
		func(rows *sql.Rows) error { return rows.Scan(&n) })
	return max(n-scanned, 0), err
}

// retitle stores the title of a chat for the search, if the user chose it.
func retitle(tx *sql.Tx, chat, title string, chosen bool) error {
	if !chosen || strings.TrimSpace(title) == "" {
		_, err := tx.Exec("DELETE FROM titles WHERE chat = ?", chat)
		return err
	}
	_, err := tx.Exec(`INSERT INTO titles (chat, title) VALUES (?, ?)
		ON CONFLICT (chat) DO UPDATE SET title = excluded.title`, chat, title)
	return err
}
