package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	sqlite3 "modernc.org/sqlite/lib"

	"relaytop/state/find"
)

// contents is the version of what is indexed of a message (2: its files too). Raise it to rebuild the indexes.
const contents = 2

const (
	indexBytes = 128 << 10 // of text in one transaction: others wait for the lock for some 20 ms
	indexRows  = 512
)

// catchUp indexes in the background what is not indexed. At the start that includes answers that were interrupted.
func (x *searchIndex) catchUp() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.again = true
	if x.done != nil || x.stopped || x.off.Load() {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	x.cancel, x.done = cancel, done
	go func() {
		defer close(done)
		defer cancel()
		for x.more() {
			if err := x.indexAll(ctx); err != nil && ctx.Err() == nil {
				x.errors.reportFault(err)
			}
		}
	}()
}

// more reports whether there is anything to do; if not, the goroutine ends.
func (x *searchIndex) more() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	more := x.again && !x.stopped
	x.again = false
	if !more {
		x.done = nil
	}
	return more
}

// stop interrupts the goroutine; the next start goes on.
func (x *searchIndex) stop() {
	x.mu.Lock()
	x.stopped = true
	done, cancel := x.done, x.cancel
	x.mu.Unlock()
	if done != nil {
		cancel()
		<-done
	}
}

// indexAll goes from the newest message to the oldest. After each batch it leaves the lock free for as long as it
// held it.
func (x *searchIndex) indexAll(ctx context.Context) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("indexing messages: a fault in relaytop: %v", p)
		}
	}()
	if err := x.recut(); err != nil {
		return err
	}
	var waiting bool
	if err := x.db.sql.QueryRow("SELECT EXISTS (SELECT 1 FROM unindexed)").Scan(&waiting); err != nil || !waiting {
		return err
	}
	for below := int64(1)<<62 - 1; ; {
		from := time.Now()
		var n int
		if n, below, err = x.indexSome(below); err != nil || n == 0 {
			return err
		}
		timer := time.NewTimer(time.Since(from))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}

// indexSome indexes the newest messages below a place in ascending order: the index is slow at descending ones.
func (x *searchIndex) indexSome(below int64) (n int, next int64, err error) {
	next = below
	// A batch is never interrupted: a transaction whose context ends is rolled back by another goroutine, and there is
	// no way to wait for that.
	err = x.txOnce("indexing messages", func(tx *sql.Tx) error {
		n, next = 0, below
		from, err := batch(tx, below)
		if err != nil {
			return err
		}
		const gone = "DELETE FROM unindexed WHERE seq >= ? AND seq < ? AND seq NOT IN (SELECT seq FROM messages)"
		if _, err = tx.Exec(gone, from, below); err != nil {
			return err
		}
		if err := unpack(tx, from, below); err != nil {
			return err
		}
		list, err := unread(tx, from, below)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, e := range list {
			if err := e.readFiles(tx); err != nil {
				return err
			}
			if err := x.put(tx, e.seq, true, find.Fold(e.texts()...)); err != nil {
				return err
			}
		}
		n, next = len(list), from
		return nil
	})
	if x.damaged(err) {
		return 0, below, x.rebuild()
	}
	if err == nil && n > 0 {
		x.rebuilt.Store(0)
	}
	return n, next, err
}

// batch is where the next batch begins. A batch is bounded by messages and bytes of text.
func batch(tx *sql.Tx, below int64) (from int64, err error) {
	rows, err := tx.Query(`SELECT u.seq, length(m.text) + iif(`+inRecord+`, octet_length(m.record), 0) +
		coalesce((SELECT sum(min(octet_length(f.text), ?)) FROM files f WHERE f.message = m.seq), 0)
		FROM unindexed u CROSS JOIN messages m ON m.seq = u.seq
		WHERE u.seq < ? ORDER BY u.seq DESC LIMIT ?`, indexedOfFile, below, indexRows)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for size, n := 0, 0; size < indexBytes && rows.Next(); size += n {
		if err := rows.Scan(&from, &n); err != nil {
			return 0, err
		}
	}
	return from, rows.Err()
}

func unread(tx *sql.Tx, from, below int64) ([]entry, error) {
	rows, err := tx.Query(`SELECT u.seq, m.text, m.refusal, EXISTS (SELECT 1 FROM files f WHERE f.message = m.seq)
		FROM unindexed u CROSS JOIN messages m ON m.seq = u.seq WHERE u.seq >= ? AND u.seq < ? ORDER BY u.seq`, from, below)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []entry
	for rows.Next() {
		var e entry
		if err := rows.Scan(&e.seq, &e.text, &e.refusal, &e.attached); err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, rows.Err()
}

// remake empties the index; catchUp fills it from the messages.
func (x *searchIndex) remake() error {
	err := x.db.tx(context.Background(), "rebuilding the search index", x.remakeIn)
	if err == nil {
		x.off.Store(false)
	}
	return err
}

func (x *searchIndex) remakeIn(tx *sql.Tx) error {
	create, err := emptyIndex()
	if err != nil {
		return err
	}
	text := "DROP TABLE IF EXISTS words;" + create + "; INSERT OR IGNORE INTO unindexed SELECT seq FROM messages"
	if _, err := tx.Exec(text); err != nil {
		return err
	}
	return signIndex(tx, x.db.now())
}

// emptyIndex is the statement that makes an empty index.
func emptyIndex() (string, error) {
	text, err := migrations.ReadFile("migrations/0002_search.sql")
	create, _, _ := strings.Cut(string(text), ";")
	return create, err
}

// recut rebuilds an index that was made by other rules, or of other parts of the messages. If two processes find it,
// one of them rebuilds it.
func (x *searchIndex) recut() error {
	if signed(x.db.sql) {
		return nil
	}
	return x.db.tx(context.Background(), "rebuilding the search index", func(tx *sql.Tx) error {
		if signed(tx) {
			return nil
		}
		return x.remakeIn(tx)
	})
}

// indexKind is the kind of the value that says by which rules the index was made.
const indexKind = ".index"

func rules() string { return fmt.Sprintf("%d.%d", find.Rules, contents) }

func signIndex(tx *sql.Tx, at time.Time) error {
	_, err := tx.Exec("INSERT OR REPLACE INTO kept (kind, key, saved, value) VALUES (?, 'rules', ?, ?)", indexKind,
		at.UnixMicro(), rules())
	return err
}

func signed(db interface {
	QueryRow(text string, args ...any) *sql.Row
}) bool {
	var by string
	err := db.QueryRow("SELECT value FROM kept WHERE kind = ? AND key = 'rules'", indexKind).Scan(&by)
	return err == nil && by == rules()
}

// mostRebuilt is how often the index is rebuilt without a successful write to it.
const mostRebuilt = 3

// errIndex means that rebuilding the index does not repair it.
var errIndex = errors.New("the search index can't be rebuilt: " +
	"messages are stored, and can't be searched until the next start")

// rebuild is remake while the archive is in use. The messages are indexed again in the background.
func (x *searchIndex) rebuild() error {
	if x.rebuilt.Add(1) > mostRebuilt {
		x.off.Store(true)
		return errIndex
	}
	err := x.remake()
	if err == nil {
		x.catchUp()
	}
	return err
}

// indexFault is an error of a statement that uses the search index.
type indexFault struct{ error }

func (f indexFault) Unwrap() error { return f.error }

func ofIndex(err error) error {
	if err == nil {
		return nil
	}
	return indexFault{err}
}

// indexCorrupt reports whether an error means that the index is inconsistent. It is also a failed constraint: the
// only ones on the index's own tables are the numbers of its pages.
func indexCorrupt(err error) bool {
	var f indexFault
	if !errors.As(err, &f) {
		return false
	}
	c := code(err)
	return c == sqlite3.SQLITE_CORRUPT || c == sqlite3.SQLITE_CONSTRAINT
}

// damaged reports whether an error means that the index alone is damaged: it is corrupt, or one of its tables is
// missing. The index survives any other error of a statement, such as a record that can't be decoded. It must not be
// called within a transaction.
func (x *searchIndex) damaged(err error) bool {
	var f indexFault
	if !errors.As(err, &f) || code(err) != sqlite3.SQLITE_ERROR {
		return indexCorrupt(err)
	}
	var n int
	const tables = "SELECT count(*) FROM sqlite_schema WHERE name IN " +
		"('words', 'words_data', 'words_idx', 'words_docsize', 'words_config')"
	return x.db.sql.QueryRow(tables).Scan(&n) == nil && n < 5
}
